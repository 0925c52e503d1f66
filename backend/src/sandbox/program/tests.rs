//! Runs the program as the kernel would.

use super::*;
use proptest::prelude::*;

/// A classic BPF machine with what the filter uses of it; `None` for a program the kernel would refuse.
fn run(program: &[sock_filter], machine: u32, nr: u32, arguments: [u64; 6]) -> Option<u32> {
    let (mut at, mut accumulator) = (0usize, 0u32);
    loop {
        let op = program.get(at)?;
        at += 1;
        let test = match u32::from(op.code) {
            LOAD => {
                accumulator = match op.k {
                    NR => nr,
                    MACHINE => machine,
                    place => half(&arguments, place.checked_sub(FIRST_ARGUMENT)?)?,
                };
                continue;
            }
            RETURN => return Some(op.k),
            GO => {
                at += usize::try_from(op.k).unwrap();
                continue;
            }
            IF_EQUAL => accumulator == op.k,
            IF_AT_LEAST => accumulator >= op.k,
            IF_ANY_BIT => accumulator & op.k != 0,
            _ => return None,
        };
        at += usize::from(if test { op.jt } else { op.jf });
    }
}

/// Half of an argument.
fn half(arguments: &[u64; 6], offset: u32) -> Option<u32> {
    let whole = arguments.get(usize::try_from(offset / 8).unwrap())?;
    match offset % 8 {
        0 => Some(u32::try_from(whole & 0xFFFF_FFFF).unwrap()),
        UPPER => Some(u32::try_from(whole >> 32).unwrap()),
        _ => None,
    }
}

fn ask(trace: bool, nr: c_long, argument: u64) -> u32 {
    ask_at(trace, nr, 0, argument)
}

fn ask_at(trace: bool, nr: c_long, at: usize, argument: u64) -> u32 {
    let mut arguments = [0; 6];
    arguments[at] = argument;
    run(&program(trace), ARCH, number(nr), arguments).expect("a valid program")
}

#[test]
fn what_libraries_do_for_themselves_does_not_stop() {
    let (private, shared) = (libc::FUTEX_PRIVATE_FLAG, 0);
    for (flags, want) in [(private, ALLOW), (shared, TRACE)] {
        let operation = u64::from((libc::FUTEX_WAKE | flags).cast_unsigned());
        assert_eq!(ask_at(true, libc::SYS_futex, 1, operation), want);
    }
    for (flags, want) in [
        (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, ALLOW),
        (libc::MAP_SHARED | libc::MAP_ANONYMOUS, TRACE),
        (libc::MAP_SHARED_VALIDATE, TRACE),
    ] {
        let flags = u64::from(flags.cast_unsigned());
        assert_eq!(ask_at(true, libc::SYS_mmap, 3, flags), want);
    }
    for (action, want) in [(0, ALLOW), (0x7000, TRACE), (1 << 32, TRACE)] {
        assert_eq!(ask_at(true, libc::SYS_rt_sigaction, 1, action), want);
    }
}

#[test]
fn fits_into_the_kernel() {
    assert!(program(true).len() <= 4096, "BPF_MAXINSNS");
}

#[test]
fn another_machine_is_killed() {
    assert_eq!(
        run(&program(true), 0x4000_0003, 1, [0; 6]),
        Some(libc::SECCOMP_RET_KILL_PROCESS)
    );
    assert_eq!(
        run(&program(true), ARCH, X32 + 1, [0; 6]),
        Some(errno(libc::ENOSYS))
    );
}

#[test]
fn a_namespace_is_denied_in_every_way() {
    for bit in 0..32 {
        let flag = 1u64 << bit;
        let want = if u64::from(NAMESPACES) & flag == 0 {
            ALLOW
        } else {
            errno(libc::EPERM)
        };
        assert_eq!(ask(false, libc::SYS_clone, flag | 17), want, "bit {bit}");
    }
    assert_eq!(ask(true, libc::SYS_clone, 17), TRACE);
    assert_eq!(ask(true, libc::SYS_clone3, 0), errno(libc::ENOSYS));
    assert_eq!(ask(true, libc::SYS_unshare, 0), errno(libc::EPERM));
}

#[test]
fn nobody_goes_anywhere_but_into_another_network() {
    for (kind, want) in [
        (libc::CLONE_NEWNET, ALLOW),
        (0, errno(libc::EPERM)),
        (libc::CLONE_NEWNET | libc::CLONE_NEWNS, errno(libc::EPERM)),
        (libc::CLONE_NEWPID, errno(libc::EPERM)),
    ] {
        let nr = u32::try_from(libc::SYS_setns).unwrap();
        let arguments = [5, kind.cast_unsigned().into(), 0, 0, 0, 0];
        for trace in [false, true] {
            let answer = run(&program(trace), ARCH, nr, arguments);
            assert_eq!(answer, Some(want), "{kind:x}");
        }
    }
}

#[test]
fn commands_and_reports_are_left_alone() {
    for nr in TRACED_BY_FD {
        for (fd, want) in [
            (0, TRACE),
            (61, TRACE),
            (62, ALLOW),
            (126, ALLOW),
            (127, ALLOW),
            (128, TRACE),
            (u64::MAX, TRACE),
        ] {
            assert_eq!(ask(true, *nr, fd), want, "call {nr} on {fd}");
        }
        assert_eq!(ask(false, *nr, 3), ALLOW);
    }
}

#[test]
fn nothing_is_both_denied_and_traced() {
    for nr in DENIED {
        assert!(!TRACED.contains(nr) && !TRACED_BY_FD.contains(nr), "{nr}");
        assert_eq!(ask(true, *nr, 0), errno(libc::EPERM));
    }
}

proptest! {
    #[test]
    fn every_call_has_an_answer(trace: bool, machine: u32, nr: u32, small in 0u32..600, arguments: [u64; 6]) {
        for (machine, nr) in [(machine, nr), (ARCH, nr), (ARCH, small)] {
            let answer = run(&program(trace), machine, nr, arguments);
            prop_assert!(answer.is_some());
            prop_assert!(trace || answer != Some(TRACE));
        }
    }
}
