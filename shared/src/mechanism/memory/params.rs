//! The parameters as types.

use super::ENTRY;
use crate::{command::Values, failure::Failure, mechanism::Checked};
use serde::{Deserialize, Serialize};

/// The ways to come by shared memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// shm_open(3).
    Shm,
    /// memfd_create(2), and the descriptor over a socket.
    Memfd,
    /// mmap(2) of a file.
    Mapped,
    /// shmget(2).
    Sysv,
}

impl Kind {
    /// The variant of that id.
    pub fn of(variant: &str) -> Option<Self> {
        match variant {
            "shm" => Some(Self::Shm),
            "memfd" => Some(Self::Memfd),
            "mapped" => Some(Self::Mapped),
            "sysv" => Some(Self::Sysv),
            _ => None,
        }
    }
}

/// What keeps two processes from being in the same bytes at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guard {
    /// Nothing: plain loads and stores.
    None,
    /// Each cell by itself is loaded, stored and added to at once; two cells are not.
    Atomics,
    /// pthread_mutex_t, process-shared.
    Mutex,
    /// The same, robust: the next owner learns that the last one died.
    Robust,
    /// sem_t, process-shared, of 1.
    Semaphore,
    /// A number that is odd while somebody writes; readers look at it before and after.
    Seqlock,
}

impl Guard {
    /// The guard of that word, or none.
    pub fn of(word: &str) -> Self {
        match word {
            "atomics" => Self::Atomics,
            "mutex" => Self::Mutex,
            "robust" => Self::Robust,
            "semaphore" => Self::Semaphore,
            "seqlock" => Self::Seqlock,
            _ => Self::None,
        }
    }
}

/// How the reader looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    /// At the record, again and again.
    Watch,
    /// Only on command.
    Demand,
    /// Only on command, and it has nothing mapped before the first.
    Late,
}

/// The parameters as types.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// What guards the bytes.
    pub guard: Guard,
    /// Processes on the left.
    pub writers: u64,
    /// How the reader looks.
    pub reader: Reader,
    /// Bytes of the segment, whole pages.
    pub size: u64,
    /// Microseconds between the messages of a burst.
    pub pace: u64,
    /// Python roles register with their resource tracker.
    pub tracker: bool,
}

/// Bytes of a page.
const PAGE: u64 = 4096;

impl Params {
    /// The parameters given, checked, with defaults for the others.
    ///
    /// # Errors
    /// `bad_param` for the first that does not fit.
    pub fn new(given: &Values) -> Result<Self, Failure> {
        let checked = Checked::new(&ENTRY, given)?;
        Ok(Self {
            guard: Guard::of(checked.word("guard")),
            writers: checked.number("writers"),
            reader: match checked.word("reader") {
                "demand" => Reader::Demand,
                "late" => Reader::Late,
                _ => Reader::Watch,
            },
            size: checked.number("size").next_multiple_of(PAGE),
            pace: checked.number("pace"),
            tracker: checked.flag("tracker"),
        })
    }
}
