//! Message queues: POSIX, System V, and what `multiprocessing.Queue` makes of a pipe.

use crate::{
    bench::way::Way,
    mechanism::queue::python::{Feeder, Parts, SEMAPHORES, get},
    sys::{
        calls::Fd,
        queue::{
            Envelope, mq_create, mq_receive, mq_send, mq_unlink, msg_remove, msgget, msgrcv, msgsnd,
        },
        semaphore::sem_unlink,
    },
};
use nix::errno::Errno;
use shared::pickle::Object;
use std::{
    ffi::CString,
    process,
    sync::atomic::{AtomicU32, Ordering},
};

/// Messages a POSIX queue has room for: what every user may have.
const MESSAGES: u64 = 10;

/// A name that nobody else has.
fn name() -> String {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    format!("/ipc-playground-bench-{}-{number}", process::id())
}

/// A POSIX queue.
#[derive(Debug)]
pub(super) struct Posix {
    queue: Fd,
    /// Never shorter than the longest message that the queue takes.
    room: Vec<u8>,
}

pub(super) fn posix(size: usize) -> Result<Posix, Errno> {
    let name = CString::new(name()).map_err(|_| Errno::EINVAL)?;
    let queue = mq_create(&name, libc::O_RDWR, MESSAGES, size.max(1) as u64)?;
    // Both processes have it open; the name is not needed any more.
    mq_unlink(&name)?;
    Ok(Posix {
        queue,
        room: vec![0; size.max(1)],
    })
}

impl Way for Posix {
    fn put(&mut self, payload: &[u8]) -> Result<(), Errno> {
        mq_send(self.queue, payload, 0)
    }

    fn take(&mut self, _buffer: &mut [u8]) -> Result<(), Errno> {
        mq_receive(self.queue, &mut self.room).map(drop)
    }
}

/// A System V queue.
#[derive(Debug)]
pub(super) struct Sysv {
    queue: i32,
    message: Envelope,
    room: Envelope,
}

/// Both directions.
#[derive(Debug)]
pub(super) struct Both {
    pub(super) there: Sysv,
    pub(super) back: Sysv,
}

impl Both {
    /// What has to be removed.
    pub(super) fn ids(&self) -> [i32; 2] {
        [self.there.queue, self.back.queue]
    }
}

pub(super) fn sysv(size: usize) -> Result<Both, Errno> {
    let make = || -> Result<Sysv, Errno> {
        Ok(Sysv {
            queue: msgget(libc::IPC_PRIVATE, libc::IPC_CREAT)?,
            message: Envelope::new(1, &vec![b'x'; size]),
            room: Envelope::with_room(size),
        })
    };
    Ok(Both {
        there: make()?,
        back: make()?,
    })
}

/// Removes a queue.
pub(super) fn remove(queue: i32) {
    let _gone_already = msg_remove(queue);
}

impl Way for Sysv {
    fn put(&mut self, _payload: &[u8]) -> Result<(), Errno> {
        msgsnd(self.queue, &self.message, 0)
    }

    fn take(&mut self, _buffer: &mut [u8]) -> Result<(), Errno> {
        msgrcv(self.queue, &mut self.room, 0, 0).map(drop)
    }
}

/// As many as Python's side of the comparison has room for.
const PLACES: u32 = 1000;

/// A pipe, three semaphores, and a thread in who puts.
pub(super) struct Python {
    parts: Parts,
    feeder: Option<Feeder>,
}

pub(super) fn python() -> Result<Python, Errno> {
    let name = name();
    let semaphore = |which: &str| format!("{name}-{which}");
    let parts = Parts::make(PLACES, semaphore).map_err(|(_, errno)| errno)?;
    for which in SEMAPHORES {
        // Both processes have them open; the names are not needed any more.
        let name = CString::new(semaphore(which)).map_err(|_| Errno::EINVAL)?;
        sem_unlink(&name)?;
    }
    Ok(Python {
        parts,
        feeder: None,
    })
}

impl Way for Python {
    fn put(&mut self, payload: &[u8]) -> Result<(), Errno> {
        self.parts.take_place()?;
        let feeder = self.feeder.get_or_insert_with(|| Feeder::new(self.parts));
        match feeder.feed(Object::Bytes(payload.to_vec())) {
            true => Ok(()),
            false => Err(Errno::EPIPE),
        }
    }

    fn take(&mut self, _buffer: &mut [u8]) -> Result<(), Errno> {
        get(self.parts).map(drop).map_err(|_| Errno::EPIPE)
    }

    fn end(&mut self) {
        if let Some(feeder) = self.feeder.take() {
            feeder.join();
        }
    }
}
