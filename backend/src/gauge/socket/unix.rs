//! Unix sockets by their inodes: who is at the other end, how much lies in it. linux/unix_diag.h.

use super::{
    Diag, Memory,
    netlink::{ANY_STATE, NO_COOKIE, attributes, memory, word},
    shut,
};
use shared::event::End;
use std::io;

/// What is known of a Unix socket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnixReading {
    /// `SOCK_STREAM` 1, `SOCK_DGRAM` 2, `SOCK_SEQPACKET` 5.
    pub kind: u8,
    /// One of [`super::state`].
    pub state: u8,
    /// The path it is bound to; of an abstract name, `@` and the rest.
    pub name: Option<String>,
    /// Inode of the socket at the other end; 0 as long as nobody has accepted that one; none when it is closed.
    pub peer: Option<u64>,
    /// SIOCINQ: bytes that were sent to it and not received yet, of a stream; of datagrams, those of the first. Of a
    /// listener, connections that wait to be accepted.
    pub bytes: u64,
    /// SIOCOUTQ: memory that what it sent takes, as long as nobody has received it. Each send costs more than its bytes. Of
    /// a listener, the most connections that may wait.
    pub outstanding: u64,
    /// What its queues take.
    pub memory: Memory,
    /// What shutdown(2) has closed, from either side.
    pub shut: Option<End>,
}

const AF_UNIX: u8 = 1;
/// `UDIAG_SHOW_` NAME, PEER, RQLEN, MEMINFO.
const SHOW: u32 = 0x01 | 0x04 | 0x10 | 0x20;
/// `struct unix_diag_msg`.
const MESSAGE: usize = 16;

impl Diag {
    /// Asks about one Unix socket.
    ///
    /// # Errors
    /// What the kernel said: `ENOENT` if there is no Unix socket of that inode in the network namespace.
    pub fn unix(&self, inode: u64) -> io::Result<UnixReading> {
        let inode = u32::try_from(inode).map_err(|_| io::ErrorKind::InvalidInput)?;
        let mut body = vec![AF_UNIX, 0, 0, 0];
        body.extend(ANY_STATE.to_ne_bytes());
        body.extend(inode.to_ne_bytes());
        body.extend(SHOW.to_ne_bytes());
        body.extend(NO_COOKIE);
        Ok(read(&self.one(&body)?))
    }
}

fn read(answer: &[u8]) -> UnixReading {
    let byte = |at: usize| answer.get(at).copied().unwrap_or_default();
    let mut reading = UnixReading {
        kind: byte(1),
        state: byte(2),
        ..UnixReading::default()
    };
    for (kind, value) in attributes(answer, MESSAGE) {
        let field = |index: usize| word(value, 4 * index).map(u64::from);
        match kind {
            0 => reading.name = path(value),
            2 => reading.peer = field(0),
            4 => {
                reading.bytes = field(0).unwrap_or_default();
                reading.outstanding = field(1).unwrap_or_default();
            }
            5 => reading.memory = memory(value),
            6 => reading.shut = shut(value.first().copied().unwrap_or_default()),
            _ => {}
        }
    }
    // A closed one has no number either.
    let closed = i32::from(reading.kind) == libc::SOCK_DGRAM || reading.shut == Some(End::Both);
    reading.peer = reading.peer.filter(|peer| *peer != 0 || !closed);
    reading
}

fn path(name: &[u8]) -> Option<String> {
    let text = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
    match name.split_first()? {
        (0, hidden) => Some(format!("@{}", text(hidden))),
        _ => name.split(|byte| *byte == 0).next().map(text),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Diag, state};
    use nix::{
        sys::{
            socket::{AddressFamily, Shutdown, SockFlag, SockType, shutdown, socketpair},
            stat::fstat,
        },
        unistd::{read, write},
    };
    use shared::event::End;
    use std::os::{
        fd::AsRawFd,
        unix::net::{UnixDatagram, UnixListener, UnixStream},
    };

    #[test]
    fn both_ends_know_each_other_and_what_lies_between() {
        let diag = Diag::new().unwrap();
        let flags = SockFlag::SOCK_CLOEXEC;
        let (one, other) = socketpair(AddressFamily::Unix, SockType::Stream, None, flags).unwrap();
        let [here, there] = [&one, &other].map(|fd| fstat(fd).unwrap().st_ino);
        write(&one, b"hello").unwrap();
        let (mine, theirs) = (diag.unix(here).unwrap(), diag.unix(there).unwrap());
        assert_eq!((mine.peer, theirs.peer), (Some(there), Some(here)));
        assert_eq!((mine.bytes, theirs.bytes), (0, 5));
        assert!(
            mine.outstanding > 5 && theirs.outstanding == 0,
            "{mine:?} {theirs:?}"
        );
        assert!(mine.memory.most_sent >= 4096);
        read(&other, &mut [0; 2]).unwrap();
        assert_eq!(diag.unix(there).unwrap().bytes, 3);
        shutdown(one.as_raw_fd(), Shutdown::Write).unwrap();
        let (mine, theirs) = (diag.unix(here).unwrap(), diag.unix(there).unwrap());
        assert_eq!(
            (mine.shut, theirs.shut),
            (Some(End::Write), Some(End::Read))
        );
        drop(other);
        assert_eq!(diag.unix(here).unwrap().peer, None);
    }

    #[test]
    fn who_waits_to_be_accepted_has_no_inode() {
        let diag = Diag::new().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("door");
        let listener = UnixListener::bind(&path).unwrap();
        let door = fstat(&listener).unwrap().st_ino;
        let client = UnixStream::connect(&path).unwrap();
        let inode = fstat(&client).unwrap().st_ino;
        let (waits, listens) = (diag.unix(inode).unwrap(), diag.unix(door).unwrap());
        assert_eq!((waits.peer, waits.state), (Some(0), state::ESTABLISHED));
        assert_eq!((listens.state, listens.bytes), (state::LISTEN, 1));
        assert_eq!(listens.name.as_deref(), path.to_str());
        let (accepted, _) = listener.accept().unwrap();
        let there = fstat(&accepted).unwrap().st_ino;
        assert_eq!(diag.unix(inode).unwrap().peer, Some(there));
        assert_eq!(diag.unix(door).unwrap().bytes, 0);
    }

    #[test]
    fn a_datagram_socket_has_a_name_and_a_queue() {
        let diag = Diag::new().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("box");
        let receiver = UnixDatagram::bind(&path).unwrap();
        let sender = UnixDatagram::unbound().unwrap();
        sender.send_to(b"hello", &path).unwrap();
        let reading = diag.unix(fstat(&receiver).unwrap().st_ino).unwrap();
        assert_eq!((reading.kind, reading.bytes), (2, 5));
        assert_eq!(reading.state, state::CLOSE);
    }

    #[test]
    fn what_is_not_there_is_an_error() {
        let diag = Diag::new().unwrap();
        assert!(diag.unix(u64::from(u32::MAX)).is_err());
        assert!(diag.unix(u64::MAX).is_err());
    }
}
