//! Shared memory: a ring in it, however the memory was come by.

use crate::{
    bench::way::{Side, Way},
    mechanism::memory::ring::{self, Consumer, Producer},
    sys::{
        calls::close,
        memory::Mapping,
        segment::{
            ftruncate, memfd_create, open_file, shm_open, shm_remove, shm_unlink, shmget_new,
            unlink,
        },
    },
};
use nix::{errno::Errno, fcntl::OFlag};
use std::{
    env, process,
    sync::atomic::{AtomicU32, Ordering},
};

/// Payloads a ring has room for; fewer where they are large.
const PAYLOADS: u32 = 1024;
/// Bytes of a page.
const PAGE: usize = 4096;
/// Bytes a ring may take.
const ROOM: usize = 4 << 20;

/// Both sides of a ring; each process uses one of them.
#[derive(Debug)]
pub(super) struct Ring {
    memory: &'static Mapping,
    producer: Producer<'static>,
    consumer: Consumer<'static>,
}

impl Way for Ring {
    /// Each process has a page table of its own: without this, its first way round the ring would be timed as well.
    fn begin(&mut self, _side: Side, _peer: i32) -> Result<(), Errno> {
        for at in (0..self.memory.len()).step_by(PAGE) {
            self.memory.load(at, &mut [0]);
        }
        Ok(())
    }

    fn put(&mut self, payload: &[u8]) -> Result<(), Errno> {
        self.producer.push(payload, None)
    }

    fn take(&mut self, buffer: &mut [u8]) -> Result<(), Errno> {
        self.consumer.pop(buffer, None)
    }
}

fn capacity(size: usize) -> u32 {
    let most = u32::try_from(ROOM / size.max(1)).unwrap_or(u32::MAX).max(2);
    1 << most.min(PAYLOADS).ilog2()
}

fn ring(memory: Mapping, size: usize) -> Result<Ring, Errno> {
    // It lives as long as this process, which only measures.
    let memory: &'static Mapping = Box::leak(Box::new(memory));
    ring::format(memory, capacity(size), size.max(1))?;
    // Every page behind the first is there before anything is timed: to get one costs more than a round.
    for at in (PAGE..memory.len()).step_by(PAGE) {
        memory.store(at, &[0]);
    }
    Ok(Ring {
        memory,
        producer: Producer::open(memory)?,
        consumer: Consumer::open(memory)?,
    })
}

fn bytes(size: usize) -> usize {
    ring::bytes(capacity(size), size.max(1))
}

/// A name that nobody else has.
fn name() -> String {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    format!("ipc-playground-bench-{}-{number}", process::id())
}

const NEW: OFlag = OFlag::O_RDWR.union(OFlag::O_CREAT).union(OFlag::O_EXCL);

fn behind(fd: i32, size: usize) -> Result<Ring, Errno> {
    let len = bytes(size);
    ftruncate(fd, len)?;
    let memory = Mapping::map(fd, len, 0, 0)?;
    close(fd)?;
    ring(memory, size)
}

pub(super) fn shm(size: usize) -> Result<Ring, Errno> {
    let name = format!("/{}", name());
    let fd = shm_open(&name, NEW)?;
    shm_unlink(&name)?;
    behind(fd, size)
}

pub(super) fn memfd(size: usize) -> Result<Ring, Errno> {
    behind(memfd_create("bench")?, size)
}

pub(super) fn mapped(size: usize) -> Result<Ring, Errno> {
    let path = env::temp_dir().join(name());
    let fd = open_file(&path, NEW)?;
    unlink(&path)?;
    behind(fd, size)
}

pub(super) fn sysv(size: usize) -> Result<Ring, Errno> {
    let len = bytes(size);
    let id = shmget_new(libc::IPC_PRIVATE, len)?;
    let memory = Mapping::attach(id, len, 0, 0);
    // It goes when the last process detaches.
    shm_remove(id)?;
    ring(memory?, size)
}
