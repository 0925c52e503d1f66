//! The calls that make stream sockets. socket(2), bind(2), listen(2), accept(2), connect(2).

use crate::sys::{calls::Fd, here};
use nix::{
    errno::Errno,
    sys::{
        socket::{
            AddressFamily, Backlog, SockFlag, SockType, SockaddrIn, UnixAddr, accept as accept_one,
            bind, connect as connect_to, listen as listen_at, setsockopt, socket, sockopt,
        },
        time::{TimeVal, TimeValLike as _},
    },
};
use shared::mechanism::rpc::BACKLOG;
use std::{
    net::SocketAddrV4,
    os::fd::{AsRawFd as _, IntoRawFd as _, OwnedFd},
    path::PathBuf,
};

/// Where the server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    Tcp(SocketAddrV4),
    Unix(PathBuf),
}

impl Address {
    /// As in a `Host:` of HTTP.
    pub(super) fn host(&self) -> String {
        match self {
            Self::Tcp(address) => address.to_string(),
            Self::Unix(_) => "localhost".to_owned(),
        }
    }

    #[track_caller]
    fn socket(&self) -> Result<OwnedFd, Errno> {
        here::mark();
        let family = match self {
            Self::Tcp(_) => AddressFamily::Inet,
            Self::Unix(_) => AddressFamily::Unix,
        };
        socket(family, SockType::Stream, SockFlag::empty(), None)
    }
}

/// `socket()`, `bind()`, `listen()`: a port for others to connect to.
#[track_caller]
pub(super) fn listen(address: &Address) -> Result<Fd, (&'static str, Errno)> {
    let socket = address.socket().map_err(|errno| ("socket", errno))?;
    here::mark();
    match address {
        Address::Tcp(place) => {
            // A server that is started again must not wait until the connections of the old one are forgotten.
            setsockopt(&socket, sockopt::ReuseAddr, &true)
                .map_err(|errno| ("setsockopt", errno))?;
            here::mark();
            bind(socket.as_raw_fd(), &SockaddrIn::from(*place)).map_err(|errno| ("bind", errno))?;
        }
        Address::Unix(path) => {
            // The name of the old one is still there.
            let _there_is_none_as_a_rule = std::fs::remove_file(path);
            let place = UnixAddr::new(path).map_err(|errno| ("bind", errno))?;
            here::mark();
            bind(socket.as_raw_fd(), &place).map_err(|errno| ("bind", errno))?;
        }
    }
    here::mark();
    let backlog = Backlog::new(BACKLOG).map_err(|errno| ("listen", errno))?;
    listen_at(&socket, backlog).map_err(|errno| ("listen", errno))?;
    Ok(socket.into_raw_fd())
}

/// `accept()`: sleeps until somebody has connected.
#[track_caller]
pub(super) fn accept(listener: Fd) -> Result<Fd, Errno> {
    here::mark();
    accept_one(listener)
}

/// `socket()`, `connect()`; reads of it give up after `patience` milliseconds, if there are any.
#[track_caller]
pub(super) fn connect(address: &Address, patience: u64) -> Result<Fd, (&'static str, Errno)> {
    let socket = address.socket().map_err(|errno| ("socket", errno))?;
    if patience > 0 {
        here::mark();
        let time = TimeVal::milliseconds(i64::try_from(patience).unwrap_or(i64::MAX));
        setsockopt(&socket, sockopt::ReceiveTimeout, &time)
            .map_err(|errno| ("setsockopt", errno))?;
    }
    here::mark();
    match address {
        Address::Tcp(place) => connect_to(socket.as_raw_fd(), &SockaddrIn::from(*place)),
        Address::Unix(path) => {
            UnixAddr::new(path).and_then(|place| connect_to(socket.as_raw_fd(), &place))
        }
    }
    .map_err(|errno| ("connect", errno))?;
    Ok(socket.into_raw_fd())
}
