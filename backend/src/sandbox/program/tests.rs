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
    run(&for_worker(trace, false), ARCH, number(nr), arguments).expect("a valid program")
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
fn no_pipe_is_larger_than_a_share_where_all_are_one_user() {
    let size = u64::from(libc::F_SETPIPE_SZ.cast_unsigned());
    let ask = |nr: c_long, command: u64, value: u64| {
        let arguments = [4, command, value, 0, 0, 0];
        run(&for_one_of_many(), ARCH, number(nr), arguments).expect("a valid program")
    };
    for (bytes, want) in [
        (0, ALLOW),
        (PIPE_BYTES, ALLOW),
        (PIPE_BYTES + 1, errno(libc::EPERM)),
        (1 << 20, errno(libc::EPERM)),
        (u64::from(u32::MAX), errno(libc::EPERM)),
    ] {
        assert_eq!(ask(libc::SYS_fcntl, size, bytes), want, "{bytes}");
    }
    let other = u64::from(libc::F_SETFL.cast_unsigned());
    assert_eq!(ask(libc::SYS_fcntl, other, 1 << 20), ALLOW);
    assert_eq!(ask(libc::SYS_ioctl, size, 1 << 20), ALLOW);
}

#[test]
fn fits_into_the_kernel() {
    assert!(for_worker(true, false).len() <= 4096, "BPF_MAXINSNS");
}

#[test]
fn another_machine_is_killed() {
    assert_eq!(
        run(&for_worker(true, false), 0x4000_0003, 1, [0; 6]),
        Some(libc::SECCOMP_RET_KILL_PROCESS)
    );
    assert_eq!(
        run(&for_worker(true, false), ARCH, X32 + 1, [0; 6]),
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
            let answer = run(&for_worker(trace, true), ARCH, nr, arguments);
            assert_eq!(answer, Some(want), "{kind:x}");
            // Where there is one machine, there is no other network either.
            let answer = run(&for_worker(trace, false), ARCH, nr, arguments);
            assert_eq!(answer, Some(errno(libc::EPERM)), "{kind:x}");
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
fn sockets_are_those_of_lessons_and_no_others() {
    let ask = |program: &[sock_filter], nr, family: i32, protocol: i32| {
        let arguments = [
            family.cast_unsigned().into(),
            1,
            protocol.cast_unsigned().into(),
            0,
            0,
            0,
        ];
        run(program, ARCH, number(nr), arguments)
    };
    let denied = Some(errno(libc::EPERM));
    for nr in [libc::SYS_socket, libc::SYS_socketpair] {
        for family in 0..64 {
            let known = FAMILIES.contains(&family);
            for (program, yes) in [
                (for_worker(false, false), Some(ALLOW)),
                (for_worker(true, false), Some(TRACE)),
                (for_supervisor(false), Some(ALLOW)),
            ] {
                let want = if known || family == libc::AF_NETLINK {
                    yes
                } else {
                    denied
                };
                assert_eq!(
                    ask(&program, nr, family, libc::NETLINK_ROUTE),
                    want,
                    "{family}"
                );
            }
        }
        let (netlink, diag) = (libc::AF_NETLINK, libc::NETLINK_SOCK_DIAG);
        assert_eq!(ask(&for_worker(false, false), nr, netlink, diag), denied);
        assert_eq!(ask(&for_supervisor(false), nr, netlink, diag), Some(ALLOW));
        let audit = libc::NETLINK_AUDIT;
        assert_eq!(ask(&for_supervisor(false), nr, netlink, audit), denied);
    }
}

#[test]
fn a_supervisor_sees_its_workers_and_they_see_nobody() {
    for nr in OTHERS.iter().chain(BY_NAME) {
        let of = |program: Vec<sock_filter>| run(&program, ARCH, number(*nr), [0; 6]);
        assert_eq!(of(for_supervisor(false)), Some(ALLOW));
        assert_eq!(of(for_worker(true, false)), Some(errno(libc::EPERM)));
        assert_eq!(of(for_worker(false, true)), Some(errno(libc::EPERM)));
    }
    for nr in DENIED {
        let of = run(&for_supervisor(true), ARCH, number(*nr), [0; 6]);
        assert_eq!(of, Some(errno(libc::EPERM)));
    }
}

#[test]
fn nothing_is_both_denied_and_traced() {
    for nr in DENIED.iter().chain(OTHERS).chain(BY_NAME) {
        assert!(!TRACED.contains(nr) && !TRACED_BY_FD.contains(nr), "{nr}");
        assert_eq!(ask(true, *nr, 0), errno(libc::EPERM));
    }
}

proptest! {
    #[test]
    fn every_call_has_an_answer(trace: bool, machine: u32, nr: u32, small in 0u32..600, arguments: [u64; 6]) {
        for (machine, nr) in [(machine, nr), (ARCH, nr), (ARCH, small)] {
            let answer = run(&for_worker(trace, false), machine, nr, arguments);
            prop_assert!(answer.is_some());
            prop_assert!(trace || answer != Some(TRACE));
        }
    }
}
