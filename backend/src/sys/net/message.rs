//! Messages with all that the kernel says about them, and with what travels along: sendmsg(2), recvmsg(2), cmsg(3).
#![expect(
    unsafe_code,
    reason = "the lesson's descriptors are numbers, which no value of Rust owns"
)]

use super::{Address, NAME, flags, length, named};
use crate::sys::calls::Fd;
use nix::{
    errno::Errno,
    sys::socket::{self as calls, ControlMessage, MsgFlags, UnixAddr},
};
use std::io::IoSlice;

/// Words of what can come along with a message: room for a dozen descriptors.
const CONTROL: usize = 8;

/// What one recvmsg(2) gave.
#[derive(Clone, Debug)]
pub struct Message {
    /// Bytes in the buffer.
    pub len: usize,
    /// The buffer was too small: the rest is gone. MSG_TRUNC.
    pub cut: bool,
    /// Who sent it, of a socket that is not connected.
    pub from: Address,
    /// Descriptors that came with it. SCM_RIGHTS.
    pub fds: Vec<Fd>,
}

/// `ssize_t recvmsg(int sockfd, struct msghdr *msg, 0)`: one datagram, or bytes of a stream, with all that the kernel says
/// about them.
///
/// # Errors
/// As in recv(2).
#[track_caller]
pub fn recv_message(fd: Fd, buffer: &mut [u8]) -> Result<Message, Errno> {
    crate::sys::here::mark();
    let mut name = [0_u8; NAME];
    // Words, for the headers in it are aligned.
    let mut control = [0_usize; CONTROL];
    let mut part = libc::iovec {
        iov_base: buffer.as_mut_ptr().cast(),
        iov_len: buffer.len(),
    };
    let mut about = libc::msghdr {
        msg_name: name.as_mut_ptr().cast(),
        msg_namelen: length(NAME),
        msg_iov: &raw mut part,
        msg_iovlen: 1,
        msg_control: control.as_mut_ptr().cast(),
        msg_controllen: size_of_val(&control),
        msg_flags: 0,
    };
    // SAFETY: all that it points to is borrowed or lives here until the call is back, and is as long as it says.
    let n = unsafe { libc::recvmsg(fd, &raw mut about, 0) };
    let len = usize::try_from(n).map_err(|_| Errno::last())?;
    Ok(Message {
        len,
        cut: about.msg_flags & libc::MSG_TRUNC != 0,
        from: Address::of(named(&name, about.msg_namelen)),
        fds: rights(&control, about.msg_controllen),
    })
}

/// The descriptors in what came along: of each part, its length with the header, level, type, and then numbers.
fn rights(control: &[usize], len: usize) -> Vec<Fd> {
    const WORD: usize = size_of::<usize>();
    const HEADER: usize = 2 * WORD;
    if len == 0 {
        // As ever: nothing came along, and nothing is to be copied.
        return Vec::new();
    }
    let bytes: Vec<u8> = control.iter().flat_map(|word| word.to_ne_bytes()).collect();
    let mut rest = bytes.get(..len).unwrap_or_default();
    let number = |bytes: &[u8]| bytes.first_chunk().map(|four| i32::from_ne_bytes(*four));
    let mut fds = Vec::new();
    while let Some(len) = rest.first_chunk().map(|word| usize::from_ne_bytes(*word)) {
        let level = rest.get(WORD..).and_then(number);
        let kind = rest.get(WORD + 4..).and_then(number);
        if (level, kind) == (Some(libc::SOL_SOCKET), Some(libc::SCM_RIGHTS)) {
            let numbers = rest.get(HEADER..len).unwrap_or_default();
            fds.extend(numbers.chunks_exact(4).filter_map(number));
        }
        if len < HEADER {
            break;
        }
        rest = rest.get(len.next_multiple_of(WORD)..).unwrap_or_default();
    }
    fds
}

/// `ssize_t sendmsg(int sockfd, const struct msghdr *msg, int flags)`: bytes, and an open descriptor along with the first
/// of them. SCM_RIGHTS. `to` where the socket is not connected.
///
/// # Errors
/// As in send(2).
#[track_caller]
pub fn send_with(
    fd: Fd,
    bytes: &[u8],
    passed: Fd,
    to: Option<&Address>,
    nonblock: bool,
) -> Result<usize, Errno> {
    crate::sys::here::mark();
    let fds = [passed];
    let about = [ControlMessage::ScmRights(&fds)];
    let flags = MsgFlags::from_bits_truncate(flags(nonblock));
    let bytes = [IoSlice::new(bytes)];
    match to {
        Some(Address::Unix(path)) => {
            calls::sendmsg(fd, &bytes, &about, flags, Some(&UnixAddr::new(path)?))
        }
        // Only Unix sockets can pass anything.
        _ => calls::sendmsg::<()>(fd, &bytes, &about, flags, None),
    }
}

#[cfg(test)]
mod tests {
    use super::{recv_message, send_with};
    use crate::sys::{
        calls::{close, pipe2, read, write},
        net::Address,
        pipeline::socketpair,
    };
    use nix::fcntl::OFlag;

    #[test]
    fn a_descriptor_comes_out_with_the_bytes_it_went_in_with() {
        let [one, other] = socketpair().unwrap();
        let [read_end, write_end] = pipe2(OFlag::empty()).unwrap();
        assert_eq!(send_with(one, b"look", read_end, None, false), Ok(4));
        close(read_end).unwrap();
        write(write_end, b"inside").unwrap();
        let mut buffer = [0; 16];
        let got = recv_message(other, &mut buffer).unwrap();
        assert_eq!((got.len, got.cut, got.fds.len()), (4, false, 1));
        assert_eq!(got.from, Address::Nowhere);
        let mut inside = [0; 16];
        assert_eq!(read(got.fds[0], &mut inside), Ok(6));
        for fd in [one, other, write_end, got.fds[0]] {
            close(fd).unwrap();
        }
    }

    #[test]
    fn an_address_is_read_as_the_kernel_writes_it() {
        let family = |family: i32| u16::try_from(family).unwrap().to_ne_bytes();
        let inet = [&family(libc::AF_INET)[..], &[0x13, 0x88, 127, 3, 9, 2]].concat();
        assert_eq!(Address::of(&inet).to_string(), "127.3.9.2:5000");
        let unix = [&family(libc::AF_UNIX)[..], b"/tmp/x\0\0"].concat();
        assert_eq!(Address::of(&unix).to_string(), "/tmp/x");
        for nothing in [&family(libc::AF_UNIX)[..], b"", b"\0"] {
            assert_eq!(Address::of(nothing), Address::Nowhere);
        }
    }
}
