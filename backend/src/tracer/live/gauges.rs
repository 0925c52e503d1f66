//! What the gauges say of a traced process, next to what the tracer saw.

use super::*;
use crate::gauge::{Doing, ProcessGauge, look_through_dup};
use shared::event::{ProcState, Wait};

/// What a worker is doing once it sleeps in its first call of that name.
fn asleep_in(world: &mut World, pid: Pid, call: &str) -> Doing {
    let gauge = ProcessGauge::new(pid).unwrap();
    world.pass(|seen| entered(seen, pid, call));
    world.asleep(pid);
    gauge.read(false).unwrap()
}

fn why(doing: &Doing) -> Option<Wait> {
    assert_eq!(doing.state, ProcState::Asleep, "{doing:?}");
    doing.because
}

#[test]
fn a_reader_of_an_empty_pipe_and_its_freeze() {
    let mut world = World::new();
    let pid = world.fork(|| i32::from(get(make_pipe(0)[0], &mut [0; 1]) != 1));
    let doing = asleep_in(&mut world, pid, "read");
    assert_eq!(why(&doing), Some(Wait::PipeEmpty), "{doing:?}");
    kill(pid, Signal::SIGSTOP).unwrap();
    world.pass(|seen| *seen == Seen::Frozen { pid });
    assert!(world.tracer.is_frozen(pid));
    let doing = ProcessGauge::new(pid)
        .unwrap()
        .read(world.tracer.is_frozen(pid))
        .unwrap();
    assert_eq!((doing.state, doing.because), (ProcState::Frozen, None));
}

#[test]
fn a_writer_of_a_full_pipe() {
    let mut world = World::new();
    let pid = world.fork(|| i32::from(put(make_pipe(0)[1], &[0; 70_000]) != 1));
    let doing = asleep_in(&mut world, pid, "write");
    assert_eq!(why(&doing), Some(Wait::PipeFull), "{doing:?}");
}

#[test]
fn an_open_that_waits_for_the_other_side() {
    let folder = tempfile::tempdir().unwrap();
    let name = std::ffi::CString::new(folder.path().join("fifo").to_str().unwrap()).unwrap();
    let mut world = World::new();
    let pid = world.fork(move || {
        // SAFETY: a live path.
        unsafe { libc::mkfifo(name.as_ptr(), 0o600) };
        // SAFETY: as above.
        unsafe { libc::open(name.as_ptr(), libc::O_RDONLY) }
    });
    let doing = asleep_in(&mut world, pid, "openat");
    assert_eq!(why(&doing), Some(Wait::FifoOpen), "{doing:?}");
}

#[test]
fn a_worker_that_waits_for_a_command() {
    for polls in [false, true] {
        let mut world = World::new();
        let pid = world.fork(move || {
            let ends = make_pipe(0);
            // SAFETY: numbers only; nothing else uses this descriptor in this child.
            unsafe { libc::dup2(ends[0], sandbox::COMMAND_FD) };
            if polls {
                let mut wait = libc::pollfd {
                    fd: sandbox::COMMAND_FD,
                    events: libc::POLLIN,
                    revents: 0,
                };
                // SAFETY: one live pollfd.
                unsafe { libc::poll(&raw mut wait, 1, -1) };
            }
            i32::from(get(sandbox::COMMAND_FD, &mut [0; 1]) != 1)
        });
        world.pass(|seen| returned(seen, pid, "dup2") || returned(seen, pid, "dup3"));
        let start = Instant::now();
        // The poll stops for the tracer, which lets it go on and does not tell.
        while !std::fs::read_to_string(format!("/proc/{pid}/stat"))
            .unwrap()
            .contains(") S ")
        {
            assert_eq!(world.tracer.next().unwrap(), Next::Nothing);
            assert!(start.elapsed() < PATIENCE);
        }
        let doing = ProcessGauge::new(pid).unwrap().read(false).unwrap();
        assert_eq!(
            why(&doing),
            Some(Wait::Command),
            "polls: {polls}, {doing:?}"
        );
    }
}

#[test]
fn a_callers_own_write_end_tells_how_full_its_pipe_is() {
    let mut world = World::new();
    let pid = world.fork(|| {
        let ends = make_pipe(0);
        for _ in 0..20 {
            put(ends[1], &[0; 1000]);
        }
        i32::from(get(ends[0], &mut [0; 20_000]) != 20_000)
    });
    for n in 1..=20 {
        let Some(Seen::Returned { call, .. }) = world.until(|seen| returned(seen, pid, "write"))
        else {
            panic!()
        };
        let reading = look_through_dup(pid, call.fd.unwrap()).unwrap();
        assert_eq!((reading.bytes, reading.capacity), (n * 1000, 65_536));
        world.tracer.resume(pid).unwrap();
    }
    world.end();
    assert_eq!(gone(world.seen.last().unwrap(), pid), Some(Ended::Code(0)));
}
