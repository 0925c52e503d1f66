//! The filter as a classic BPF program, seccomp(2). Pure, so that tests can run it without a kernel.

use super::{
    CHANNEL_FD, COMMAND_FD,
    calls::{
        ARCH, Argument, BY_NAME, DENIED, FAMILIES, NAMESPACES, OTHERS, TRACED, TRACED_BY_FD,
        TRACED_IF, X32,
    },
};
use crate::limits::PIPE_BYTES;
use libc::{c_long, sock_filter};

// Offsets into `struct seccomp_data`. Arguments are 64 bits wide and their low halves come first on both machines.
const NR: u32 = 0;
const MACHINE: u32 = 4;
const FIRST_ARGUMENT: u32 = 16;
/// From the lower half of an argument to its upper half.
const UPPER: u32 = 4;

const LOAD: u32 = libc::BPF_LD | libc::BPF_W | libc::BPF_ABS;
const RETURN: u32 = libc::BPF_RET | libc::BPF_K;
const GO: u32 = libc::BPF_JMP | libc::BPF_JA;
const IF_EQUAL: u32 = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
const IF_AT_LEAST: u32 = libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K;
const IF_ANY_BIT: u32 = libc::BPF_JMP | libc::BPF_JSET | libc::BPF_K;

const ALLOW: u32 = libc::SECCOMP_RET_ALLOW;
const TRACE: u32 = libc::SECCOMP_RET_TRACE;

/// What the first process of a box wears, and so everybody in it.
pub(super) fn for_supervisor(travel: bool) -> Vec<sock_filter> {
    program(Wearer::Supervisor, travel)
}

/// What a worker wears, and so all that it forks.
pub(super) fn for_worker(trace: bool, travel: bool) -> Vec<sock_filter> {
    program(Wearer::Worker { trace }, travel)
}

/// What workers wear on top where all runs are one user to the kernel: no pipe is made larger than that. The tracer does not
/// see what this refuses, but whoever was refused tells.
pub(super) fn for_one_of_many() -> Vec<sock_filter> {
    let most = u32::try_from(PIPE_BYTES).expect("less than 4 GiB");
    vec![
        statement(LOAD, NR),
        jump(IF_EQUAL, number(libc::SYS_fcntl), 0, 5),
        statement(LOAD, argument(1)),
        jump(IF_EQUAL, libc::F_SETPIPE_SZ.cast_unsigned(), 0, 3),
        statement(LOAD, argument(2)),
        jump(IF_AT_LEAST, most + 1, 0, 1),
        statement(RETURN, errno(libc::EPERM)),
        statement(RETURN, ALLOW),
    ]
}

/// Who wears a filter. A worker of a box wears its supervisor's too: what either denies is denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wearer {
    /// The first process of a box, and so everybody in it.
    Supervisor,
    /// A worker, and so all that it forks. With `trace`, the calls of the lesson stop for the tracer.
    Worker { trace: bool },
}

/// The kernel prefers the filter's answers in this order: kill, errno, trace, allow; there is one answer a call here. With
/// `travel`, one may go into another network.
///
/// Calls about which the filter looks at the number only are also kept in the kernel's table of calls that are always
/// allowed, so that what is not listed costs nothing.
fn program(wearer: Wearer, travel: bool) -> Vec<sock_filter> {
    let trace = wearer == Wearer::Worker { trace: true };
    let mut program = vec![
        statement(LOAD, MACHINE),
        jump(IF_EQUAL, ARCH, 1, 0),
        statement(RETURN, libc::SECCOMP_RET_KILL_PROCESS),
        statement(LOAD, NR),
        jump(IF_AT_LEAST, X32, 0, 1),
        statement(RETURN, errno(libc::ENOSYS)),
    ];
    if trace {
        program.extend(any_of(
            TRACED_BY_FD,
            &[
                statement(LOAD, argument(0)),
                jump(IF_AT_LEAST, CHANNEL_FD.cast_unsigned(), 0, 2),
                jump(IF_AT_LEAST, COMMAND_FD.cast_unsigned() + 1, 1, 0),
                statement(RETURN, ALLOW),
                statement(RETURN, TRACE),
            ],
        ));
        for (nr, condition) in TRACED_IF {
            program.extend(any_of(&[*nr], &traced_if(*condition)));
        }
    }
    // clone3 keeps its flags in memory, where no filter can look. ENOSYS makes the C library fall back to clone.
    program.extend(answer(libc::SYS_clone3, errno(libc::ENOSYS)));
    program.extend([
        jump(IF_EQUAL, number(libc::SYS_clone), 0, 4),
        statement(LOAD, argument(0)),
        jump(IF_ANY_BIT, NAMESPACES, 0, 1),
        statement(RETURN, errno(libc::EPERM)),
        statement(LOAD, NR),
    ]);
    if travel {
        // Into another network only: that is how a role comes to the second machine of a run that has two.
        program.extend([
            jump(IF_EQUAL, number(libc::SYS_setns), 0, 4),
            statement(LOAD, argument(1)),
            jump(IF_EQUAL, libc::CLONE_NEWNET.cast_unsigned(), 1, 0),
            statement(RETURN, errno(libc::EPERM)),
            statement(RETURN, ALLOW),
        ]);
    } else {
        program.extend(answer(libc::SYS_setns, errno(libc::EPERM)));
    }
    program.extend(sockets(wearer));
    program.extend(any_of(DENIED, &[statement(RETURN, errno(libc::EPERM))]));
    if wearer != Wearer::Supervisor {
        program.extend(any_of(OTHERS, &[statement(RETURN, errno(libc::EPERM))]));
        program.extend(any_of(BY_NAME, &[statement(RETURN, errno(libc::EPERM))]));
    }
    if trace {
        program.extend(any_of(TRACED, &[statement(RETURN, TRACE)]));
    }
    program.push(statement(RETURN, ALLOW));
    program
}

/// Sockets of [`FAMILIES`], and of netlink(7) those that ask about addresses; a supervisor also asks about sockets. The
/// number is loaded before and after.
fn sockets(wearer: Wearer) -> Vec<sock_filter> {
    let mut protocols = vec![libc::NETLINK_ROUTE];
    if wearer == Wearer::Supervisor {
        protocols.push(libc::NETLINK_SOCK_DIAG);
    }
    // Behind the end of what is denied.
    let mut checks = vec![statement(LOAD, argument(0))];
    let len = FAMILIES.len() + protocols.len() + 2;
    let rest = |at: usize| u8::try_from(len - at).expect("fewer checks than a jump is long");
    for (at, family) in FAMILIES.iter().enumerate() {
        checks.push(jump(IF_EQUAL, family.cast_unsigned(), rest(at), 0));
    }
    let denied = u8::try_from(protocols.len() + 1).expect("a few protocols");
    checks.push(jump(IF_EQUAL, libc::AF_NETLINK.cast_unsigned(), 0, denied));
    checks.push(statement(LOAD, argument(2)));
    for (at, protocol) in protocols.iter().enumerate() {
        let at = FAMILIES.len() + 2 + at;
        checks.push(jump(IF_EQUAL, protocol.cast_unsigned(), rest(at), 0));
    }
    checks.push(statement(RETURN, errno(libc::EPERM)));
    checks.push(statement(LOAD, NR));
    any_of(&[libc::SYS_socket, libc::SYS_socketpair], &checks)
}

/// For any of these calls goes on with `then`, which returns or loads the number again; for others, behind it. The number
/// is loaded.
fn any_of(calls: &[c_long], then: &[sock_filter]) -> Vec<sock_filter> {
    let mut program = Vec::with_capacity(calls.len() + 1 + then.len());
    for (i, nr) in calls.iter().enumerate() {
        let rest = u8::try_from(calls.len() - i).expect("fewer calls than a jump is long");
        program.push(jump(IF_EQUAL, number(*nr), rest, 0));
    }
    program.push(statement(
        GO,
        u32::try_from(then.len()).expect("a few instructions"),
    ));
    program.extend_from_slice(then);
    program
}

/// Stops for the tracer if the condition holds.
fn traced_if(condition: Argument) -> Vec<sock_filter> {
    match condition {
        Argument::With(at, bits) => vec![
            statement(LOAD, argument(at)),
            jump(IF_ANY_BIT, bits, 1, 0),
            statement(RETURN, ALLOW),
            statement(RETURN, TRACE),
        ],
        Argument::Without(at, bits) => vec![
            statement(LOAD, argument(at)),
            jump(IF_ANY_BIT, bits, 0, 1),
            statement(RETURN, ALLOW),
            statement(RETURN, TRACE),
        ],
        Argument::NotNull(at) => vec![
            statement(LOAD, argument(at)),
            jump(IF_EQUAL, 0, 0, 3),
            statement(LOAD, argument(at) + UPPER),
            jump(IF_EQUAL, 0, 0, 1),
            statement(RETURN, ALLOW),
            statement(RETURN, TRACE),
        ],
    }
}

/// Where the lower half of an argument is.
fn argument(at: u32) -> u32 {
    FIRST_ARGUMENT + 8 * at
}

fn answer(nr: c_long, with: u32) -> [sock_filter; 2] {
    [jump(IF_EQUAL, number(nr), 0, 1), statement(RETURN, with)]
}

fn errno(errno: i32) -> u32 {
    libc::SECCOMP_RET_ERRNO | errno.cast_unsigned()
}

fn number(nr: c_long) -> u32 {
    u32::try_from(nr).expect("call numbers are small")
}

fn statement(code: u32, k: u32) -> sock_filter {
    jump(code, k, 0, 0)
}

fn jump(code: u32, k: u32, yes: u8, no: u8) -> sock_filter {
    sock_filter {
        code: u16::try_from(code).expect("codes have 16 bits"),
        jt: yes,
        jf: no,
        k,
    }
}

#[cfg(test)]
mod tests;
