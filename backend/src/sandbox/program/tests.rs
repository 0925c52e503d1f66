//! Runs the program as the kernel would.

use super::*;
use proptest::prelude::*;

/// A classic BPF machine with what the filter uses of it; `None` for a program the kernel would refuse.
fn run(program: &[sock_filter], machine: u32, nr: u32, argument: u64) -> Option<u32> {
    let (mut at, mut accumulator) = (0usize, 0u32);
    loop {
        let op = program.get(at)?;
        at += 1;
        let test = match u32::from(op.code) {
            LOAD => {
                accumulator = match op.k {
                    NR => nr,
                    MACHINE => machine,
                    FIRST_ARGUMENT => u32::try_from(argument & 0xFFFF_FFFF).unwrap(),
                    _ => return None,
                };
                continue;
            }
            RETURN => return Some(op.k),
            IF_EQUAL => accumulator == op.k,
            IF_AT_LEAST => accumulator >= op.k,
            IF_ANY_BIT => accumulator & op.k != 0,
            _ => return None,
        };
        at += usize::from(if test { op.jt } else { op.jf });
    }
}

fn ask(trace: bool, nr: c_long, argument: u64) -> u32 {
    run(&program(trace), ARCH, number(nr), argument).expect("a valid program")
}

#[test]
fn fits_into_the_kernel() {
    assert!(program(true).len() <= 4096, "BPF_MAXINSNS");
}

#[test]
fn another_machine_is_killed() {
    assert_eq!(
        run(&program(true), 0x4000_0003, 1, 0),
        Some(libc::SECCOMP_RET_KILL_PROCESS)
    );
    assert_eq!(
        run(&program(true), ARCH, X32 + 1, 0),
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
fn commands_and_reports_are_left_alone() {
    for nr in TRACED_BY_FD {
        for (fd, want) in [
            (0, TRACE),
            (63, TRACE),
            (64, ALLOW),
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
    fn every_call_has_an_answer(trace: bool, machine: u32, nr: u32, small in 0u32..600, argument: u64) {
        for (machine, nr) in [(machine, nr), (ARCH, nr), (ARCH, small)] {
            let answer = run(&program(trace), machine, nr, argument);
            prop_assert!(answer.is_some());
            prop_assert!(trace || answer != Some(TRACE));
        }
    }
}
