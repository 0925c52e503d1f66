//! `doctor`: what this host permits of a box, tried step by step in processes that end then.

use super::cage::Cage;
use crate::{
    limits,
    sandbox::{BoxUids, Enforced, Refused, Source, enter, examine},
    sys::process::{Fork, exit_now, fork, fork_first},
};
use nix::{
    fcntl::OFlag,
    sys::wait::waitpid,
    unistd::{pipe2, write},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    fs::File,
    io::{self, Read as _},
    os::fd::OwnedFd,
};

/// What this host permits of a box, each step tried whether or not the one before was permitted.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Examination {
    /// Each box would have a user id of its own.
    pub(crate) own_users: bool,
    /// What is not permitted, in the order of the steps.
    pub(crate) refused: Vec<Refused>,
    /// How far Landlock goes.
    pub(crate) landlock: Enforced,
}

/// Tries everything in a process of its own. Before there is any thread.
///
/// # Errors
/// When there can be no such process, or it does not say anything.
pub(crate) fn examination(uids: &BoxUids) -> io::Result<Examination> {
    ask(fork_first, || look(uids))
}

fn look(uids: &BoxUids) -> Examination {
    let mut found = Examination {
        own_users: false,
        refused: Vec::new(),
        landlock: Enforced::Not,
    };
    // Who has no users for boxes may still try the rest as itself.
    let users = Source::new(uids).unwrap_or_else(|refused| {
        found.refused.push(refused);
        Source::Same
    });
    found.own_users = users.is_own();
    let inside = Cage::new(users, Vec::new()).in_a_box(|door, spawner| {
        let mut all = Vec::new();
        let entered = enter(door, spawner, limits::in_force(), |refused| {
            all.push(refused);
            Ok(())
        });
        all.extend(entered.err());
        let (wrong, landlock) = examine();
        all.extend(wrong);
        (all, landlock)
    });
    match inside {
        Ok((refused, landlock)) => {
            found.refused.extend(refused);
            found.landlock = landlock;
        }
        Err(refused) => {
            found.refused.push(refused);
            if let Ok((refused, landlock)) = without_a_box() {
                found.refused.extend(refused);
                found.landlock = landlock;
            }
        }
    }
    found
}

/// What a worker wears, on a process of its own that is in no box.
fn without_a_box() -> io::Result<(Vec<Refused>, Enforced)> {
    ask(|| Ok(fork()?), examine)
}

/// Has something tried in a process that is forked for it and ends then; what it found.
fn ask<T: Serialize + DeserializeOwned>(
    fork: impl FnOnce() -> io::Result<Fork>,
    try_it: impl FnOnce() -> T,
) -> io::Result<T> {
    let (told, tell) = pipe2(OFlag::O_CLOEXEC)?;
    match fork()? {
        Fork::Child => say(&tell, &try_it()),
        Fork::Parent(child) => {
            drop(tell);
            let heard = hear(told);
            waitpid(child, None)?;
            heard
        }
    }
}

/// The last words of a process that has tried something.
pub(super) fn say(tell: &OwnedFd, found: &impl Serialize) -> ! {
    let said = serde_json::to_vec(found)
        .map_err(io::Error::from)
        .and_then(|found| Ok(write(tell, &found)?));
    exit_now(i32::from(said.is_err()))
}

/// Those words, once the process has ended; an error if it ended without any.
pub(super) fn hear<T: DeserializeOwned>(told: OwnedFd) -> io::Result<T> {
    let mut heard = Vec::new();
    File::from(told).read_to_end(&mut heard)?;
    Ok(serde_json::from_slice(&heard)?)
}
