//! The four descriptors of a worker that are no part of the lesson: reports, commands, stdout, stderr.
//!
//! The supervisor makes them for every role before the first fork. The worker that forks the others finds theirs from
//! [`FIRST`] on, four a role, and the lesson's own descriptors are 3, 4, 5 as in the man pages.

use crate::{
    sandbox::{self, CHANNEL_FD, COMMAND_FD, Keep, REPORT_FD},
    sys::{
        descriptor::{close_between, place, take},
        machines::go,
        process::kill_at_hangup,
        socket,
    },
};
use nix::{errno::Errno, sys::stat::fstat, unistd::Pid};
use rustix::{io::fcntl_dupfd_cloexec, net::sockopt};
use std::{
    io,
    os::fd::{AsFd, OwnedFd, RawFd},
    time::Duration,
};

/// The second machine, in a run that has two, see [`elsewhere`].
const ELSEWHERE: RawFd = CHANNEL_FD;
/// Where the parent waits until a child has let it know, see [`gate`]; the children that can do so have [`GATE_OPENER`].
const GATE: RawFd = CHANNEL_FD + 1;
/// Where the channels of roles that are not forked yet begin.
pub(crate) const FIRST: RawFd = CHANNEL_FD + 2;
/// Most roles of a run: what fits between [`FIRST`] and the descriptors of reports and commands.
pub(crate) const MAX_ROLES: usize = 15;
const _: () = assert!((LIFELINE - FIRST) / EACH == 15, "room for all roles");
/// Where every worker has the lifeline, see [`lifeline`].
const LIFELINE: RawFd = REPORT_FD - 1;
/// Closed by who is waited for, or by the kernel when that one dies: both open the gate.
const GATE_OPENER: RawFd = LIFELINE - 1;
const _: () = assert!(
    FIRST + EACH * 15 <= GATE_OPENER,
    "the gate is no role's channel"
);
/// Above all that workers have.
const ABOVE: RawFd = COMMAND_FD + 1;
/// Descriptors a role.
const EACH: RawFd = 4;
/// How long a report waits for room in a full socket before it is only counted. Long enough for a supervisor that has to wait
/// for a core of a busy host; a worker is not held up longer by being watched.
const PATIENCE: Duration = Duration::from_millis(50);
/// Bytes of reports that may lie unread, as far as the host permits: net.core.wmem_max. The kernel counts twice as many and what
/// it needs itself, so that it is room for a thousand, more than a lesson brings about at once.
const UNREAD: usize = 512 * 1024;
/// How long the parent waits at the gate: a role in Python takes a tenth of a second to get there, under a tracer three, and
/// several times that on a busy host. Whoever is frozen on the way holds nobody up for longer.
const GATE_PATIENCE: Duration = Duration::from_secs(10);

/// The supervisor's ends.
#[derive(Debug)]
pub(crate) struct Ours {
    pub(crate) reports: OwnedFd,
    pub(crate) commands: OwnedFd,
    pub(crate) stdout: OwnedFd,
    pub(crate) stderr: OwnedFd,
}

/// The worker's ends: reports, commands, stdout, stderr.
#[derive(Debug)]
pub(crate) struct Theirs([OwnedFd; 4]);

impl Theirs {
    /// What the kernel knows them by: they are no objects of the lesson.
    pub(crate) fn inodes(&self) -> impl Iterator<Item = u64> {
        let about = self.0.iter().filter_map(|fd| fstat(fd).ok());
        about.map(|about| about.st_ino)
    }
}

/// Makes the channels of one role.
///
/// # Errors
/// When there are no descriptors left.
pub(crate) fn pair() -> io::Result<(Ours, Theirs)> {
    let (reports, reports_in) = socket::streams()?;
    let (commands, commands_out) = socket::streams()?;
    let (stdout, stdout_in) = socket::streams()?;
    let (stderr, stderr_in) = socket::streams()?;
    // The kernel says which process wrote a report; a worker could say anything.
    socket::pass_credentials(&reports)?;
    sockopt::set_socket_timeout(&reports_in, sockopt::Timeout::Send, Some(PATIENCE))?;
    sockopt::set_socket_send_buffer_size(&reports_in, UNREAD)?;
    for fd in [&reports, &commands, &stdout, &stderr] {
        rustix::io::ioctl_fionbio(fd, true)?;
    }
    Ok((
        Ours {
            reports,
            commands,
            stdout,
            stderr,
        },
        Theirs([reports_in, commands_out, stdout_in, stderr_in]),
    ))
}

/// A pair of which the supervisor keeps one end and every worker the other: when the supervisor dies, the kernel kills its
/// process group, in which the workers are. Nothing is ever written to it.
///
/// # Errors
/// When there are no descriptors left.
pub(crate) fn lifeline(group: Pid) -> io::Result<(OwnedFd, OwnedFd)> {
    let (ours, theirs) = socket::streams()?;
    kill_at_hangup(&theirs, group)?;
    Ok((ours, theirs))
}

/// In the first worker, just forked: puts all channels where they belong and closes everything else of the supervisor.
pub(crate) fn settle(
    roles: &[Theirs],
    lifeline: &OwnedFd,
    second: Option<&OwnedFd>,
) -> Result<(), Errno> {
    // With channels to spare, the supervisor's own numbers reach into the places where these belong: out of the way first,
    // or one would be put over another that is still to come.
    let above = |fd: &OwnedFd| {
        fcntl_dupfd_cloexec(fd, ABOVE).map_err(|errno| Errno::from_raw(errno.raw_os_error()))
    };
    let lifeline = above(lifeline)?;
    let second = second.map(above).transpose()?;
    let all = roles.iter().flat_map(|Theirs(channels)| channels);
    let all = all.map(above).collect::<Result<Vec<_>, _>>()?;
    place(lifeline.as_fd(), LIFELINE, false)?;
    let last = match &second {
        Some(second) => {
            place(second.as_fd(), ELSEWHERE, true)?;
            ELSEWHERE - 1
        }
        None => ELSEWHERE,
    };
    let mut number = FIRST;
    for fd in &all {
        place(fd.as_fd(), number, true)?;
        number += 1;
    }
    drop((all, lifeline, second));
    close_between(3, last)?;
    close_between(GATE, GATE)?;
    close_between(number, LIFELINE - 1)?;
    close_between(LIFELINE + 1, RawFd::MAX)?;
    let (gate, opener) =
        socket::streams().map_err(|errno| Errno::from_raw(errno.raw_os_error()))?;
    place(gate.as_fd(), GATE, true)?;
    place(opener.as_fd(), GATE_OPENER, false)?;
    adopt(0)
}

/// In the parent: sleeps until all children that were forked with the gate's opener have closed it, or died, or
/// [`GATE_PATIENCE`] is over. That is no part of the lesson: it only has a server listen before somebody connects.
pub(crate) fn gate() {
    let (Ok(gate), Ok(opener)) = (take(GATE), take(GATE_OPENER)) else {
        // It has been here before.
        return;
    };
    drop(opener);
    let within = sockopt::set_socket_timeout(&gate, sockopt::Timeout::Recv, Some(GATE_PATIENCE));
    if within.is_ok() {
        // End-of-file, or EAGAIN when the time is over: the parent goes on in either case.
        let _open = socket::receive(&gate, &mut [0], rustix::net::RecvFlags::empty());
    }
}

/// In a child: lets the parent go on that waits at the gate. Without one, nothing happens.
pub(crate) fn open_gate() {
    let _closed = close_between(GATE_OPENER, GATE_OPENER);
}

/// In a worker, just forked: takes the channels of `role`, and closes those of all others.
pub(crate) fn adopt(role: RawFd) -> Result<(), Errno> {
    for (channel, number) in [REPORT_FD, COMMAND_FD, 1, 2].into_iter().enumerate() {
        let from =
            take(FIRST + EACH * role + RawFd::try_from(channel).map_err(|_| Errno::EINVAL)?)?;
        // Closed again when this value is dropped; a program that takes over a role keeps the new one.
        place(from.as_fd(), number, false)?;
    }
    Ok(())
}

/// In a worker, just forked: goes to the second machine. What it has open stays where it is.
pub(crate) fn elsewhere() -> Result<(), Errno> {
    let there = take(ELSEWHERE)?;
    sandbox::wake()?;
    go(there)?;
    stay()
}

/// In a worker, just forked, that is where it belongs: what could take it elsewhere is none of its business, nor is the
/// memory of its siblings.
pub(crate) fn stay() -> Result<(), Errno> {
    sandbox::give_up(Keep::Nothing)?;
    sandbox::wall().map_err(|_| Errno::EACCES)
}

/// In a worker that has forked `role`: its channels are no business of the parent.
pub(crate) fn leave(role: RawFd) -> Result<(), Errno> {
    let first = FIRST + EACH * role;
    close_between(first, first + EACH - 1)
}

/// In a worker that will fork no more: the channels of the other roles are no business of it, nor is the gate, unless it is
/// the one that opens it.
pub(crate) fn leave_all(opens_gate: bool) -> Result<(), Errno> {
    let last = if opens_gate { GATE_OPENER } else { LIFELINE };
    close_between(ELSEWHERE, last - 1)
}
