//! What is in a `multiprocessing.Queue`.

use crate::{
    mechanism::pipe::Connection,
    sys::{
        calls::{Fd, pipe2},
        semaphore::{Semaphore, sem_create},
    },
    worker::{Names, Worker},
};
use nix::{errno::Errno, fcntl::OFlag};
use serde_json::{Value, json};
use shared::mechanism::queue::python::Params;
use std::ffi::CString;

/// `SEM_VALUE_MAX` of the GNU C library: the bound of a queue that has none.
const MOST: u32 = i32::MAX.cast_unsigned();

/// The parts of the queue, which every process of the run has from its parent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts {
    reader: Fd,
    writer: Fd,
    /// Who receives has it, from before the first byte of an object until after the last.
    pub(super) readers: Semaphore,
    /// Who writes has it for one object.
    pub(super) writers: Semaphore,
    /// Free places: a put takes one, a get gives one back.
    pub(super) places: Semaphore,
    /// How many places there are in all.
    pub(super) maxsize: u32,
}

impl Parts {
    /// As `Queue(maxsize)` makes them. Python takes the names of its semaphores away at once; here they stay until the run
    /// is over, so that roles in Python can open them.
    pub(super) fn new(me: &mut Worker, params: &Params, names: &Names) -> Option<Self> {
        let maxsize = match u32::try_from(params.maxsize) {
            Ok(0) | Err(_) => MOST,
            Ok(bound) => bound,
        };
        Self::make(maxsize, |which| names.semaphore(which))
            .map_err(|(call, errno)| me.failed(call, errno))
            .ok()
    }

    /// A pipe and three semaphores; which call failed, and why.
    pub(crate) fn make(
        maxsize: u32,
        name: impl Fn(&str) -> String,
    ) -> Result<Self, (&'static str, Errno)> {
        let [reader, writer] = pipe2(OFlag::empty()).map_err(|errno| ("pipe2", errno))?;
        let semaphore = |which: &str, value| {
            let name = CString::new(name(which)).unwrap_or_default();
            sem_create(&name, value).map_err(|errno| ("sem_open", errno))
        };
        Ok(Self {
            reader,
            writer,
            readers: semaphore(READERS, 1)?,
            writers: semaphore(WRITERS, 1)?,
            places: semaphore(PLACES, maxsize)?,
            maxsize,
        })
    }

    /// What a put waits for.
    ///
    /// # Errors
    /// As in sem_wait(3).
    #[track_caller]
    pub(crate) fn take_place(self) -> Result<(), Errno> {
        self.places.wait()
    }

    pub(super) fn reader(self) -> Connection {
        Connection::new(self.reader, true, false)
    }

    pub(super) fn writer(self) -> Connection {
        Connection::new(self.writer, false, true)
    }

    /// What a role in Python is told.
    pub(super) fn told(self, params: &Params, names: &Names) -> Value {
        json!({
            "reader": self.reader,
            "writer": self.writer,
            "readers": names.semaphore(READERS),
            "writers": names.semaphore(WRITERS),
            "places": names.semaphore(PLACES),
            "maxsize": self.maxsize,
            "params": params,
            "modules": {
                "objects": include_str!("../../pipe/objects.py"),
                "parts": include_str!("parts.py"),
            },
        })
    }

    /// `qsize()`: places that are taken.
    #[track_caller]
    pub(super) fn qsize(self) -> Result<u32, Errno> {
        let free = self.places.value()?;
        Ok(self.maxsize.saturating_sub(free.unsigned_abs()))
    }
}

/// What the semaphores of a run are called.
pub(crate) const SEMAPHORES: [&str; 3] = [READERS, WRITERS, PLACES];
const READERS: &str = "readers";
const WRITERS: &str = "writers";
const PLACES: &str = "places";

/// What a call has brought; where it failed, that is said.
pub(super) fn done<T>(me: &mut Worker, call: &str, result: Result<T, Errno>) -> Option<T> {
    result.map_err(|errno| me.failed(call, errno)).ok()
}
