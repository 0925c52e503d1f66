//! The tracer against real processes: each test forks its own, and reaps them.

#![expect(unsafe_code, reason = "tests fork, and their children make raw calls")]
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a test picks the facts it is about"
)]

mod calls;
mod cost;
mod family;
mod freeze;
mod gauges;
mod handlers;
mod here;
mod oracle;
mod sleeps;
mod threads;

use super::{Ended, Next, Seen, Tracer, line, print};
use crate::sandbox;
use nix::{
    fcntl::OFlag,
    sys::signal::{SigSet, SigmaskHow, Signal, kill, sigprocmask},
    unistd::{ForkResult, Pid, close, fork, pipe2, read},
};
use std::{
    collections::HashMap,
    os::fd::RawFd,
    time::{Duration, Instant},
};

/// Longest a test waits for a fact.
const PATIENCE: Duration = Duration::from_secs(20);

/// A tracer and all it told.
struct World {
    tracer: Tracer,
    seen: Vec<Seen>,
}

impl World {
    fn new() -> Self {
        Self {
            tracer: Tracer::new(),
            seen: Vec::new(),
        }
    }

    /// Forks a worker that does `work` under the filter and exits with what it returns.
    fn fork(&mut self, work: impl FnOnce() -> i32) -> Pid {
        let mut filter = sandbox::filter(self.tracer.traces());
        let (gate, opener) = pipe2(OFlag::O_CLOEXEC).unwrap();
        // SAFETY: the child makes system calls and leaves by _exit.
        match unsafe { fork() }.unwrap() {
            ForkResult::Child => {
                drop(opener);
                let _opened = read(&gate, &mut [0]);
                drop(gate);
                let mut chld = SigSet::empty();
                chld.add(Signal::SIGCHLD);
                let done = sigprocmask(SigmaskHow::SIG_SETMASK, Some(&chld), None).is_ok()
                    && sandbox::install(&mut filter).is_ok();
                let code = if done { work() } else { 99 };
                // SAFETY: ends the child at once.
                unsafe { libc::_exit(code) }
            }
            ForkResult::Parent { child } => {
                self.tracer.seize(child).unwrap();
                drop((gate, opener));
                child
            }
        }
    }

    /// Takes facts until one is wanted; that one's task is left standing. `None` once nobody is left.
    fn until(&mut self, wanted: impl Fn(&Seen) -> bool) -> Option<Seen> {
        let start = Instant::now();
        loop {
            assert!(
                start.elapsed() < PATIENCE,
                "nothing of the kind came:\n{}",
                self.text()
            );
            match self.tracer.next().unwrap() {
                Next::Nothing => std::thread::yield_now(),
                Next::NoChildren => return None,
                Next::Seen(seen) => {
                    self.seen.push(seen.clone());
                    if wanted(&seen) {
                        return Some(seen);
                    }
                    self.tracer.resume(seen.pid()).unwrap();
                }
            }
        }
    }

    /// As `until`, and that task goes on.
    fn pass(&mut self, wanted: impl Fn(&Seen) -> bool) -> Seen {
        let Some(seen) = self.until(wanted) else {
            panic!("nobody is left:\n{}", self.text())
        };
        self.tracer.resume(seen.pid()).unwrap();
        seen
    }

    /// Takes all that comes until nobody is left.
    fn end(&mut self) -> String {
        assert_eq!(self.until(|_| false), None);
        assert_eq!(self.tracer.tasks().count(), 0);
        self.text()
    }

    fn text(&self) -> String {
        self.seen.iter().map(|seen| line(seen) + "\n").collect()
    }

    /// `name(args) = ret` of one task, in order.
    fn calls(&self, pid: Pid) -> Vec<String> {
        let of = |seen: &Seen| match seen {
            Seen::Returned { pid: who, call } if *who == pid => Some(print::returned(call)),
            Seen::Entered { pid: who, call } if *who == pid && call.name.starts_with("exit") => {
                Some(format!("{}({}) = ?", call.name, call.args.join(", ")))
            }
            _ => None,
        };
        self.seen.iter().filter_map(of).collect()
    }

    /// Waits until a task sleeps in its call.
    fn asleep(&mut self, pid: Pid) {
        let start = Instant::now();
        while !std::fs::read_to_string(format!("/proc/{pid}/stat"))
            .unwrap()
            .contains(") S ")
        {
            assert!(start.elapsed() < PATIENCE, "{pid} does not fall asleep");
            std::thread::yield_now();
        }
    }
}

impl Drop for World {
    /// Leaves nobody behind, whatever failed.
    fn drop(&mut self) {
        let tasks: Vec<Pid> = self.tracer.tasks().collect();
        for pid in tasks {
            let _gone = kill(pid, Signal::SIGKILL);
        }
        let start = Instant::now();
        while start.elapsed() < PATIENCE
            && !matches!(self.tracer.next(), Ok(Next::NoChildren) | Err(_))
        {}
    }
}

/// Runs a test in a process of its own, for what concerns a process as a whole.
fn alone(test: impl FnOnce() + std::panic::UnwindSafe) {
    // SAFETY: the child runs the test and leaves by _exit.
    match unsafe { fork() }.unwrap() {
        ForkResult::Child => {
            let code = i32::from(std::panic::catch_unwind(test).is_err());
            // SAFETY: ends the child at once.
            unsafe { libc::_exit(code) }
        }
        ForkResult::Parent { child } => {
            let status = nix::sys::wait::waitpid(child, None).unwrap();
            assert_eq!(status, nix::sys::wait::WaitStatus::Exited(child, 0));
        }
    }
}

fn returned(seen: &Seen, who: Pid, wanted: &str) -> bool {
    matches!(seen, Seen::Returned { pid, call } if *pid == who && call.name == wanted)
}

fn entered(seen: &Seen, who: Pid, wanted: &str) -> bool {
    matches!(seen, Seen::Entered { pid, call } if *pid == who && call.name == wanted)
}

fn gone(seen: &Seen, who: Pid) -> Option<Ended> {
    match seen {
        Seen::Gone { pid, how } if *pid == who => Some(*how),
        _ => None,
    }
}

// What children do, without Rust's own buffers and locks.

fn put(fd: RawFd, bytes: &[u8]) -> isize {
    // SAFETY: the slice is live for the length of the call.
    unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) }
}

fn get(fd: RawFd, bytes: &mut [u8]) -> isize {
    // SAFETY: the slice is live for the length of the call.
    unsafe { libc::read(fd, bytes.as_mut_ptr().cast(), bytes.len()) }
}

fn make_pipe(flags: i32) -> [RawFd; 2] {
    let mut ends = [0; 2];
    // SAFETY: the array has room for two descriptors.
    unsafe { libc::pipe2(ends.as_mut_ptr(), flags) };
    ends
}

fn shut(fd: RawFd) {
    let _errno = close(fd);
}

fn errno() -> i32 {
    nix::errno::Errno::last_raw()
}

#[test]
fn tracing_is_available_here() {
    assert_eq!(super::available(), Ok(()));
}

#[test]
fn every_traced_call_is_known_to_the_decoders() {
    for nr in sandbox::traced() {
        assert!(super::decode::knows(nr), "call {nr}");
    }
}
