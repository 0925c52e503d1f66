//! What the kernel says of a Unix socket by its inode: who is at the other end, how much lies in it. sock_diag(7).
//!
//! Nothing is opened and nothing held, so that looking makes nobody a holder.

use nix::sys::socket::{
    AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, recv, send, socket,
};
use std::{
    io,
    os::fd::{AsRawFd, OwnedFd},
};

/// What is known of a socket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SocketReading {
    /// Inode of the socket at the other end; none when that is closed.
    pub peer: Option<u64>,
    /// SIOCINQ: bytes that were sent to it and not received yet.
    pub bytes: u64,
    /// SIOCOUTQ: memory that what it sent takes, as long as nobody has received it. Each send costs more than its bytes.
    pub outstanding: u64,
    /// SO_SNDBUF: when `outstanding` is above it, a send waits.
    pub most: u64,
}

/// linux/sock_diag.h, linux/unix_diag.h, linux/netlink.h.
mod kernel {
    pub(super) const SOCK_DIAG_BY_FAMILY: u16 = 20;
    pub(super) const NLMSG_ERROR: u16 = 2;
    pub(super) const NLM_F_REQUEST: u16 = 1;
    pub(super) const AF_UNIX: u8 = 1;
    pub(super) const ANY_STATE: u32 = u32::MAX;
    pub(super) const NO_COOKIE: [u8; 8] = [0xff; 8];
    pub(super) const SHOW_PEER: u32 = 0x04;
    pub(super) const SHOW_RQLEN: u32 = 0x10;
    pub(super) const SHOW_MEMINFO: u32 = 0x20;
    pub(super) const PEER: u16 = 2;
    pub(super) const RQLEN: u16 = 4;
    pub(super) const MEMINFO: u16 = 5;
    /// SK_MEMINFO_SNDBUF.
    pub(super) const SNDBUF: usize = 3;
}

/// `struct nlmsghdr`, and `struct unix_diag_msg` behind it.
const HEADER: usize = 16;
const MESSAGE: usize = 16;
/// An answer is some hundred bytes.
const ANSWER: usize = 4096;

/// Asks the kernel about one socket.
///
/// # Errors
/// What the kernel said: `ENOENT` if there is no Unix socket of that inode in our network namespace, or sock_diag is not
/// built in.
pub fn look_at_socket(inode: u64) -> io::Result<SocketReading> {
    let inode = u32::try_from(inode).map_err(|_| io::ErrorKind::InvalidInput)?;
    let asking = netlink()?;
    send(asking.as_raw_fd(), &question(inode), MsgFlags::empty())?;
    let mut answer = [0; ANSWER];
    // The kernel answers before send() is back.
    let len = recv(asking.as_raw_fd(), &mut answer, MsgFlags::MSG_DONTWAIT)?;
    read(answer.get(..len).unwrap_or_default())
}

fn netlink() -> io::Result<OwnedFd> {
    Ok(socket(
        AddressFamily::Netlink,
        SockType::Datagram,
        SockFlag::SOCK_CLOEXEC,
        SockProtocol::NetlinkSockDiag,
    )?)
}

/// `struct nlmsghdr` and `struct unix_diag_req`.
fn question(inode: u32) -> Vec<u8> {
    let show = kernel::SHOW_PEER | kernel::SHOW_RQLEN | kernel::SHOW_MEMINFO;
    let mut body = vec![kernel::AF_UNIX, 0, 0, 0];
    body.extend(kernel::ANY_STATE.to_ne_bytes());
    body.extend(inode.to_ne_bytes());
    body.extend(show.to_ne_bytes());
    body.extend(kernel::NO_COOKIE);
    let len = u32::try_from(HEADER + body.len()).unwrap_or_default();
    let mut question = len.to_ne_bytes().to_vec();
    question.extend(kernel::SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    question.extend(kernel::NLM_F_REQUEST.to_ne_bytes());
    // Sequence and port: there is one question and one who asks.
    question.extend([0; 8]);
    question.extend(body);
    question
}

fn read(answer: &[u8]) -> io::Result<SocketReading> {
    let kind = word(answer, 4).map(|word| word & 0xffff);
    if kind == Some(u32::from(kernel::NLMSG_ERROR)) {
        let errno = word(answer, HEADER).unwrap_or_default().cast_signed();
        return Err(io::Error::from_raw_os_error(-errno));
    }
    let mut reading = SocketReading::default();
    let mut at = HEADER + MESSAGE;
    while let Some(first) = word(answer, at) {
        let [len, kind] = [first & 0xffff, first >> 16];
        let len = usize::try_from(len).unwrap_or_default();
        if len < 4 {
            break;
        }
        let field = |index: usize| word(answer, at + 4 + 4 * index).map(u64::from);
        match u16::try_from(kind).unwrap_or_default() {
            // 0 once the other end is gone.
            kernel::PEER => reading.peer = field(0).filter(|inode| *inode != 0),
            kernel::RQLEN => {
                reading.bytes = field(0).unwrap_or_default();
                reading.outstanding = field(1).unwrap_or_default();
            }
            kernel::MEMINFO => reading.most = field(kernel::SNDBUF).unwrap_or_default(),
            _ => {}
        }
        at += len.next_multiple_of(4);
    }
    Ok(reading)
}

/// Four bytes in the machine's order, which is lowest first on both machines we run on.
fn word(answer: &[u8], at: usize) -> Option<u32> {
    let bytes = answer.get(at..at + 4)?;
    Some(u32::from_ne_bytes(bytes.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::look_at_socket;
    use nix::{
        sys::{
            socket::{AddressFamily, SockFlag, SockType, socketpair},
            stat::fstat,
        },
        unistd::{read, write},
    };

    #[test]
    fn both_ends_know_each_other_and_what_lies_between() {
        let flags = SockFlag::SOCK_CLOEXEC;
        let (one, other) = socketpair(AddressFamily::Unix, SockType::Stream, None, flags).unwrap();
        let [here, there] = [&one, &other].map(|fd| fstat(fd).unwrap().st_ino);
        write(&one, b"hello").unwrap();
        let (mine, theirs) = (
            look_at_socket(here).unwrap(),
            look_at_socket(there).unwrap(),
        );
        assert_eq!((mine.peer, theirs.peer), (Some(there), Some(here)));
        assert_eq!((mine.bytes, theirs.bytes), (0, 5));
        assert!(
            mine.outstanding > 5 && theirs.outstanding == 0,
            "{mine:?} {theirs:?}"
        );
        assert!(mine.most >= 4096);
        read(&other, &mut [0; 2]).unwrap();
        assert_eq!(look_at_socket(there).unwrap().bytes, 3);
        drop(other);
        assert_eq!(look_at_socket(here).unwrap().peer, None);
    }

    #[test]
    fn what_is_not_there_is_an_error() {
        assert!(look_at_socket(u64::from(u32::MAX)).is_err());
        assert!(look_at_socket(u64::MAX).is_err());
    }
}
