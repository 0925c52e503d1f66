//! Who a box is, outside and inside: user ids that belong to no other box, and the maps of user_namespaces(7).

use super::{
    caps,
    isolation::BoxUids,
    plan::LEARNER,
    step::{Refused, Step},
};
use nix::{
    errno::Errno,
    sched::{CloneFlags, unshare},
    sys::{
        prctl,
        socket::{AddressFamily, SockFlag, SockType, UnixAddr, bind, socket},
    },
    unistd::{Gid, Pid, Uid, getegid, geteuid, seteuid, setgroups, setresgid, setresuid},
};
use rustix::process::pidfd_send_signal;
use std::{
    fs,
    io::{self, Write as _},
    os::fd::{AsRawFd, OwnedFd},
};

/// Bits of the capabilities that becoming somebody else takes: CAP_SETGID and CAP_SETUID.
const MAY_CHANGE: u64 = 1 << 6 | 1 << 7;

/// Where the spawner gets user ids for boxes.
#[derive(Debug)]
pub(crate) enum Source {
    /// Each box has one of its own.
    Own { uids: BoxUids, next: u32 },
    /// All boxes are the user that runs this program: who is not root has no other.
    Same,
}

/// Who a box is outside.
#[derive(Debug)]
pub(crate) struct Owner {
    uid: u32,
    gid: u32,
    /// Taken until this is dropped, see [`take`].
    taken: Option<OwnedFd>,
}

impl Owner {
    /// The box has a user id of its own.
    pub(crate) fn is_own(&self) -> bool {
        self.taken.is_some()
    }

    /// Does something as that user, in a process that may change its user: what it makes is that user's own, and counted for
    /// nobody else, a user namespace too; and who owns one has all power over those in it.
    ///
    /// `None` is for who returns in another process, which does not come back from being that user.
    ///
    /// # Errors
    /// What the kernel says.
    pub(crate) fn act<T>(&self, what: impl FnOnce() -> Option<T>) -> Result<Option<T>, Refused> {
        let us = geteuid();
        if self.is_own() {
            seteuid(Uid::from_raw(self.uid)).map_err(Refused::at(Step::User))?;
        }
        let done = what();
        if self.is_own() && done.is_some() {
            seteuid(us).map_err(Refused::at(Step::User))?;
        }
        Ok(done)
    }

    /// Becomes that user for good, with nobody's groups and without any right: who is to run without a box around it.
    ///
    /// # Errors
    /// What the kernel says.
    pub(crate) fn become_it(&self) -> Result<(), Refused> {
        if !self.is_own() {
            return Ok(());
        }
        let (uid, gid) = (Uid::from_raw(self.uid), Gid::from_raw(self.gid));
        let become_it = || {
            setgroups(&[])?;
            setresgid(gid, gid, gid)?;
            setresuid(uid, uid, uid)?;
            match caps::bound() {
                // Only root may, and nothing that is started below gets any of it: no_new_privs.
                Ok(()) | Err(Errno::EPERM) => {}
                Err(errno) => return Err(errno),
            }
            // Rights were kept on the way, see `Source::new`.
            caps::give_up(caps::Keep::Nothing)?;
            prctl::set_no_new_privs()
        };
        become_it().map_err(Refused::at(Step::User))
    }

    /// Kills the first process of its box, by a pidfd, and so everybody in it.
    pub(crate) fn kill(&self, pidfd: &OwnedFd) {
        let kill = || Some(pidfd_send_signal(pidfd, rustix::process::Signal::KILL));
        let _gone_already = self.act(kill);
    }
}

impl Source {
    /// What this process may do.
    ///
    /// # Errors
    /// `EPERM` for root that may not become anybody else, `EINVAL` where the ids do not exist here: a container maps some only.
    pub(crate) fn new(uids: &BoxUids) -> Result<Self, Refused> {
        let at = |errno: Errno| Refused {
            step: Step::Uid,
            errno: errno as i32,
        };
        let map = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
        let is_root = geteuid().is_root() && root_is_real(&map);
        let all = uids.all();
        let has_them = maps(&map, *all.start()) && maps(&map, *all.end());
        match (
            effective_capabilities() & MAY_CHANGE == MAY_CHANGE,
            has_them,
        ) {
            (true, true) => {
                // Who is not root keeps its rights anyway.
                if is_root {
                    caps::keep_when_changing_user().map_err(Refused::at(Step::User))?;
                }
                Ok(Self::Own {
                    next: *all.start(),
                    uids: uids.clone(),
                })
            }
            // Never as root of the host: the kernel does not limit its processes, and its files are everywhere.
            (true, false) if is_root => Err(at(Errno::EINVAL)),
            (false, _) if is_root => Err(at(Errno::EPERM)),
            (true, false) | (false, _) => Ok(Self::Same),
        }
    }

    /// Each is somebody else to the kernel.
    pub(crate) fn is_own(&self) -> bool {
        matches!(self, Self::Own { .. })
    }

    /// A user for one more box.
    ///
    /// # Errors
    /// `EAGAIN` when all ids are taken.
    pub(crate) fn take(&mut self) -> Result<Owner, Refused> {
        let Self::Own { uids, next } = self else {
            return Ok(Owner {
                uid: geteuid().as_raw(),
                gid: getegid().as_raw(),
                taken: None,
            });
        };
        let all = uids.all();
        let from = (*next).clamp(*all.start(), *all.end());
        for uid in (from..=*all.end()).chain(*all.start()..from) {
            match take(uid) {
                Ok(taken) => {
                    *next = if uid == *all.end() {
                        *all.start()
                    } else {
                        uid + 1
                    };
                    return Ok(Owner {
                        uid,
                        gid: uid,
                        taken: Some(taken),
                    });
                }
                Err(Errno::EADDRINUSE) => {}
                Err(errno) => return Err(Refused::at(Step::Uid)(errno)),
            }
        }
        Err(Refused::at(Step::Uid)(Errno::EAGAIN))
    }
}

/// Takes a user id as long as the descriptor is open: a name in the abstract namespace of unix(7), which two servers in one
/// network namespace cannot both have. Servers in two of them, containers for example, need two ranges if both map the same
/// ids. The kernel takes the name away however the spawner ends: it is free as soon as the spawner is dead, while its boxes may
/// still be dying.
fn take(uid: u32) -> Result<OwnedFd, Errno> {
    let socket = socket(
        AddressFamily::Unix,
        SockType::Datagram,
        SockFlag::SOCK_CLOEXEC,
        None,
    )?;
    let name = UnixAddr::new_abstract(format!("ipc-playground-uid-{uid}").as_bytes())?;
    bind(socket.as_raw_fd(), &name)?;
    Ok(socket)
}

/// In the spawner, as that user: says who is who in the user namespace of a process that was just cloned. Inside it is root,
/// over what belongs to the namespace and nothing else; [`powerless`] comes after.
pub(crate) fn write_maps(pid: Pid, owner: &Owner) -> Result<(), Refused> {
    let at = Refused::at::<io::Error>(Step::Maps);
    let written = (|| {
        if !owner.is_own() {
            // Only who may change groups may map one and leave setgroups(2) allowed.
            fs::write(format!("/proc/{pid}/setgroups"), "deny")?;
        }
        let map = |file: &str, id: u32| {
            // In one write, as the kernel wants it.
            fs::File::options()
                .write(true)
                .open(format!("/proc/{pid}/{file}"))?
                .write_all(format!("0 {id} 1").as_bytes())
        };
        map("gid_map", owner.gid)?;
        map("uid_map", owner.uid)
    })();
    written.map_err(at)
}

/// In the box: becomes who the maps say, and nobody else's group.
pub(super) fn become_owner(own: bool) -> Result<(), Refused> {
    let root = (Uid::from_raw(0), Gid::from_raw(0));
    let done = (|| {
        if own {
            setgroups(&[])?;
        }
        setresgid(root.1, root.1, root.1)?;
        setresuid(root.0, root.0, root.0)
    })();
    done.map_err(Refused::at(Step::User))
}

/// In the box: another user namespace, in which this process is the learner. All that was made before belongs to the one
/// around it, so that nobody from here on has any power over it.
pub(super) fn powerless() -> Result<(), Refused> {
    let at = |error: io::Error| Refused::at(Step::Powerless)(error);
    unshare(CloneFlags::CLONE_NEWUSER).map_err(|errno| at(errno.into()))?;
    fs::write("/proc/self/setgroups", "deny").map_err(at)?;
    for map in ["gid_map", "uid_map"] {
        fs::write(format!("/proc/self/{map}"), format!("{LEARNER} 0 1")).map_err(at)?;
    }
    Ok(())
}

/// CapEff of `/proc/self/status`.
fn effective_capabilities() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    line.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok())
        .unwrap_or(0)
}

/// Whether a user namespace with that `uid_map` has this id.
fn maps(map: &str, id: u32) -> bool {
    ranges(map).any(|(inside, _, count)| id >= inside && u64::from(id - inside) < count)
}

/// Whether root there is root of the host, as far as can be seen from here.
fn root_is_real(map: &str) -> bool {
    ranges(map).any(|(inside, outside, count)| inside == 0 && outside == 0 && count > 0)
}

fn ranges(map: &str) -> impl Iterator<Item = (u32, u32, u64)> + '_ {
    map.lines().filter_map(|line| {
        let mut fields = line.split_whitespace();
        Some((
            fields.next()?.parse().ok()?,
            fields.next()?.parse().ok()?,
            fields.next()?.parse().ok()?,
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::{BoxUids, Errno, Source, maps, root_is_real};

    /// Of the host, and of a container of a user with 65,536 ids of its own.
    const HOST: &str = "         0          0 4294967295\n";
    const CONTAINER: &str = "         0       1000          1\n         1     100000      65535\n";

    #[test]
    fn a_container_has_the_ids_that_it_maps() {
        assert!(maps(HOST, 0) && maps(HOST, 1_900_000_000));
        assert!(maps(CONTAINER, 0) && maps(CONTAINER, 65_535) && !maps(CONTAINER, 65_536));
        assert!(root_is_real(HOST) && !root_is_real(CONTAINER));
    }

    #[test]
    fn an_id_is_free_again_when_its_box_is_gone_and_not_before() {
        // Two ids that no other test has; this one needs no right to become them.
        let pid = std::process::id();
        let first = 3_000_000_000 + 2 * pid;
        let uids: BoxUids = format!("{first}-{}", first + 1).parse().unwrap();
        let mut source = Source::Own {
            next: first,
            uids: uids.clone(),
        };
        let (one, two) = (source.take().unwrap(), source.take().unwrap());
        assert_eq!([one.uid, two.uid], [first, first + 1]);
        assert_eq!(source.take().unwrap_err().errno, Errno::EAGAIN as i32);
        let mut other = Source::Own { next: first, uids };
        assert_eq!(other.take().unwrap_err().errno, Errno::EAGAIN as i32);
        drop(one);
        assert_eq!(other.take().unwrap().uid, first);
        drop(two);
    }
}
