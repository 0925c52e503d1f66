//! A file that is watched: written in whole by one, who closes it; found written by the other, who is told by inotify(7).

use crate::{
    bench::way::Way,
    mechanism::file::put,
    sys::{
        calls::{Fd, close, open, read},
        files::{create, inotify_init, inotify_watch},
    },
};
use nix::{errno::Errno, fcntl::OFlag};
use std::{
    env, fs,
    path::PathBuf,
    process,
    sync::atomic::{AtomicU32, Ordering},
};

/// Room for the one event that there can be, and its name.
const EVENTS: usize = 4096;

/// One direction: a file in a folder of its own.
#[derive(Debug)]
pub(super) struct Watched {
    folder: PathBuf,
    file: PathBuf,
    events: Fd,
}

pub(super) fn watched() -> Result<Watched, Errno> {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let folder = env::temp_dir().join(format!("ipc-playground-bench-{}-{number}", process::id()));
    fs::create_dir(&folder).map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(0)))?;
    let events = inotify_init()?;
    inotify_watch(events, &folder)?;
    Ok(Watched {
        file: folder.join("shared_data.txt"),
        folder,
        events,
    })
}

impl Watched {
    /// Takes the folder away.
    pub(super) fn remove(folder: &PathBuf) {
        let _gone_already = fs::remove_dir_all(folder);
    }

    /// Where it is.
    pub(super) fn folder(&self) -> PathBuf {
        self.folder.clone()
    }
}

impl Way for Watched {
    fn put(&mut self, payload: &[u8]) -> Result<(), Errno> {
        let fd = create(&self.file, OFlag::O_WRONLY | OFlag::O_TRUNC)?;
        put(fd, payload).1.map_or(Ok(()), Err)?;
        close(fd)
    }

    fn take(&mut self, buffer: &mut [u8]) -> Result<(), Errno> {
        read(self.events, &mut [0; EVENTS])?;
        let fd = open(&self.file, OFlag::O_RDONLY)?;
        let mut done = 0;
        while done < buffer.len() {
            match read(fd, buffer.get_mut(done..).unwrap_or_default())? {
                0 => break,
                n => done += n,
            }
        }
        close(fd)
    }
}
