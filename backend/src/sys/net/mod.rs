//! The calls of sockets, by descriptor number as in section 2 of the man pages. socket(7), ip(7), tcp(7), udp(7), unix(7).
#![expect(
    unsafe_code,
    reason = "the lesson's descriptors are numbers, which no value of Rust owns"
)]

mod message;

pub use message::{Message, recv_message, send_with};

use super::calls::Fd;
use nix::{
    errno::Errno,
    sys::socket::{
        self as calls, AddressFamily, SockFlag, SockType, SockaddrIn, SockaddrLike, UnixAddr,
    },
};
use shared::event::End;
use std::{
    ffi::OsStr,
    fmt,
    net::{Ipv4Addr, SocketAddrV4},
    os::{fd::IntoRawFd, unix::ffi::OsStrExt},
    path::PathBuf,
};

/// Most sockets that are waited for at once: a listening one, eight clients, and where commands come from.
const MOST: usize = 16;
/// Bytes of the longest address: `struct sockaddr_un`.
const NAME: usize = size_of::<libc::sockaddr_un>();

/// A length as the kernel takes it. All are of small structures.
fn length(bytes: usize) -> libc::socklen_t {
    libc::socklen_t::try_from(bytes).unwrap_or(0)
}

/// Where a socket is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// An address of this machine and a port.
    Inet(SocketAddrV4),
    /// A file.
    Unix(PathBuf),
    /// A Unix socket that was never bound.
    Nowhere,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inet(at) => at.fmt(f),
            Self::Unix(path) => path.display().fmt(f),
            Self::Nowhere => f.write_str("(no address)"),
        }
    }
}

impl Address {
    /// Does something with it as the kernel takes it.
    fn with<T>(
        &self,
        call: impl FnOnce(&dyn SockaddrLike) -> Result<T, Errno>,
    ) -> Result<T, Errno> {
        match self {
            Self::Inet(at) => call(&SockaddrIn::from(*at)),
            Self::Unix(path) => call(&UnixAddr::new(path)?),
            Self::Nowhere => Err(Errno::EDESTADDRREQ),
        }
    }

    /// As the kernel has written it: the family, and then a port and four bytes, or a path that ends with a zero.
    fn of(name: &[u8]) -> Self {
        let family = name.first_chunk().map(|two| u16::from_ne_bytes(*two));
        let family = family.map(libc::c_int::from);
        match (family, name.get(2..)) {
            (Some(libc::AF_INET), Some(&[high, low, a, b, c, d, ..])) => {
                let port = u16::from_be_bytes([high, low]);
                Self::Inet(SocketAddrV4::new(Ipv4Addr::new(a, b, c, d), port))
            }
            (Some(libc::AF_UNIX), Some(path)) => {
                let path = path.split(|byte| *byte == 0).next().unwrap_or_default();
                if path.is_empty() {
                    return Self::Nowhere;
                }
                Self::Unix(PathBuf::from(OsStr::from_bytes(path)))
            }
            _ => Self::Nowhere,
        }
    }
}

/// `int socket(int domain, int type, 0)`.
///
/// # Errors
/// As in socket(2).
#[track_caller]
pub fn socket(domain: AddressFamily, kind: SockType) -> Result<Fd, Errno> {
    crate::sys::here::mark();
    calls::socket(domain, kind, SockFlag::empty(), None).map(IntoRawFd::into_raw_fd)
}

/// `int bind(int sockfd, const struct sockaddr *addr, …)`: gives a socket its own address.
///
/// # Errors
/// As in bind(2): `EADDRINUSE` when another has it, or had it until lately.
#[track_caller]
pub fn bind(fd: Fd, at: &Address) -> Result<(), Errno> {
    crate::sys::here::mark();
    at.with(|at| {
        // SAFETY: the kernel reads `len` bytes of an address that lives until the call is back.
        Errno::result(unsafe { libc::bind(fd, at.as_ptr(), at.len()) }).map(drop)
    })
}

/// `int listen(int sockfd, int backlog)`: from now on others can connect, `backlog` and one of them before anybody accepts.
///
/// # Errors
/// As in listen(2).
#[track_caller]
pub fn listen(fd: Fd, backlog: u64) -> Result<(), Errno> {
    crate::sys::here::mark();
    let backlog = libc::c_int::try_from(backlog).map_err(|_| Errno::EINVAL)?;
    // SAFETY: takes numbers only.
    Errno::result(unsafe { libc::listen(fd, backlog) }).map(drop)
}

/// `int accept(int sockfd, struct sockaddr *addr, …)`: the connection that has waited longest, as a socket of its own, and
/// who is at its other end. Sleeps while there is none.
///
/// # Errors
/// As in accept(2).
#[track_caller]
pub fn accept(fd: Fd) -> Result<(Fd, Address), Errno> {
    crate::sys::here::mark();
    let mut from = [0_u8; NAME];
    let mut len = length(NAME);
    // SAFETY: the kernel writes at most `len` bytes of an address there, and says how many it has.
    let accepted = unsafe { libc::accept(fd, from.as_mut_ptr().cast(), &raw mut len) };
    let accepted = Errno::result(accepted)?;
    Ok((accepted, Address::of(named(&from, len))))
}

/// As much of it as the kernel has filled in; a longer address would have been cut.
fn named(name: &[u8; NAME], len: libc::socklen_t) -> &[u8] {
    let len = usize::try_from(len).unwrap_or(0).min(NAME);
    name.get(..len).unwrap_or_default()
}

/// `int connect(int sockfd, const struct sockaddr *addr, …)`.
///
/// # Errors
/// As in connect(2): `ECONNREFUSED` where nobody listens.
#[track_caller]
pub fn connect(fd: Fd, to: &Address) -> Result<(), Errno> {
    crate::sys::here::mark();
    to.with(|to| {
        // SAFETY: the kernel reads `len` bytes of an address that lives until the call is back.
        Errno::result(unsafe { libc::connect(fd, to.as_ptr(), to.len()) }).map(drop)
    })
}

fn flags(nonblock: bool) -> libc::c_int {
    if nonblock { libc::MSG_DONTWAIT } else { 0 }
}

/// `ssize_t send(int sockfd, const void *buf, size_t len, int flags)`: how many bytes went in. With `nonblock`, MSG_DONTWAIT.
///
/// # Errors
/// As in send(2): `EPIPE` when the other side receives no more, `EAGAIN` when it would have to wait and must not.
#[track_caller]
pub fn send(fd: Fd, bytes: &[u8], nonblock: bool) -> Result<usize, Errno> {
    crate::sys::here::mark();
    // SAFETY: the kernel reads at most `len` bytes of the slice, which is borrowed for as long.
    let n = unsafe { libc::send(fd, bytes.as_ptr().cast(), bytes.len(), flags(nonblock)) };
    usize::try_from(n).map_err(|_| Errno::last())
}

/// `ssize_t recv(int sockfd, void *buf, size_t len, 0)`: takes bytes; 0 when the other side sends no more.
///
/// # Errors
/// As in recv(2): `ECONNRESET` when the other side has broken it off.
#[track_caller]
pub fn recv(fd: Fd, buffer: &mut [u8]) -> Result<usize, Errno> {
    crate::sys::here::mark();
    // SAFETY: the kernel writes at most `len` bytes to the slice, which is borrowed for as long.
    let n = unsafe { libc::recv(fd, buffer.as_mut_ptr().cast(), buffer.len(), 0) };
    usize::try_from(n).map_err(|_| Errno::last())
}

/// `ssize_t sendto(int sockfd, const void *buf, size_t len, int flags, const struct sockaddr *dest, …)`: one datagram.
///
/// # Errors
/// As in send(2): `EMSGSIZE` when it is too long for one.
#[track_caller]
pub fn send_to(fd: Fd, bytes: &[u8], to: &Address, nonblock: bool) -> Result<usize, Errno> {
    crate::sys::here::mark();
    to.with(|to| {
        let (data, len) = (bytes.as_ptr().cast(), bytes.len());
        // SAFETY: the kernel reads the slice and `len` bytes of an address; both live until the call is back.
        let n = unsafe { libc::sendto(fd, data, len, flags(nonblock), to.as_ptr(), to.len()) };
        usize::try_from(n).map_err(|_| Errno::last())
    })
}

/// `int shutdown(int sockfd, int how)`: ends one direction, or both. The descriptor stays.
///
/// # Errors
/// As in shutdown(2).
#[track_caller]
pub fn shutdown(fd: Fd, end: End) -> Result<(), Errno> {
    crate::sys::here::mark();
    calls::shutdown(
        fd,
        match end {
            End::Read => calls::Shutdown::Read,
            End::Write => calls::Shutdown::Write,
            End::Both => calls::Shutdown::Both,
        },
    )
}

/// What setsockopt(2) can set here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// SO_REUSEADDR: an address may be bound on which connections still end.
    Reuse,
    /// SO_SNDBUF, bytes.
    SendBuffer(u64),
    /// SO_RCVBUF, bytes.
    ReceiveBuffer(u64),
    /// TCP_NODELAY: no waiting for more before a small piece leaves.
    NoDelay,
    /// SO_LINGER of 0 seconds: close(2) breaks the connection off.
    Abort,
}

/// `int setsockopt(int sockfd, int level, int optname, const void *optval, …)`.
///
/// # Errors
/// As in setsockopt(2).
#[track_caller]
pub fn set(fd: Fd, setting: Setting) -> Result<(), Errno> {
    crate::sys::here::mark();
    let number = |n: u64| libc::c_int::try_from(n).map_err(|_| Errno::EINVAL);
    let (level, name, value) = match setting {
        Setting::Reuse => (libc::SOL_SOCKET, libc::SO_REUSEADDR, [1, 0]),
        Setting::SendBuffer(n) => (libc::SOL_SOCKET, libc::SO_SNDBUF, [number(n)?, 0]),
        Setting::ReceiveBuffer(n) => (libc::SOL_SOCKET, libc::SO_RCVBUF, [number(n)?, 0]),
        Setting::NoDelay => (libc::IPPROTO_TCP, libc::TCP_NODELAY, [1, 0]),
        // struct linger {on, seconds}.
        Setting::Abort => (libc::SOL_SOCKET, libc::SO_LINGER, [1, 0]),
    };
    let numbers = if setting == Setting::Abort { 2 } else { 1 };
    let len = length(numbers * size_of::<libc::c_int>());
    // SAFETY: the kernel reads `len` bytes of two numbers that live until the call is back.
    let set = unsafe { libc::setsockopt(fd, level, name, value.as_ptr().cast(), len) };
    Errno::result(set).map(drop)
}

/// `int getsockopt(int sockfd, SOL_SOCKET, SO_PEERCRED, …)`: who made the other end, by the kernel's word.
///
/// # Errors
/// As in getsockopt(2).
#[track_caller]
pub fn peer_credentials(fd: Fd) -> Result<libc::ucred, Errno> {
    crate::sys::here::mark();
    let mut who = libc::ucred {
        pid: 0,
        uid: 0,
        gid: 0,
    };
    let mut len = length(size_of::<libc::ucred>());
    let (level, name) = (libc::SOL_SOCKET, libc::SO_PEERCRED);
    // SAFETY: the kernel writes at most `len` bytes to a structure of that size.
    let got = unsafe { libc::getsockopt(fd, level, name, (&raw mut who).cast(), &raw mut len) };
    Errno::result(got).map(|_| who)
}

/// `int poll(struct pollfd *fds, nfds_t nfds, int timeout)`: sleeps until there is something to take from one of them, or
/// `millis` are over, -1 never; those of which there is.
///
/// # Errors
/// As in poll(2).
#[track_caller]
pub fn wait_for_any(fds: &[Fd], millis: i32) -> Result<Vec<Fd>, Errno> {
    crate::sys::here::mark();
    let asked = |fd: &Fd| libc::pollfd {
        fd: *fd,
        events: libc::POLLIN,
        revents: 0,
    };
    let mut asked: Vec<_> = fds.iter().take(MOST).map(asked).collect();
    let len = asked.len() as libc::nfds_t;
    // SAFETY: the kernel writes into `len` structures, which live until the call is back.
    Errno::result(unsafe { libc::poll(asked.as_mut_ptr(), len, millis) })?;
    let ready = asked.into_iter().filter(|one| one.revents != 0);
    Ok(ready.map(|one| one.fd).collect())
}
