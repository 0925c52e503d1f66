//! How much a pipe holds.

use nix::unistd::Pid;
use rustix::{
    fs::{Mode, OFlags, open},
    io::ioctl_fionread,
    pipe::fcntl_getpipe_size,
    process::{PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open},
};
use std::{io, os::fd::OwnedFd};

/// What the kernel says of a pipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PipeReading {
    /// FIONREAD: bytes in it.
    pub bytes: u64,
    /// F_GETPIPE_SZ: most bytes it can hold.
    pub capacity: u64,
}

/// Reads through a duplicate of the caller's own write end, which lives for microseconds. Only while `pid` stands at the
/// exit of a call: a duplicate of a write end held while its owner dies would delay end-of-file. Never through a read end:
/// a writer would get no EPIPE meanwhile.
///
/// # Errors
/// What the kernel said; the descriptor may be no pipe.
pub fn look_through_dup(pid: Pid, fd: i32) -> io::Result<PipeReading> {
    let pid = rustix::process::Pid::from_raw(pid.as_raw()).ok_or(io::ErrorKind::InvalidInput)?;
    let process = pidfd_open(pid, PidfdFlags::empty())?;
    read(pidfd_getfd(&process, fd, PidfdGetfdFlags::empty())?)
}

/// Reads by opening, for writing, a write end that `pid` holds, and closing it at once; for runs without X-ray. Only while
/// there is a write end: then no reader waits in open(2) for a writer, whom this would let through.
///
/// # Errors
/// What the kernel said; the descriptor may be no pipe, or gone.
pub fn look_through_open(pid: Pid, fd: i32) -> io::Result<PipeReading> {
    let path = format!("/proc/{pid}/fd/{fd}");
    read(open(
        path,
        OFlags::WRONLY | OFlags::NONBLOCK | OFlags::CLOEXEC,
        Mode::empty(),
    )?)
}

/// Takes the descriptor, so that it is closed here.
fn read(end: OwnedFd) -> io::Result<PipeReading> {
    // The capacity first: of what is no pipe the kernel says so here, while FIONREAD would answer something else.
    let capacity = fcntl_getpipe_size(&end)?;
    let reading = PipeReading {
        bytes: ioctl_fionread(&end)?,
        capacity: u64::try_from(capacity).unwrap_or(0),
    };
    drop(end);
    Ok(reading)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::{
        fcntl::OFlag,
        unistd::{getpid, pipe2, read, write},
    };
    use std::os::fd::AsRawFd;

    #[test]
    fn both_ways_read_the_same_and_neither_stays_a_writer() {
        let (reader, writer) = pipe2(OFlag::O_CLOEXEC).unwrap();
        write(&writer, &[0; 5000]).unwrap();
        let expected = PipeReading {
            bytes: 5000,
            capacity: 65_536,
        };
        assert_eq!(
            look_through_dup(getpid(), writer.as_raw_fd()).unwrap(),
            expected
        );
        assert_eq!(
            look_through_open(getpid(), writer.as_raw_fd()).unwrap(),
            expected
        );
        drop(writer);
        read(&reader, &mut [0; 8192]).unwrap();
        assert_eq!(read(&reader, &mut [0; 1]), Ok(0), "end-of-file");
    }

    #[test]
    fn what_is_no_pipe_is_refused() {
        let file = tempfile::tempfile().unwrap();
        assert!(look_through_dup(getpid(), file.as_raw_fd()).is_err());
        assert!(look_through_open(getpid(), file.as_raw_fd()).is_err());
        assert!(look_through_dup(getpid(), 9999).is_err());
    }
}
