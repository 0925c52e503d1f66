//! Where runs live: each in a box, or where there are none among all others, as a user of its own if that is possible.

use super::{
    Protection,
    cage::{Cage, Cloned, Newborn, ended, no},
};
use crate::{
    sandbox::{self, BoxUids, Door, Isolation, Level, Refused, Source, Step, Wanted},
    sys::process::{clone_box, exit_now},
};
use nix::sys::{prctl, wait::WaitStatus};
use std::fs;

/// Exit status of a process that could not become the user it was to be: `EX_OSERR` of sysexits(3).
const NOT_THAT_USER: i32 = 71;

/// How much a run stands back where the server and others of this host want a processor: setpriority(2), 0 is usual, 19 most.
const NICE: i32 = 10;
/// Who dies first where the host has no memory left, `/proc/PID/oom_score_adj`: 1000 is before everybody else.
const FIRST_TO_DIE: &str = "1000";

/// Makes the first process of each run.
#[derive(Debug)]
pub(super) enum Homes {
    /// In a box.
    Boxes(Cage),
    /// Among all others of this host.
    Users(Source),
}

/// What is there, of what is wanted; and what makes homes, unless all of them would be root's.
pub(super) fn choose(isolation: &Isolation) -> (Protection, Option<Homes>) {
    let refused = if isolation.isolation == Wanted::Basic {
        None
    } else {
        match Cage::tried(&isolation.box_uids) {
            Ok(cage) => {
                let protection = Protection {
                    level: Level::Full,
                    own_users: cage.has_own_users(),
                    ..Protection::default()
                };
                return (protection, Some(Homes::Boxes(cage)));
            }
            Err(refused) => Some(refused),
        }
    };
    let users = users(&isolation.box_uids);
    let own_users = users.as_ref().is_ok_and(Source::is_own);
    // Inherited by all that is made from here on.
    sandbox::each_is_a_user(own_users);
    let protection = Protection {
        level: Level::Basic,
        own_users,
        refused,
        only_root: users.as_ref().err().copied(),
    };
    (protection, users.ok().map(Homes::Users))
}

/// Users for runs without boxes, after a process has become one of them.
fn users(uids: &BoxUids) -> Result<Source, Refused> {
    let mut homes = Homes::Users(Source::new(uids)?);
    let newborn = match homes.clone()? {
        Cloned::Inside(_) => exit_now(0),
        Cloned::Outside(newborn) => newborn,
    };
    match (ended(&newborn.pidfd), homes) {
        (Ok(WaitStatus::Exited(_, 0)), Homes::Users(users)) => Ok(users),
        _ => Err(no(Step::User)),
    }
}

impl Homes {
    /// The first process of one more run.
    ///
    /// # Errors
    /// What the host does not permit; nothing is left then.
    pub(super) fn clone(&mut self) -> Result<Cloned<Option<Door>>, Refused> {
        let users = match self {
            Self::Boxes(cage) => {
                return Ok(match cage.clone()? {
                    Cloned::Inside(door) => {
                        step_back();
                        Cloned::Inside(Some(door))
                    }
                    Cloned::Outside(newborn) => Cloned::Outside(newborn),
                });
            }
            Self::Users(users) => users,
        };
        let owner = users.take()?;
        // For a moment, so that what the child has in /proc is its own.
        let made = prctl::set_dumpable(true).and_then(|()| clone_box(false));
        match made.map_err(Refused::at(Step::Namespaces))? {
            None => {
                step_back();
                match owner.become_it() {
                    Ok(()) => Ok(Cloned::Inside(None)),
                    // Tried at the start; whoever is still root must not go on.
                    Err(_) => exit_now(NOT_THAT_USER),
                }
            }
            Some((pid, pidfd)) => {
                let newborn = Newborn { pid, pidfd, owner };
                match prctl::set_dumpable(false) {
                    Ok(()) => Ok(Cloned::Outside(newborn)),
                    Err(errno) => {
                        newborn.reap();
                        Err(Refused::at(Step::User)(errno))
                    }
                }
            }
        }
    }

    /// What a run makes has a name beside those of others, and must be taken away.
    pub(super) fn leave_names(&self) -> bool {
        matches!(self, Self::Users(_))
    }
}

/// In the first process of a run, and so for all of it: the server goes first. Before its user changes, for its files in
/// /proc are its own until then.
fn step_back() {
    // A host that does not permit either has less to give, and runs go on.
    let _not_nicer = rustix::process::nice(NICE);
    let _as_others = fs::write("/proc/self/oom_score_adj", FIRST_TO_DIE);
}
