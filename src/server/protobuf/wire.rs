//! The wire format of protocol buffers: numbered fields, one after another.

use super::messages::Shape;

/// A field's value as it stands on the wire.
#[derive(Clone, Copy, Debug)]
pub enum Raw<'a> {
    /// A number of up to 64 bits.
    Varint(u64),
    /// Eight bytes.
    Fixed64(u64),
    /// Four bytes.
    Fixed32(u32),
    /// Text, bytes, or a message.
    Bytes(&'a [u8]),
}

/// Why bytes are no message.
const SHORT: &str = "unexpected EOF";
const WRONG: &str = "proto: wrong wireType";

impl<'a> Raw<'a> {
    /// What stands for a value that was left out.
    pub fn nothing(shape: Shape) -> Self {
        match shape {
            Shape::Int | Shape::Bool => Raw::Varint(0),
            Shape::Double => Raw::Fixed64(0),
            _ => Raw::Bytes(&[]),
        }
    }

    /// The number.
    pub fn varint(self) -> Result<u64, String> {
        match self {
            Raw::Varint(number) => Ok(number),
            _ => Err(WRONG.into()),
        }
    }

    /// The floating-point number.
    pub fn double(self) -> Result<f64, String> {
        match self {
            Raw::Fixed64(bits) => Ok(f64::from_bits(bits)),
            Raw::Fixed32(bits) => Ok(f32::from_bits(bits).into()),
            _ => Err(WRONG.into()),
        }
    }

    /// The bytes.
    pub fn bytes(self) -> Result<&'a [u8], String> {
        match self {
            Raw::Bytes(bytes) => Ok(bytes),
            _ => Err(WRONG.into()),
        }
    }

    /// The text.
    pub fn text(self) -> Result<String, String> {
        let bytes = self.bytes()?.to_vec();
        String::from_utf8(bytes).map_err(|_| "proto: invalid UTF-8".into())
    }
}

/// Reads fields from the front.
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Over a message's bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Reader { rest: bytes }
    }

    /// Whether everything is read.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next field and its number.
    pub fn next(&mut self) -> Result<Option<(u32, Raw<'a>)>, String> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let key = self.varint()?;
        let raw = match key & 7 {
            0 => Raw::Varint(self.varint()?),
            1 => Raw::Fixed64(u64::from_le_bytes(self.array()?)),
            2 => {
                let length = usize::try_from(self.varint()?).map_err(|_| SHORT)?;
                Raw::Bytes(self.take(length)?)
            }
            5 => Raw::Fixed32(u32::from_le_bytes(self.array()?)),
            other => return Err(format!("proto: illegal wireType {other}")),
        };
        match u32::try_from(key >> 3) {
            Ok(number) if number > 0 => Ok(Some((number, raw))),
            _ => Err(format!("proto: illegal tag {}", key >> 3)),
        }
    }

    /// The next number.
    pub fn varint(&mut self) -> Result<u64, String> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err("proto: integer overflow".into())
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let (array, rest) = self.rest.split_first_chunk().ok_or(SHORT)?;
        self.rest = rest;
        Ok(*array)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(SHORT)?;
        self.rest = rest;
        Ok(bytes)
    }
}
