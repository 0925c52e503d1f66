//! Stops, interrupted calls, signals.

use super::*;
use shared::os::{Errno, Signal as Number};

fn freeze(world: &mut World, pid: Pid) {
    kill(pid, Signal::SIGSTOP).unwrap();
    world.pass(|seen| *seen == Seen::Frozen { pid });
}

fn thaw(world: &mut World, pid: Pid) {
    kill(pid, Signal::SIGCONT).unwrap();
    world.pass(|seen| *seen == Seen::Thawed { pid });
}

#[test]
fn a_reader_asleep_in_read_is_frozen_and_goes_on_in_the_same_call() {
    let mut world = World::new();
    let [read_end, write_end] = make_pipe(libc::O_CLOEXEC);
    let pid = world.fork(move || {
        shut(write_end);
        i32::try_from(get(read_end, &mut [0; 8])).unwrap_or(-1)
    });
    world.pass(|seen| entered(seen, pid, "read"));
    world.asleep(pid);
    for _ in 0..2 {
        freeze(&mut world, pid);
        assert_eq!(
            world.tracer.open_call(pid).unwrap().name,
            "read",
            "the call stays open while frozen"
        );
        world.tracer.resume(pid).unwrap();
        thaw(&mut world, pid);
        world.pass(|seen| *seen == Seen::Reentered { pid });
        world.asleep(pid);
    }
    put(write_end, b"abc");
    let Seen::Returned { call, .. } = world.pass(|seen| returned(seen, pid, "read")) else {
        panic!()
    };
    assert_eq!(
        (call.ret, call.interrupted, call.data.as_slice()),
        (Some(3), 2, b"abc".as_slice())
    );
    let text = world.end();
    assert_eq!(
        text.matches("read(").count(),
        2,
        "one entry, one return:\n{text}"
    );
    assert_eq!(gone(world.seen.last().unwrap(), pid), Some(Ended::Code(3)));
    shut(read_end);
    shut(write_end);
}

#[test]
fn a_frozen_process_can_be_killed() {
    let mut world = World::new();
    let [read_end, write_end] = make_pipe(libc::O_CLOEXEC);
    let pid = world.fork(move || i32::try_from(get(read_end, &mut [0; 8])).unwrap_or(-1));
    world.pass(|seen| entered(seen, pid, "read"));
    world.asleep(pid);
    freeze(&mut world, pid);
    kill(pid, Signal::SIGKILL).unwrap();
    world.end();
    assert_eq!(
        gone(world.seen.last().unwrap(), pid),
        Some(Ended::Signal(Number::SIGKILL))
    );
    shut(read_end);
    shut(write_end);
}

#[test]
fn a_held_process_can_be_killed() {
    let mut world = World::new();
    let pid = world.fork(|| i32::from(make_pipe(0) == [0, 0]));
    world.until(|seen| entered(seen, pid, "pipe2")).unwrap();
    kill(pid, Signal::SIGKILL).unwrap();
    world.tracer.resume(pid).unwrap();
    world.end();
    assert_eq!(
        gone(world.seen.last().unwrap(), pid),
        Some(Ended::Signal(Number::SIGKILL))
    );
}

#[test]
fn a_write_that_filled_part_of_the_pipe_returns_short_when_frozen() {
    let mut world = World::new();
    let [read_end, write_end] = make_pipe(libc::O_CLOEXEC);
    let pid = world.fork(move || {
        let wrote = put(write_end, &[b'x'; 100_000]);
        i32::from(wrote != 65_536)
    });
    world.pass(|seen| entered(seen, pid, "write"));
    world.asleep(pid);
    kill(pid, Signal::SIGSTOP).unwrap();
    let Seen::Returned { call, .. } = world.pass(|seen| returned(seen, pid, "write")) else {
        panic!()
    };
    assert_eq!(
        (call.ret, call.len, call.interrupted),
        (Some(65_536), Some(100_000), 0)
    );
    world.pass(|seen| *seen == Seen::Frozen { pid });
    thaw(&mut world, pid);
    world.end();
    assert_eq!(gone(world.seen.last().unwrap(), pid), Some(Ended::Code(0)));
    shut(read_end);
    shut(write_end);
}

#[test]
fn a_timed_wait_goes_on_as_restart_syscall() {
    let mut world = World::new();
    let pid = world.fork(|| {
        let wait = libc::timespec {
            tv_sec: 0,
            tv_nsec: 150_000_000,
        };
        // SAFETY: a live timespec; the remaining time is not wanted.
        unsafe { libc::nanosleep(&raw const wait, std::ptr::null_mut()) }
    });
    world.pass(|seen| entered(seen, pid, "clock_nanosleep") || entered(seen, pid, "nanosleep"));
    world.asleep(pid);
    freeze(&mut world, pid);
    thaw(&mut world, pid);
    let text = world.end();
    assert!(world.seen.contains(&Seen::Reentered { pid }), "{text}");
    assert_eq!(text.matches("nanosleep(").count(), 2, "{text}");
    assert!(!text.contains("restart_syscall"), "{text}");
}

extern "C" fn nothing(_: i32) {}

fn handle_usr1(flags: i32) {
    // SAFETY: all zero is a valid sigaction.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = nothing as *const () as usize;
    action.sa_flags = flags;
    // SAFETY: a live action whose handler does nothing.
    unsafe { libc::sigaction(libc::SIGUSR1, &raw const action, std::ptr::null_mut()) };
}

#[test]
fn a_handler_makes_read_fail_with_eintr() {
    let mut world = World::new();
    let [read_end, write_end] = make_pipe(libc::O_CLOEXEC);
    let pid = world.fork(move || {
        handle_usr1(0);
        let failed = get(read_end, &mut [0; 8]) == -1 && errno() == libc::EINTR;
        shut(read_end);
        i32::from(!failed)
    });
    world.pass(|seen| entered(seen, pid, "read"));
    world.asleep(pid);
    kill(pid, Signal::SIGUSR1).unwrap();
    let Seen::Returned { call, .. } = world.pass(|seen| returned(seen, pid, "read")) else {
        panic!()
    };
    assert_eq!((call.errno, call.interrupted), (Some(Errno::EINTR), 1));
    world.pass(|seen| entered(seen, pid, "close"));
    world.end();
    assert_eq!(gone(world.seen.last().unwrap(), pid), Some(Ended::Code(0)));
    shut(read_end);
    shut(write_end);
}

#[test]
fn a_handler_with_sa_restart_lets_read_go_on() {
    let mut world = World::new();
    let [read_end, write_end] = make_pipe(libc::O_CLOEXEC);
    let pid = world.fork(move || {
        handle_usr1(libc::SA_RESTART);
        i32::from(get(read_end, &mut [0; 8]) != 2)
    });
    world.pass(|seen| entered(seen, pid, "read"));
    world.asleep(pid);
    kill(pid, Signal::SIGUSR1).unwrap();
    world.pass(|seen| *seen == Seen::Reentered { pid });
    put(write_end, b"ok");
    let Seen::Returned { call, .. } = world.pass(|seen| returned(seen, pid, "read")) else {
        panic!()
    };
    assert_eq!((call.ret, call.interrupted), (Some(2), 1));
    world.end();
    assert_eq!(gone(world.seen.last().unwrap(), pid), Some(Ended::Code(0)));
    shut(read_end);
    shut(write_end);
}

#[test]
fn the_untraced_twin_tells_stops_and_ends() {
    let mut world = World::new();
    world.tracer = Tracer::untraced();
    let [read_end, write_end] = make_pipe(libc::O_CLOEXEC);
    let pid = world.fork(move || i32::from(get(read_end, &mut [0; 8]) != 1));
    freeze(&mut world, pid);
    thaw(&mut world, pid);
    put(write_end, b"x");
    world.end();
    let expected = [
        Seen::Frozen { pid },
        Seen::Thawed { pid },
        Seen::Gone {
            pid,
            how: Ended::Code(0),
        },
    ];
    assert_eq!(world.seen, expected);
    shut(read_end);
    shut(write_end);
}
