//! What Python's `multiprocessing` puts on the wire: an object, pickled, behind its length. Of pickle, the few opcodes that
//! make text, bytes, whole numbers, truth and nothing.
//!
//! A pickle is a program for a small stack machine, and may name any class or function of the receiver's. Here it can
//! only push one value: everything else is an error that says which opcode it was.
//!
//! ```text
//! 00 00 00 14 │ 80 04 │ 95 09 00 00 00 00 00 00 00 │ 8c 05 h e l l o │ 94      │ 2e
//! length 20   │ proto │ frame of 9 bytes           │ text of 5 bytes │ memoize │ stop
//! ```

mod dump;

pub use dump::{dumps, message, push, whole};

use std::fmt;

/// Newest protocol that is read.
const NEWEST: u8 = 5;
/// Above this length, a connection writes header and body with a call each: copying them together would cost more.
pub const JOINED: usize = 16 * 1024;
/// Bytes of the usual header: the length as a signed number, highest byte first.
pub const HEADER: usize = 4;
/// Bytes of the header of an object that is longer than such a number can say: −1, and then the length in eight bytes.
pub const LONG_HEADER: usize = HEADER + 8;

mod op {
    pub(super) const PROTO: u8 = 0x80;
    pub(super) const FRAME: u8 = 0x95;
    pub(super) const SHORT_TEXT: u8 = 0x8c;
    pub(super) const TEXT: u8 = b'X';
    pub(super) const LONG_TEXT: u8 = 0x8d;
    pub(super) const SHORT_BYTES: u8 = b'C';
    pub(super) const BYTES: u8 = b'B';
    pub(super) const LONG_BYTES: u8 = 0x8e;
    pub(super) const NONE: u8 = b'N';
    pub(super) const TRUE: u8 = 0x88;
    pub(super) const FALSE: u8 = 0x89;
    pub(super) const INT1: u8 = b'K';
    pub(super) const INT2: u8 = b'M';
    pub(super) const INT: u8 = b'J';
    pub(super) const LONG: u8 = 0x8a;
    pub(super) const MEMOIZE: u8 = 0x94;
    pub(super) const PUT: u8 = b'q';
    pub(super) const STOP: u8 = b'.';
}

/// A Python object, of the few kinds that are understood here. Displayed as Python's `repr`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// `None`: in many programs the last one, "no more will come".
    None,
    /// `True`, `False`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// `str`.
    Text(String),
    /// `bytes`.
    Bytes(Vec<u8>),
}

/// Why a pickle cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It ends in the middle.
    #[error("the pickle ends too early, at byte {0}")]
    Short(usize),
    /// An opcode that does more than push a plain value.
    #[error(
        "byte {at} of the pickle is opcode {opcode:#04x}, which makes more than text, bytes or a number"
    )]
    Opcode {
        /// Where.
        at: usize,
        /// Which.
        opcode: u8,
    },
    /// Protocol of a newer Python.
    #[error("the pickle is of protocol {0}, which is too new")]
    Protocol(u8),
    /// Text that is not UTF-8.
    #[error("the text at byte {0} of the pickle is not UTF-8")]
    Text(usize),
    /// It does not leave one value.
    #[error("the pickle does not make one object")]
    NotOne,
}

/// The object of a pickle.
///
/// # Errors
/// What it does that is not understood here.
pub fn loads(pickle: &[u8]) -> Result<Object, Unreadable> {
    let mut reader = Reader::new(pickle);
    let mut object = None;
    loop {
        let at = reader.at();
        let opcode = reader.byte()?;
        let value = match opcode {
            op::PROTO => reader.protocol().map(|()| None)?,
            op::FRAME => reader.number(8).map(|_| None)?,
            op::PUT => reader.byte().map(|_| None)?,
            op::MEMOIZE => None,
            op::STOP => return object.ok_or(Unreadable::NotOne),
            _ => {
                let plain = reader.plain(opcode)?;
                Some(plain.ok_or(Unreadable::Opcode { at, opcode })?)
            }
        };
        if let Some(value) = value
            && object.replace(value).is_some()
        {
            return Err(Unreadable::NotOne);
        }
    }
}

/// A pickle that is read opcode by opcode.
#[derive(Debug)]
pub struct Reader<'a> {
    pickle: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// From its first byte on.
    pub fn new(pickle: &'a [u8]) -> Self {
        Self { pickle, at: 0 }
    }

    /// Where the next byte is.
    pub fn at(&self) -> usize {
        self.at
    }

    /// What follows the opcode of the protocol: a version that is understood.
    ///
    /// # Errors
    /// A newer one.
    pub fn protocol(&mut self) -> Result<(), Unreadable> {
        let version = self.byte()?;
        if version > NEWEST {
            return Err(Unreadable::Protocol(version));
        }
        Ok(())
    }

    /// The object that this opcode pushes with what follows it; nothing where it does something else.
    ///
    /// # Errors
    /// What follows is cut off or wrong.
    pub fn plain(&mut self, opcode: u8) -> Result<Option<Object>, Unreadable> {
        Ok(Some(match opcode {
            op::NONE => Object::None,
            op::TRUE => Object::Bool(true),
            op::FALSE => Object::Bool(false),
            op::INT1 => Object::Int(self.number(1)?),
            op::INT2 => Object::Int(self.number(2)?),
            op::INT => Object::Int(self.signed(4)?),
            op::LONG => {
                let len = usize::from(self.byte()?);
                Object::Int(self.signed(len)?)
            }
            op::SHORT_TEXT => self.text(1)?,
            op::TEXT => self.text(4)?,
            op::LONG_TEXT => self.text(8)?,
            op::SHORT_BYTES => self.bytes(1)?,
            op::BYTES => self.bytes(4)?,
            op::LONG_BYTES => self.bytes(8)?,
            _ => return Ok(None),
        }))
    }

    /// So many bytes.
    ///
    /// # Errors
    /// There are not so many left.
    pub fn take(&mut self, len: usize) -> Result<&'a [u8], Unreadable> {
        let end = self.at.checked_add(len).ok_or(Unreadable::Short(self.at))?;
        let taken = self
            .pickle
            .get(self.at..end)
            .ok_or(Unreadable::Short(self.pickle.len()))?;
        self.at = end;
        Ok(taken)
    }

    /// One byte.
    ///
    /// # Errors
    /// There is none left.
    pub fn byte(&mut self) -> Result<u8, Unreadable> {
        Ok(self.take(1)?.first().copied().unwrap_or_default())
    }

    /// A number without sign, lowest byte first.
    ///
    /// # Errors
    /// There are not so many bytes left.
    pub fn number(&mut self, len: usize) -> Result<i64, Unreadable> {
        let bytes = self.take(len)?;
        Ok(bytes
            .iter()
            .rev()
            .fold(0, |n, byte| n << 8 | i64::from(*byte)))
    }

    fn signed(&mut self, len: usize) -> Result<i64, Unreadable> {
        let at = self.at;
        let bytes = self.take(len)?;
        let negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
        if len > 8 {
            return Err(Unreadable::Opcode {
                at,
                opcode: op::LONG,
            });
        }
        let sign = if negative { -1 } else { 0 };
        Ok(bytes
            .iter()
            .rev()
            .fold(sign, |n, byte| n << 8 | i64::from(*byte)))
    }

    fn content(&mut self, len: usize) -> Result<&'a [u8], Unreadable> {
        let at = self.at;
        let len = usize::try_from(self.number(len)?).map_err(|_| Unreadable::Short(at))?;
        self.take(len)
    }

    fn text(&mut self, len: usize) -> Result<Object, Unreadable> {
        let at = self.at;
        let text = std::str::from_utf8(self.content(len)?).map_err(|_| Unreadable::Text(at))?;
        Ok(Object::Text(text.to_owned()))
    }

    fn bytes(&mut self, len: usize) -> Result<Object, Unreadable> {
        self.content(len).map(|bytes| Object::Bytes(bytes.to_vec()))
    }
}

/// The header that a connection puts before a pickle of `len` bytes.
pub fn header(len: usize) -> Vec<u8> {
    match i32::try_from(len) {
        Ok(len) => len.to_be_bytes().to_vec(),
        Err(_) => {
            let mut header = (-1_i32).to_be_bytes().to_vec();
            header.extend((len as u64).to_be_bytes());
            header
        }
    }
}

/// What the first four bytes of a header say: the length, or that it stands in the eight bytes that follow.
pub fn length(header: [u8; HEADER]) -> Option<usize> {
    usize::try_from(i32::from_be_bytes(header)).ok()
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Bool(true) => f.write_str("True"),
            Self::Bool(false) => f.write_str("False"),
            Self::Int(n) => write!(f, "{n}"),
            Self::Text(text) => {
                f.write_str("'")?;
                for c in text.chars() {
                    match c {
                        '\'' | '\\' => write!(f, "\\{c}")?,
                        '\n' => f.write_str("\\n")?,
                        c => write!(f, "{c}")?,
                    }
                }
                f.write_str("'")
            }
            Self::Bytes(bytes) => {
                f.write_str("b'")?;
                for byte in bytes {
                    match byte {
                        b'\'' | b'\\' => write!(f, "\\{}", char::from(*byte))?,
                        b' '..=b'~' => write!(f, "{}", char::from(*byte))?,
                        _ => write!(f, "\\x{byte:02x}")?,
                    }
                }
                f.write_str("'")
            }
        }
    }
}

#[cfg(test)]
mod tests;
