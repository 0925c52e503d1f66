//! Where the processes of a run find each other.

use crate::{
    sys::{
        calls::{Fd, close},
        net::{Address, Setting, set, socket},
    },
    worker::{Names, PORT, RELAY_PORT},
};
use nix::{
    errno::Errno,
    sys::socket::{AddressFamily, SockType},
};
use serde_json::{Value, json};
use shared::mechanism::socket::{Bind, Kind, Params, Relay};
use std::{
    net::{Ipv4Addr, SocketAddrV4},
    path::PathBuf,
};

/// What every role has to go by.
#[derive(Clone, Debug)]
pub(super) struct Place<'a> {
    pub(super) kind: Kind,
    pub(super) params: &'a Params,
    /// What the server binds.
    pub(super) server: Address,
    /// What a relay binds.
    pub(super) relay: Address,
    /// Where a relay finds the server; and clients, if there is no relay.
    first: Address,
    /// The run's folder: Unix sockets are files.
    folder: PathBuf,
}

impl<'a> Place<'a> {
    pub(super) fn new(kind: Kind, params: &'a Params, names: &Names) -> Self {
        let inet = |at: Ipv4Addr, port| Address::Inet(SocketAddrV4::new(at, port));
        let file = Address::Unix(names.file("server"));
        let (server, first) = if kind.inet() {
            let at = match params.bind {
                Bind::First => names.address(0),
                Bind::Second => names.address(1),
                Bind::Any => Ipv4Addr::UNSPECIFIED,
            };
            // All addresses are those of other runs as well: there, the port has to be another one.
            let port = match params.bind {
                Bind::Any => names.port(),
                Bind::First | Bind::Second => PORT,
            };
            (inet(at, port), inet(names.address(0), port))
        } else {
            (file.clone(), file)
        };
        Self {
            kind,
            params,
            server,
            first,
            relay: inet(names.address(0), RELAY_PORT),
            folder: names.folder().to_owned(),
        }
    }

    /// Somebody stands between the clients and the server.
    pub(super) fn relayed(&self) -> bool {
        self.kind.inet() && self.params.relay != Relay::None
    }

    /// Where clients go.
    pub(super) fn target(&self) -> &Address {
        if self.relayed() {
            &self.relay
        } else {
            &self.first
        }
    }

    /// Where a relay goes.
    pub(super) fn behind(&self) -> &Address {
        &self.first
    }

    /// What a client's datagram socket is bound to, if it must be: to a Unix socket without an address nobody can answer.
    pub(super) fn own(&self, number: u64) -> Option<Address> {
        let unix = self.kind == Kind::UnixDatagram;
        unix.then(|| Address::Unix(self.folder.join(format!("client-{number}"))))
    }

    /// A file of the run, for who wants to pass an open one.
    pub(super) fn file(&self) -> PathBuf {
        self.folder.join("notes")
    }

    /// `socket()`, with the buffers that were asked for; they count from before the connection on.
    #[track_caller]
    pub(super) fn socket(&self) -> Result<Fd, Errno> {
        let (domain, kind) = match self.kind {
            Kind::Tcp => (AddressFamily::Inet, SockType::Stream),
            Kind::Udp => (AddressFamily::Inet, SockType::Datagram),
            Kind::UnixStream | Kind::Socketpair => (AddressFamily::Unix, SockType::Stream),
            Kind::UnixDatagram => (AddressFamily::Unix, SockType::Datagram),
            Kind::UnixSeqpacket => (AddressFamily::Unix, SockType::SeqPacket),
        };
        let fd = socket(domain, kind)?;
        if let Err(errno) = self.sized(fd) {
            close(fd)?;
            return Err(errno);
        }
        Ok(fd)
    }

    /// The buffers that were asked for.
    #[track_caller]
    pub(super) fn sized(&self, fd: Fd) -> Result<(), Errno> {
        if self.params.sndbuf > 0 {
            set(fd, Setting::SendBuffer(self.params.sndbuf))?;
        }
        if self.kind.inet() && self.params.rcvbuf > 0 {
            set(fd, Setting::ReceiveBuffer(self.params.rcvbuf))?;
        }
        Ok(())
    }

    /// What a role in Python is told; `number` is the client's.
    pub(super) fn told(&self, number: u64) -> Value {
        json!({
            "kind": self.kind,
            "params": self.params,
            "server": told(&self.server),
            "relay": told(&self.relay),
            "target": told(self.target()),
            "behind": told(self.behind()),
            "own": self.own(number).as_ref().map(told),
            "file": self.file(),
            "modules": {"link": include_str!("link.py")},
        })
    }
}

/// As Python's `socket` takes it.
fn told(address: &Address) -> Value {
    match address {
        Address::Inet(at) => json!([at.ip().to_string(), at.port()]),
        Address::Unix(path) => json!(path),
        Address::Nowhere => Value::Null,
    }
}
