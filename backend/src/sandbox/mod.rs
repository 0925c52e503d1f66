//! The box of a run, and what everybody in it wears.
//!
//! ```text
//! isolation  what is wanted, what there is        plan   what a box sees of the world, as a list
//! users      who it is outside and inside         root   makes that, and goes there
//! enter      all steps of it, in order            step   which of them a host may refuse, and what helps
//! caps, land, program, calls                      what is given up: rights, files, system calls
//! ```
//! A worker wears its supervisor's filter, and on top a stricter one, which also marks the calls to be seen.

mod calls;
mod caps;
mod enter;
mod erase;
mod isolation;
mod land;
mod plan;
mod program;
mod root;
mod step;
mod users;

pub(crate) use caps::{Keep, become_plain, give_up, wake};
pub(crate) use enter::{
    Door, Outside, boxed, die_with, each_is_a_user, enter, examine, is_one_of_many, lock,
    own_user_alone, python_folders, shares_user,
};
pub use isolation::{BoxUids, Isolation, Level, Wanted};
pub(crate) use kernel::install;
pub(crate) use land::{Enforced, restrict, wall};
pub use step::{Refused, Step};
pub(crate) use users::{Owner, Source, write_maps};

use std::io;

/// First of the descriptors that belong to the playground, not to the lesson: the way to the second machine, the gate at which
/// the parent can wait, and then the channels of workers yet to be forked.
pub const CHANNEL_FD: i32 = 62;
/// Descriptor on which a worker reports.
pub const REPORT_FD: i32 = 126;
/// Descriptor on which a worker gets its commands.
pub const COMMAND_FD: i32 = 127;

/// Puts the filter on the calling thread and all it will fork; it can never be taken off.
///
/// With `trace`, the calls of the lesson stop for the tracer, which must have seized the caller before: without a tracer
/// each of them fails with ENOSYS. Calls on [`CHANNEL_FD`] to [`COMMAND_FD`] never stop. With `travel`, it may go into
/// another network.
///
/// # Errors
/// What the kernel said.
pub fn install_filter(trace: bool, travel: bool) -> io::Result<()> {
    install(&mut program::for_worker(trace, travel))
}

/// Puts the filter on that keeps the pipes of the calling thread, and of all it will fork, to a share.
///
/// # Errors
/// What the kernel said.
pub(crate) fn ration_pipes() -> io::Result<()> {
    install(&mut program::for_one_of_many())
}

/// The filter itself, for those who must not allocate between fork and its installation.
pub(crate) fn filter(trace: bool) -> Vec<libc::sock_filter> {
    program::for_worker(trace, false)
}

/// The calls that stop for the tracer.
#[cfg(test)]
pub(crate) fn traced() -> impl Iterator<Item = i64> {
    let sometimes = calls::TRACED_IF.iter().map(|(nr, _)| nr);
    calls::TRACED_BY_FD
        .iter()
        .chain(sometimes)
        .chain(calls::TRACED)
        .copied()
}

mod kernel {
    #![expect(
        unsafe_code,
        reason = "neither nix nor rustix installs a seccomp filter"
    )]

    use libc::{sock_filter, sock_fprog};
    use std::io;

    /// Puts a filter on the calling thread.
    pub(crate) fn install(program: &mut [sock_filter]) -> io::Result<()> {
        nix::sys::prctl::set_no_new_privs()?;
        let program = sock_fprog {
            len: u16::try_from(program.len())
                .map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?,
            filter: program.as_mut_ptr(),
        };
        // SAFETY: `program` points at a live slice of the length it says, which the kernel copies during the call.
        let done = unsafe {
            libc::syscall(
                libc::SYS_seccomp,
                libc::SECCOMP_SET_MODE_FILTER,
                0,
                &raw const program,
            )
        };
        if done == 0 {
            Ok(())
        } else {
            Err(io::Error::last_os_error())
        }
    }
}
