//! From a process that was just cloned into new namespaces to the first process of a box.
//!
//! ```text
//! spawner ──clone──▶ wait for the maps ─▶ become the box's user ─▶ mounts, pivot_root ─▶ lo, name, limits
//!                    ─▶ a second user namespace, without power over the first ─▶ lock: capabilities, no_new_privs, seccomp
//! ```

use super::{
    caps::{self, Keep},
    erase,
    land::{self, Enforced},
    plan, root,
    step::{Refused, Step},
    users,
};
use crate::{
    limits::BoxLimits,
    sys::{
        machines,
        process::{Fork, exit_now, fork},
    },
};
use nix::{
    errno::Errno,
    fcntl::{OFlag, open},
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sched::{CloneFlags, unshare},
    sys::{
        prctl,
        resource::{Resource, setrlimit},
        signal::Signal,
        stat::Mode,
        wait::waitpid,
    },
    unistd::{read, sethostname},
};
use std::{
    fs,
    os::fd::{AsFd, OwnedFd},
    path::PathBuf,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

/// Set in the first process of a box and inherited by all in it.
static BOXED: AtomicBool = AtomicBool::new(false);
/// The box, or the run where there are none, has a user id that no other has.
static OWN_USER: AtomicBool = AtomicBool::new(false);
/// Where the folders with Python modules are in this box.
static PYTHON: OnceLock<Vec<PathBuf>> = OnceLock::new();

/// What one needs to become the first process of a box.
#[derive(Debug)]
pub(crate) struct Door {
    /// One byte comes when the maps are written; end-of-file when that failed.
    pub(crate) gate: OwnedFd,
    /// The box has a user id of its own.
    pub(crate) own_user: bool,
    /// Folders with Python modules, to be shown inside.
    pub(crate) python: Vec<PathBuf>,
}

/// What the first process of a box keeps of the world outside.
#[derive(Debug)]
pub(crate) struct Outside {
    /// Its own `/proc/self/fdinfo` outside: of a pidfd, it tells the process id there.
    descriptors: OwnedFd,
}

/// This process is in a box.
pub(crate) fn boxed() -> bool {
    BOXED.load(Ordering::Relaxed)
}

/// This process is in a box, and others are the same user to the kernel.
pub(crate) fn shares_user() -> bool {
    boxed() && !OWN_USER.load(Ordering::Relaxed)
}

/// This process is in no box, and is a user that nobody else is.
pub(crate) fn own_user_alone() -> bool {
    !boxed() && OWN_USER.load(Ordering::Relaxed)
}

/// Others are the same user to the kernel, in a box or without.
pub(crate) fn is_one_of_many() -> bool {
    !OWN_USER.load(Ordering::Relaxed)
}

/// In the spawner, and so in all below it: without boxes, each run is a user of its own, or all are one.
pub(crate) fn each_is_a_user(own: bool) {
    OWN_USER.store(own, Ordering::Relaxed);
}

/// Where folders that were given for Python modules are now, if this is a box.
pub(crate) fn python_folders() -> Option<&'static [PathBuf]> {
    boxed().then(|| PYTHON.get().map_or(&[][..], Vec::as_slice))
}

/// Goes in. The process must have been cloned with all namespaces, have one thread, and hold no descriptor that it does not
/// need; `spawner` is a pidfd. [`lock`] has to follow before anything else than this program runs.
///
/// `refused` says whether to go on without a step: a run never does, `doctor` looks for all that is refused.
///
/// # Errors
/// Which step the host does not permit.
pub(crate) fn enter(
    door: Door,
    spawner: &OwnedFd,
    limits: &BoxLimits,
    mut refused: impl FnMut(Refused) -> Result<(), Refused>,
) -> Result<Outside, Refused> {
    // Before the user changes: they may be in a folder of somebody who shows it to nobody else.
    let (python, shown): (Vec<_>, Vec<_>) = door
        .python
        .iter()
        .filter_map(|folder| open_folder(folder).ok())
        .enumerate()
        .map(|(which, fd)| (fd, PathBuf::from(format!("/{}/{which}", plan::PYTHON))))
        .unzip();
    if read(&door.gate, &mut [0]) != Ok(1) {
        return Err(Refused::at(Step::Gate)(Errno::EPIPE));
    }
    drop(door.gate);
    users::become_owner(door.own_user).or_else(&mut refused)?;
    die_with(spawner).or_else(&mut refused)?;
    // For a moment its files in /proc must be its own. There is nobody else in the box yet.
    prctl::set_dumpable(true).map_err(Refused::at(Step::User))?;
    let descriptors = open_folder("/proc/self/fdinfo").map_err(Refused::at(Step::Proc))?;
    root::enter(limits, &python).or_else(&mut refused)?;
    drop(python);
    machines::loopback_up()
        .map_err(Refused::at(Step::Loopback))
        .or_else(&mut refused)?;
    sethostname(plan::HOST_NAME)
        .map_err(Refused::at(Step::Name))
        .or_else(&mut refused)?;
    limit_namespaces().or_else(&mut refused)?;
    users::powerless().or_else(&mut refused)?;
    prctl::set_dumpable(false).map_err(Refused::at(Step::User))?;
    erase::environment();
    // A box is entered once.
    let _first_counts = PYTHON.set(shown);
    OWN_USER.store(door.own_user, Ordering::Relaxed);
    BOXED.store(true, Ordering::Relaxed);
    Ok(Outside { descriptors })
}

/// What may be made in the namespaces of the box, and that nobody changes that.
fn limit_namespaces() -> Result<(), Refused> {
    for (name, value) in plan::SYSCTLS {
        match fs::write(format!("/proc/sys/{name}"), value) {
            // Not built into every kernel; what is not there needs no limit.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            written => written.map_err(Refused::at(Step::Sysctls))?,
        }
    }
    root::fix_sysctls()
}

/// For `doctor`: gives up what a worker has given up, and tries what must fail then. All that is not as it should be.
pub(crate) fn examine() -> (Vec<Refused>, Enforced) {
    let mut wrong = Vec::new();
    let mut must = |step, done: Result<(), Errno>| {
        wrong.extend(done.err().map(Refused::at(step)));
    };
    // As in a worker, but with room for nobody but this process.
    let rlimit = setrlimit(Resource::RLIMIT_NPROC, 1, 1);
    must(Step::Processes, rlimit);
    must(
        Step::NoNewUsers,
        refuses(unshare(CloneFlags::CLONE_NEWUSER)),
    );
    must(
        Step::Capabilities,
        caps::bound().and_then(|()| caps::give_up(Keep::Nothing)),
    );
    must(
        Step::Capabilities,
        refuses(unshare(CloneFlags::CLONE_NEWUTS)),
    );
    must(Step::Processes, refuses(fork_one()));
    must(Step::NoNewPrivileges, prctl::set_no_new_privs());
    let landed = land::restrict();
    let install = |mut program: Vec<_>| {
        super::install(&mut program)
            .map_err(|error| error.raw_os_error().map_or(Errno::EIO, Errno::from_raw))
    };
    must(Step::Filter, install(super::program::for_supervisor(false)));
    must(
        Step::Filter,
        install(super::program::for_worker(false, false)),
    );
    // Without a flag it changes nothing, and only the filter refuses it.
    must(Step::Filter, refuses(unshare(CloneFlags::empty())));
    (wrong, landed.unwrap_or(Enforced::Not))
}

/// What has to fail: EEXIST if it did not.
fn refuses<T>(done: Result<T, Errno>) -> Result<(), Errno> {
    done.map_or(Ok(()), |_| Err(Errno::EEXIST))
}

/// A process more, which ends at once.
fn fork_one() -> Result<(), Errno> {
    match fork()? {
        Fork::Child => exit_now(0),
        Fork::Parent(child) => waitpid(child, None).map(drop),
    }
}

/// Gives up what entering took, for this process and all it will fork.
///
/// # Errors
/// Which step the host does not permit.
pub(crate) fn lock(keep: Keep) -> Result<(), Refused> {
    caps::bound()
        .and_then(|()| caps::give_up(keep))
        .map_err(Refused::at(Step::Capabilities))?;
    prctl::set_no_new_privs().map_err(Refused::at(Step::NoNewPrivileges))?;
    super::install(&mut super::program::for_supervisor(keep == Keep::Cable))
        .map_err(Refused::at(Step::Filter))
}

/// The kernel kills this process when the spawner dies, if the spawner may signal it: as the same user, or with CAP_KILL where
/// the box has a user of its own. After the last change of the user, which would undo it.
///
/// # Errors
/// `ESRCH` when it is dead already.
pub(crate) fn die_with(spawner: &OwnedFd) -> Result<(), Refused> {
    prctl::set_pdeathsig(Signal::SIGKILL).map_err(Refused::at(Step::Death))?;
    // It may have died before; its parent is no process of this namespace, so that getppid(2) does not tell.
    let mut fds = [PollFd::new(spawner.as_fd(), PollFlags::POLLIN)];
    match poll(&mut fds, PollTimeout::ZERO) {
        Ok(0) => Ok(()),
        Ok(_) => Err(Refused::at(Step::Death)(Errno::ESRCH)),
        Err(errno) => Err(Refused::at(Step::Death)(errno)),
    }
}

fn open_folder(folder: impl AsRef<std::path::Path>) -> Result<OwnedFd, Errno> {
    open(
        folder.as_ref(),
        OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC,
        Mode::empty(),
    )
}

impl Outside {
    /// The process id outside of who has this one inside. `None` when it is gone.
    pub(crate) fn pid(&self, inside: i32) -> Option<i32> {
        use std::os::fd::AsRawFd as _;
        let pidfd = crate::spawner::pidfd(inside).ok()?;
        let file = nix::fcntl::openat(
            &self.descriptors,
            pidfd.as_raw_fd().to_string().as_str(),
            OFlag::O_RDONLY | OFlag::O_CLOEXEC,
            Mode::empty(),
        )
        .ok()?;
        // A few lines of a few numbers.
        let mut text = [0; 512];
        let len = read(&file, &mut text).ok()?;
        let text = std::str::from_utf8(text.get(..len)?).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("Pid:"))?;
        // 0 where it has none there, -1 when it is gone.
        line.trim().parse().ok().filter(|pid| *pid > 0)
    }
}
