//! How a process comes by the memory: by a name, by a descriptor that somebody hands it, or by a key.

use crate::{
    sys::{
        calls::{Fd, close},
        memory::Mapping,
        segment::{
            ftruncate, memfd_create, open_file, receive_descriptor, shm_open, shm_remove,
            shm_unlink, shmget, shmget_new, unlink,
        },
    },
    worker::Names,
};
use nix::{errno::Errno, fcntl::OFlag};
use shared::mechanism::memory::{GUARD_LEN, Kind};
use std::path::PathBuf;

/// What leads to the memory.
#[derive(Clone, Debug)]
pub(super) enum Way {
    /// A name for shm_open(3).
    Shm(String),
    /// The socket its descriptor comes over.
    Memfd(Fd),
    /// A file.
    Mapped(PathBuf),
    /// A key for shmget(2).
    Sysv(i32),
}

/// Which of the run's System V keys.
const KEY: u8 = 0;
/// What the memory is called, after the run's prefix.
const NAME: &str = "memory";
/// One that nothing of the run has.
const WRONG: &str = "nothing";
const WRONG_KEY: u8 = 1;

impl Way {
    /// The way of that variant; a memfd's socket is made later.
    pub(super) fn new(kind: Kind, names: &Names) -> Self {
        match kind {
            Kind::Shm => Self::Shm(names.memory(NAME)),
            Kind::Memfd => Self::Memfd(-1),
            Kind::Mapped => Self::Mapped(names.file(NAME)),
            Kind::Sysv => Self::Sysv(names.key(KEY)),
        }
    }

    /// The same way with a name that nothing has.
    pub(super) fn wrong(&self, names: &Names) -> Self {
        match self {
            Self::Shm(_) => Self::Shm(names.memory(WRONG)),
            Self::Memfd(socket) => Self::Memfd(*socket),
            Self::Mapped(_) => Self::Mapped(names.file(WRONG)),
            Self::Sysv(_) => Self::Sysv(names.key(WRONG_KEY)),
        }
    }
}

/// Makes the memory, all zero, and maps it. With a memfd comes its descriptor, which is all that leads to it.
#[track_caller]
pub(super) fn make(way: &Way, size: usize) -> Result<(Mapping, Option<Fd>), Errno> {
    let new = OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL;
    let fd = match way {
        Way::Shm(name) => shm_open(name, new)?,
        Way::Mapped(path) => open_file(path, new)?,
        Way::Memfd(_) => memfd_create(NAME)?,
        Way::Sysv(key) => {
            let id = shmget_new(*key, size)?;
            return Ok((Mapping::attach(id, size, GUARD_LEN, 0)?, None));
        }
    };
    // It has no bytes yet. Who maps more than there is, dies of SIGBUS when it touches that.
    ftruncate(fd, size)?;
    let memory = Mapping::map(fd, size, GUARD_LEN, 0)?;
    if matches!(way, Way::Memfd(_)) {
        return Ok((memory, Some(fd)));
    }
    close(fd)?;
    Ok((memory, None))
}

/// Maps what somebody has made.
///
/// `wish` is only there so that the two addresses differ on the screen: children of one parent would get the same one, and
/// any address will do.
#[track_caller]
pub(super) fn attach(way: &Way, size: usize, wish: usize) -> Result<Mapping, Errno> {
    let fd = match way {
        Way::Shm(name) => shm_open(name, OFlag::O_RDWR)?,
        Way::Mapped(path) => open_file(path, OFlag::O_RDWR)?,
        Way::Memfd(socket) => receive_descriptor(*socket)?,
        Way::Sysv(key) => {
            let id = shmget(*key)?;
            return Mapping::attach(id, size, GUARD_LEN, wish);
        }
    };
    let memory = Mapping::map(fd, size, GUARD_LEN, wish);
    // The mapping does not need the descriptor any more.
    close(fd)?;
    memory
}

/// Takes the name away. The memory lives on as long as somebody has it mapped.
#[track_caller]
pub(super) fn remove(way: &Way) -> Result<(), Errno> {
    match way {
        Way::Shm(name) => shm_unlink(name),
        Way::Mapped(path) => unlink(path),
        Way::Sysv(key) => shm_remove(shmget(*key)?),
        // It never had one.
        Way::Memfd(_) => Err(Errno::ENOENT),
    }
}
