//! A connection: bytes go in, and come out in pieces of any size.

use crate::sys::calls::{Fd, close, read, write};
use nix::errno::Errno;

/// Bytes of one read().
const AT_ONCE: usize = 8 * 1024;
/// Bytes that are kept of somebody who sends and sends and never ends a call.
const LONGEST: usize = 2 * 1024 * 1024;

/// One end of a connection, with what has come and was not used.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) fd: Fd,
    pub(super) came: Vec<u8>,
    /// What one read() fills.
    room: Vec<u8>,
}

/// Why there is nothing whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The other side has closed.
    End,
    /// A call failed: `EAGAIN` when patience is over.
    Call(&'static str, Errno),
    /// What came is none of ours.
    Wrong(String),
}

impl Line {
    pub(super) fn new(fd: Fd) -> Self {
        Self {
            fd,
            came: Vec::new(),
            room: vec![0; AT_ONCE],
        }
    }

    /// read() once; what came is told to `got`.
    #[track_caller]
    pub(super) fn more(&mut self, got: &mut impl FnMut(Fd, &[u8])) -> Result<(), Trouble> {
        if self.came.len() > LONGEST {
            return Err(Trouble::Wrong("it is too long".to_owned()));
        }
        let n = read(self.fd, &mut self.room).map_err(|errno| Trouble::Call("read", errno))?;
        let bytes = self.room.get(..n).unwrap_or_default();
        got(self.fd, bytes);
        if bytes.is_empty() {
            return Err(Trouble::End);
        }
        self.came.extend_from_slice(bytes);
        Ok(())
    }

    /// The next whole piece: `measure` says how long it is, as soon as it can be known.
    #[track_caller]
    pub(super) fn next(
        &mut self,
        measure: impl Fn(&[u8]) -> Result<Option<usize>, String>,
        got: &mut impl FnMut(Fd, &[u8]),
    ) -> Result<Vec<u8>, Trouble> {
        loop {
            match measure(&self.came).map_err(Trouble::Wrong)? {
                Some(len) if len <= self.came.len() => {
                    return Ok(self.came.drain(..len).collect());
                }
                _ => self.more(got)?,
            }
        }
    }

    /// write() until all is in; how much was, and why not all.
    #[track_caller]
    pub(super) fn put(&self, bytes: &[u8]) -> (usize, Option<Errno>) {
        let mut sent = 0;
        while sent < bytes.len() {
            match write(self.fd, bytes.get(sent..).unwrap_or_default()) {
                Ok(n) => sent += n,
                Err(errno) => return (sent, Some(errno)),
            }
        }
        (sent, None)
    }

    /// close().
    #[track_caller]
    pub(super) fn close(self) -> Result<(), Errno> {
        close(self.fd)
    }
}
