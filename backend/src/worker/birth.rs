//! The first moments of the first worker: from the supervisor's fork to its role.

use super::{
    Language, Worker,
    channel::{self, Theirs},
    limits,
};
use crate::{
    sandbox::{self, Keep},
    sys::process::{default_action, exit_now},
};
use nix::{
    errno::Errno,
    sys::{prctl, signal::Signal},
    unistd::{Pid, getppid, read},
};
use std::{
    io,
    os::fd::OwnedFd,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Exit status of a worker whose role panicked, as a Rust program has it.
const PANICKED: i32 = 101;
/// Exit status of a worker that could not be set up: `EX_OSERR` of sysexits(3).
pub(super) const NOT_SET_UP: i32 = 71;

/// The word to go: seized by the tracer …
pub(crate) const TRACED: u8 = b't';
/// … or not.
pub(crate) const UNTRACED: u8 = b'u';

/// How everybody of the cast lives.
#[derive(Debug)]
pub(crate) struct Lives<'a> {
    /// What each is written in.
    pub(crate) languages: Vec<Language>,
    /// The second machine, where there are two.
    pub(crate) second: Option<&'a OwnedFd>,
    /// Who of the cast lives there.
    pub(crate) elsewhere: Vec<bool>,
}

/// In the child: waits for the word to go, puts everything in its place, plays the role, exits.
pub(crate) fn live(
    supervisor: Pid,
    go: &OwnedFd,
    channels: &[Theirs],
    lifeline: &OwnedFd,
    role: &str,
    lives: Lives<'_>,
    play: impl FnOnce(Worker) -> i32,
) -> ! {
    let lived = catch_unwind(AssertUnwindSafe(|| {
        set_up(supervisor, go, channels, lifeline, lives.second)
            .and_then(|traced| Worker::begin(role, lives.languages, lives.elsewhere, traced))
            .map(play)
    }));
    exit_now(match lived {
        Ok(Ok(code)) => code,
        Ok(Err(_)) => NOT_SET_UP,
        Err(_) => PANICKED,
    })
}

/// Whether a tracer sees the calls from here on.
fn set_up(
    supervisor: Pid,
    go: &OwnedFd,
    channels: &[Theirs],
    lifeline: &OwnedFd,
    second: Option<&OwnedFd>,
) -> Result<bool, Errno> {
    // The supervisor is not dumpable, so that nobody can take it over; we were, and its /proc files of us must be readable.
    prctl::set_dumpable(true)?;
    prctl::set_pdeathsig(Signal::SIGKILL)?;
    // It may have died before that call; nobody else adopts a child of a living process.
    if getppid() != supervisor {
        return Err(Errno::ESRCH);
    }
    // One byte when it has seized us or will not; end-of-file when it died.
    let mut word = [0];
    if read(go, &mut word)? == 0 {
        return Err(Errno::ESRCH);
    }
    channel::settle(channels, lifeline, second)?;
    let traced = word == [TRACED];
    dress(traced, second.is_some())?;
    Ok(traced)
}

/// Puts on what every worker wears, for this process and all it will fork: limits, signals, no rights, a filter.
///
/// # Errors
/// What the kernel says.
pub(crate) fn dress(traced: bool, travels: bool) -> Result<(), Errno> {
    limits::apply()?;
    // Who forks others keeps what takes them to the second machine; it cannot use it by itself.
    sandbox::give_up(if travels {
        Keep::Journey
    } else {
        Keep::Nothing
    })?;
    limits::apply_to_user()?;
    if sandbox::boxed() {
        sandbox::restrict().map_err(|_| Errno::EACCES)?;
    } else {
        sandbox::wall().map_err(|_| Errno::EACCES)?;
    }
    // SIGPIPE: Rust ignores it, programs do not. The others: the spawner ignores them, and that is inherited.
    // SIGCHLD stays blocked: traced, a blocked one must not make epoll_wait return EINTR where untraced it would not.
    for signal in [
        Signal::SIGPIPE,
        Signal::SIGINT,
        Signal::SIGTERM,
        Signal::SIGHUP,
    ] {
        default_action(signal)?;
    }
    let errno = |error: io::Error| error.raw_os_error().map_or(Errno::EIO, Errno::from_raw);
    if sandbox::is_one_of_many() {
        sandbox::ration_pipes().map_err(errno)?;
    }
    sandbox::install_filter(traced, travels).map_err(errno)
}
