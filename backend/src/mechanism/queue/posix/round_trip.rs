//! A round trip of the roles' own calls over two queues, timed. For `bench`.

use crate::{
    bench::figures::{monotonic_ns, pin},
    sys::{
        process::{Fork, exit_now, fork},
        queue::{mq_close, mq_create, mq_receive, mq_send, mq_unlink},
    },
};
use nix::{errno::Errno, sys::wait::waitpid};
use std::ffi::CStr;

/// Nanoseconds of each round: `size` bytes there and back through queues of these names, two processes pinned to `cpus`.
///
/// # Errors
/// What the kernel said: `EINVAL` for a size above what its messages can have.
pub(crate) fn round_trip(
    names: [&CStr; 2],
    size: usize,
    rounds: usize,
    cpus: [usize; 2],
) -> Result<Vec<u64>, Errno> {
    let make = |name: &CStr| {
        let queue = mq_create(name, libc::O_RDWR, 1, size.max(1) as u64)?;
        // Both processes have it open; the name is not needed any more.
        mq_unlink(name).map(|()| queue)
    };
    let (there, back) = (make(names[0])?, make(names[1])?);
    // A tenth more, first, so that caches and the scheduler have settled.
    let warm = rounds / 10 + 10;
    let bytes = vec![b'x'; size];
    let mut buffer = vec![0; size.max(1)];
    match fork()? {
        Fork::Child => {
            let mut echo = || -> Result<(), Errno> {
                pin(cpus[1]).map_err(|_| Errno::EINVAL)?;
                for _ in 0..rounds + warm {
                    let (len, priority) = mq_receive(there, &mut buffer)?;
                    mq_send(back, buffer.get(..len).unwrap_or_default(), priority)?;
                }
                Ok(())
            };
            exit_now(i32::from(echo().is_err()))
        }
        Fork::Parent(child) => {
            pin(cpus[0]).map_err(|_| Errno::EINVAL)?;
            let mut ns = Vec::with_capacity(rounds);
            for round in 0..rounds + warm {
                let began = monotonic_ns();
                mq_send(there, &bytes, 0)?;
                mq_receive(back, &mut buffer)?;
                if round >= warm {
                    ns.push(monotonic_ns() - began);
                }
            }
            waitpid(child, None)?;
            mq_close(there)?;
            mq_close(back)?;
            Ok(ns)
        }
    }
}
