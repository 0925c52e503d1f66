//! Where boxes come from: one that was tried first, so that what a host does not permit is known before anybody starts a run.

use super::{Protection, pidfd};
use crate::{
    limits,
    sandbox::{
        self, BoxUids, Door, Enforced, Isolation, Keep, Level, Owner, Refused, Source, Step,
        Wanted, enter, examine, lock, restrict, write_maps,
    },
    sys::{
        descriptor::close_all_but,
        process::{Fork, clone_box, exit_now, fork, fork_first},
    },
    worker::python,
};
use nix::{
    errno::Errno,
    fcntl::OFlag,
    sys::{
        prctl,
        wait::{Id, WaitPidFlag, waitid, waitpid},
    },
    unistd::{Pid, getpid, pipe2, write},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    fs::File,
    io::{self, Read as _},
    os::fd::{AsFd, AsRawFd, OwnedFd},
    path::PathBuf,
};

/// Makes boxes.
#[derive(Debug)]
pub(super) struct Cage {
    users: Source,
    /// Folders with Python modules that are shown in each.
    python: Vec<PathBuf>,
}

/// Where [`Cage::clone`] returned.
#[derive(Debug)]
pub(super) enum Cloned {
    /// In the new process, which is to go in.
    Inside(Door),
    /// In the spawner.
    Outside(Newborn),
}

/// The first process of a box, as the spawner has it.
#[derive(Debug)]
pub(super) struct Newborn {
    pub(super) pid: Pid,
    pub(super) pidfd: OwnedFd,
    /// Its user is taken until this is dropped.
    pub(super) owner: Owner,
}

/// What is there, of what is wanted; and what makes the boxes, where there are some.
pub(super) fn choose(isolation: &Isolation) -> (Protection, Option<Cage>) {
    if isolation.isolation == Wanted::Basic {
        return (Protection::default(), None);
    }
    match Cage::tried(&isolation.box_uids) {
        Ok(cage) => {
            let protection = Protection {
                level: Level::Full,
                own_users: matches!(cage.users, Source::Own { .. }),
                refused: None,
            };
            (protection, Some(cage))
        }
        Err(refused) => {
            let protection = Protection {
                refused: Some(refused),
                ..Protection::default()
            };
            (protection, None)
        }
    }
}

impl Cage {
    /// After one box was made, entered, locked, and reaped.
    fn tried(uids: &BoxUids) -> Result<Self, Refused> {
        let mut cage = Self {
            users: Source::new(uids)?,
            python: python::given_folders(),
        };
        let tried: Option<Refused> = cage.in_a_box(|door, spawner| {
            enter(door, spawner, limits::in_force(), Err)
                .and_then(|_| lock(Keep::Nothing))
                .and_then(|()| restrict().map_err(|_| no(Step::Filter)))
                .and_then(|_| {
                    sandbox::install_filter(false, false).map_err(Refused::at(Step::Filter))
                })
                .err()
        })?;
        tried.map_or(Ok(cage), Err)
    }

    /// Has something tried by the first process of a box, which ends then.
    fn in_a_box<T: Serialize + DeserializeOwned>(
        &mut self,
        try_it: impl FnOnce(Door, &OwnedFd) -> T,
    ) -> Result<T, Refused> {
        let (told, tell) = pipe2(OFlag::O_CLOEXEC).map_err(Refused::at(Step::Gate))?;
        let us = pidfd(getpid().as_raw()).map_err(Refused::at(Step::Gate))?;
        let newborn = match self.clone()? {
            Cloned::Inside(door) => {
                let keep = [&tell, &us, &door.gate].map(AsRawFd::as_raw_fd);
                let said = close_all_but(&keep)
                    .map_err(io::Error::from)
                    .and_then(|()| Ok(serde_json::to_vec(&try_it(door, &us))?))
                    .and_then(|said| Ok(write(&tell, &said)?));
                exit_now(i32::from(said.is_err()))
            }
            Cloned::Outside(newborn) => newborn,
        };
        drop(tell);
        let mut heard = Vec::new();
        let read = File::from(told).read_to_end(&mut heard);
        newborn.reap();
        // What ended before it could say anything was killed: by a filter around us, most likely.
        read.map_err(Refused::at(Step::Gate))?;
        serde_json::from_slice(&heard).map_err(|_| no(Step::Filter))
    }

    /// clone(2) into new namespaces, and the maps of the new user namespace.
    ///
    /// # Errors
    /// What the host does not permit; nothing is left then.
    pub(super) fn clone(&mut self) -> Result<Cloned, Refused> {
        let owner = self.users.take()?;
        let (gate, word) = pipe2(OFlag::O_CLOEXEC).map_err(Refused::at(Step::Gate))?;
        let mut born = None;
        // As its user, or the kernel would count what all boxes have for the one who made their namespaces.
        let opened = owner.act(|| {
            let clone = || {
                // Whoever changes its user is not dumpable any more, and the files in /proc of its child were root's.
                prctl::set_dumpable(true).map_err(Refused::at(Step::User))?;
                clone_box(true).map_err(Refused::at(Step::Namespaces))
            };
            let (pid, pidfd) = match clone() {
                Ok(Some(born)) => born,
                Ok(None) => return None,
                Err(refused) => return Some(Err(refused)),
            };
            born = Some((pid, pidfd));
            let maps = write_maps(pid, &owner);
            Some(maps.and_then(|()| write(&word, &[1]).map_err(Refused::at(Step::Gate))))
        })?;
        let Some(opened) = opened else {
            // Or the end of file would never come.
            drop(word);
            return Ok(Cloned::Inside(Door {
                gate,
                own_user: owner.is_own(),
                python: self.python.clone(),
            }));
        };
        let born = born.map(|(pid, pidfd)| Newborn { pid, pidfd, owner });
        match (opened, born) {
            (Ok(_), Some(newborn)) => Ok(Cloned::Outside(newborn)),
            (Ok(_), None) => Err(no(Step::Namespaces)),
            (Err(refused), newborn) => {
                if let Some(newborn) = newborn {
                    newborn.reap();
                }
                Err(refused)
            }
        }
    }
}

impl Newborn {
    /// Kills it and waits for its end, which takes moments: its box is empty.
    pub(super) fn reap(self) {
        self.owner.kill(&self.pidfd);
        while waitid(Id::PIDFd(self.pidfd.as_fd()), WaitPidFlag::WEXITED) == Err(Errno::EINTR) {}
    }
}

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
    let (told, tell) = pipe2(OFlag::O_CLOEXEC)?;
    match fork_first()? {
        Fork::Child => {
            let found = serde_json::to_vec(&look(uids)).unwrap_or_default();
            exit_now(i32::from(write(&tell, &found).is_err()))
        }
        Fork::Parent(child) => {
            drop(tell);
            let mut heard = Vec::new();
            File::from(told).read_to_end(&mut heard)?;
            waitpid(child, None)?;
            Ok(serde_json::from_slice(&heard)?)
        }
    }
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
    found.own_users = matches!(users, Source::Own { .. });
    let mut cage = Cage {
        users,
        python: Vec::new(),
    };
    let inside = cage.in_a_box(|door, spawner| {
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
    let (told, tell) = pipe2(OFlag::O_CLOEXEC)?;
    match fork()? {
        Fork::Child => {
            let found = serde_json::to_vec(&examine()).unwrap_or_default();
            exit_now(i32::from(write(&tell, &found).is_err()))
        }
        Fork::Parent(child) => {
            drop(tell);
            let mut heard = Vec::new();
            File::from(told).read_to_end(&mut heard)?;
            waitpid(child, None)?;
            Ok(serde_json::from_slice(&heard)?)
        }
    }
}

fn no(step: Step) -> Refused {
    Refused {
        step,
        errno: Errno::EPERM as i32,
    }
}
