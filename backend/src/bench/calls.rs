//! What a system call costs: as it is, under the workers' filter, and under the tracer.

use super::figures::{monotonic_ns, pin};
use crate::{
    sandbox::install_filter,
    sys::{
        calls::{close, pipe2, read, write},
        process::{Fork, exit_now, fork},
    },
    tracer::{Next, Seen, Tracer},
};
use anyhow::{Context as _, Result, ensure};
use nix::{
    fcntl::OFlag,
    sys::signal::{SigSet, Signal},
    unistd,
};
use rustix::{
    fs::{MemfdFlags, memfd_create},
    thread::sched_yield,
};
use std::{
    fs::File,
    io::{Read as _, Seek as _, Write as _},
};

/// Calls timed together, so that the clock's own cost does not count.
const BATCH: usize = 100;

/// getppid(2), nanoseconds a call, in a worker with and without X-ray: the filters of both let it pass.
pub(super) fn getppid(rounds: usize, traced: bool) -> Result<Vec<u64>> {
    in_worker(rounds, traced, |rounds| {
        let mut ns = Vec::with_capacity(rounds);
        for _ in 0..rounds {
            let began = monotonic_ns();
            for _ in 0..BATCH {
                std::hint::black_box(unistd::getppid().as_raw());
            }
            ns.push((monotonic_ns() - began) / u64::try_from(BATCH)?);
        }
        Ok(ns)
    })
}

/// write(2) and read(2) of one byte by one process, nanoseconds a pair, in a worker with and without X-ray.
pub(super) fn pair(rounds: usize, traced: bool) -> Result<Vec<u64>> {
    in_worker(rounds, traced, |rounds| {
        let [from, to] = pipe2(OFlag::empty())?;
        let mut ns = Vec::with_capacity(rounds);
        for _ in 0..rounds {
            let began = monotonic_ns();
            write(to, b"x")?;
            read(from, &mut [0])?;
            ns.push(monotonic_ns() - began);
        }
        Ok(ns)
    })
}

/// Has a worker take figures on one core, as a run does: with a tracer on the same core and its filter, or with the
/// filter alone that every worker wears (which costs a call some 40 ns, whatever is in it).
fn in_worker(rounds: usize, traced: bool, work: fn(usize) -> Result<Vec<u64>>) -> Result<Vec<u64>> {
    pin(0)?;
    // The tracer's wake-up is SIGCHLD: it must be blocked, or it would be dropped before anybody waits for it.
    let mut child_signal = SigSet::empty();
    child_signal.add(Signal::SIGCHLD);
    child_signal.thread_block()?;
    let [gate_read, gate_write] = pipe2(OFlag::O_CLOEXEC)?;
    // The worker's results wait in memory that both have; a pipe would fill up and stop it.
    let mut results = File::from(memfd_create("results", MemfdFlags::CLOEXEC)?);
    match fork()? {
        Fork::Child => {
            close(gate_write)?;
            let figures = || -> Result<Vec<u64>> {
                read(gate_read, &mut [0])?;
                install_filter(traced, false)?;
                work(rounds)
            };
            let bytes: Vec<u8> = figures()
                .unwrap_or_default()
                .into_iter()
                .flat_map(u64::to_ne_bytes)
                .collect();
            exit_now(i32::from(results.write_all(&bytes).is_err()))
        }
        Fork::Parent(child) => {
            close(gate_read)?;
            let mut tracer = if traced {
                Tracer::new()
            } else {
                Tracer::untraced()
            };
            tracer.seize(child).context("ptrace")?;
            write(gate_write, b"g")?;
            carry_on(&mut tracer, &child_signal)?;
            results.rewind()?;
            let mut bytes = Vec::new();
            results.read_to_end(&mut bytes)?;
            let ns: Vec<u64> = bytes
                .chunks_exact(size_of::<u64>())
                .filter_map(|b| Some(u64::from_ne_bytes(b.try_into().ok()?)))
                .collect();
            ensure!(
                ns.len() == rounds,
                "{} of {rounds} figures arrived",
                ns.len()
            );
            Ok(ns)
        }
    }
}

/// The supervisor's loop without its other duties: lets the worker go on after each stop, until it is gone.
fn carry_on(tracer: &mut Tracer, child_signal: &SigSet) -> Result<()> {
    let mut fresh = false;
    loop {
        match tracer.next()? {
            Next::Seen(Seen::Gone { .. }) | Next::NoChildren => return Ok(()),
            Next::Seen(seen) => {
                tracer.resume(seen.pid())?;
                fresh = true;
            }
            // On one core the worker reaches its next stop during the yield: a third cheaper than going to sleep.
            Next::Nothing if std::mem::take(&mut fresh) => sched_yield(),
            Next::Nothing => {
                child_signal.wait()?;
            }
        }
    }
}
