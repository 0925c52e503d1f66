//! The line a worker is in, as its supervisor reads it.

use super::*;
use crate::{
    sys::{calls, here},
    tracer::{Lines, word},
};
use std::sync::atomic::{AtomicU32, Ordering};

/// File and line of a task that stands at its call.
fn place(lines: &mut Lines, process: Pid, thread: Pid) -> (String, u32) {
    let (file, line) = lines.here(process, thread.as_raw()).unwrap();
    (file.to_string(), line)
}

#[test]
fn each_call_is_in_its_line() {
    let first = line!() + 4;
    let mut world = World::new();
    let pid = world.fork(|| {
        here::forked();
        let [_, to] = calls::pipe2(OFlag::empty()).unwrap();
        calls::write(to, b"one").unwrap();
        for text in [b"two", b"six"] {
            calls::write(to, text).unwrap();
        }
        0
    });
    let mut lines = Lines::default();
    let mut seen = Vec::new();
    while let Some(entered) = world.until(|seen| {
        matches!(seen, Seen::Entered { call, .. } if ["pipe2", "write"].contains(&call.name))
    }) {
        let (file, line) = place(&mut lines, pid, entered.pid());
        assert!(file.ends_with("tracer/live/here.rs"), "{file}");
        seen.push(line - first);
        world.tracer.resume(pid).unwrap();
    }
    assert_eq!(seen, [0, 1, 3, 3]);
}

#[test]
fn each_thread_is_in_a_line_of_its_own() {
    let mut world = World::new();
    let pid = world.fork(|| {
        here::forked();
        let threads: Vec<_> = (0..2)
            .map(|odd| {
                std::thread::spawn(move || {
                    if odd == 1 {
                        calls::close(-1).unwrap_err()
                    } else {
                        calls::close(-2).unwrap_err()
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        0
    });
    let mut lines = Lines::default();
    let mut found = HashMap::new();
    let closes = |seen: &Seen| matches!(seen, Seen::Entered { call, .. } if call.name == "close" && call.fd < Some(0));
    // Both have left their line before either goes on: nobody resumes them here.
    let mut standing = Vec::new();
    while standing.len() < 2 {
        let Next::Seen(seen) = world.tracer.next().unwrap() else {
            continue;
        };
        if closes(&seen) {
            standing.push(seen);
        } else {
            world.tracer.resume(seen.pid()).unwrap();
        }
    }
    for seen in &standing {
        let Seen::Entered { pid: task, call } = seen else {
            panic!()
        };
        found.insert(call.fd.unwrap(), place(&mut lines, pid, *task).1);
        world.tracer.resume(*task).unwrap();
    }
    assert_eq!(found[&-2], found[&-1] + 2, "{found:?}");
    assert_eq!(
        lines.here(pid, pid.as_raw()),
        None,
        "the first thread made no call"
    );
    world.end();
}

#[test]
fn nonsense_is_not_believed() {
    let mut world = World::new();
    let pid = world.fork(|| {
        here::forked();
        // Another program: nothing of ours is at that address.
        let program = c"/bin/true";
        i32::from(nix::unistd::execv(program, &[program]).is_ok())
    });
    let mut lines = Lines::default();
    world.until(|seen| returned(seen, pid, "execve"));
    assert_eq!(lines.here(pid, pid.as_raw()), None);
    assert_eq!(lines.here(Pid::from_raw(i32::MAX), 1), None);
    world.tracer.resume(pid).unwrap();
    world.end();
}

#[test]
fn a_word_of_another_process_is_read() {
    static LINE: AtomicU32 = AtomicU32::new(0);
    let mut world = World::new();
    let pid = world.fork(|| {
        LINE.store(1234, Ordering::Relaxed);
        shut(-1);
        0
    });
    world.until(|seen| entered(seen, pid, "close"));
    let at = (&raw const LINE).addr() as u64;
    assert_eq!((word(pid, at), word(pid, 0)), (Some(1234), None));
    world.tracer.resume(pid).unwrap();
    world.end();
}
