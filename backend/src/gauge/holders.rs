//! Who holds which end: `/proc/PID/fd` and fdinfo.

use crate::sandbox::{CHANNEL_FD, COMMAND_FD};
use nix::unistd::Pid;
use shared::{event::End, ids::ObjectId};
use std::{
    fs,
    os::unix::fs::{FileTypeExt, MetadataExt},
    path::Path,
};

/// One end held open by a process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Held {
    /// Who.
    pub pid: Pid,
    /// Under which descriptor.
    pub fd: i32,
    /// Inode of the pipe or FIFO.
    pub ino: u64,
    /// Whether it has a name.
    pub fifo: bool,
    /// Which end.
    pub end: End,
}

impl Held {
    /// What the kernel calls the object.
    pub fn object(&self) -> ObjectId {
        ObjectId::new(format!(
            "{}:[{}]",
            if self.fifo { "fifo" } else { "pipe" },
            self.ino
        ))
    }
}

/// All ends of pipes and FIFOs that these processes hold, the playground's own descriptors aside. A process that died
/// holds none. Nothing is opened, so that looking makes nobody a holder.
pub fn holders(pids: &[Pid]) -> Vec<Held> {
    let mut all: Vec<Held> = pids.iter().flat_map(|pid| ends(*pid)).collect();
    all.sort();
    all
}

/// What is open under one descriptor, if it is an end of a pipe or FIFO.
pub fn holder(pid: Pid, fd: i32) -> Option<Held> {
    let path = format!("/proc/{pid}/fd/{fd}");
    let (ino, fifo) = pipe_behind(Path::new(&path))?;
    let end = end(&fs::read_to_string(format!("/proc/{pid}/fdinfo/{fd}")).ok()?)?;
    Some(Held {
        pid,
        fd,
        ino,
        fifo,
        end,
    })
}

fn ends(pid: Pid) -> Vec<Held> {
    // It may end between any two steps; then what could not be read is not held.
    let Ok(entries) = fs::read_dir(format!("/proc/{pid}/fd")) else {
        return Vec::new();
    };
    let numbers = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    numbers
        .filter(|fd| !(CHANNEL_FD..=COMMAND_FD).contains(fd))
        .filter_map(|fd| holder(pid, fd))
        .collect()
}

/// Inode, and whether it has a name. The link of an anonymous pipe says it all; that of a FIFO is a path, and following
/// it in /proc looks at the open file itself, wherever its name leads by now.
fn pipe_behind(link: &Path) -> Option<(u64, bool)> {
    let target = fs::read_link(link).ok()?;
    let target = target.to_str()?;
    if let Some(ino) = target.strip_prefix("pipe:[") {
        return Some((ino.strip_suffix(']')?.parse().ok()?, false));
    }
    let about = target.starts_with('/').then(|| fs::metadata(link).ok())??;
    about.file_type().is_fifo().then(|| (about.ino(), true))
}

/// The access mode in a descriptor's `flags:`, which are octal.
fn end(fdinfo: &str) -> Option<End> {
    let flags = fdinfo
        .lines()
        .find_map(|line| line.strip_prefix("flags:"))?;
    let flags = i32::from_str_radix(flags.trim(), 8).ok()?;
    match flags & libc::O_ACCMODE {
        _ if flags & libc::O_PATH != 0 => None,
        libc::O_RDONLY => Some(End::Read),
        libc::O_WRONLY => Some(End::Write),
        libc::O_RDWR => Some(End::Both),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::{
        fcntl::{OFlag, open},
        sys::stat::{Mode, fstat},
        unistd::{getpid, mkfifo, pipe2},
    };
    use std::os::fd::AsRawFd;

    #[test]
    fn both_ends_of_a_pipe_and_a_fifo_are_found_and_a_closed_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("fifo");
        mkfifo(&name, Mode::S_IRWXU).unwrap();
        let fifo = open(&name, OFlag::O_RDWR | OFlag::O_CLOEXEC, Mode::empty()).unwrap();
        fs::remove_file(&name).unwrap();
        let (read, write) = pipe2(OFlag::O_CLOEXEC).unwrap();
        let ino = fstat(&read).unwrap().st_ino;
        let me = getpid();
        let mine = |ino| {
            holders(&[me])
                .into_iter()
                .filter(move |held| held.ino == ino)
        };
        let ends: Vec<_> = mine(ino)
            .map(|held| (held.fd, held.end, held.fifo))
            .collect();
        assert_eq!(
            ends,
            [
                (read.as_raw_fd(), End::Read, false),
                (write.as_raw_fd(), End::Write, false)
            ]
        );
        assert_eq!(
            mine(ino).next().unwrap().object().as_str(),
            format!("pipe:[{ino}]")
        );
        drop(write);
        assert_eq!(mine(ino).count(), 1);
        let both: Vec<_> = mine(fstat(&fifo).unwrap().st_ino)
            .map(|held| (held.fd, held.end, held.fifo))
            .collect();
        assert_eq!(both, [(fifo.as_raw_fd(), End::Both, true)]);
    }

    #[test]
    fn a_process_that_is_gone_holds_nothing() {
        assert!(holders(&[Pid::from_raw(i32::MAX)]).is_empty());
    }
}
