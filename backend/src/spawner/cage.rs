//! Where boxes come from: one that was tried first, so that what a host does not permit is known before anybody starts a run.

use super::{
    examination::{hear, say},
    pidfd,
};
use crate::{
    limits,
    sandbox::{
        self, BoxUids, Door, Keep, Owner, Refused, Source, Step, enter, lock, restrict, write_maps,
    },
    sys::{
        descriptor::close_all_but,
        process::{clone_box, exit_now},
    },
    worker::python,
};
use nix::{
    errno::Errno,
    fcntl::OFlag,
    sys::{
        prctl,
        wait::{Id, WaitPidFlag, WaitStatus, waitid},
    },
    unistd::{Pid, getpid, pipe2, write},
};
use serde::{Serialize, de::DeserializeOwned};
use std::{
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

/// Where a clone returned.
#[derive(Debug)]
pub(super) enum Cloned<D> {
    /// In the new process, with its way in.
    Inside(D),
    /// In the spawner.
    Outside(Newborn),
}

/// The first process of a run, as the spawner has it.
#[derive(Debug)]
pub(super) struct Newborn {
    pub(super) pid: Pid,
    pub(super) pidfd: OwnedFd,
    /// Its user is taken until this is dropped.
    pub(super) owner: Owner,
}

impl Cage {
    /// Nothing is tried yet.
    pub(super) fn new(users: Source, python: Vec<PathBuf>) -> Self {
        Self { users, python }
    }

    /// Each box has a user id that no other has.
    pub(super) fn has_own_users(&self) -> bool {
        self.users.is_own()
    }

    /// After one box was made, entered, locked, and reaped.
    pub(super) fn tried(uids: &BoxUids) -> Result<Self, Refused> {
        let mut cage = Self::new(Source::new(uids)?, python::given_folders());
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
    pub(super) fn in_a_box<T: Serialize + DeserializeOwned>(
        &mut self,
        try_it: impl FnOnce(Door, &OwnedFd) -> T,
    ) -> Result<T, Refused> {
        let (told, tell) = pipe2(OFlag::O_CLOEXEC).map_err(Refused::at(Step::Gate))?;
        let us = pidfd(getpid().as_raw()).map_err(Refused::at(Step::Gate))?;
        let newborn = match self.clone()? {
            Cloned::Inside(door) => {
                let keep = [&tell, &us, &door.gate].map(AsRawFd::as_raw_fd);
                if close_all_but(&keep).is_err() {
                    exit_now(1);
                }
                say(&tell, &try_it(door, &us))
            }
            Cloned::Outside(newborn) => newborn,
        };
        drop(tell);
        let heard = hear(told);
        newborn.reap();
        // What ended before it could say anything was killed: by a filter around us, most likely.
        heard.map_err(|_| no(Step::Filter))
    }

    /// clone(2) into new namespaces, and the maps of the new user namespace.
    ///
    /// # Errors
    /// What the host does not permit; nothing is left then.
    pub(super) fn clone(&mut self) -> Result<Cloned<Door>, Refused> {
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
            // The child was it before it was made. Nobody of this user looks into the spawner from here on.
            let hidden = prctl::set_dumpable(false).map_err(Refused::at(Step::User));
            let opened = maps.and(hidden);
            Some(opened.and_then(|()| write(&word, &[1]).map_err(Refused::at(Step::Gate))))
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
        let _gone = ended(&self.pidfd);
    }
}

/// Waits for the end of a child.
pub(super) fn ended(child: &OwnedFd) -> Result<WaitStatus, Errno> {
    loop {
        match waitid(Id::PIDFd(child.as_fd()), WaitPidFlag::WEXITED) {
            Err(Errno::EINTR) => {}
            ended => return ended,
        }
    }
}

/// Refused, without a word of the kernel's.
pub(super) fn no(step: Step) -> Refused {
    Refused {
        step,
        errno: Errno::EPERM as i32,
    }
}
