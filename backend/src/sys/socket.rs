//! Unix sockets with what they can carry beside bytes: descriptors, and who wrote. unix(7), cmsg(3).

use rustix::{
    io::Errno,
    net::{
        AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags,
        SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recvmsg,
        sendmsg, socketpair, sockopt,
    },
};
use std::{
    io::{IoSlice, IoSliceMut},
    mem::MaybeUninit,
    os::fd::{AsFd, OwnedFd},
};

/// A pair that keeps frames apart; a frame arrives whole or not at all.
///
/// # Errors
/// When there are no descriptors left.
pub fn frames() -> Result<(OwnedFd, OwnedFd), Errno> {
    socketpair(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        SocketFlags::CLOEXEC,
        None,
    )
}

/// A pair of byte streams.
///
/// # Errors
/// When there are no descriptors left.
pub fn streams() -> Result<(OwnedFd, OwnedFd), Errno> {
    socketpair(
        AddressFamily::UNIX,
        SocketType::STREAM,
        SocketFlags::CLOEXEC,
        None,
    )
}

/// Asks the kernel to say, with all that is received, which process wrote it. SO_PASSCRED.
///
/// # Errors
/// What the kernel says.
pub fn pass_credentials(socket: &OwnedFd) -> Result<(), Errno> {
    sockopt::set_socket_passcred(socket, true)
}

/// What one receive gave.
#[derive(Debug, Default)]
pub struct Received {
    /// Bytes in the buffer; 0 at the end, when the other side is closed.
    pub len: usize,
    /// The frame did not fit; the rest of it is lost.
    pub cut: bool,
    /// Descriptors that came with it.
    pub fds: Vec<OwnedFd>,
    /// Who wrote it, in our pid namespace, if asked for.
    pub pid: Option<i32>,
}

/// recvmsg(2) with descriptors and credentials.
///
/// # Errors
/// What the kernel says; `EAGAIN` when there is nothing and `flags` has `DONTWAIT`.
pub fn receive(socket: impl AsFd, buffer: &mut [u8], flags: RecvFlags) -> Result<Received, Errno> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(4), ScmCredentials(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let message = recvmsg(
        socket,
        &mut [IoSliceMut::new(buffer)],
        &mut control,
        flags | RecvFlags::CMSG_CLOEXEC,
    )?;
    let mut received = Received {
        len: message.bytes,
        cut: message.flags.contains(ReturnFlags::TRUNC),
        ..Received::default()
    };
    for ancillary in control.drain() {
        match ancillary {
            RecvAncillaryMessage::ScmRights(fds) => received.fds.extend(fds),
            RecvAncillaryMessage::ScmCredentials(who) => {
                received.pid = Some(who.pid.as_raw_nonzero().get());
            }
            _ => {}
        }
    }
    Ok(received)
}

/// sendmsg(2) of one frame with one descriptor.
///
/// # Errors
/// What the kernel says.
pub fn send_with(socket: impl AsFd, frame: &[u8], fd: &OwnedFd) -> Result<(), Errno> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let fds = [fd.as_fd()];
    if !control.push(SendAncillaryMessage::ScmRights(&fds)) {
        return Err(Errno::NOBUFS);
    }
    sendmsg(
        socket,
        &[IoSlice::new(frame)],
        &mut control,
        SendFlags::NOSIGNAL,
    )
    .map(drop)
}

/// send(2) of one frame, or of as much of a stream as there is room for; never raises SIGPIPE.
///
/// # Errors
/// What the kernel says; `EAGAIN` when the socket is non-blocking and full.
pub fn send(socket: impl AsFd, bytes: &[u8]) -> Result<usize, Errno> {
    rustix::net::send(socket, bytes, SendFlags::NOSIGNAL)
}
