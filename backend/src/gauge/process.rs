//! What a process is doing, as the scheduler says.

use super::holders::holder;
use crate::{
    sandbox::{CHANNEL_FD, COMMAND_FD},
    tracer::{concerns_only, decode::Raw},
};
use nix::unistd::Pid;
use shared::event::{ProcState, Wait};
use std::{fs::File, io, os::unix::fs::FileExt};

/// Longest text read of a file in `/proc`: `stat` is about 350 bytes, `syscall` about 140.
const MAX_TEXT: usize = 1024;

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

/// Reads one process again and again, through files opened once: that is an order of magnitude cheaper.
#[derive(Debug)]
pub struct ProcessGauge {
    pid: Pid,
    stat: File,
    wchan: Option<File>,
    syscall: Option<File>,
}

impl ProcessGauge {
    /// Opens its files in `/proc`, which stay that process's even if its pid is used again.
    ///
    /// # Errors
    /// It is gone.
    pub fn new(pid: Pid) -> io::Result<Self> {
        let file = |name: &str| File::open(format!("/proc/{pid}/{name}"));
        // The last two may be refused; then less is said.
        Ok(Self {
            pid,
            stat: file("stat")?,
            wchan: file("wchan").ok(),
            syscall: file("syscall").ok(),
        })
    }

    /// What it is doing now; `None` once it is gone.
    ///
    /// A task at a stop of the tracer has the same state whether it stands there for microseconds or in a group stop,
    /// so that `frozen` must say what the tracer saw last: `Frozen` or `Thawed`.
    pub fn read(&self, frozen: bool) -> Option<Doing> {
        let stat = text(&self.stat)?;
        // The name in parentheses may hold anything, parentheses too.
        let state = match stat.rsplit_once(") ")?.1.chars().next()? {
            'T' => ProcState::Frozen,
            't' if frozen => ProcState::Frozen,
            'S' | 'D' | 'I' => ProcState::Asleep,
            'Z' | 'X' => ProcState::Zombie,
            _ => ProcState::Running,
        };
        if state != ProcState::Asleep {
            return Some(Doing {
                state,
                because: None,
                wchan: None,
            });
        }
        let wchan = self
            .wchan
            .as_ref()
            .and_then(text)
            .filter(|name| !name.is_empty() && name != "0");
        let call = self
            .syscall
            .as_ref()
            .and_then(text)
            .and_then(|text| Raw::parse(&text));
        let because = match call {
            Some(call) if concerns_only(self.pid, call, CHANNEL_FD..=COMMAND_FD) => Wait::Command,
            _ => wchan
                .as_deref()
                .and_then(by_place)
                .or_else(|| self.by_call(call?))
                .unwrap_or(Wait::Other),
        };
        Some(Doing {
            state,
            because: Some(because),
            wchan,
        })
    }

    /// The kernel may hide where a process sleeps, or it is only about to.
    fn by_call(&self, call: Raw) -> Option<Wait> {
        let on_pipe = || call
            .fd()
            .and_then(|fd| holder(self.pid, fd))
            .is_some_and(|held| matches!(held.object_type, "pipe" | "fifo"));
        match call.name()? {
            "read" | "readv" if on_pipe() => Some(Wait::PipeEmpty),
            "write" | "writev" | "vmsplice" if on_pipe() => Some(Wait::PipeFull),
            "open" | "openat" => Some(Wait::FifoOpen),
            "wait4" | "waitid" => Some(Wait::Child),
            _ => None,
        }
    }
}

fn text(file: &File) -> Option<String> {
    let mut bytes = [0; MAX_TEXT];
    let len = file.read_at(&mut bytes, 0).ok()?;
    Some(
        String::from_utf8_lossy(bytes.get(..len)?)
            .trim_end()
            .to_owned(),
    )
}

/// Names of kernel functions change from version to version, so parts of them are looked for.
fn by_place(wchan: &str) -> Option<Wait> {
    const NAMES: &[(&str, Wait)] = &[
        ("pipe_write", Wait::PipeFull),
        ("pipe_wait_writable", Wait::PipeFull),
        ("pipe_read", Wait::PipeEmpty),
        ("pipe_wait_readable", Wait::PipeEmpty),
        ("wait_for_partner", Wait::FifoOpen),
        ("fifo_open", Wait::FifoOpen),
        ("do_wait", Wait::Child),
        ("kernel_wait", Wait::Child),
    ];
    NAMES
        .iter()
        .find(|(name, _)| wchan.contains(name))
        .map(|(_, wait)| *wait)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::unistd::{getpid, gettid};

    #[test]
    fn names_of_several_kernels_are_known() {
        for (name, expected) in [
            ("anon_pipe_write", Some(Wait::PipeFull)),
            ("pipe_read", Some(Wait::PipeEmpty)),
            ("wait_for_partner", Some(Wait::FifoOpen)),
            ("do_wait", Some(Wait::Child)),
            ("do_syscall_64", None),
            ("", None),
        ] {
            assert_eq!(by_place(name), expected, "{name}");
        }
    }

    #[test]
    fn a_running_task_runs_and_one_that_is_gone_says_nothing() {
        let doing = ProcessGauge::new(gettid()).unwrap().read(true).unwrap();
        assert_eq!(
            doing,
            Doing {
                state: ProcState::Running,
                because: None,
                wchan: None
            }
        );
        assert!(ProcessGauge::new(Pid::from_raw(i32::MAX)).is_err());
        assert!(ProcessGauge::new(getpid()).is_ok());
    }
}
