//! Questions to sock_diag(7) and its answers, linux/netlink.h.

use super::{Diag, Memory};
use nix::sys::socket::{MsgFlags, recv, send};
use std::{io, os::fd::AsRawFd};

const SOCK_DIAG_BY_FAMILY: u16 = 20;
const NLMSG_ERROR: u32 = 2;
const NLMSG_DONE: u32 = 3;
const NLM_F_REQUEST: u16 = 1;
const NLM_F_DUMP: u16 = 0x300;
/// A cookie that says: whichever socket that is.
pub(super) const NO_COOKIE: [u8; 8] = [0xff; 8];
/// All states at once.
pub(super) const ANY_STATE: u32 = u32::MAX;

/// `struct nlmsghdr`.
const HEADER: usize = 16;
/// The kernel fills at most so much at once, `NLMSG_GOODSIZE` of a dump.
const ANSWER: usize = 32 * 1024;
/// Parts of a dump that are read; some ten thousand sockets.
const MOST_PARTS: usize = 256;

impl Diag {
    /// Asks about one socket; its answer without the header.
    pub(super) fn one(&self, body: &[u8]) -> io::Result<Vec<u8>> {
        let mut found = self.ask(body, 0, &mut |_| true)?;
        found.pop().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Asks about all sockets, and keeps the answers that `wanted` says.
    pub(super) fn all(
        &self,
        body: &[u8],
        wanted: &mut dyn FnMut(&[u8]) -> bool,
    ) -> io::Result<Vec<Vec<u8>>> {
        self.ask(body, NLM_F_DUMP, wanted)
    }

    fn ask(
        &self,
        body: &[u8],
        flags: u16,
        wanted: &mut dyn FnMut(&[u8]) -> bool,
    ) -> io::Result<Vec<Vec<u8>>> {
        // What an earlier question has left behind is not the answer to this one.
        let mut answer = vec![0; ANSWER];
        let fd = self.asking.as_raw_fd();
        while recv(fd, &mut answer, MsgFlags::MSG_DONTWAIT).is_ok() {}
        send(fd, &question(body, flags), MsgFlags::empty())?;
        let mut found = Vec::new();
        for _ in 0..MOST_PARTS {
            // The kernel answers before send() is back, and the next part of a dump within recv().
            let len = recv(fd, &mut answer, MsgFlags::MSG_DONTWAIT)?;
            let mut rest = answer.get(..len).unwrap_or_default();
            while let Some(len) = word(rest, 0).and_then(|len| usize::try_from(len).ok()) {
                let Some(message) = rest.get(HEADER..len) else {
                    break;
                };
                match word(rest, 4).map(|word| word & 0xffff) {
                    Some(NLMSG_DONE) => return Ok(found),
                    Some(NLMSG_ERROR) => {
                        let errno = word(message, 0).unwrap_or_default().cast_signed();
                        return Err(io::Error::from_raw_os_error(-errno));
                    }
                    _ if wanted(message) => found.push(message.to_vec()),
                    _ => {}
                }
                rest = rest.get(len.next_multiple_of(4)..).unwrap_or_default();
            }
            if flags & NLM_F_DUMP == 0 {
                break;
            }
        }
        Ok(found)
    }
}

fn question(body: &[u8], flags: u16) -> Vec<u8> {
    let len = u32::try_from(HEADER + body.len()).unwrap_or_default();
    let mut question = len.to_ne_bytes().to_vec();
    question.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    question.extend((NLM_F_REQUEST | flags).to_ne_bytes());
    // Sequence and port: there is one question and one who asks.
    question.extend([0; 8]);
    question.extend(body);
    question
}

/// The attributes behind a message of that length: type and value.
pub(super) fn attributes(message: &[u8], from: usize) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = message.get(from..).unwrap_or_default();
    std::iter::from_fn(move || {
        let first = word(rest, 0)?;
        let [len, kind] = [first & 0xffff, first >> 16];
        let len = usize::try_from(len).ok().filter(|len| *len >= 4)?;
        let value = rest.get(4..len)?;
        rest = rest.get(len.next_multiple_of(4)..).unwrap_or_default();
        Some((u16::try_from(kind).ok()?, value))
    })
}

/// Four bytes in the machine's order, which is lowest first on both machines we run on.
pub(super) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?;
    Some(u32::from_ne_bytes(bytes.try_into().ok()?))
}

/// The words of `SK_MEMINFO_*`, linux/sock_diag.h.
pub(super) fn memory(value: &[u8]) -> Memory {
    let field = |index: usize| word(value, 4 * index).map_or(0, u64::from);
    Memory {
        received: field(0),
        most_received: field(1),
        sent: field(2),
        most_sent: field(3),
        drops: field(8),
    }
}
