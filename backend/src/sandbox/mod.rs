//! What every worker wears: a seccomp filter that denies what a lesson never needs, and marks the calls to be seen.

mod calls;
mod program;

pub(crate) use kernel::install;

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
/// each of them fails with ENOSYS. Calls on [`CHANNEL_FD`] to [`COMMAND_FD`] never stop.
///
/// # Errors
/// What the kernel said.
pub fn install_filter(trace: bool) -> io::Result<()> {
    install(&mut filter(trace))
}

/// The filter itself, for those who must not allocate between fork and its installation.
pub(crate) fn filter(trace: bool) -> Vec<libc::sock_filter> {
    program::program(trace)
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
