//! Signals that are handled in the middle of a call.

use super::*;
use std::sync::atomic::{AtomicI32, Ordering};

/// Where the handler writes to.
static TO: AtomicI32 = AtomicI32::new(-1);

extern "C" fn writes(_signal: libc::c_int) {
    put(TO.load(Ordering::Relaxed), b"!");
}

extern "C" fn nothing(_signal: libc::c_int) {}

fn handle(signal: i32, handler: extern "C" fn(libc::c_int), flags: i32) {
    // SAFETY: all zero is a valid action: no flags, an empty mask.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler as *const () as usize;
    action.sa_flags = flags;
    // SAFETY: a live structure; the handler only makes system calls.
    unsafe { libc::sigaction(signal, &raw const action, std::ptr::null_mut()) };
}

/// What was told of a process, in short, from the first call of that name on.
fn story(world: &World, pid: Pid, from: &str) -> Vec<String> {
    let told = world.seen.iter().filter(|seen| seen.pid() == pid);
    let mut story: Vec<String> = told
        .map(|seen| match seen {
            Seen::Entered { call, .. } => format!("{} …", call.name),
            Seen::Returned { call, .. } => match (call.ret, call.errno) {
                (_, Some(errno)) => format!("{} {errno}", call.name),
                (Some(ret), None) => format!("{} = {ret}", call.name),
                (None, None) => format!("{} over", call.name),
            },
            Seen::Interrupted { .. } => "interrupted".to_owned(),
            Seen::Reentered { .. } => "goes on".to_owned(),
            Seen::Signaled { signal, .. } => signal.to_string(),
            other => format!("{other:?}"),
        })
        .collect();
    let start = story.iter().position(|told| told.starts_with(from));
    story.drain(..start.unwrap());
    story
}

/// A reader sleeps, a signal comes, its handler writes into the very pipe.
fn reader(world: &mut World, handler: extern "C" fn(libc::c_int), flags: i32) -> Pid {
    let pid = world.fork(move || {
        let ends = make_pipe(0);
        TO.store(ends[1], Ordering::Relaxed);
        handle(libc::SIGUSR1, handler, flags);
        i32::from(get(ends[0], &mut [0; 1]) != 1)
    });
    world.pass(|seen| entered(seen, pid, "read"));
    world.asleep(pid);
    kill(pid, Signal::SIGUSR1).unwrap();
    pid
}

#[test]
fn a_handler_that_makes_calls_and_a_call_that_goes_on() {
    let mut world = World::new();
    let pid = reader(&mut world, writes, libc::SA_RESTART);
    world.end();
    assert_eq!(
        story(&world, pid, "read")[..10],
        [
            "read …",
            "interrupted",
            "SIGUSR1",
            "write …",
            "write = 1",
            "rt_sigreturn …",
            "rt_sigreturn over",
            "goes on",
            "read = 1",
            "exit_group …",
        ]
    );
}

#[test]
fn a_handler_that_makes_calls_and_a_call_that_fails() {
    let mut world = World::new();
    let pid = reader(&mut world, writes, 0);
    world.end();
    assert_eq!(
        story(&world, pid, "read")[..8],
        [
            "read …",
            "interrupted",
            "SIGUSR1",
            "write …",
            "write = 1",
            "rt_sigreturn …",
            "rt_sigreturn over",
            "read EINTR",
        ]
    );
}

#[test]
fn a_call_fails_when_the_handler_is_over_and_not_at_the_next_call() {
    let mut world = World::new();
    let pid = world.fork(|| {
        handle(libc::SIGUSR1, nothing, libc::SA_RESTART);
        // SAFETY: waits for a signal.
        unsafe { libc::pause() };
        loop {
            std::hint::spin_loop();
        }
    });
    world.pass(|seen| {
        matches!(seen, Seen::Entered { call, .. } if ["pause", "ppoll"].contains(&call.name))
    });
    world.asleep(pid);
    kill(pid, Signal::SIGUSR1).unwrap();
    world.pass(|seen| returned(seen, pid, "pause") || returned(seen, pid, "ppoll"));
    let told = story(&world, pid, "p");
    assert_eq!(told.last().map(String::as_str), Some("pause EINTR"));
    kill(pid, Signal::SIGKILL).unwrap();
    world.end();
}

#[test]
fn a_signal_in_the_middle_of_a_handler() {
    let mut world = World::new();
    let pid = world.fork(|| {
        let ends = make_pipe(0);
        TO.store(ends[1], Ordering::Relaxed);
        handle(libc::SIGUSR1, sleeps, 0);
        handle(libc::SIGUSR2, writes, 0);
        i32::from(get(ends[0], &mut [0; 1]) != -1)
    });
    world.pass(|seen| entered(seen, pid, "read"));
    world.asleep(pid);
    kill(pid, Signal::SIGUSR1).unwrap();
    world.pass(|seen| {
        matches!(seen, Seen::Entered { call, .. } if ["pause", "ppoll"].contains(&call.name))
    });
    world.asleep(pid);
    kill(pid, Signal::SIGUSR2).unwrap();
    world.end();
    assert_eq!(
        story(&world, pid, "read")[..14],
        [
            "read …",
            "interrupted",
            "SIGUSR1",
            "pause …",
            "interrupted",
            "SIGUSR2",
            "write …",
            "write = 1",
            "rt_sigreturn …",
            "rt_sigreturn over",
            "pause EINTR",
            "rt_sigreturn …",
            "rt_sigreturn over",
            "read EINTR",
        ]
    );
}

extern "C" fn sleeps(_signal: libc::c_int) {
    // SAFETY: waits for a signal.
    unsafe { libc::pause() };
}

#[test]
fn a_mask_is_told_and_what_comes_with_a_queued_signal() {
    let mut world = World::new();
    let pid = world.fork(|| {
        let mut set = SigSet::empty();
        set.add(Signal::SIGUSR1);
        let _blocked = sigprocmask(SigmaskHow::SIG_BLOCK, Some(&set), None);
        let value = libc::sigval {
            sival_ptr: std::ptr::without_provenance_mut(42),
        };
        // SAFETY: to this process itself.
        unsafe { libc::sigqueue(nix::unistd::getpid().as_raw(), libc::SIGUSR1, value) };
        let mut signal = 0;
        // SAFETY: a live set and a live int.
        unsafe { libc::sigwait(set.as_ref(), &raw mut signal) };
        i32::from(signal != libc::SIGUSR1)
    });
    let text = world.end();
    let calls = world.calls(pid);
    assert_eq!(
        calls[0], "rt_sigprocmask(SIG_BLOCK, [USR1], NULL, 8) = 0",
        "{text}"
    );
    let sent = format!(
        "rt_sigqueueinfo({pid}, SIGUSR1, {{si_signo=SIGUSR1, si_code=SI_QUEUE, si_pid={pid}, si_uid="
    );
    assert!(calls[1].starts_with(&sent) && calls[1].ends_with("si_int=42, si_ptr=0x2a}) = 0"));
    let waits = world.seen.iter().find_map(|seen| match seen {
        Seen::Returned { call, .. } if call.name == "rt_sigtimedwait" => Some(call.key),
        _ => None,
    });
    assert_eq!(waits, Some(Some(libc::SIGUSR1.into())), "{text}");
}
