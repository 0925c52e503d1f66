//! The filter as a classic BPF program, seccomp(2). Pure, so that tests can run it without a kernel.

use super::{
    CHANNEL_FD, COMMAND_FD,
    calls::{ARCH, Argument, DENIED, NAMESPACES, TRACED, TRACED_BY_FD, TRACED_IF, X32},
};
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

/// The kernel prefers the filter's answers in this order: kill, errno, trace, allow; there is one answer a call here.
///
/// Calls about which the filter looks at the number only are also kept in the kernel's table of calls that are always
/// allowed, so that what is not listed costs nothing.
pub(super) fn program(trace: bool) -> Vec<sock_filter> {
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
    // Into another network only: that is how a role comes to the second machine of a run that has two.
    program.extend([
        jump(IF_EQUAL, number(libc::SYS_setns), 0, 4),
        statement(LOAD, argument(1)),
        jump(IF_EQUAL, libc::CLONE_NEWNET.cast_unsigned(), 1, 0),
        statement(RETURN, errno(libc::EPERM)),
        statement(RETURN, ALLOW),
    ]);
    program.extend(any_of(DENIED, &[statement(RETURN, errno(libc::EPERM))]));
    if trace {
        program.extend(any_of(TRACED, &[statement(RETURN, TRACE)]));
    }
    program.push(statement(RETURN, ALLOW));
    program
}

/// For any of these calls goes on with `then`, which must return; for others, behind it. The number is loaded.
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
