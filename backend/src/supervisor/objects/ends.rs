//! Which object a descriptor of a socket leads to: the end of a connection, a listener, a box of datagrams, or none yet.
//!
//! ```text
//! socket()   nothing yet, but for datagrams
//! listen()   listener:[41]
//! connect()  tcp:HERE>THERE and tcp:THERE>HERE, though nobody has accepted that one: the kernel has both
//! accept()   its descriptor is of the second
//! ```
//! An end of TCP is named by its addresses, which both sides know; one of a Unix socket by its number, or, as long as it has
//! none, by that of the end which has connected.

use super::Scene;
use crate::{
    gauge::{
        Held, numbered,
        socket::{Kind, Nets, Protocol, kind_of, state},
    },
    supervisor::Supervisor,
};
use nix::unistd::Pid;
use shared::{
    event::{End, Source},
    ids::ObjectId,
    ledger::Inode,
};
use std::net::SocketAddrV4;

/// Calls after which sockets are others than before, or in another state.
pub(super) const CHANGES_SOCKETS: &[&str] = &[
    "bind",
    "listen",
    "connect",
    "accept",
    "accept4",
    "shutdown",
    "close",
    "close_range",
];

/// What a descriptor of a socket turned out to be.
#[derive(Debug)]
pub(super) enum Found {
    /// An object by its number alone.
    Plain(&'static str),
    /// One end of two Unix sockets, by type: the number of the other end, 0 while nobody has accepted that, none when it is
    /// closed.
    Unix(&'static str, Option<u64>),
    /// The end of a TCP connection.
    Tcp(SocketAddrV4, SocketAddrV4),
}

impl Supervisor {
    /// The object behind a descriptor, and its type: of all but sockets, what its number says. `None` for a socket that is
    /// none of the lesson's, or not connected yet.
    pub(super) fn object_behind(&mut self, held: &Held) -> Option<(ObjectId, &'static str)> {
        if held.object_type != "socket" || self.play.entry.id == "shared-memory" {
            let known = self.ledger.known(held.inode, held.object_type);
            return Some((known.object, held.object_type));
        }
        if let Some(object) = self.ledger.numbered(held.inode) {
            let known = self.objects.find(&object);
            let known = known.and_then(|at| self.objects.all.get(at));
            let object_type = match known {
                Some(known) => known.object_type,
                // Seen, and not told yet.
                None if object.as_str().starts_with("listener") => "listener",
                None if object.as_str().starts_with("datagram") => "datagram",
                None => "socket",
            };
            return Some((object, object_type));
        }
        match find(&self.objects.nets, held)? {
            Found::Plain(object_type) => {
                let known = self.ledger.known(held.inode, object_type);
                Some((known.object, object_type))
            }
            // What a library's threads wake each other with is no communication between processes.
            Found::Unix(_, Some(peer)) if self.ledger.zmtp.is_some() && holds(held.pid, peer) => {
                None
            }
            Found::Unix(object_type, peer) => {
                Some((self.unix_end(held.inode, object_type, peer), object_type))
            }
            Found::Tcp(local, remote) => {
                let (here, there) = (self.tcp_end(local, remote), self.tcp_end(remote, local));
                self.ledger.number(held.inode, &here);
                self.paired(held.inode, "socket", &here, &there);
                Some((here, "socket"))
            }
        }
    }

    fn unix_end(&mut self, inode: Inode, object_type: &'static str, peer: Option<u64>) -> ObjectId {
        let Some(peer) = peer else {
            return self.ledger.known(inode, object_type).object;
        };
        // Whoever connected may have made this end known already.
        let waiting = format!("{object_type}:>[{peer}]");
        let there = Inode {
            dev: inode.dev,
            ino: peer,
        };
        let known = self.ledger.numbered(there);
        let announced = known.clone().and_then(|known| self.ledger.peer(&known));
        let here = match announced.filter(|end| end.as_str().starts_with(&waiting)) {
            Some(end) => {
                self.ledger.number(inode, &end);
                end
            }
            None => self.ledger.known(inode, object_type).object,
        };
        let other = match known {
            Some(other) => other,
            None if peer == 0 => {
                let name = format!("{object_type}:>[{}]", inode.ino);
                self.ledger.called(&name, object_type).object
            }
            None => self.ledger.known(there, object_type).object,
        };
        self.paired(inode, object_type, &here, &other);
        here
    }

    /// Both ends are there from now on, whoever holds them.
    fn paired(
        &mut self,
        inode: Inode,
        object_type: &'static str,
        here: &ObjectId,
        there: &ObjectId,
    ) {
        self.ledger.paired(here, there);
        let source = self.by_call();
        // The other end's own number is not known yet.
        let waiting = Inode {
            dev: numbered::UNACCEPTED,
            ino: inode.ino,
        };
        for (end, inode) in [(here, inode), (there, waiting)] {
            let at = self.created(end.clone(), inode, object_type, None, source);
            self.with(at, |nature, scene| nature.look(scene));
        }
        self.objects.moved = true;
    }

    /// Without a tracer: a worker says which connection is behind its descriptor, which may be closed by now.
    pub(in crate::supervisor) fn leads_to_end(
        &mut self,
        worker: usize,
        fd: i32,
        ends: Option<(SocketAddrV4, SocketAddrV4)>,
    ) {
        let Some((local, remote)) = ends.filter(|_| !self.tracer.traces()) else {
            return;
        };
        let here = self.tcp_end(local, remote);
        let held = self.ledger.object(&self.crew[worker].id, fd);
        if held.is_none_or(|(held, _)| held != here) {
            let nowhere = Inode {
                dev: numbered::UNACCEPTED,
                ino: 0,
            };
            let there = self.tcp_end(remote, local);
            self.paired(nowhere, "socket", &here, &there);
            let id = &self.crew[worker].id;
            self.ledger.holds(id, fd, &here, End::Both);
        }
    }

    /// The same of a Unix socket, by its number: what was open under that descriptor before is not it, nor is what is now.
    /// Where it is closed before anybody has looked, nobody knows any more what it was connected to.
    pub(super) fn leads_to_socket(&mut self, worker: usize, fd: i32, inode: Inode) {
        let hand = &self.crew[worker];
        if self.ledger.numbered(inode).is_none() {
            let open = crate::gauge::holder(hand.host, fd).filter(|open| open.inode == inode);
            if let Some(open) = open.filter(|open| self.objects.scope.has(open)) {
                return self.opened(worker, &open);
            }
        }
        let opened = self.ledger.opened(&hand.id, fd, inode, "socket", End::Both);
        if opened.created {
            self.created(opened.object, inode, "socket", None, Source::Report);
        }
    }

    fn tcp_end(&mut self, local: SocketAddrV4, remote: SocketAddrV4) -> ObjectId {
        let name = format!("tcp:{local}>{remote}");
        self.ledger.called(&name, "socket").object
    }

    /// A call may have made an object of a socket, or another one.
    pub(in crate::supervisor) fn find_end(&mut self, worker: usize, fd: i32) {
        let host = self.crew[worker].host;
        let Some(held) = crate::gauge::holder(host, fd).filter(|held| self.objects.scope.has(held))
        else {
            return;
        };
        if held.object_type != "socket" {
            return;
        }
        if let Some(object) = self.ledger.numbered(held.inode)
            && let Some(Found::Tcp(local, remote)) = find(&self.objects.nets, &held)
            && addresses(&object) != Some((local, remote))
        {
            // The connection before came to nothing.
            self.ledger.renumber(held.inode);
        }
        self.opened(worker, &held);
    }

    /// Who is told of an object first: a call, or the look that found it.
    pub(super) fn by_call(&self) -> Source {
        if self.tracer.traces() {
            Source::Call
        } else {
            Source::Gauge
        }
    }
}

/// What the kernel says that a socket is.
fn find(nets: &Nets, held: &Held) -> Option<Found> {
    let ino = held.inode.ino;
    match kind_of(held.pid, held.fd)? {
        Kind::Unix => {
            let reading = nets.unix(ino)?;
            match (i32::from(reading.kind), reading.state) {
                (_, state::LISTEN) => Some(Found::Plain("listener")),
                (libc::SOCK_STREAM, state::ESTABLISHED) => {
                    Some(Found::Unix("socket", reading.peer))
                }
                (libc::SOCK_SEQPACKET, state::ESTABLISHED) => {
                    Some(Found::Unix("datagram", reading.peer))
                }
                (libc::SOCK_DGRAM, _) => {
                    // connect() of a datagram socket is one-sided; only of a pair both ends have each other.
                    let other = reading.peer.and_then(|peer| nets.unix(peer));
                    let mutual = other.is_some_and(|other| other.peer == Some(ino));
                    let peer = reading.peer.filter(|_| mutual);
                    Some(Found::Unix("datagram", peer))
                }
                _ => None,
            }
        }
        // It may have no address yet, and then the kernel has it in no table.
        Kind::Inet(Protocol::Udp) => Some(Found::Plain("datagram")),
        Kind::Inet(Protocol::Tcp) => {
            let reading = nets.inet_of(Protocol::Tcp, ino)?;
            match reading.state {
                state::LISTEN => Some(Found::Plain("listener")),
                state::CLOSE => None,
                _ => Some(Found::Tcp(reading.local, reading.remote)),
            }
        }
    }
}

/// Whether a process has a descriptor of that socket.
fn holds(pid: Pid, socket: u64) -> bool {
    let link = format!("socket:[{socket}]");
    let mut all = std::fs::read_dir(format!("/proc/{pid}/fd"))
        .into_iter()
        .flatten()
        .flatten();
    all.any(|entry| std::fs::read_link(entry.path()).is_ok_and(|to| to.as_os_str() == &*link))
}

/// What is known of those outside the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Outside {
    /// A program that is none of ours has had it: nobody knows what it has received.
    pub(super) held: bool,
}

impl Outside {
    /// Takes down that somebody has it, by its number; unless it is one of ours. A stranger may have come, received all, and
    /// be gone again before the next look at everything.
    pub(super) fn notice(&mut self, scene: &Scene<'_>, number: Option<u64>) {
        let ours = || !scene.state.holders.is_empty() || !scene.ledger.holders(scene.id).is_empty();
        self.held |= number.is_some_and(|number| number != 0) && !ours();
    }
}

/// Nobody of the run holds it. The kernel has it still where nobody has accepted it yet, where a program that is none of ours
/// holds it, and where TCP waits for the last packets of a connection that is over.
pub(super) fn lives_on(scene: &Scene<'_>, outside: &mut Outside) -> bool {
    if let Some((local, remote)) = addresses(scene.id) {
        let reading = scene.nets.inet(Protocol::Tcp, local, remote);
        outside.held |= reading.as_ref().is_some_and(|reading| reading.inode != 0);
        return reading.is_some();
    }
    let reading = scene.nets.unix(scene.inode.ino);
    if scene.inode.dev == numbered::UNACCEPTED {
        let peer = reading.and_then(|connected| connected.peer);
        outside.held |= peer.is_some_and(|peer| peer != 0);
        return peer.is_some();
    }
    let there = reading.is_some()
        || scene.object_type == "datagram"
            && scene.nets.inet_of(Protocol::Udp, scene.inode.ino).is_some();
    outside.held |= there;
    there
}

/// The two addresses that name an end of TCP: its own, and the other one.
pub(super) fn addresses(id: &ObjectId) -> Option<(SocketAddrV4, SocketAddrV4)> {
    let plain = id.as_str().strip_prefix("tcp:")?;
    let plain = plain.split('#').next()?;
    let (local, remote) = plain.split_once('>')?;
    Some((local.parse().ok()?, remote.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::addresses;
    use shared::ids::ObjectId;

    #[test]
    fn an_end_of_tcp_is_named_by_its_addresses() {
        let (local, remote) =
            addresses(&ObjectId::from("tcp:127.1.2.3:5000>127.1.2.4:41000#2")).unwrap();
        assert_eq!((local.port(), remote.port()), (5000, 41000));
        assert_eq!(addresses(&ObjectId::from("socket:[12]")), None);
    }
}
