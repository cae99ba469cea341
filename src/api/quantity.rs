//! Resource quantities: `100m`, `1.5Gi`, `1e3`; exact, with upstream's rounding and canonical form.
// upstream: apimachinery/pkg/api/resource/quantity.go

use std::cmp::Ordering;
use std::fmt;

/// How a quantity was written, which decides how it is written again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Powers of 1024: `Ki`, `Mi`, `Gi`.
    BinarySi,
    /// Powers of 1000: `n`, `u`, `m`, none, `k`, `M`, `G`.
    DecimalSi,
    /// `1e3`.
    DecimalExponent,
}

/// A quantity: `digits × 10^scale`, exact to a billionth, at most 2^63-1 in magnitude (greater values are capped there).
#[derive(Clone, Copy, Debug)]
pub struct Quantity {
    digits: i64,
    scale: i8,
    format: Format,
}

/// Why a text is no quantity, in upstream's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuantityError {
    /// It does not look like a number with a suffix.
    Format,
    /// The number is empty.
    Numeric,
    /// The suffix is unknown.
    Suffix,
}

impl fmt::Display for QuantityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            QuantityError::Format => {
                "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
            }
            QuantityError::Numeric => "unable to parse numeric part of quantity",
            QuantityError::Suffix => "unable to parse quantity's suffix",
        })
    }
}

impl std::error::Error for QuantityError {}

/// Powers of ten below the smallest kept digit are rounded up into it.
const NANO: i32 = -9;

impl Quantity {
    /// Nothing, written `0`.
    pub const ZERO: Quantity = Quantity {
        digits: 0,
        scale: 0,
        format: Format::DecimalSi,
    };

    /// A whole number, written in `format`.
    pub const fn new(value: i64, format: Format) -> Quantity {
        Quantity {
            digits: value,
            scale: 0,
            format,
        }
    }

    /// A number of thousandths.
    pub const fn from_milli(milli: i64, format: Format) -> Quantity {
        Quantity {
            digits: milli,
            scale: -3,
            format,
        }
    }

    /// Reads a quantity.
    ///
    /// # Errors
    /// [`QuantityError`], worded as upstream.
    // upstream: resource/quantity.go ParseQuantity, parseQuantityString
    pub fn parse(text: &str) -> Result<Quantity, QuantityError> {
        let bytes = text.as_bytes();
        let unsigned = match bytes.first() {
            None => return Err(QuantityError::Format),
            Some(b'+' | b'-') => &bytes[1..],
            Some(_) => bytes,
        };
        let digits_of = |from: &[u8]| from.iter().take_while(|b| b.is_ascii_digit()).count();
        let whole = digits_of(unsigned);
        let point = unsigned.get(whole) == Some(&b'.');
        let part = if point {
            digits_of(&unsigned[whole + 1..])
        } else {
            0
        };
        let end = whole + usize::from(point) + part;
        let (exponent, format) = suffix(&unsigned[end..])?;
        if whole + part == 0 {
            return Err(QuantityError::Numeric);
        }
        let number = unsigned[..whole].iter().chain(&unsigned[end - part..end]);
        let amount = Amount::read(number, part, exponent, format);
        let (digits, scale) = amount.keep();
        let digits = if bytes[0] == b'-' { -digits } else { digits };
        // Fractions of a byte are written as decimals, to keep them exact.
        let below_one = digits != 0
            && scale < 0
            && digits.unsigned_abs() < 10u64.pow(scale.unsigned_abs().into());
        let format = if format == Format::BinarySi && below_one {
            Format::DecimalSi
        } else {
            format
        };
        Ok(Quantity {
            digits,
            scale,
            format,
        })
    }

    /// The value in thousandths, rounded away from zero and capped at the range of `i64`.
    pub fn milli(&self) -> i64 {
        self.scaled(-3)
    }

    /// The value in whole units, rounded away from zero and capped at the range of `i64`.
    pub fn value(&self) -> i64 {
        self.scaled(0)
    }

    /// The value as a count of `10^scale`, rounded away from zero and capped.
    fn scaled(&self, scale: i32) -> i64 {
        let shift = i32::from(self.scale) - scale;
        let mut digits = self.digits;
        if shift >= 0 {
            for _ in 0..shift {
                digits = digits.saturating_mul(10);
            }
            return digits;
        }
        let mut lost = false;
        for _ in 0..-shift {
            lost |= digits % 10 != 0;
            digits /= 10;
        }
        if lost {
            digits + self.digits.signum()
        } else {
            digits
        }
    }

    /// Whether it is zero, in whatever notation.
    pub fn is_zero(&self) -> bool {
        self.digits == 0
    }

    /// How it was written.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The sum, capped; written as `self` is, or as `other` where `self` is zero.
    // upstream: resource/quantity.go Quantity.Add
    #[must_use]
    pub fn add(&self, other: &Quantity) -> Quantity {
        let format = if self.is_zero() {
            other.format
        } else {
            self.format
        };
        let scale = self.scale.min(other.scale);
        let up = |q: &Quantity| {
            i128::from(q.digits) * 10i128.pow((q.scale - scale).unsigned_abs().into())
        };
        let amount = up(self) + up(other);
        let (digits, scale) = Amount {
            digits: amount.unsigned_abs(),
            scale: i32::from(scale),
            lost: false,
        }
        .keep();
        Quantity {
            digits: if amount < 0 { -digits } else { digits },
            scale,
            format,
        }
    }

    /// The difference, capped; written as `self` is.
    #[must_use]
    pub fn sub(&self, other: &Quantity) -> Quantity {
        self.add(&Quantity {
            digits: -other.digits,
            ..*other
        })
    }

    /// Digits and power of ten without trailing zeros, so that equal values look alike.
    fn reduced(&self) -> (i64, i32) {
        let (mut digits, mut scale) = (self.digits, i32::from(self.scale));
        while digits != 0 && digits % 10 == 0 {
            digits /= 10;
            scale += 1;
        }
        (digits, if digits == 0 { 0 } else { scale })
    }
}

/// A number on its way into the range of [`Quantity`].
struct Amount {
    digits: u128,
    scale: i32,
    /// Whether something other than zero was cut off below `digits`.
    lost: bool,
}

impl Amount {
    fn read<'a>(
        number: impl Iterator<Item = &'a u8>,
        part: usize,
        exponent: i32,
        format: Format,
    ) -> Amount {
        // 27 digits leave room for the shift by 60 bits; what lies beyond them only rounds.
        const MOST: u128 = 10u128.pow(18);
        let mut amount = Amount {
            digits: 0,
            scale: 0,
            lost: false,
        };
        let mut cut = 0i32;
        for digit in number.map(|b| u128::from(b - b'0')) {
            if amount.digits < MOST {
                amount.digits = amount.digits * 10 + digit;
            } else {
                amount.lost |= digit != 0;
                cut = cut.saturating_add(1);
            }
        }
        amount.scale = cut.saturating_sub(i32::try_from(part).unwrap_or(i32::MAX));
        match format {
            Format::BinarySi => amount.digits <<= exponent,
            Format::DecimalSi | Format::DecimalExponent => {
                amount.scale = amount.scale.saturating_add(exponent)
            }
        }
        amount
    }

    /// Caps and rounds up to what a quantity keeps.
    fn keep(mut self) -> (i64, i8) {
        const MAX: u128 = i64::MAX as u128;
        if self.digits == 0 {
            return (i64::from(self.lost), if self.lost { NANO as i8 } else { 0 });
        }
        // Fewer digits first where no digit is lost, then by rounding away from zero.
        while self.scale < NANO || self.digits > MAX && self.scale < 0 {
            self.lost |= !self.digits.is_multiple_of(10);
            self.digits /= 10;
            self.scale += 1;
            if self.digits == 0 {
                return (1, NANO as i8);
            }
        }
        if self.lost {
            self.digits += 1;
        }
        while self.scale > 0 && self.digits <= MAX {
            self.digits *= 10;
            self.scale -= 1;
        }
        if self.digits > MAX || self.scale > 0 {
            return (i64::MAX, 0);
        }
        (
            i64::try_from(self.digits).unwrap_or(i64::MAX),
            self.scale as i8,
        )
    }
}

/// Power (of 2 for `Ki`, else of 10) and notation of a suffix.
// upstream: resource/suffix.go
fn suffix(text: &[u8]) -> Result<(i32, Format), QuantityError> {
    let letters = text
        .iter()
        .take_while(|b| b"eEinumkKMGTP".contains(b))
        .count();
    let number = &text[letters..];
    let digits = if let [b'+' | b'-', rest @ ..] = number {
        rest
    } else {
        number
    };
    if !digits.iter().all(u8::is_ascii_digit) {
        return Err(QuantityError::Format);
    }
    if number.is_empty() {
        let (power, format) = match text {
            b"Ki" => (10, Format::BinarySi),
            b"Mi" => (20, Format::BinarySi),
            b"Gi" => (30, Format::BinarySi),
            b"Ti" => (40, Format::BinarySi),
            b"Pi" => (50, Format::BinarySi),
            b"Ei" => (60, Format::BinarySi),
            b"n" => (-9, Format::DecimalSi),
            b"u" => (-6, Format::DecimalSi),
            b"m" => (-3, Format::DecimalSi),
            b"" => (0, Format::DecimalSi),
            b"k" => (3, Format::DecimalSi),
            b"M" => (6, Format::DecimalSi),
            b"G" => (9, Format::DecimalSi),
            b"T" => (12, Format::DecimalSi),
            b"P" => (15, Format::DecimalSi),
            b"E" => (18, Format::DecimalSi),
            _ => return Err(QuantityError::Suffix),
        };
        return Ok((power, format));
    }
    let exponent = std::str::from_utf8(number)
        .ok()
        .and_then(|n| n.parse::<i32>().ok());
    match (&text[..letters], exponent) {
        (b"e" | b"E", Some(exponent)) => Ok((exponent, Format::DecimalExponent)),
        _ => Err(QuantityError::Suffix),
    }
}

impl fmt::Display for Quantity {
    /// The canonical form: no fraction, the largest suffix that needs none.
    // upstream: resource/quantity.go CanonicalizeBytes
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (digits, mut scale) = self.reduced();
        if digits == 0 {
            return f.write_str("0");
        }
        if self.format == Format::BinarySi && scale >= 0 {
            let mut value = self.value();
            if value.unsigned_abs() >= 1024 {
                let mut step = 0;
                while value % 1024 == 0 && step < 6 {
                    value /= 1024;
                    step += 1;
                }
                return write!(
                    f,
                    "{value}{}",
                    ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"][step]
                );
            }
        }
        // Written, not reckoned: there may be more digits than a number holds.
        let zeros = scale.rem_euclid(3);
        scale -= zeros;
        let zeros = ["", "0", "00"][zeros.unsigned_abs() as usize];
        if self.format == Format::DecimalExponent {
            return if scale == 0 {
                write!(f, "{digits}{zeros}")
            } else {
                write!(f, "{digits}{zeros}e{scale}")
            };
        }
        let step = usize::try_from((scale - NANO) / 3).unwrap_or(0).min(9);
        write!(
            f,
            "{digits}{zeros}{}",
            ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"][step]
        )
    }
}

impl Ord for Quantity {
    /// By value, whatever the notation.
    fn cmp(&self, other: &Quantity) -> Ordering {
        let (a, b) = (self.reduced(), other.reduced());
        let low = a.1.min(b.1);
        let up = |(digits, scale): (i64, i32)| {
            i128::from(digits) * 10i128.pow((scale - low).unsigned_abs())
        };
        up(a).cmp(&up(b))
    }
}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Quantity) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Quantity) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Quantity {}

impl std::str::FromStr for Quantity {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Quantity, QuantityError> {
        Quantity::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn q(text: &str) -> Quantity {
        Quantity::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"))
    }

    #[test]
    fn canonical_form_milli_and_value() {
        for (text, canonical, milli, value) in [
            ("0", "0", 0, 0),
            ("0Mi", "0", 0, 0),
            ("0.0", "0", 0, 0),
            ("1", "1", 1000, 1),
            ("+1", "1", 1000, 1),
            ("1000m", "1", 1000, 1),
            ("100m", "100m", 100, 1),
            ("0.1", "100m", 100, 1),
            (".5", "500m", 500, 1),
            ("5.", "5", 5000, 5),
            ("1.5", "1500m", 1500, 2),
            ("-1.5", "-1500m", -1500, -2),
            ("1000", "1k", 1_000_000, 1000),
            ("1024", "1024", 1_024_000, 1024),
            ("1k", "1k", 1_000_000, 1000),
            ("1500k", "1500k", 1_500_000_000, 1_500_000),
            ("1e3", "1e3", 1_000_000, 1000),
            ("1E3", "1e3", 1_000_000, 1000),
            ("12e-1", "1200e-3", 1200, 2),
            ("1Ki", "1Ki", 1_024_000, 1024),
            ("1024Ki", "1Mi", 1_048_576_000, 1_048_576),
            ("1.5Gi", "1536Mi", 1_610_612_736_000, 1_610_612_736),
            ("0.5Mi", "512Ki", 524_288_000, 524_288),
            ("0.5Ki", "512", 512_000, 512),
            ("0.1Gi", "107374182400m", 107_374_182_400, 107_374_183),
            ("0.1Ki", "102400m", 102_400, 103),
            ("64Mi", "64Mi", 67_108_864_000, 67_108_864),
            ("100M", "100M", 100_000_000_000, 100_000_000),
            ("1u", "1u", 1, 1),
            ("100n", "100n", 1, 1),
            ("0.1n", "1n", 1, 1),
            ("1.0000000001", "1000000001n", 1001, 2),
            ("007", "7", 7000, 7),
            ("1E", "1E", i64::MAX, 1_000_000_000_000_000_000),
        ] {
            assert_eq!(q(text).to_string(), canonical, "{text}");
            assert_eq!(q(text).milli(), milli, "{text}");
            assert_eq!(q(text).value(), value, "{text}");
            assert_eq!(q(canonical), q(text), "{text}");
            assert_eq!(q(canonical).to_string(), canonical);
        }
    }

    #[test]
    fn beyond_the_range_is_capped_at_it() {
        for text in [
            "10E",
            "8Ei",
            "9999999999999999999999",
            "1e30",
            "1e2000000000",
        ] {
            assert_eq!(q(text).value(), i64::MAX, "{text}");
        }
        assert_eq!(q("-8Ei").value(), -i64::MAX);
        assert_eq!(q("1.123456789Ei").value(), 1_295_257_491_534_657_012);
        assert_eq!(q("1e-2000000000").to_string(), "1e-9");
        assert_eq!(
            q(&["0.", &"0".repeat(5000), "1"].concat()).to_string(),
            "1n"
        );
    }

    #[test]
    fn what_is_no_quantity() {
        for (text, want) in [
            ("", QuantityError::Format),
            ("abc", QuantityError::Format),
            ("1 Gi", QuantityError::Format),
            (" 1", QuantityError::Format),
            ("1.2.3", QuantityError::Format),
            ("--1", QuantityError::Suffix),
            ("+", QuantityError::Numeric),
            ("1Gi1x", QuantityError::Format),
            ("1GB", QuantityError::Format),
            ("1K", QuantityError::Suffix),
            ("1Mb", QuantityError::Format),
            ("1gi", QuantityError::Format),
            ("1e", QuantityError::Suffix),
            ("1mi", QuantityError::Suffix),
            ("1e99999999999", QuantityError::Suffix),
            (".", QuantityError::Numeric),
            ("m", QuantityError::Numeric),
            ("½", QuantityError::Format),
        ] {
            assert_eq!(
                Quantity::parse(text).map(|q| q.to_string()),
                Err(want),
                "{text}"
            );
        }
    }

    #[test]
    fn order_and_sums() {
        assert!(
            q("1Gi") > q("1G")
                && q("100m") < q("0.2")
                && q("1024Mi") == q("1Gi")
                && q("1k") == q("1e3")
        );
        for (a, b, sum) in [
            ("100m", "200m", "300m"),
            ("0", "1Gi", "1Gi"),
            ("1Gi", "1M", "1074741824"),
            ("512Mi", "512Mi", "1Gi"),
            ("1", "-1", "0"),
            ("-2", "1500m", "-500m"),
        ] {
            assert_eq!(q(a).add(&q(b)).to_string(), sum, "{a} + {b}");
        }
        assert_eq!(q("1").sub(&q("100m")).to_string(), "900m");
        assert_eq!(q("9E").add(&q("9E")).value(), i64::MAX);
    }
}
