//! The calls, one row each: name, how to show each argument, what it moves and brings.

use super::{
    Show, buffers,
    files::{self, path},
    flags,
    numbers::{directory, int, pointer, signal, unsigned},
    poll, process, time,
};
use crate::tracer::Flow;

/// One call.
pub(super) struct Row {
    nr: i64,
    pub(super) name: &'static str,
    pub(super) args: &'static [Show],
    /// Which argument is the descriptor.
    pub(super) fd: Option<usize>,
    /// Which argument is the second descriptor.
    pub(super) fd_out: Option<usize>,
    pub(super) flow: Flow,
    pub(super) payload: Payload,
    pub(super) brings: Brings,
    /// The kernel fills in arguments, so that they are shown again at the exit.
    pub(super) filled: bool,
}

/// Where the bytes of a message are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Payload {
    None,
    /// Nowhere in memory; this argument says how many.
    Length(usize),
    /// Arguments: address, length.
    Buffer(usize, usize),
    /// Arguments: address of an array of `struct iovec`, count.
    Vector(usize, usize),
}

/// What a return may bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Brings {
    Nothing,
    /// Two descriptors at the address in the first argument.
    Pipe,
    /// A descriptor; that argument has the flags.
    Open(usize),
    /// A duplicate of the first argument.
    Duplicate,
    /// A duplicate, if the command is to make one.
    Fcntl,
    /// A descriptor of no end.
    Epoll,
    /// A process or thread.
    Child,
    /// A child's end, as wait4 tells it.
    Wait4,
    /// A child's end, as waitid tells it.
    WaitId,
}

const fn row(nr: i64, name: &'static str, args: &'static [Show]) -> Row {
    Row {
        nr,
        name,
        args,
        fd: None,
        fd_out: None,
        flow: Flow::None,
        payload: Payload::None,
        brings: Brings::Nothing,
        filled: false,
    }
}

impl Row {
    const fn on(mut self, fd: usize) -> Self {
        self.fd = Some(fd);
        self
    }

    const fn onto(mut self, fd: usize) -> Self {
        self.fd_out = Some(fd);
        self
    }

    const fn moves(mut self, flow: Flow, payload: Payload) -> Self {
        self.flow = flow;
        self.payload = payload;
        self
    }

    const fn brings(mut self, brings: Brings) -> Self {
        self.brings = brings;
        self
    }

    const fn filled(mut self) -> Self {
        self.filled = true;
        self
    }
}

/// What is known of a call.
pub(super) fn find(nr: i64) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.nr == nr)
}

const TABLE: &[Row] = &[
    row(libc::SYS_read, "read", &[int, buffers::receive, unsigned])
        .on(0)
        .moves(Flow::Receive, Payload::Buffer(1, 2))
        .filled(),
    row(libc::SYS_write, "write", &[int, buffers::send, unsigned])
        .on(0)
        .moves(Flow::Send, Payload::Buffer(1, 2)),
    row(
        libc::SYS_readv,
        "readv",
        &[int, buffers::receive_vector, int],
    )
    .on(0)
    .moves(Flow::Receive, Payload::Vector(1, 2))
    .filled(),
    row(
        libc::SYS_writev,
        "writev",
        &[int, buffers::send_vector, int],
    )
    .on(0)
    .moves(Flow::Send, Payload::Vector(1, 2)),
    row(
        libc::SYS_splice,
        "splice",
        &[
            int,
            files::offset,
            int,
            files::offset,
            unsigned,
            flags::splice,
        ],
    )
    .on(0)
    .onto(2)
    .moves(Flow::Move, Payload::Length(4)),
    row(libc::SYS_tee, "tee", &[int, int, unsigned, flags::splice])
        .on(0)
        .onto(1)
        .moves(Flow::Copy, Payload::Length(2)),
    row(
        libc::SYS_vmsplice,
        "vmsplice",
        &[int, buffers::send_vector, unsigned, flags::splice],
    )
    .on(0)
    .moves(Flow::Send, Payload::Vector(1, 2)),
    row(libc::SYS_pipe2, "pipe2", &[files::pair, flags::pipe])
        .brings(Brings::Pipe)
        .filled(),
    row(
        libc::SYS_mknodat,
        "mknodat",
        &[directory, path, files::node_mode],
    ),
    row(
        libc::SYS_unlinkat,
        "unlinkat",
        &[directory, path, flags::unlink],
    ),
    row(
        libc::SYS_openat,
        "openat",
        &[directory, path, files::open, files::create_mode],
    )
    .brings(Brings::Open(2)),
    row(libc::SYS_close, "close", &[int]).on(0),
    row(libc::SYS_dup, "dup", &[int])
        .on(0)
        .brings(Brings::Duplicate),
    row(libc::SYS_dup3, "dup3", &[int, int, flags::pipe])
        .on(0)
        .onto(1)
        .brings(Brings::Duplicate),
    row(
        libc::SYS_fcntl,
        "fcntl",
        &[int, files::fcntl, files::fcntl_argument],
    )
    .on(0)
    .brings(Brings::Fcntl),
    row(
        libc::SYS_ioctl,
        "ioctl",
        &[int, files::ioctl, files::ioctl_argument],
    )
    .on(0)
    .filled(),
    row(
        libc::SYS_ppoll,
        "ppoll",
        &[poll::polled, unsigned, time::timespec, pointer, unsigned],
    )
    .filled(),
    row(
        libc::SYS_pselect6,
        "pselect6",
        &[
            int,
            poll::set,
            poll::set,
            poll::set,
            time::timespec,
            pointer,
        ],
    ),
    row(
        libc::SYS_epoll_create1,
        "epoll_create1",
        &[flags::epoll_create],
    )
    .brings(Brings::Epoll),
    row(
        libc::SYS_epoll_ctl,
        "epoll_ctl",
        &[int, poll::operation, int, poll::interest],
    )
    .on(0)
    .onto(2),
    row(
        libc::SYS_epoll_pwait,
        "epoll_pwait",
        &[int, poll::events, int, int, pointer, unsigned],
    )
    .on(0)
    .filled(),
    row(
        libc::SYS_clone,
        "clone",
        &[
            process::clone_stack,
            process::clone_flags,
            process::clone_parent_tid,
            process::clone_tls,
            process::clone_child_tid,
        ],
    )
    .brings(Brings::Child)
    .filled(),
    row(
        libc::SYS_execve,
        "execve",
        &[path, process::words, process::environment],
    ),
    row(libc::SYS_exit, "exit", &[int]),
    row(libc::SYS_exit_group, "exit_group", &[int]),
    row(
        libc::SYS_wait4,
        "wait4",
        &[int, process::status, flags::wait4, pointer],
    )
    .brings(Brings::Wait4)
    .filled(),
    row(
        libc::SYS_waitid,
        "waitid",
        &[
            process::id_type,
            int,
            process::siginfo,
            flags::waitid,
            pointer,
        ],
    )
    .brings(Brings::WaitId)
    .filled(),
    row(libc::SYS_kill, "kill", &[int, signal]),
    row(libc::SYS_tkill, "tkill", &[int, signal]),
    row(libc::SYS_tgkill, "tgkill", &[int, int, signal]),
    row(libc::SYS_nanosleep, "nanosleep", &[time::timespec, pointer]),
    row(
        libc::SYS_clock_nanosleep,
        "clock_nanosleep",
        &[time::clock, flags::sleep, time::timespec, pointer],
    ),
    row(libc::SYS_restart_syscall, "restart_syscall", &[]),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_pipe, "pipe", &[files::pair])
        .brings(Brings::Pipe)
        .filled(),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_mknod, "mknod", &[path, files::node_mode]),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_unlink, "unlink", &[path]),
    #[cfg(target_arch = "x86_64")]
    row(
        libc::SYS_open,
        "open",
        &[path, files::open, files::create_mode],
    )
    .brings(Brings::Open(1)),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_dup2, "dup2", &[int, int])
        .on(0)
        .onto(1)
        .brings(Brings::Duplicate),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_poll, "poll", &[poll::polled, unsigned, int]).filled(),
    #[cfg(target_arch = "x86_64")]
    row(
        libc::SYS_select,
        "select",
        &[int, poll::set, poll::set, poll::set, time::timeval],
    ),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_epoll_create, "epoll_create", &[int]).brings(Brings::Epoll),
    #[cfg(target_arch = "x86_64")]
    row(
        libc::SYS_epoll_wait,
        "epoll_wait",
        &[int, poll::events, int, int],
    )
    .on(0)
    .filled(),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_fork, "fork", &[]).brings(Brings::Child),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_vfork, "vfork", &[]).brings(Brings::Child),
];
