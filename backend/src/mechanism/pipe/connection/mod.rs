//! A connection as Python's `multiprocessing.connection` has it: whole objects over a stream of bytes, each a pickle behind
//! its length. Call by call what `Connection.send` and `Connection.recv` do.

use crate::sys::calls::{Fd, close, read, write};
use nix::errno::Errno;
use shared::pickle::{self, HEADER, JOINED, LONG_HEADER, Object, Unreadable};
use std::fmt;

/// Room for what is received, at first: most objects are shorter, and no second piece of memory is asked for.
const USUAL: usize = 512;
/// Longest pickle that is received: somebody else may stand at the other end, and a length is only a claim.
const LONGEST: usize = 16 * 1024 * 1024;

/// One of the two connections that `Pipe()` returns. Closed, it has no descriptor any more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Connection {
    fd: Option<Fd>,
    readable: bool,
    writable: bool,
}

/// Why an object was not sent or not received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// No call was made: `OSError("connection is read-only")` in Python.
    Refused(&'static str),
    /// A call failed.
    Call(&'static str, Errno),
    /// `EOFError`: nobody has the other side open any more.
    EndOfFile,
    /// The stream ended within an object.
    Cut,
    /// What came is no object we can make.
    Unreadable(String),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(why) => f.write_str(why),
            Self::Call(call, errno) => write!(f, "{call}: {errno}"),
            Self::EndOfFile => f.write_str("EOFError"),
            Self::Cut => f.write_str("got end of file during message"),
            Self::Unreadable(why) => f.write_str(why),
        }
    }
}

impl From<Unreadable> for Trouble {
    fn from(why: Unreadable) -> Self {
        Self::Unreadable(why.to_string())
    }
}

impl Connection {
    pub(crate) fn new(fd: Fd, readable: bool, writable: bool) -> Self {
        Self {
            fd: Some(fd),
            readable,
            writable,
        }
    }

    /// Its descriptor; −1 when it is closed.
    pub(crate) fn fd(self) -> Fd {
        self.fd.unwrap_or(-1)
    }

    /// The bytes that an object is on the wire.
    pub(crate) fn wire(object: &Object) -> Vec<u8> {
        pickle::message(object)
    }

    /// Sends what [`Connection::wire`] has made: with one write() up to 16 KiB, a longer one's header apart. How many bytes
    /// went, and why not all.
    #[track_caller]
    pub(crate) fn send(self, wire: &[u8]) -> (usize, Option<Trouble>) {
        let Some(fd) = self.fd else {
            return (0, Some(Trouble::Refused("handle is closed")));
        };
        if !self.writable {
            return (0, Some(Trouble::Refused("connection is read-only")));
        }
        let header = header_of(wire);
        let pieces = if wire.len() - header > JOINED {
            [wire.get(..header), wire.get(header..)]
        } else {
            [Some(wire), None]
        };
        let mut sent = 0;
        for piece in pieces.into_iter().flatten() {
            let mut left = piece;
            while !left.is_empty() {
                match write(fd, left) {
                    Ok(n) => {
                        sent += n;
                        left = left.get(n..).unwrap_or_default();
                    }
                    Err(errno) => return (sent, Some(Trouble::Call("write", errno))),
                }
            }
        }
        (sent, None)
    }

    /// One object, and its bytes on the wire: read() of the header, then read() until the pickle is whole.
    #[track_caller]
    pub(crate) fn recv(self) -> Result<(Vec<u8>, Object), Trouble> {
        let wire = self.recv_bytes(LONGEST)?;
        let header = header_of(&wire);
        let object = pickle::loads(wire.get(header..).unwrap_or_default())?;
        Ok((wire, object))
    }

    /// `conn.recv_bytes(most)`: the same bytes, whatever they are. Python closes where there are more; here it is an error.
    #[track_caller]
    pub(crate) fn recv_bytes(self, most: usize) -> Result<Vec<u8>, Trouble> {
        let fd = self.fd.ok_or(Trouble::Refused("handle is closed"))?;
        if !self.readable {
            return Err(Trouble::Refused("connection is write-only"));
        }
        let mut wire = Vec::with_capacity(USUAL);
        wire.resize(HEADER, 0);
        fill(fd, &mut wire)?;
        let short = <[u8; HEADER]>::try_from(wire.as_slice()).unwrap_or_default();
        let len = match pickle::length(short) {
            Some(len) => len,
            None => {
                wire.resize(LONG_HEADER, 0);
                fill(fd, wire.get_mut(HEADER..).unwrap_or_default()).map_err(cut)?;
                let long = wire.get(HEADER..).and_then(|long| long.try_into().ok());
                usize::try_from(u64::from_be_bytes(long.unwrap_or_default())).unwrap_or(usize::MAX)
            }
        };
        if len > most {
            return Err(Trouble::Unreadable(format!(
                "a length of {len} bytes is not believed"
            )));
        }
        let header = wire.len();
        wire.resize(header + len, 0);
        fill(fd, wire.get_mut(header..).unwrap_or_default()).map_err(cut)?;
        Ok(wire)
    }

    /// `conn.close()`; a second time it does nothing.
    #[track_caller]
    pub(crate) fn close(&mut self) -> Result<(), Errno> {
        match self.fd.take() {
            Some(fd) => close(fd),
            None => Ok(()),
        }
    }
}

/// Bytes of the header in front of a pickle.
pub(crate) fn header_of(wire: &[u8]) -> usize {
    let short = wire.get(..HEADER).and_then(|short| short.try_into().ok());
    match short.and_then(pickle::length) {
        Some(_) => HEADER,
        None => LONG_HEADER,
    }
}

/// read() until the buffer is full.
#[track_caller]
fn fill(fd: Fd, buffer: &mut [u8]) -> Result<(), Trouble> {
    let mut done = 0;
    while done < buffer.len() {
        match read(fd, buffer.get_mut(done..).unwrap_or_default()) {
            Ok(0) if done == 0 => return Err(Trouble::EndOfFile),
            Ok(0) => return Err(Trouble::Cut),
            Ok(n) => done += n,
            Err(errno) => return Err(Trouble::Call("read", errno)),
        }
    }
    Ok(())
}

/// Nothing where an object should go on is no end between two objects.
fn cut(trouble: Trouble) -> Trouble {
    if trouble == Trouble::EndOfFile {
        Trouble::Cut
    } else {
        trouble
    }
}

#[cfg(test)]
mod tests;
