//! Files. Whoever reads one is told by nobody that it has changed, so one process writes and then reads what it wrote; but
//! for a file that is watched, which the other finds written since inotify(7) wakes it.

use crate::{
    bench::way::Way,
    mechanism::file::put,
    sys::{
        calls::{Fd, close, open, read},
        files::{create, flock, inotify_init, inotify_watch, rename, truncate, unflock},
    },
};
use nix::{errno::Errno, fcntl::OFlag};
use shared::event::LockMode;
use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
};

/// A file system in memory.
const MEMORY: &str = "/dev/shm";
/// Room for the one event that there can be, and its name.
const EVENTS: usize = 4096;

/// A file that is added to is begun anew at this length: it is about adding, and not about a full disk.
const LONGEST: usize = 16 << 20;

/// A folder of this figure's own, with what is in it; gone with this value.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new() -> Result<Self, Errno> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        // In memory where that can be: else it would be a figure of the disk, and of who else writes to it just now.
        let memory = Path::new(MEMORY);
        let base = if memory.is_dir() {
            memory.to_owned()
        } else {
            env::temp_dir()
        };
        let path = base.join(format!("ipc-playground-bench-{}-{number}", process::id()));
        fs::create_dir(&path)
            .map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(0)))?;
        Ok(Self(path))
    }

    fn file(&self) -> PathBuf {
        self.0.join("shared_data.txt")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone_already = fs::remove_dir_all(&self.0);
    }
}

/// How a message gets into the file.
#[derive(Debug)]
enum How {
    /// Opened, which empties it, written, closed.
    Written,
    /// A new file, closed and renamed to the old one's name.
    Replaced(PathBuf),
    /// As written; whoever reads sleeps until it was closed.
    Watched(Fd),
}

/// One direction: a file by its name.
#[derive(Debug)]
pub(super) struct Named {
    file: PathBuf,
    how: How,
}

pub(super) fn written(folder: &Folder) -> Named {
    Named {
        file: folder.file(),
        how: How::Written,
    }
}

pub(super) fn replaced(folder: &Folder) -> Named {
    Named {
        file: folder.file(),
        how: How::Replaced(folder.0.join("shared_data.txt.new")),
    }
}

pub(super) fn watched(folder: &Folder) -> Result<Named, Errno> {
    let events = inotify_init()?;
    inotify_watch(events, &folder.0)?;
    Ok(Named {
        file: folder.file(),
        how: How::Watched(events),
    })
}

impl Way for Named {
    fn put(&mut self, payload: &[u8]) -> Result<(), Errno> {
        let path = match &self.how {
            How::Replaced(beside) => beside,
            How::Written | How::Watched(_) => &self.file,
        };
        let fd = create(path, OFlag::O_WRONLY | OFlag::O_TRUNC)?;
        put(fd, payload).1.map_or(Ok(()), Err)?;
        close(fd)?;
        match &self.how {
            How::Replaced(beside) => rename(beside, &self.file),
            How::Written | How::Watched(_) => Ok(()),
        }
    }

    fn take(&mut self, buffer: &mut [u8]) -> Result<(), Errno> {
        if let How::Watched(events) = self.how {
            read(events, &mut [0; EVENTS])?;
        }
        let fd = open(&self.file, OFlag::O_RDONLY)?;
        read_on(fd, buffer)?;
        close(fd)
    }
}

/// One direction: a file that both have open.
#[derive(Debug)]
pub(super) struct Appended {
    path: PathBuf,
    write: Fd,
    read: Fd,
    len: usize,
}

pub(super) fn appended(folder: &Folder) -> Result<Appended, Errno> {
    let path = folder.file();
    Ok(Appended {
        write: create(&path, OFlag::O_RDWR | OFlag::O_APPEND)?,
        read: open(&path, OFlag::O_RDONLY)?,
        path,
        len: 0,
    })
}

impl Way for Appended {
    fn put(&mut self, payload: &[u8]) -> Result<(), Errno> {
        flock(self.write, LockMode::Exclusive)?;
        put(self.write, payload).1.map_or(Ok(()), Err)?;
        unflock(self.write)
    }

    fn take(&mut self, buffer: &mut [u8]) -> Result<(), Errno> {
        read_on(self.read, buffer)?;
        self.len += buffer.len();
        if self.len > LONGEST {
            self.len = 0;
            truncate(self.write, 0)?;
            close(self.read)?;
            self.read = open(&self.path, OFlag::O_RDONLY)?;
        }
        Ok(())
    }
}

/// Until the buffer is full, or there is no more.
fn read_on(fd: Fd, buffer: &mut [u8]) -> Result<(), Errno> {
    let mut done = 0;
    while done < buffer.len() {
        match read(fd, buffer.get_mut(done..).unwrap_or_default())? {
            0 => break,
            n => done += n,
        }
    }
    Ok(())
}
