//! Sockets: connected pairs, of which both processes have both ends.

use crate::{
    bench::way::Way,
    mechanism::socket::{post, put},
    sys::{
        calls::Fd,
        net::{Address, accept, bind, connect, listen, recv, recv_message, socket},
        pipeline::socketpair as make_socketpair,
    },
};
use nix::{
    errno::Errno,
    sys::socket::{AddressFamily, SockType},
};
use std::{
    env, fs, io,
    net::{TcpListener, TcpStream, UdpSocket},
    os::{
        fd::IntoRawFd as _,
        unix::net::{UnixDatagram, UnixListener, UnixStream},
    },
    path::PathBuf,
    process,
    sync::atomic::{AtomicU32, Ordering},
};

/// How roles take what has come.
#[derive(Clone, Copy, Debug)]
enum Takes {
    /// recv(2), as often as it takes.
    Bytes,
    /// recvmsg(2), as often as it takes: a descriptor could come along.
    BytesAndMore,
    /// recvmsg(2) once: a message is whole.
    Messages,
}

/// Two connected sockets; what goes into the first comes out of the second.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    near: Fd,
    far: Fd,
    takes: Takes,
}

impl Way for Pair {
    fn put(&mut self, payload: &[u8]) -> Result<(), Errno> {
        match self.takes {
            Takes::Messages => post(self.near, payload, None, false),
            Takes::Bytes | Takes::BytesAndMore => put(self.near, payload, false).1,
        }
        .map_or(Ok(()), Err)
    }

    fn take(&mut self, buffer: &mut [u8]) -> Result<(), Errno> {
        let mut done = 0;
        loop {
            let rest = buffer.get_mut(done..).unwrap_or_default();
            done += match self.takes {
                Takes::Bytes => recv(self.far, rest)?,
                Takes::BytesAndMore | Takes::Messages => recv_message(self.far, rest)?.len,
            };
            if done >= buffer.len() {
                return Ok(());
            }
            if matches!(self.takes, Takes::Messages) {
                return Err(Errno::EMSGSIZE);
            }
        }
    }
}

fn errno(error: &io::Error) -> Errno {
    Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO))
}

fn pair(takes: Takes, make: impl FnOnce() -> io::Result<[Fd; 2]>) -> Result<Pair, Errno> {
    let [near, far] = make().map_err(|error| errno(&error))?;
    Ok(Pair { near, far, takes })
}

/// A path that nobody else has.
fn path() -> PathBuf {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    env::temp_dir().join(format!("ipc-playground-bench-{}-{number}", process::id()))
}

/// Small pieces leave at once, as in the comparison.
pub(super) fn tcp() -> Result<Pair, Errno> {
    pair(Takes::Bytes, || {
        let listening = TcpListener::bind(("127.0.0.1", 0))?;
        let near = TcpStream::connect(listening.local_addr()?)?;
        let (far, _) = listening.accept()?;
        near.set_nodelay(true)?;
        far.set_nodelay(true)?;
        Ok([near.into_raw_fd(), far.into_raw_fd()])
    })
}

pub(super) fn udp() -> Result<Pair, Errno> {
    pair(Takes::Messages, || {
        let [near, far] = [
            UdpSocket::bind(("127.0.0.1", 0))?,
            UdpSocket::bind(("127.0.0.1", 0))?,
        ];
        near.connect(far.local_addr()?)?;
        Ok([near.into_raw_fd(), far.into_raw_fd()])
    })
}

pub(super) fn unix_stream() -> Result<Pair, Errno> {
    pair(Takes::BytesAndMore, || {
        let path = path();
        let listening = UnixListener::bind(&path)?;
        let near = UnixStream::connect(&path)?;
        let (far, _) = listening.accept()?;
        fs::remove_file(&path)?;
        Ok([near.into_raw_fd(), far.into_raw_fd()])
    })
}

pub(super) fn unix_datagram() -> Result<Pair, Errno> {
    pair(Takes::Messages, || {
        let [near, far] = [path(), path()];
        let sockets = [UnixDatagram::bind(&near)?, UnixDatagram::bind(&far)?];
        sockets[0].connect(&far)?;
        fs::remove_file(&near)?;
        fs::remove_file(&far)?;
        Ok(sockets.map(UnixDatagram::into_raw_fd))
    })
}

pub(super) fn unix_seqpacket() -> Result<Pair, Errno> {
    let path = path();
    let at = Address::Unix(path.clone());
    let make = || socket(AddressFamily::Unix, SockType::SeqPacket);
    let [listening, near] = [make()?, make()?];
    bind(listening, &at)?;
    listen(listening, 1)?;
    connect(near, &at)?;
    let (far, _) = accept(listening)?;
    fs::remove_file(&path).map_err(|error| errno(&error))?;
    let takes = Takes::Messages;
    Ok(Pair { near, far, takes })
}

pub(super) fn socketpair() -> Result<Pair, Errno> {
    let [near, far] = make_socketpair()?;
    let takes = Takes::BytesAndMore;
    Ok(Pair { near, far, takes })
}
