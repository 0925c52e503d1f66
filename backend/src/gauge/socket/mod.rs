//! What the kernel says of sockets: addresses, states, queues, drops. sock_diag(7), which `ss` asks as well.
//!
//! Nothing is opened and nothing held, so that looking makes nobody a holder.

mod inet;
mod netlink;
mod unix;

pub use inet::{InetReading, Protocol, TcpFacts};
pub use unix::UnixReading;

use nix::{
    sys::socket::{AddressFamily, SockFlag, SockProtocol, SockType, socket},
    unistd::Pid,
};
use shared::event::End;
use std::{io, net::SocketAddrV4, os::fd::OwnedFd};

/// Asks about the sockets of one network namespace: that in which its own socket was made.
#[derive(Debug)]
pub struct Diag {
    asking: OwnedFd,
}

impl Diag {
    /// For the namespace that the caller is in.
    ///
    /// # Errors
    /// Of socket(2): sock_diag is not built in.
    pub fn new() -> io::Result<Self> {
        Ok(Self::through(socket(
            AddressFamily::Netlink,
            SockType::Datagram,
            SockFlag::SOCK_CLOEXEC,
            SockProtocol::NetlinkSockDiag,
        )?))
    }

    /// For the namespace in which that socket was made, an `AF_NETLINK` one of `NETLINK_SOCK_DIAG`.
    pub fn through(asking: OwnedFd) -> Self {
        Self { asking }
    }
}

/// What a socket is, as far as its descriptor tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `AF_INET`, by protocol.
    Inet(Protocol),
    /// `AF_UNIX`, of whichever type.
    Unix,
}

/// What is behind a descriptor of a process, by the name of its protocol, xattr(7); `None` for a socket of another family.
pub fn kind_of(pid: Pid, fd: i32) -> Option<Kind> {
    let mut name = [0; 32];
    let path = format!("/proc/{pid}/fd/{fd}");
    let len = rustix::fs::getxattr(path, "system.sockprotoname", &mut name).ok()?;
    match name.get(..len)?.split(|byte| *byte == 0).next()? {
        b"TCP" => Some(Kind::Inet(Protocol::Tcp)),
        b"UDP" => Some(Kind::Inet(Protocol::Udp)),
        // Newer kernels name streams apart.
        name if name.starts_with(b"UNIX") => Some(Kind::Unix),
        _ => None,
    }
}

/// States of a socket, net/tcp_states.h; all families use these numbers.
pub mod state {
    /// Connected.
    pub const ESTABLISHED: u8 = 1;
    /// connect() is under way.
    pub const SYN_SENT: u8 = 2;
    /// Both sides have closed; the last stragglers are waited for.
    pub const TIME_WAIT: u8 = 6;
    /// Not connected.
    pub const CLOSE: u8 = 7;
    /// Waits for others to connect.
    pub const LISTEN: u8 = 10;

    /// As tcp(7) names it.
    pub fn name(state: u8) -> &'static str {
        const NAMES: [&str; 13] = [
            "",
            "ESTABLISHED",
            "SYN_SENT",
            "SYN_RECV",
            "FIN_WAIT1",
            "FIN_WAIT2",
            "TIME_WAIT",
            "CLOSE",
            "CLOSE_WAIT",
            "LAST_ACK",
            "LISTEN",
            "CLOSING",
            "SYN_RECV",
        ];
        NAMES.get(usize::from(state)).copied().unwrap_or_default()
    }
}

/// Memory that a socket's queues take, `SK_MEMINFO` of linux/sock_diag.h, bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// What has come and was not received yet: each packet costs more than its bytes.
    pub received: u64,
    /// SO_RCVBUF: the most of that.
    pub most_received: u64,
    /// What was sent and is not gone yet.
    pub sent: u64,
    /// SO_SNDBUF: the most of that.
    pub most_sent: u64,
    /// Packets that were thrown away because there was no room.
    pub drops: u64,
}

/// Which ways shutdown(2) has closed, `sk_shutdown`.
fn shut(bits: u8) -> Option<End> {
    match bits & 3 {
        1 => Some(End::Read),
        2 => Some(End::Write),
        3 => Some(End::Both),
        _ => None,
    }
}

/// Asks in all network namespaces that a run has sockets in.
#[derive(Debug)]
pub struct Nets {
    all: Vec<Diag>,
}

impl Nets {
    /// The caller's own; nothing is known of any socket where the kernel has no sock_diag.
    pub fn own() -> Self {
        Self {
            all: Diag::new().into_iter().collect(),
        }
    }

    /// Another one besides.
    pub fn add(&mut self, other: Diag) {
        self.all.push(other);
    }

    /// [`Diag::unix`] of whichever has it: numbers of sockets are the same everywhere.
    pub fn unix(&self, inode: u64) -> Option<UnixReading> {
        self.all.iter().find_map(|diag| diag.unix(inode).ok())
    }

    /// [`Diag::inet`].
    pub fn inet(
        &self,
        of: Protocol,
        local: SocketAddrV4,
        remote: SocketAddrV4,
    ) -> Option<InetReading> {
        let mut all = self.all.iter();
        all.find_map(|diag| diag.inet(of, local, remote).ok())
    }

    /// [`Diag::inet_of`].
    pub fn inet_of(&self, of: Protocol, inode: u64) -> Option<InetReading> {
        let mut all = self.all.iter();
        all.find_map(|diag| diag.inet_of(of, inode).ok().flatten())
    }

    /// [`Diag::receiver`].
    pub fn receiver(&self, from: SocketAddrV4, to: SocketAddrV4) -> Option<InetReading> {
        self.all.iter().find_map(|diag| diag.receiver(from, to))
    }
}
