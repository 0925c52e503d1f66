//! The descriptors a process has for the two ends of the pipe.

use crate::{
    sys::{
        calls::{self, Fd},
        pipeline::{dup2, execve},
    },
    worker::Worker,
};
use nix::errno::Errno;
use shared::{event::End, mechanism::pipe::Program};

/// Standard input and output, of which every program knows the numbers.
const STDIN: Fd = 0;
const STDOUT: Fd = 1;

/// The numbers, as pipe2() or open() gave them. A closed end keeps its number: using it is EBADF, and a lesson too.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ends {
    pub(super) read: Option<Fd>,
    pub(super) write: Option<Fd>,
}

impl Ends {
    /// close(2) of one end, if this process ever had it.
    #[track_caller]
    pub(super) fn close(self, end: End) -> Result<(), Errno> {
        if matches!(end, End::Read | End::Both)
            && let Some(fd) = self.read
        {
            calls::close(fd)?;
        }
        if matches!(end, End::Write | End::Both)
            && let Some(fd) = self.write
        {
            calls::close(fd)?;
        }
        Ok(())
    }

    /// Both numbers, as far as there are any.
    pub(super) fn all(self) -> Vec<Fd> {
        self.read.into_iter().chain(self.write).collect()
    }

    /// Only the end that a role uses.
    pub(super) fn only(self, end: End) -> Self {
        Self {
            read: self.read.filter(|_| end != End::Write),
            write: self.write.filter(|_| end != End::Read),
        }
    }

    /// What a shell does with a program of a pipeline: its ends become standard input and output, and then it *is* that
    /// program. Comes back only if that failed.
    #[track_caller]
    pub(super) fn exec(self, me: &mut Worker, program: Program) {
        for (fd, number) in [(self.read, STDIN), (self.write, STDOUT)] {
            let Some(fd) = fd else { continue };
            if let Err(errno) = dup2(fd, number) {
                return me.failed("dup2", errno);
            }
            if let Err(errno) = calls::close(fd) {
                return me.failed("close", errno);
            }
        }
        let Err(errno) = execve(program.command());
        me.failed("execve", errno);
    }
}

/// Closes what a process has from the fork and is no part of its role: the ends of other pipes.
#[track_caller]
pub(super) fn close_all(me: &mut Worker, fds: &[Fd]) {
    for fd in fds {
        if let Err(errno) = calls::close(*fd) {
            me.failed("close", errno);
        }
    }
}
