//! IP addresses and ranges, as strict and as lenient as the fields that carry them.
// upstream: staging/src/k8s.io/apimachinery/pkg/util/validation/ip.go; vendor/k8s.io/utils/net

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::errors::Errors;
use crate::field::Field;

const NO_IP: &str = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
/// What is wrong with a range that is none.
pub const NO_RANGE: &str = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";

/// An address of which zeros may lead the numbers. upstream: ParseIPSloppy
pub fn ip(text: &str) -> Option<IpAddr> {
    if text.contains(':') {
        return text.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    }
    let plain = |part: &str| {
        let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| part.parse::<u8>().ok()).flatten()
    };
    let parts: Option<Vec<u8>> = text.split('.').map(plain).collect();
    let parts: [u8; 4] = parts?.try_into().ok()?;
    Some(IpAddr::V4(Ipv4Addr::from(parts)))
}

/// A range: an address in it, and how many bits all its addresses share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// As it was written.
    pub ip: IpAddr,
    /// 0 to 32 or 128.
    pub bits: u32,
}

impl Range {
    /// Reads `10.0.0.0/8`. upstream: ParseCIDRSloppy
    pub fn read(text: &str) -> Option<Range> {
        let (start, length) = text.split_once('/')?;
        let ip = ip(start)?;
        let digits = !length.is_empty() && length.bytes().all(|b| b.is_ascii_digit());
        let bits: u32 = digits.then(|| length.parse().ok()).flatten()?;
        (bits <= width(ip)).then_some(Range { ip, bits })
    }

    /// Whether an address lies in the range.
    pub fn contains(&self, other: IpAddr) -> bool {
        width(self.ip) == width(other) && masked(self.ip, self.bits) == masked(other, self.bits)
    }

    /// The range with the bits beyond its prefix zeroed.
    pub fn canonical(&self) -> String {
        format!("{}/{}", masked(self.ip, self.bits), self.bits)
    }

    fn has_more_bits(&self) -> bool {
        masked(self.ip, self.bits) != self.ip
    }
}

fn width(ip: IpAddr) -> u32 {
    if ip.is_ipv4() { 32 } else { 128 }
}

fn masked(ip: IpAddr, bits: u32) -> IpAddr {
    match ip {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
            IpAddr::V4((u32::from(v4) & mask).into())
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
            IpAddr::V6((u128::from(v6) & mask).into())
        }
    }
}

fn is_mapped(ip: IpAddr) -> bool {
    matches!(ip, IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some())
}

/// Why a text is no address in canonical form. upstream: IsValidIP
pub fn strict_ip(text: &str) -> Option<String> {
    let Some(read) = ip(text) else {
        return Some(NO_IP.into());
    };
    if text.parse::<IpAddr>().is_err() {
        return Some("must not have leading 0s".into());
    }
    if is_mapped(read) {
        return Some("must not be an IPv4-mapped IPv6 address".into());
    }
    let canonical = read.to_string();
    (canonical != text).then(|| format!("must be in canonical form ({canonical:?})"))
}

/// A range in canonical form. upstream: IsValidCIDR
pub fn strict_range(field: &Field, errors: &mut Errors) {
    let Some(range) = Range::read(field.text()) else {
        return errors.invalid_text(field, NO_RANGE);
    };
    let (start, length) = field.text().split_once('/').unwrap_or_default();
    if start.parse::<IpAddr>().is_err() || (length.len() > 1 && length.starts_with('0')) {
        errors.invalid(field, "must not have leading 0s in IP or prefix length");
    } else if is_mapped(range.ip) {
        errors.invalid(field, "must not have an IPv4-mapped IPv6 address");
    } else if range.has_more_bits() {
        errors.invalid(field, "must not have bits set beyond the prefix length");
    } else if range.canonical() != field.text() {
        let detail = format!("must be in canonical form ({:?})", range.canonical());
        errors.invalid(field, &detail);
    }
}

/// An address in any form.
///
/// upstream: pkg/apis/core/validation/validation.go IsValidIPForLegacyField
pub fn any_ip(field: &Field, errors: &mut Errors) {
    if ip(field.text()).is_none() {
        errors.invalid_text(field, NO_IP);
    }
}

/// An address that more than one machine may have a way to.
///
/// upstream: pkg/apis/core/validation/validation.go ValidateNonSpecialIP
pub fn not_special(field: &Field, errors: &mut Errors) {
    let text = field.text();
    let Some(ip) = ip(text) else {
        return errors.invalid_text(field, "must be a valid IP address");
    };
    let ip = ip.to_canonical();
    let (local, multicast) = match ip {
        IpAddr::V4(v4) => (v4.is_link_local(), v4.octets()[..3] == [224, 0, 0]),
        IpAddr::V6(v6) => (
            v6.is_unicast_link_local(),
            v6.segments()[0] & 0xff0f == 0xff02,
        ),
    };
    if ip.is_unspecified() {
        errors.invalid(field, &format!("may not be unspecified ({text})"));
    }
    for (is, detail) in [
        (
            ip.is_loopback(),
            "may not be in the loopback range (127.0.0.0/8, ::1/128)",
        ),
        (
            local,
            "may not be in the link-local range (169.254.0.0/16, fe80::/10)",
        ),
        (
            multicast,
            "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)",
        ),
    ] {
        if is {
            errors.invalid(field, detail);
        }
    }
}

/// A range in any form; the range where it is one.
///
/// upstream: pkg/apis/core/validation/validation.go IsValidCIDRForLegacyField
pub fn range(field: &Field, errors: &mut Errors) -> Option<Range> {
    let range = Range::read(field.text());
    if range.is_none() {
        errors.invalid_text(field, NO_RANGE);
    }
    range
}

/// What is told of an address that is valid but odd. upstream: GetWarningsForIP
pub fn ip_warning(field: &Field) -> Option<String> {
    let (path, text) = (&field.path, field.text());
    let read = ip(text)?;
    let canonical = read.to_canonical().to_string();
    if text.parse::<IpAddr>().is_err() || is_mapped(read) {
        return Some(format!(
            "{path}: non-standard IP address {text:?} will be considered invalid in a future Kubernetes release: use {canonical:?}"
        ));
    }
    (read.is_ipv6() && canonical != text).then(|| {
        format!(
            "{path}: IPv6 address {text:?} should be in RFC 5952 canonical format ({canonical:?})"
        )
    })
}

/// What is told of a range that is valid but odd. upstream: pkg/apis/core/validation? GetWarningsForCIDR
pub fn range_warning(field: &Field) -> Option<String> {
    let (path, text) = (&field.path, field.text());
    let range = Range::read(text)?;
    let (start, length) = text.split_once('/').unwrap_or_default();
    let leading = start.parse::<IpAddr>().is_err() || (length.len() > 1 && length.starts_with('0'));
    if leading || is_mapped(range.ip) {
        let plain = range.canonical();
        return Some(format!(
            "{path}: non-standard CIDR value {text:?} will be considered invalid in a future Kubernetes release: use {plain:?}"
        ));
    }
    if range.has_more_bits() {
        let (whole, one) = (
            range.canonical(),
            format!("{}/{}", range.ip, width(range.ip)),
        );
        return Some(format!(
            "{path}: CIDR value {text:?} is ambiguous in this context (should be {whole:?} or {one:?}?)"
        ));
    }
    let canonical = range.canonical();
    (range.ip.is_ipv6() && canonical != text)
        .then(|| format!("{path}: IPv6 CIDR value {text:?} should be in RFC 5952 canonical format ({canonical:?})"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use serde_json::json;

    #[test]
    fn ranges_and_what_lies_in_them() {
        let range = Range::read("10.0.0.0/8").unwrap();
        assert!(
            range.contains(ip("10.1.2.3").unwrap()) && !range.contains(ip("11.0.0.0").unwrap())
        );
        assert!(
            Range::read("::/0")
                .unwrap()
                .contains(ip("2001:db8::1").unwrap())
        );
        for bad in [
            "10.0.0.0",
            "10.0.0.0/33",
            "a/8",
            "::/129",
            "10.0.0/8",
            "10.0.0.0/+8",
        ] {
            assert_eq!(Range::read(bad), None, "{bad}");
        }
    }

    // upstream: staging/src/k8s.io/apimachinery/pkg/util/validation/ip_test.go
    #[test]
    fn what_is_not_canonical() {
        let mut lines = Vec::new();
        for text in [
            "10.9.8.7",
            "::1",
            "a",
            "010.9.8.7",
            "::ffff:10.9.8.7",
            "2001:DB8::1",
            "1::0:0",
        ] {
            lines.push(format!("{text}: {}", strict_ip(text).unwrap_or_default()));
        }
        for text in [
            "10.9.8.0/24",
            "10.9.8.7/24",
            "010.9.8.0/24",
            "2001:DB8::/64",
            "10.9.8.0/024",
            "x",
        ] {
            let value = json!({"f": text});
            let mut errors = Errors::default();
            let field = Field::root(&value).get("f");
            strict_range(&field, &mut errors);
            lines.push(format!("{text}: {}", errors.lines()));
            lines.push(range_warning(&field).unwrap_or_default());
        }
        expect![[r#"
            10.9.8.7: 
            ::1: 
            a: must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)
            010.9.8.7: must not have leading 0s
            ::ffff:10.9.8.7: must not be an IPv4-mapped IPv6 address
            2001:DB8::1: must be in canonical form ("2001:db8::1")
            1::0:0: must be in canonical form ("1::")
            10.9.8.0/24: 

            10.9.8.7/24: f: Invalid value: "10.9.8.7/24": must not have bits set beyond the prefix length
            f: CIDR value "10.9.8.7/24" is ambiguous in this context (should be "10.9.8.0/24" or "10.9.8.7/32"?)
            010.9.8.0/24: f: Invalid value: "010.9.8.0/24": must not have leading 0s in IP or prefix length
            f: non-standard CIDR value "010.9.8.0/24" will be considered invalid in a future Kubernetes release: use "10.9.8.0/24"
            2001:DB8::/64: f: Invalid value: "2001:DB8::/64": must be in canonical form ("2001:db8::/64")
            f: IPv6 CIDR value "2001:DB8::/64" should be in RFC 5952 canonical format ("2001:db8::/64")
            10.9.8.0/024: f: Invalid value: "10.9.8.0/024": must not have leading 0s in IP or prefix length
            f: non-standard CIDR value "10.9.8.0/024" will be considered invalid in a future Kubernetes release: use "10.9.8.0/24"
            x: f: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)
        "#]].assert_eq(&lines.join("\n"));
    }
}
