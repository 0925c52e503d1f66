//! Which line of its role's source a worker is in, when it makes a call.

use super::Supervisor;
use crate::{tracer::word, worker::Language};
use nix::unistd::Pid;
use std::path::Path;

/// Calls that no line of a role in Rust makes itself: the line of the call before must not stand there.
const BETWEEN: &[&str] = &["clone", "clone3", "fork", "rt_sigreturn", "vfork"];

/// Calls with which a program ends.
const AT_THE_END: &[&str] = &["execve", "exit", "exit_group"];
/// No role is as long; what a worker's memory says is not believed unseen.
const MAX_LINES: u32 = 10_000;

impl Supervisor {
    /// Read from its memory while it stands at the entry of the call. A line of another file than its role's is none.
    pub(super) fn line_of(&mut self, worker: usize, task: Pid, call: &str) -> Option<u32> {
        let hand = &self.crew[worker];
        match hand.language {
            // At its end, Python has given back the memory in which the line was.
            _ if AT_THE_END.contains(&call) => None,
            Language::Rust if BETWEEN.contains(&call) => None,
            Language::Rust => {
                let (file, line) = self.lines.here(hand.host, task.as_raw())?;
                let stem = Path::new(&*file).file_stem()?.to_str()?;
                (stem == hand.role).then_some(line)
            }
            Language::Python if task == hand.host => {
                word(hand.host, hand.here?).filter(|line| (1..MAX_LINES).contains(line))
            }
            Language::Python => None,
        }
    }
}
