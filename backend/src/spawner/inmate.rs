//! A program as the only worker of a box: with all that keeps a worker in, and without a run.

use super::{cage::Cloned, homes::choose, pidfd};
use crate::{
    limits,
    sandbox::{self, Door, Isolation, Keep, Level, Wanted, enter, lock},
    sys::{
        descriptor::close_between,
        process::{Fork, exit_now, fork, fork_first},
    },
    worker::birth::dress,
};
use nix::{
    errno::Errno,
    sys::{
        prctl,
        signal::Signal,
        wait::{WaitStatus, waitpid},
    },
    unistd::{Pid, execve, getpid, getppid, setsid},
};
use std::{
    ffi::{CString, NulError},
    io,
    os::fd::OwnedFd,
};

/// Exit status when there is no such program: "command not found" of a shell.
const NOT_FOUND: i32 = 127;
/// Exit status when the box could not be made: `EX_OSERR` of sysexits(3).
const NO_BOX: i32 = 71;
/// What a shell adds to the number of a signal.
const SIGNALED: i32 = 128;

/// A program and its arguments.
#[derive(Debug)]
pub(crate) struct Inmate {
    argv: Vec<CString>,
}

impl Inmate {
    /// From words, the first of which is the program's path.
    ///
    /// # Errors
    /// When a word has a zero in it.
    pub(crate) fn new(words: &[String]) -> Result<Self, NulError> {
        let argv = words.iter().map(|word| CString::new(word.as_str()));
        Ok(Self {
            argv: argv.collect::<Result<_, _>>()?,
        })
    }

    /// Becomes it; returns if there is no such program.
    fn execute(&self) -> i32 {
        let env = [c"PATH=/usr/bin:/bin", c"LANG=C.UTF-8"];
        if let Some(program) = self.argv.first() {
            let Err(_none_of_that_name) = execve(program, &self.argv, &env);
        }
        NOT_FOUND
    }
}

/// Runs it, and returns its exit code, or 128 and the number of its signal. Before there is any thread.
///
/// # Errors
/// When there can be no such process, or no box though one was asked for.
pub(crate) fn inside(isolation: &Isolation, inmate: &Inmate) -> io::Result<i32> {
    match fork_first()? {
        Fork::Child => exit_now(keep(isolation, inmate)),
        Fork::Parent(keeper) => Ok(code_of(keeper)?),
    }
}

/// In a process of its own, which plays the spawner.
fn keep(isolation: &Isolation, inmate: &Inmate) -> i32 {
    let above = getppid();
    // Whoever started this may kill it: nothing of it stays then. Said again where our user was changed for a moment, which
    // has the kernel forget it.
    let die_too = || match prctl::set_pdeathsig(Signal::SIGKILL) {
        Ok(()) if getppid() == above => Ok(()),
        Ok(()) => Err(Errno::ESRCH),
        Err(errno) => Err(errno),
    };
    let (protection, homes) = choose(isolation);
    let no_box = isolation.isolation == Wanted::Full && protection.level != Level::Full;
    let Some(mut homes) = homes.filter(|_| !no_box) else {
        return NO_BOX;
    };
    let done = pidfd(getpid().as_raw()).and_then(|us| {
        match homes.clone().map_err(io::Error::other)? {
            Cloned::Inside(door) => exit_now(first(door, &us, inmate)),
            Cloned::Outside(newborn) => {
                let code = die_too().and_then(|()| code_of(newborn.pid));
                // At its end nothing of it is left; where it has not ended, it ends now.
                code.map_err(|errno| {
                    newborn.reap();
                    errno.into()
                })
            }
        }
    });
    done.unwrap_or(NO_BOX)
}

/// The first process of the run: what a supervisor is, without a run to look after. It keeps what one has.
fn first(door: Option<Door>, spawner: &OwnedFd, inmate: &Inmate) -> i32 {
    let Some(door) = door else {
        return alone(spawner, inmate).unwrap_or(NO_BOX);
    };
    let begun = setsid()
        .map_err(io::Error::from)
        .and_then(|_| enter(door, spawner, limits::in_force(), Err).map_err(io::Error::other))
        .and_then(|outside| {
            lock(Keep::Nothing).map_err(io::Error::other)?;
            Ok((one(inmate)?, outside))
        });
    match begun {
        Ok((worker, _outside)) => code_of(worker).unwrap_or(NO_BOX),
        Err(_) => NO_BOX,
    }
}

/// The same where there are no boxes.
fn alone(spawner: &OwnedFd, inmate: &Inmate) -> io::Result<i32> {
    sandbox::die_with(spawner).map_err(io::Error::other)?;
    prctl::set_dumpable(false)?;
    Ok(code_of(one(inmate)?)?)
}

/// Forks it, dressed as a worker.
fn one(inmate: &Inmate) -> io::Result<Pid> {
    match fork()? {
        Fork::Child => {
            let dressed = prctl::set_dumpable(true)
                .and_then(|()| prctl::set_pdeathsig(Signal::SIGKILL))
                .and_then(|()| close_between(3, i32::MAX))
                .and_then(|()| dress(false, false));
            exit_now(match dressed {
                Ok(()) => inmate.execute(),
                Err(_) => NO_BOX,
            })
        }
        Fork::Parent(pid) => Ok(pid),
    }
}

/// Waits for the end of a child.
fn code_of(child: Pid) -> Result<i32, Errno> {
    loop {
        match waitpid(child, None) {
            Ok(WaitStatus::Exited(_, code)) => return Ok(code),
            Ok(WaitStatus::Signaled(_, signal, _)) => return Ok(SIGNALED + signal as i32),
            Ok(_) | Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno),
        }
    }
}
