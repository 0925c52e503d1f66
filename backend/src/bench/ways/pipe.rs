//! Pipes, and Python's Pipe().

use crate::{
    bench::way::Way,
    mechanism::pipe::{Connection, put},
    sys::{
        calls::{Fd, mkfifo, open, pipe2, read},
        pipeline::socketpair,
    },
};
use nix::{errno::Errno, fcntl::OFlag};
use shared::pickle::Object;
use std::{env, fs, process};

/// Two descriptors of one pipe.
#[derive(Debug)]
pub(super) struct Stream {
    read: Fd,
    write: Fd,
}

impl Way for Stream {
    fn put(&mut self, payload: &[u8]) -> Result<(), Errno> {
        put(self.write, payload, false).1.map_or(Ok(()), Err)
    }

    /// As many reads as it takes: a pipe keeps no boundaries.
    fn take(&mut self, buffer: &mut [u8]) -> Result<(), Errno> {
        let mut done = 0;
        while done < buffer.len() {
            match read(self.read, buffer.get_mut(done..).unwrap_or_default())? {
                0 => return Err(Errno::EPIPE),
                n => done += n,
            }
        }
        Ok(())
    }
}

pub(super) fn anonymous() -> Result<Stream, Errno> {
    let [read, write] = pipe2(OFlag::empty())?;
    Ok(Stream { read, write })
}

/// Opened for both, so that no side waits for the other in open().
pub(super) fn fifo() -> Result<Stream, Errno> {
    let path = env::temp_dir().join(format!("ipc-playground-bench-{}", process::id()));
    mkfifo(&path)?;
    let fd = open(&path, OFlag::O_RDWR);
    // Both processes have it open; the name is not needed any more.
    let _not_in_the_way = fs::remove_file(&path);
    let fd = fd?;
    Ok(Stream {
        read: fd,
        write: fd,
    })
}

/// The two connections of a `Pipe()`, of which one sends here and the other receives.
#[derive(Debug)]
pub(super) struct Link {
    near: Connection,
    far: Connection,
    /// What an object of the payload's size is on the wire; pickled once a send, as the role does.
    object: Object,
}

pub(super) fn connection(size: usize) -> Result<Link, Errno> {
    let [near, far] = socketpair()?;
    Ok(Link {
        near: Connection::new(near, true, true),
        far: Connection::new(far, true, true),
        object: Object::Bytes(vec![b'x'; size]),
    })
}

impl Way for Link {
    fn put(&mut self, _payload: &[u8]) -> Result<(), Errno> {
        match self.near.send(&Connection::wire(&self.object)) {
            (_, None) => Ok(()),
            (_, Some(_)) => Err(Errno::EPIPE),
        }
    }

    fn take(&mut self, _buffer: &mut [u8]) -> Result<(), Errno> {
        self.far.recv().map(drop).map_err(|_| Errno::EPIPE)
    }
}
