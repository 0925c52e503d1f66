//! A round trip of the roles' own calls over two queues, timed. For `bench`.

use crate::{
    bench::figures::{monotonic_ns, pin},
    sys::{
        process::{Fork, exit_now, fork},
        queue::{Envelope, msg_remove, msgget, msgrcv, msgsnd},
    },
};
use nix::{errno::Errno, sys::wait::waitpid};

/// Nanoseconds of each round: `size` bytes there and back, two processes pinned to `cpus`.
///
/// # Errors
/// What the kernel said: `EINVAL` for a size above `kernel.msgmax`.
pub(crate) fn round_trip(size: usize, rounds: usize, cpus: [usize; 2]) -> Result<Vec<u64>, Errno> {
    let make = || msgget(libc::IPC_PRIVATE, libc::IPC_CREAT);
    let queues = [make()?, make()?];
    let timed = time(queues, size, rounds, cpus);
    // They would outlive the process.
    for queue in queues {
        msg_remove(queue)?;
    }
    timed
}

fn time(
    [there, back]: [i32; 2],
    size: usize,
    rounds: usize,
    cpus: [usize; 2],
) -> Result<Vec<u64>, Errno> {
    // A tenth more, first, so that caches and the scheduler have settled.
    let warm = rounds / 10 + 10;
    let message = Envelope::new(1, &vec![b'x'; size]);
    let mut room = Envelope::with_room(size);
    match fork()? {
        Fork::Child => {
            let mut echo = || -> Result<(), Errno> {
                pin(cpus[1]).map_err(|_| Errno::EINVAL)?;
                for _ in 0..rounds + warm {
                    msgrcv(there, &mut room, 0, 0)?;
                    msgsnd(back, &room, 0)?;
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
                msgsnd(there, &message, 0)?;
                msgrcv(back, &mut room, 0, 0)?;
                if round >= warm {
                    ns.push(monotonic_ns() - began);
                }
            }
            waitpid(child, None)?;
            Ok(ns)
        }
    }
}
