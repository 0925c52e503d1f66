//! Giving up rights: capset(2), PR_CAPBSET_DROP of prctl(2), capabilities(7).
#![expect(unsafe_code, reason = "no crate of ours wraps capset")]

use nix::errno::Errno;

/// Listening on ports below 1024.
const CAP_NET_BIND_SERVICE: u32 = 10;
/// Rights over networks, of `linux/capability.h`.
const CAP_NET_ADMIN: u32 = 12;
/// Rights over namespaces, among many others.
const CAP_SYS_ADMIN: u32 = 21;
/// `_LINUX_CAPABILITY_VERSION_3`: sets of 64 bits.
const VERSION: u32 = 0x2008_0522;

/// What is kept of the rights in one's own user namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Nothing.
    Nothing,
    /// What the cable between two machines takes: for a supervisor only.
    Cable,
    /// Going to the other machine, asleep until [`wake`] is called.
    Journey,
}

impl Keep {
    fn bits(self) -> u64 {
        match self {
            Self::Nothing => 0,
            Self::Cable => 1 << CAP_NET_ADMIN | 1 << CAP_SYS_ADMIN,
            Self::Journey => 1 << CAP_SYS_ADMIN,
        }
    }
}

#[repr(C)]
struct Header {
    version: u32,
    pid: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Half {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

/// Gives up everything else, for this process and all it will fork. No program that it starts gets any of it, as long as none
/// gets more than who starts it: PR_SET_NO_NEW_PRIVS.
///
/// # Errors
/// What the kernel says: `EPERM` for who has not what is to be kept.
pub(crate) fn give_up(keep: Keep) -> Result<(), Errno> {
    let effective = if keep == Keep::Journey {
        0
    } else {
        keep.bits()
    };
    set(effective, keep.bits())
}

/// What a server gives up when its spawner is there: all, but listening on low ports where it may. For the calling thread and
/// those it starts later.
///
/// # Errors
/// What the kernel says.
pub(crate) fn become_plain() -> Result<(), Errno> {
    let port = 1 << CAP_NET_BIND_SERVICE;
    match set(port, port) {
        Err(Errno::EPERM) => set(0, 0),
        done => done,
    }
}

/// Has what [`Keep::Journey`] kept work, for one call.
///
/// # Errors
/// `EPERM` for who has not kept it.
pub(crate) fn wake() -> Result<(), Errno> {
    set(Keep::Journey.bits(), Keep::Journey.bits())
}

/// Has root keep its rights while it acts as somebody else: SECBIT_NO_SETUID_FIXUP. New user namespaces begin without.
///
/// # Errors
/// `EPERM` for who has no CAP_SETPCAP.
pub(crate) fn keep_when_changing_user() -> Result<(), Errno> {
    /// Of `linux/securebits.h`.
    const NO_SETUID_FIXUP: libc::c_ulong = 1 << 2;
    // SAFETY: takes numbers.
    let done = unsafe { libc::prctl(libc::PR_SET_SECUREBITS, NO_SETUID_FIXUP, 0, 0, 0) };
    Errno::result(done).map(drop)
}

/// Takes everything out of the bounding set, so that no program's file could give it back.
///
/// # Errors
/// `EPERM` for who has no CAP_SETPCAP.
pub(crate) fn bound() -> Result<(), Errno> {
    for capability in 0..64 {
        // SAFETY: takes numbers.
        let done = unsafe { libc::prctl(libc::PR_CAPBSET_DROP, capability, 0, 0, 0) };
        match Errno::result(done) {
            Ok(_) => {}
            // There are no more of them.
            Err(Errno::EINVAL) => break,
            Err(errno) => return Err(errno),
        }
    }
    // SAFETY: takes numbers.
    let done = unsafe {
        libc::prctl(
            libc::PR_CAP_AMBIENT,
            libc::PR_CAP_AMBIENT_CLEAR_ALL,
            0,
            0,
            0,
        )
    };
    Errno::result(done).map(drop)
}

fn set(effective: u64, permitted: u64) -> Result<(), Errno> {
    let header = Header {
        version: VERSION,
        pid: 0,
    };
    let halves = [0, 32].map(|shift| Half {
        effective: half(effective, shift),
        permitted: half(permitted, shift),
        inheritable: 0,
    });
    // SAFETY: both pointers are to values that live through the call; version 3 reads two halves.
    Errno::result(unsafe { libc::syscall(libc::SYS_capset, &raw const header, halves.as_ptr()) })
        .map(drop)
}

fn half(bits: u64, shift: u32) -> u32 {
    u32::try_from(bits >> shift & u64::from(u32::MAX)).expect("32 bits were taken")
}
