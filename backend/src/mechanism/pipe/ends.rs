//! The descriptors a process has for the two ends of the pipe.

use crate::sys::calls::{self, Fd};
use nix::errno::Errno;
use shared::event::End;

/// The numbers, as pipe2() or open() gave them. A closed end keeps its number: using it is EBADF, and a lesson too.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ends {
    pub(super) read: Option<Fd>,
    pub(super) write: Option<Fd>,
}

impl Ends {
    /// close(2) of one end, if this process ever had it.
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
}
