//! A round trip of the roles' own calls over two pipes, timed. For `bench`.

use super::writer::put;
use crate::{
    bench::figures::{monotonic_ns, pin},
    sys::{
        calls::{Fd, pipe2, read},
        process::{Fork, exit_now, fork},
    },
};
use nix::{errno::Errno, fcntl::OFlag, sys::wait::waitpid};

/// Nanoseconds of each round: `size` bytes there and back, two processes pinned to `cpus`.
///
/// # Errors
/// What the kernel said.
pub(crate) fn round_trip(size: usize, rounds: usize, cpus: [usize; 2]) -> Result<Vec<u64>, Errno> {
    let ([there_read, there_write], [back_read, back_write]) =
        (pipe2(OFlag::empty())?, pipe2(OFlag::empty())?);
    // A tenth more, first, so that caches and the scheduler have settled.
    let warm = rounds / 10 + 10;
    // Page-aligned: the speed of the kernel's copy depends on how the two sides lie to each other.
    let mut memory = vec![b'x'; size + PAGE];
    let aligned = memory.as_ptr().align_offset(PAGE);
    let bytes = memory.get_mut(aligned..aligned + size).unwrap_or_default();
    match fork()? {
        Fork::Child => {
            let mut echo = || -> Result<(), Errno> {
                pin(cpus[1]).map_err(|_| Errno::EINVAL)?;
                for _ in 0..rounds + warm {
                    fill(there_read, bytes)?;
                    put(back_write, bytes, false).1.map_or(Ok(()), Err)?;
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
                put(there_write, bytes, false).1.map_or(Ok(()), Err)?;
                fill(back_read, bytes)?;
                if round >= warm {
                    ns.push(monotonic_ns() - began);
                }
            }
            waitpid(child, None)?;
            for fd in [there_read, there_write, back_read, back_write] {
                crate::sys::calls::close(fd)?;
            }
            Ok(ns)
        }
    }
}

const PAGE: usize = 4096;

/// As many reads as it takes: a pipe keeps no boundaries.
fn fill(fd: Fd, buffer: &mut [u8]) -> Result<(), Errno> {
    let mut done = 0;
    while done < buffer.len() {
        match read(fd, buffer.get_mut(done..).unwrap_or_default())? {
            0 => return Err(Errno::EPIPE),
            n => done += n,
        }
    }
    Ok(())
}
