//! Processes that make others.

use super::*;
use crate::tracer::{Birth, Waited};
use std::ffi::CString;

fn fork_child(work: impl FnOnce() -> i32) -> Pid {
    // SAFETY: the child makes system calls and leaves by _exit.
    match unsafe { libc::fork() } {
        // SAFETY: ends the child at once.
        0 => unsafe { libc::_exit(work()) },
        pid => Pid::from_raw(pid),
    }
}

fn wait_for(pid: Pid) -> i32 {
    let mut status = 0;
    // SAFETY: a live int.
    unsafe { libc::waitpid(pid.as_raw(), &raw mut status, 0) };
    status
}

#[test]
fn births_come_before_what_the_child_does_and_waits_tell_how_it_ended() {
    let mut world = World::new();
    let pid = world.fork(|| {
        for code in 0..20 {
            let child = fork_child(move || {
                let ends = make_pipe(0);
                shut(ends[0]);
                code
            });
            wait_for(child);
        }
        0
    });
    let text = world.end();
    let mut born = vec![pid];
    let mut waited = Vec::new();
    for seen in &world.seen {
        match seen {
            Seen::Forked {
                parent,
                child,
                birth,
            } => {
                assert_eq!((*parent, *birth), (pid, Birth::Process));
                born.push(*child);
            }
            Seen::Returned { call, .. } if call.name == "clone" || call.name == "fork" => {
                assert_eq!(call.child, born.last().copied());
            }
            Seen::Returned { call, .. } if call.name == "wait4" => waited.extend(call.waited),
            _ => assert!(born.contains(&seen.pid()), "{text}"),
        }
    }
    let expected: Vec<Waited> = (0..20)
        .zip(&born[1..])
        .map(|(code, pid)| Waited {
            pid: *pid,
            how: Some(Ended::Code(code)),
        })
        .collect();
    assert_eq!(waited, expected, "{text}");
    let ends = world
        .seen
        .iter()
        .filter(|seen| matches!(seen, Seen::Gone { .. }))
        .count();
    assert_eq!(ends, 21, "each is gone once:\n{text}");
}

#[test]
fn orphans_are_told_once() {
    alone(|| {
        let mut world = World::new();
        // SAFETY: a number; what its descendants leave behind comes to this process, as it would to pid 1.
        unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1) };
        let [read_end, write_end] = make_pipe(libc::O_CLOEXEC);
        world.fork(move || {
            for _ in 0..3 {
                fork_child(move || {
                    fork_child(move || {
                        shut(write_end);
                        get(read_end, &mut [0; 1]);
                        5
                    });
                    6
                });
            }
            0
        });
        shut(write_end);
        world.end();
        let mut ends: Vec<Pid> = world
            .seen
            .iter()
            .filter(|seen| matches!(seen, Seen::Gone { .. }))
            .map(Seen::pid)
            .collect();
        ends.sort();
        ends.dedup();
        let told = world
            .seen
            .iter()
            .filter(|seen| matches!(seen, Seen::Gone { .. }))
            .count();
        assert_eq!((ends.len(), told), (7, 7), "{}", world.text());
    });
}

#[test]
fn kills_amid_a_storm_of_forks_leave_nobody() {
    for round in 0..30 {
        let mut world = World::new();
        let pid = world.fork(|| {
            loop {
                fork_child(|| {
                    put(-1, b"x");
                    0
                });
            }
        });
        for _ in 0..20 + round * 3 {
            world.pass(|_| true);
        }
        kill(pid, Signal::SIGKILL).unwrap();
        world.end();
        let births = world
            .seen
            .iter()
            .filter(|seen| matches!(seen, Seen::Forked { .. }))
            .count();
        let ends = world
            .seen
            .iter()
            .filter(|seen| matches!(seen, Seen::Gone { .. }))
            .count();
        assert_eq!(ends, births + 1, "{}", world.text());
    }
}

#[test]
fn vfork_and_exec() {
    let mut world = World::new();
    let pid = world.fork(|| {
        let program = CString::new("/bin/true").unwrap();
        let words = [program.as_ptr(), std::ptr::null()];
        // SAFETY: the child only calls execve and _exit, as vfork(2) demands.
        #[expect(deprecated, reason = "this is what posix_spawn does inside")]
        let child = unsafe { libc::vfork() };
        if child == 0 {
            // SAFETY: both arrays end with a null and live.
            unsafe { libc::execv(program.as_ptr(), words.as_ptr()) };
            // SAFETY: ends the child at once.
            unsafe { libc::_exit(9) }
        }
        wait_for(Pid::from_raw(child))
    });
    let text = world.end();
    let births: Vec<&Seen> = world
        .seen
        .iter()
        .filter(|seen| matches!(seen, Seen::Forked { .. }))
        .collect();
    let [
        Seen::Forked {
            child,
            birth: Birth::Vfork,
            ..
        },
    ] = births[..]
    else {
        panic!("{text}")
    };
    assert!(world.seen.contains(&Seen::Execed { pid: *child }));
    let calls = world.calls(*child);
    assert!(
        calls[0].starts_with("execve(\"/bin/true\", [\"/bin/true\"], 0x")
            && calls[0].ends_with(") = 0"),
        "{}",
        calls[0]
    );
    assert_eq!(
        gone(world.seen.last().unwrap(), pid),
        Some(Ended::Code(0)),
        "{text}"
    );
}

#[test]
fn threads_are_tasks_of_their_process_and_one_of_them_may_exec() {
    let mut world = World::new();
    let pid = world.fork(|| {
        let threads: Vec<_> = (0..3)
            .map(|_| std::thread::spawn(|| get(make_pipe(0)[0], &mut [0; 1])))
            .collect();
        let last = std::thread::spawn(|| {
            let program = CString::new("/bin/true").unwrap();
            nix::unistd::execv(&program, &[&program])
        });
        drop(threads);
        i32::from(last.join().is_ok())
    });
    let mut threads = Vec::new();
    loop {
        match world.pass(|_| true) {
            Seen::Forked { child, birth, .. } => {
                assert_eq!((birth, world.tracer.process(child)), (Birth::Thread, pid));
                threads.push(child);
            }
            Seen::Execed { pid: who } => {
                assert_eq!(who, pid);
                break;
            }
            _ => {}
        }
    }
    assert_eq!(threads.len(), 4);
    world.end();
    assert_eq!(
        gone(world.seen.last().unwrap(), pid),
        Some(Ended::Code(0)),
        "{}",
        world.text()
    );
}

#[test]
fn a_freeze_reaches_every_thread() {
    let mut world = World::new();
    let pid = world.fork(|| {
        let threads: Vec<_> = (0..2)
            .map(|_| std::thread::spawn(|| get(make_pipe(0)[0], &mut [0; 1])))
            .collect();
        for thread in threads {
            let _never = thread.join();
        }
        0
    });
    let mut reading = 0;
    while reading < 2 {
        reading += i32::from(
            matches!(world.pass(|_| true), Seen::Entered { call, .. } if call.name == "read"),
        );
    }
    kill(pid, Signal::SIGSTOP).unwrap();
    let stops: Vec<Pid> = (0..3)
        .map(|_| world.pass(|seen| matches!(seen, Seen::Frozen { .. })).pid())
        .collect();
    assert!(stops.iter().all(|task| world.tracer.process(*task) == pid));
    kill(pid, Signal::SIGCONT).unwrap();
    for _ in 0..3 {
        world.pass(|seen| matches!(seen, Seen::Thawed { .. }));
    }
    kill(pid, Signal::SIGKILL).unwrap();
    world.end();
}
