//! What a worker does is what is told, in its order.

use super::*;
use crate::tracer::{Flow, Made};
use shared::{event::End, os::Errno};

#[test]
fn a_pipe_from_birth_to_end() {
    let mut world = World::new();
    let pid = world.fork(|| {
        let [read_end, write_end] = make_pipe(libc::O_CLOEXEC);
        put(write_end, b"hello");
        let mut buffer = [0; 64];
        get(read_end, &mut buffer);
        // SAFETY: two numbers.
        let copy = unsafe { libc::dup(write_end) };
        shut(copy);
        shut(write_end);
        get(read_end, &mut buffer);
        shut(read_end);
        put(write_end, b"x");
        7
    });
    let text = world.end();
    let calls = world.calls(pid);
    let Seen::Returned { call: pipe, .. } = world
        .seen
        .iter()
        .find(|seen| returned(seen, pid, "pipe2"))
        .unwrap()
    else {
        panic!()
    };
    let [r, w] = [pipe.created[0].fd, pipe.created[1].fd];
    assert_eq!(
        pipe.created[1],
        Made {
            fd: w,
            end: Some(End::Write),
            of: None,
            peer: None
        }
    );
    let Seen::Returned { call: dup, .. } = world
        .seen
        .iter()
        .find(|seen| returned(seen, pid, "dup"))
        .unwrap()
    else {
        panic!()
    };
    let copy = dup.created[0].fd;
    assert_eq!(
        dup.created,
        [Made {
            fd: copy,
            end: None,
            of: Some(w),
            peer: None
        }]
    );
    assert_eq!(
        calls,
        [
            format!("pipe2([{r}, {w}], O_CLOEXEC) = 0"),
            format!("write({w}, \"hello\", 5) = 5"),
            format!("read({r}, \"hello\", 64) = 5"),
            format!("dup({w}) = {copy}"),
            format!("close({copy}) = 0"),
            format!("close({w}) = 0"),
            format!("read({r}, \"\", 64) = 0"),
            format!("close({r}) = 0"),
            format!("write({w}, \"x\", 1) = -1 EBADF"),
            "exit_group(7) = ?".to_owned(),
        ],
        "{text}"
    );
    assert_eq!(gone(world.seen.last().unwrap(), pid), Some(Ended::Code(7)));
}

#[test]
fn payloads_come_whole_and_bounded() {
    let mut world = World::new();
    let pid = world.fork(|| {
        let [read_end, write_end] = make_pipe(0);
        let payload: Vec<u8> = (0..40_000u32).map(|i| i.to_le_bytes()[0]).collect();
        put(write_end, &payload);
        let mut buffer = vec![0; 50_000];
        get(read_end, &mut buffer);
        0
    });
    world.end();
    let mut moved = Vec::new();
    for seen in &world.seen {
        match seen {
            Seen::Entered { call, .. } if call.name == "write" => {
                assert_eq!((call.len, call.data.len()), (Some(40_000), 32_768));
            }
            Seen::Returned { call, pid: who } if call.flow != Flow::None => {
                assert_eq!(
                    (*who, call.ret, call.data.len()),
                    (pid, Some(40_000), 32_768)
                );
                moved.push(call.data.clone());
            }
            _ => {}
        }
    }
    assert_eq!(moved.len(), 2);
    assert_eq!(moved[0], moved[1]);
}

#[test]
fn the_playgrounds_own_descriptors_are_not_seen() {
    let mut world = World::new();
    let pid = world.fork(|| {
        let [read_end, write_end] = make_pipe(0);
        // SAFETY: numbers only; nothing else uses these descriptors in this child.
        unsafe { libc::dup2(read_end, sandbox::COMMAND_FD) };
        // SAFETY: as above.
        unsafe { libc::dup2(write_end, sandbox::REPORT_FD) };
        put(sandbox::REPORT_FD, b"report");
        let mut wait = libc::pollfd {
            fd: sandbox::COMMAND_FD,
            events: libc::POLLIN,
            revents: 0,
        };
        // SAFETY: one live pollfd.
        unsafe { libc::poll(&raw mut wait, 1, -1) };
        let mut buffer = [0; 16];
        get(sandbox::COMMAND_FD, &mut buffer);
        shut(sandbox::COMMAND_FD);
        i32::from(wait.revents) - 1
    });
    world.end();
    let names: Vec<String> = world
        .calls(pid)
        .iter()
        .map(|call| call.split('(').next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(names, ["pipe2", "dup2", "dup2", "exit_group"]);
    assert_eq!(gone(world.seen.last().unwrap(), pid), Some(Ended::Code(0)));
}

#[test]
fn a_denied_call_fails_and_the_rest_goes_on() {
    let mut world = World::new();
    let pid = world.fork(|| {
        let denied: [i64; 4] = [
            libc::SYS_ptrace,
            libc::SYS_unshare,
            libc::SYS_pidfd_getfd,
            libc::SYS_mount,
        ];
        for nr in denied {
            // SAFETY: the filter answers before the kernel looks at any argument.
            if unsafe { libc::syscall(nr, 0, 0, 0, 0) } != -1 || errno() != libc::EPERM {
                return 1;
            }
        }
        // SAFETY: as above.
        if unsafe {
            libc::syscall(
                libc::SYS_clone,
                libc::CLONE_NEWUSER | libc::SIGCHLD,
                0,
                0,
                0,
                0,
            )
        } != -1
            || errno() != libc::EPERM
        {
            return 2;
        }
        // SAFETY: as above.
        if unsafe { libc::syscall(libc::SYS_clone3, 0, 0) } != -1 || errno() != libc::ENOSYS {
            return 3;
        }
        std::fs::read_to_string("/proc/thread-self/status")
            .map_or(4, |status| i32::from(!status.contains("Seccomp:\t2")))
    });
    world.end();
    assert_eq!(
        gone(world.seen.last().unwrap(), pid),
        Some(Ended::Code(0)),
        "{}",
        world.text()
    );
}

#[test]
fn nobody_to_read_means_sigpipe() {
    let mut world = World::new();
    let pid = world.fork(|| {
        // SAFETY: Rust ignores SIGPIPE; this child has no handler to keep.
        unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
        let [read_end, write_end] = make_pipe(0);
        shut(read_end);
        put(write_end, b"lost");
        0
    });
    world.end();
    let write = world
        .seen
        .iter()
        .find(|seen| returned(seen, pid, "write"))
        .unwrap();
    assert!(
        matches!(write, Seen::Returned { call, .. } if call.errno == Some(Errno::EPIPE) && call.data.is_empty()),
        "{write:?}"
    );
    assert!(world.seen.contains(&Seen::Signaled {
        pid,
        signal: shared::os::Signal::SIGPIPE
    }));
    assert_eq!(
        gone(world.seen.last().unwrap(), pid),
        Some(Ended::Signal(shared::os::Signal::SIGPIPE))
    );
}

#[test]
fn a_held_task_stays_at_its_entry() {
    let mut world = World::new();
    let [read_end, write_end] = make_pipe(libc::O_NONBLOCK | libc::O_CLOEXEC);
    let pid = world.fork(move || i32::from(put(write_end, b"held") != 4));
    world.until(|seen| entered(seen, pid, "write")).unwrap();
    assert_eq!((get(read_end, &mut [0; 8]), errno()), (-1, libc::EAGAIN));
    assert_eq!(world.tracer.open_call(pid).unwrap().data, b"held");
    world.tracer.resume(pid).unwrap();
    world.end();
    assert_eq!(get(read_end, &mut [0; 8]), 4);
    shut(read_end);
    shut(write_end);
}
