//! The filter as a classic BPF program, seccomp(2). Pure, so that tests can run it without a kernel.

use super::{
    CHANNEL_FD, COMMAND_FD,
    calls::{ARCH, DENIED, NAMESPACES, TRACED, TRACED_BY_FD, X32},
};
use libc::{c_long, sock_filter};

// Offsets into `struct seccomp_data`. Arguments are 64 bits wide and their low halves come first on both machines.
const NR: u32 = 0;
const MACHINE: u32 = 4;
const FIRST_ARGUMENT: u32 = 16;

const LOAD: u32 = libc::BPF_LD | libc::BPF_W | libc::BPF_ABS;
const RETURN: u32 = libc::BPF_RET | libc::BPF_K;
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
        for nr in TRACED_BY_FD {
            program.extend([
                jump(IF_EQUAL, number(*nr), 0, 5),
                statement(LOAD, FIRST_ARGUMENT),
                jump(IF_AT_LEAST, CHANNEL_FD.cast_unsigned(), 0, 2),
                jump(IF_AT_LEAST, COMMAND_FD.cast_unsigned() + 1, 1, 0),
                statement(RETURN, ALLOW),
                statement(RETURN, TRACE),
            ]);
        }
    }
    // clone3 keeps its flags in memory, where no filter can look. ENOSYS makes the C library fall back to clone.
    program.extend(answer(libc::SYS_clone3, errno(libc::ENOSYS)));
    program.extend([
        jump(IF_EQUAL, number(libc::SYS_clone), 0, 4),
        statement(LOAD, FIRST_ARGUMENT),
        jump(IF_ANY_BIT, NAMESPACES, 0, 1),
        statement(RETURN, errno(libc::EPERM)),
        statement(LOAD, NR),
    ]);
    for nr in DENIED {
        program.extend(answer(*nr, errno(libc::EPERM)));
    }
    if trace {
        for nr in TRACED {
            program.extend(answer(*nr, TRACE));
        }
    }
    program.push(statement(RETURN, ALLOW));
    program
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
