//! What a call names a kernel object by: a descriptor, or one of the ids of System V.

use serde::{Deserialize, Serialize};

/// What a call names a kernel object by. The same number means different objects in each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handle {
    /// A descriptor, an entry of the process's own table. A POSIX message queue's is one on Linux.
    Fd(i32),
    /// msgget(2): the id of a System V message queue, the same in every process of the IPC namespace.
    Queue(i32),
    /// shmget(2): the id of a segment.
    Memory(i32),
    /// semget(2): the id of a set of semaphores.
    Semaphore(i32),
}

impl Handle {
    /// The descriptor, if it is one.
    pub fn fd(self) -> Option<i32> {
        match self {
            Self::Fd(fd) => Some(fd),
            Self::Queue(_) | Self::Memory(_) | Self::Semaphore(_) => None,
        }
    }

    /// The id, if it is one of System V.
    pub fn id(self) -> Option<i32> {
        match self {
            Self::Fd(_) => None,
            Self::Queue(id) | Self::Memory(id) | Self::Semaphore(id) => Some(id),
        }
    }
}
