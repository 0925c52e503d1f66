//! TCP and UDP sockets, by their addresses or their inodes. linux/inet_diag.h, tcp(7).

use super::{
    Diag, Memory,
    netlink::{ANY_STATE, NO_COOKIE, attributes, memory, word},
    shut,
};
use shared::event::End;
use std::{
    io,
    net::{Ipv4Addr, SocketAddrV4},
};

/// What a socket speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// A stream.
    Tcp,
    /// Datagrams.
    Udp,
}

/// What is known of an internet socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InetReading {
    /// Its own address.
    pub local: SocketAddrV4,
    /// The address it is connected to; 0.0.0.0:0 of one that is not.
    pub remote: SocketAddrV4,
    /// One of [`super::state`].
    pub state: u8,
    /// 0 while nobody has accepted it, and after nobody holds it any more.
    pub inode: u64,
    /// Bytes that have come and were not received yet; of a listener, connections that wait to be accepted. Of UDP, memory.
    pub received: u64,
    /// Bytes that were sent and not acknowledged; of a listener, the most connections that may wait.
    pub unacknowledged: u64,
    /// What its queues take, and drops.
    pub memory: Memory,
    /// What shutdown(2) has closed, or the other side's end.
    pub shut: Option<End>,
    /// `TCP_INFO`, of a TCP socket.
    pub tcp: Option<TcpFacts>,
}

/// Some of `struct tcp_info`, linux/tcp.h.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TcpFacts {
    /// Round trip as TCP has measured it, microseconds.
    pub rtt_us: u64,
    /// Segments that were sent again, ever.
    pub retransmits: u64,
    /// Segments that were sent and not acknowledged.
    pub unacked: u64,
    /// Segments that may be under way at once.
    pub cwnd: u64,
    /// Bytes that were not even sent once.
    pub unsent: u64,
    /// Segments with bytes in them that were sent, ever; those that were sent again count again.
    pub segments: u64,
}

const AF_INET: u8 = 2;
/// INFO, SKMEMINFO, as bits of `idiag_ext`.
const WANTED: u8 = 1 << 1 | 1 << 6;
/// `struct inet_diag_msg`.
const MESSAGE: usize = 72;
/// Where its four last words are: rqueue, wqueue, uid, inode.
const QUEUES: usize = 56;

impl Diag {
    /// Asks about the socket between two addresses; of a listener or an unconnected one, `remote` is 0.0.0.0:0.
    ///
    /// # Errors
    /// What the kernel said: `ENOENT` if there is none.
    pub fn inet(
        &self,
        protocol: Protocol,
        local: SocketAddrV4,
        remote: SocketAddrV4,
    ) -> io::Result<InetReading> {
        // Historically, udp_diag looks from the other side.
        let (from, to) = match protocol {
            Protocol::Tcp => (local, remote),
            Protocol::Udp => (remote, local),
        };
        let reading = read(&self.one(&question(protocol, from, to))?);
        // Where there is no such connection, the kernel falls back on whoever listens.
        reading
            .filter(|found| (found.local, found.remote) == (local, remote))
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// The UDP socket that would get what is sent from one address to another; `None` if there is none.
    pub fn receiver(&self, from: SocketAddrV4, to: SocketAddrV4) -> Option<InetReading> {
        read(&self.one(&question(Protocol::Udp, from, to)).ok()?)
    }

    /// The socket of that inode, found among all; one that has no address yet is in none of the kernel's tables.
    ///
    /// # Errors
    /// What the kernel said.
    pub fn inet_of(&self, protocol: Protocol, inode: u64) -> io::Result<Option<InetReading>> {
        let nowhere = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0);
        let found = self.all(
            &question(protocol, nowhere, nowhere),
            &mut |message: &[u8]| inode_of(message) == Some(inode),
        )?;
        Ok(found.first().and_then(|message| read(message)))
    }
}

fn question(protocol: Protocol, from: SocketAddrV4, to: SocketAddrV4) -> Vec<u8> {
    let number = match protocol {
        Protocol::Tcp => libc::IPPROTO_TCP,
        Protocol::Udp => libc::IPPROTO_UDP,
    };
    let number = u8::try_from(number).unwrap_or_default();
    let mut body = vec![AF_INET, number, WANTED, 0];
    body.extend(ANY_STATE.to_ne_bytes());
    body.extend(from.port().to_be_bytes());
    body.extend(to.port().to_be_bytes());
    for address in [from, to] {
        body.extend(address.ip().octets());
        body.extend([0; 12]);
    }
    // Whichever interface.
    body.extend([0; 4]);
    body.extend(NO_COOKIE);
    body
}

fn inode_of(message: &[u8]) -> Option<u64> {
    word(message, QUEUES + 12).map(u64::from)
}

fn read(message: &[u8]) -> Option<InetReading> {
    let port = |at: usize| Some(u16::from_be_bytes(*message.get(at..)?.first_chunk()?));
    let host = |at: usize| Some(Ipv4Addr::from(*message.get(at..)?.first_chunk::<4>()?));
    let mut reading = InetReading {
        local: SocketAddrV4::new(host(8)?, port(4)?),
        remote: SocketAddrV4::new(host(24)?, port(6)?),
        state: *message.get(1)?,
        inode: inode_of(message)?,
        received: word(message, QUEUES)?.into(),
        unacknowledged: word(message, QUEUES + 4)?.into(),
        memory: Memory::default(),
        shut: None,
        tcp: None,
    };
    for (kind, value) in attributes(message, MESSAGE) {
        match kind {
            2 => reading.tcp = Some(facts(value)),
            7 => reading.memory = memory(value),
            8 => reading.shut = shut(value.first().copied().unwrap_or_default()),
            _ => {}
        }
    }
    // The end of a stream counts like a byte, and nobody sent it.
    if matches!(reading.state, 6 | 8 | 9 | 11) {
        reading.received = reading.received.saturating_sub(1);
    }
    if matches!(reading.state, 2 | 4 | 9 | 11) {
        reading.unacknowledged = reading.unacknowledged.saturating_sub(1);
    }
    Some(reading)
}

/// The places are those of linux/tcp.h, which only ever grows at its end.
fn facts(info: &[u8]) -> TcpFacts {
    let field = |at: usize| word(info, at).map_or(0, u64::from);
    TcpFacts {
        rtt_us: field(68),
        retransmits: field(100),
        unacked: field(24),
        cwnd: field(80),
        unsent: field(144),
        segments: field(156),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Diag, Kind, kind_of, state};
    use super::*;
    use nix::{sys::stat::fstat, unistd::getpid};
    use std::{
        io::{Read, Write},
        net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket},
        os::fd::AsRawFd,
    };

    fn v4(address: SocketAddr) -> SocketAddrV4 {
        match address {
            SocketAddr::V4(address) => address,
            SocketAddr::V6(_) => unreachable!(),
        }
    }

    const NOBODY: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0);

    #[test]
    fn a_connection_is_seen_from_its_first_byte_to_its_last_state() {
        let diag = Diag::new().unwrap();
        let listener = TcpListener::bind("127.77.1.2:0").unwrap();
        let door = v4(listener.local_addr().unwrap());
        let mut client = TcpStream::connect(door).unwrap();
        let here = v4(client.local_addr().unwrap());
        client.write_all(b"hello").unwrap();

        let listens = diag.inet(Protocol::Tcp, door, NOBODY).unwrap();
        assert_eq!((listens.state, listens.received), (state::LISTEN, 1));
        assert!(listens.unacknowledged >= 1, "{listens:?}");
        let waits = diag.inet(Protocol::Tcp, door, here).unwrap();
        assert_eq!((waits.state, waits.inode), (state::ESTABLISHED, 0));
        assert_eq!(waits.received, 5);

        let (mut server, _) = listener.accept().unwrap();
        let inode = fstat(&server).unwrap().st_ino;
        let found = diag.inet_of(Protocol::Tcp, inode).unwrap().unwrap();
        assert_eq!((found.local, found.remote), (door, here));
        assert!(found.tcp.unwrap().cwnd > 0);
        let sent = diag.inet(Protocol::Tcp, here, door).unwrap().tcp.unwrap();
        assert_eq!((sent.segments, sent.unsent, sent.retransmits), (1, 0, 0));

        client.shutdown(Shutdown::Write).unwrap();
        let half = diag.inet(Protocol::Tcp, door, here).unwrap();
        assert_eq!((state::name(half.state), half.received), ("CLOSE_WAIT", 5));
        server.read_exact(&mut [0; 5]).unwrap();
        assert_eq!(diag.inet(Protocol::Tcp, door, here).unwrap().received, 0);
        // The other side may take its time to say that it has heard of the end.
        let closed = || diag.inet(Protocol::Tcp, here, door).unwrap();
        while state::name(closed().state) == "FIN_WAIT1" {}
        let other = closed();
        assert_eq!(
            (state::name(other.state), other.unacknowledged),
            ("FIN_WAIT2", 0)
        );
        assert_eq!(other.shut, Some(End::Write));
        drop(server);
        drop(client);
        let last = diag.inet(Protocol::Tcp, here, door).unwrap();
        assert_eq!((last.state, last.inode), (state::TIME_WAIT, 0));
        assert!(
            diag.inet(Protocol::Tcp, door, here).is_err(),
            "the listener is not it"
        );
    }

    #[test]
    fn what_udp_has_no_room_for_is_counted() {
        let diag = Diag::new().unwrap();
        let receiver = UdpSocket::bind("127.77.1.3:0").unwrap();
        let here = v4(receiver.local_addr().unwrap());
        nix::sys::socket::setsockopt(&receiver, nix::sys::socket::sockopt::RcvBuf, &4096).unwrap();
        let sender = UdpSocket::bind("127.77.1.4:0").unwrap();
        for _ in 0..50 {
            sender.send_to(&[b'x'; 500], here).unwrap();
        }
        let full = diag.inet(Protocol::Udp, here, NOBODY).unwrap();
        assert!(full.memory.drops > 30, "{full:?}");
        assert!(full.memory.received > 0 && full.memory.most_received >= 4096);
        let from = v4(sender.local_addr().unwrap());
        assert_eq!(diag.receiver(from, here).unwrap().inode, full.inode);
        let nobody = SocketAddrV4::new(*here.ip(), here.port() ^ 1);
        assert_eq!(diag.receiver(from, nobody), None);
        let inode = fstat(&receiver).unwrap().st_ino;
        assert_eq!(diag.inet_of(Protocol::Udp, inode).unwrap(), Some(full));
    }

    #[test]
    fn a_descriptor_says_what_it_speaks() {
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let kind = |fd: i32| kind_of(getpid(), fd);
        assert_eq!(kind(udp.as_raw_fd()), Some(Kind::Inet(Protocol::Udp)));
        assert_eq!(kind(tcp.as_raw_fd()), Some(Kind::Inet(Protocol::Tcp)));
        let (unix, _other) = std::os::unix::net::UnixDatagram::pair().unwrap();
        assert_eq!(kind(unix.as_raw_fd()), Some(Kind::Unix));
        assert_eq!(kind(9_999), None);
    }
}
