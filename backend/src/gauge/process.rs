//! What a process is doing, as the scheduler says.

use super::holders::holder;
use crate::{
    sandbox::{CHANNEL_FD, COMMAND_FD},
    tracer::{concerns_only, decode::Raw, polls},
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
        Self::of_task(pid, pid)
    }

    /// The same of one thread.
    ///
    /// # Errors
    /// It is gone.
    pub fn of_task(process: Pid, task: Pid) -> io::Result<Self> {
        let pid = task;
        let file = |name: &str| File::open(format!("/proc/{process}/task/{task}/{name}"));
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
            Some(call)
                if concerns_only(self.pid, call, CHANNEL_FD..=COMMAND_FD)
                    || polls(self.pid, call, COMMAND_FD) =>
            {
                Wait::Command
            }
            _ => call
                .and_then(by_name)
                .or_else(|| wchan.as_deref().and_then(by_place))
                .or_else(|| self.by_call(call?))
                .unwrap_or(Wait::Other),
        };
        Some(Doing {
            state,
            because: Some(because),
            wchan,
        })
    }

    /// The kernel may hide where a process sleeps, or it is only about to; and one place may serve several calls.
    fn by_call(&self, call: Raw) -> Option<Wait> {
        let behind = || holder(self.pid, call.fd()?).map(|held| held.object_type);
        Some(match call.name()? {
            "read" | "readv" | "recvfrom" | "recvmsg" => match behind()? {
                "pipe" | "fifo" => Wait::PipeEmpty,
                "socket" => Wait::SocketEmpty,
                "eventfd" | "inotify" => Wait::Event,
                "signalfd" => Wait::Signal,
                _ => return None,
            },
            "write" | "writev" | "vmsplice" | "sendto" | "sendmsg" => match behind()? {
                "pipe" | "fifo" => Wait::PipeFull,
                "socket" => Wait::SocketFull,
                "eventfd" => Wait::Event,
                _ => return None,
            },
            "mq_timedsend" | "msgsnd" => Wait::QueueFull,
            "mq_timedreceive" | "msgrcv" => Wait::QueueEmpty,
            "flock" => Wait::FileLock,
            "fcntl" if WAITING_LOCKS.contains(&call.args[1]) => Wait::FileLock,
            "futex" => Wait::Futex,
            "rt_sigtimedwait" | "rt_sigsuspend" | "pause" => Wait::Signal,
            "open" | "openat" => Wait::FifoOpen,
            "wait4" | "waitid" => Wait::Child,
            _ => return None,
        })
    }
}

/// Calls that sleep in places which serve others as well.
fn by_name(call: Raw) -> Option<Wait> {
    match call.name()? {
        "accept" | "accept4" => Some(Wait::Accept),
        "connect" => Some(Wait::Connect),
        // Without a descriptor it is a way to sleep.
        "ppoll" | "poll" if call.args[1] > 0 => Some(Wait::Poll),
        "pselect6" | "select" if call.args[0] > 0 => Some(Wait::Poll),
        "epoll_wait" | "epoll_pwait" => Some(Wait::Poll),
        _ => None,
    }
}

/// Commands of fcntl(2) that wait for a lock: F_SETLKW and F_OFD_SETLKW.
const WAITING_LOCKS: [u64; 2] = [
    libc::F_SETLKW.cast_unsigned() as u64,
    libc::F_OFD_SETLKW.cast_unsigned() as u64,
];

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
        ("do_msgsnd", Wait::QueueFull),
        ("do_msgrcv", Wait::QueueEmpty),
        ("futex", Wait::Futex),
        ("lock_inode_wait", Wait::FileLock),
        ("do_lock_file_wait", Wait::FileLock),
        ("sigtimedwait", Wait::Signal),
        ("sigsuspend", Wait::Signal),
        ("sys_pause", Wait::Signal),
        ("signalfd", Wait::Signal),
        ("eventfd_", Wait::Event),
        ("inotify_read", Wait::Event),
        ("unix_stream_data_wait", Wait::SocketEmpty),
        ("unix_stream_read", Wait::SocketEmpty),
        ("skb_wait_for_more_packets", Wait::SocketEmpty),
        ("sk_wait_data", Wait::SocketEmpty),
        ("sock_alloc_send", Wait::SocketFull),
        ("sock_wait_for_wmem", Wait::SocketFull),
        ("sk_stream_wait_memory", Wait::SocketFull),
        ("unix_wait_for_peer", Wait::SocketFull),
        ("kernel_wait", Wait::Child),
        // Not do_wait_intr and the like, in which many sleep.
        ("do_wait4", Wait::Child),
        ("do_waitid", Wait::Child),
    ];
    if wchan == "do_wait" {
        return Some(Wait::Child);
    }
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
            ("futex_do_wait", Some(Wait::Futex)),
            ("do_wait_intr_irq", None),
            ("flock_lock_inode_wait", Some(Wait::FileLock)),
            ("wq_sleep", None),
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
