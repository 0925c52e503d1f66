//! The file system of a box: makes what `plan` lists, and goes there. mount(2), mount_setattr(2), pivot_root(2).

use super::{
    plan::{self, EMPTY, Found, Part, SYSTEM},
    step::{Refused, Step},
};
use crate::limits::BoxLimits;
use nix::{
    errno::Errno,
    fcntl::AT_FDCWD,
    mount::{MntFlags, MsFlags, mount, umount2},
    sys::stat::{Mode, umask},
    unistd::{chdir, pivot_root},
};
use std::{
    fs,
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::fs::{DirBuilderExt, symlink},
    },
    path::Path,
};

/// Where the new root is put together. It hides what is there from this process alone, and every host has it.
const SITE: &str = "/tmp";
/// A mount without any of its settings.
const NONE: Option<&str> = None;

/// Makes the root and everything in it, and leaves the host's behind. `python` are folders that were opened before.
pub(super) fn enter(limits: &BoxLimits, python: &[OwnedFd]) -> Result<(), Refused> {
    // What is mounted here is nobody else's business, and what others mount is none of ours.
    mount(NONE, "/", NONE, MsFlags::MS_REC | MsFlags::MS_PRIVATE, NONE)
        .map_err(Refused::at(Step::Root))?;
    let system = system();
    chdir("/").map_err(Refused::at(Step::Root))?;
    umask(Mode::from_bits_truncate(0o022));
    memory_at(SITE, &plan::root()).map_err(Refused::at(Step::Root))?;
    chdir(SITE).map_err(Refused::at(Step::Root))?;
    for part in plan::plan(&system, limits, python.len()) {
        make(&part, python).map_err(Refused::at(step_of(&part)))?;
    }
    // Both at one place: the old root then lies over the new one, and is taken off.
    pivot_root(".", ".").map_err(Refused::at(Step::Root))?;
    umount2(".", MntFlags::MNT_DETACH).map_err(Refused::at(Step::Root))?;
    chdir("/").map_err(Refused::at(Step::Root))?;
    seal("/", false).map_err(Refused::at(Step::Root))
}

/// Makes the settings of the kernel read-only: who owns a namespace could otherwise change its limits.
pub(super) fn fix_sysctls() -> Result<(), Refused> {
    let sys = "/proc/sys";
    mount(Some(sys), sys, NONE, MsFlags::MS_BIND, NONE)
        .and_then(|()| seal(sys, true))
        .map_err(Refused::at(Step::Sysctls))
}

fn step_of(part: &Part) -> Step {
    match part {
        Part::Proc => Step::Proc,
        Part::Queues => Step::Queues,
        Part::Folder(_)
        | Part::Link { .. }
        | Part::File { .. }
        | Part::Shown { .. }
        | Part::Opened { .. }
        | Part::Device(_)
        | Part::Memory { .. } => Step::Root,
    }
}

/// What the host has of [`SYSTEM`].
fn system() -> Vec<(&'static str, Found)> {
    let look = |name: &'static str| {
        let path = Path::new("/").join(name);
        let about = fs::symlink_metadata(&path).ok()?;
        let found = if about.is_symlink() {
            Found::Link(fs::read_link(&path).ok()?)
        } else {
            Found::Folder
        };
        Some((name, found))
    };
    SYSTEM.into_iter().filter_map(look).collect()
}

fn make(part: &Part, python: &[OwnedFd]) -> Result<(), std::io::Error> {
    let quiet = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    match part {
        Part::Folder(at) => fs::DirBuilder::new().mode(0o755).create(at),
        Part::Link { at, to } => symlink(to, at),
        Part::File { at, text } => fs::write(at, text),
        Part::Shown { host, at } => overlay(host, at).or_else(|_| bind(host, at)),
        Part::Opened { which, at } => {
            let fd = python.get(*which).ok_or(Errno::EBADF)?;
            bind(Path::new(&format!("/proc/self/fd/{}", fd.as_raw_fd())), at)
        }
        Part::Device(name) => {
            let at = format!("dev/{name}");
            fs::write(&at, "")?;
            let host = Path::new("/dev").join(name);
            Ok(mount(
                Some(&host),
                at.as_str(),
                NONE,
                MsFlags::MS_BIND,
                NONE,
            )?)
        }
        Part::Memory { at, .. } => Ok(memory_at(at, part)?),
        Part::Proc => Ok(mount(Some("proc"), "proc", Some("proc"), quiet, NONE)?),
        Part::Queues => Ok(mount(
            Some("mqueue"),
            "dev/mqueue",
            Some("mqueue"),
            quiet,
            NONE,
        )?),
    }
}

/// Shows a folder of the host's with files of the box's own over it, read-only: the bytes are the host's, but a lock that
/// one box takes on a file is not seen in another, nor that it was opened. overlayfs of the kernel's documentation.
fn overlay(host: &Path, at: &str) -> Result<(), std::io::Error> {
    // Without a writable layer there have to be two others.
    let layers = format!("lowerdir={}:{SITE}/{EMPTY}", host.display());
    mount(
        Some("overlay"),
        at,
        Some("overlay"),
        MsFlags::MS_RDONLY,
        Some(layers.as_str()),
    )?;
    Ok(seal(at, true)?)
}

/// Shows a folder of the host's with all that is mounted in it, read-only. Locks on its files are the host's.
fn bind(host: &Path, at: &str) -> Result<(), std::io::Error> {
    mount(
        Some(host),
        at,
        NONE,
        MsFlags::MS_BIND | MsFlags::MS_REC,
        NONE,
    )?;
    Ok(seal(at, true)?)
}

fn memory_at(place: &str, part: &Part) -> Result<(), Errno> {
    let Part::Memory {
        bytes,
        files,
        open,
        programs,
        ..
    } = part
    else {
        return Err(Errno::EINVAL);
    };
    let mut flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    if !programs {
        flags |= MsFlags::MS_NOEXEC;
    }
    let mode = if *open { "1777" } else { "755" };
    let settings = format!("size={bytes},nr_inodes={files},mode={mode}");
    mount(
        Some("tmpfs"),
        place,
        Some("tmpfs"),
        flags,
        Some(settings.as_str()),
    )
}

/// Nothing can be written there, no program has the rights of its owner there, and there are no devices; with `all`, the
/// same for everything that is mounted below. Unlike a remount, it takes nothing back that the host has set.
fn seal(place: &str, all: bool) -> Result<(), Errno> {
    let flags = if all { libc::AT_RECURSIVE } else { 0 };
    kernel::set_mount(AT_FDCWD, place, flags, kernel::SEALED)
}

mod kernel {
    #![expect(unsafe_code, reason = "no crate of ours wraps mount_setattr")]

    use nix::errno::Errno;
    use std::{
        ffi::CString,
        os::fd::{AsRawFd, BorrowedFd},
    };

    /// `struct mount_attr` of linux/mount.h.
    #[repr(C)]
    struct Settings {
        set: u64,
        clear: u64,
        propagation: u64,
        users: u64,
    }

    /// MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV.
    pub(super) const SEALED: u64 = 1 | 2 | 4;

    /// mount_setattr(2).
    pub(super) fn set_mount(
        from: BorrowedFd<'_>,
        place: &str,
        flags: i32,
        set: u64,
    ) -> Result<(), Errno> {
        let place = CString::new(place).map_err(|_| Errno::EINVAL)?;
        let settings = Settings {
            set,
            clear: 0,
            propagation: 0,
            users: 0,
        };
        // SAFETY: both pointers are to values that live through the call, and the last argument is the second one's size.
        Errno::result(unsafe {
            libc::syscall(
                libc::SYS_mount_setattr,
                from.as_raw_fd(),
                place.as_ptr(),
                flags,
                &raw const settings,
                size_of::<Settings>(),
            )
        })
        .map(drop)
    }
}
