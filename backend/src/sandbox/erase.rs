//! The environment and the arguments of the server, which a process made by fork has in its memory, and its /proc tells.
#![expect(unsafe_code, reason = "they are strings that nothing of Rust owns")]

use std::fs;

/// Fills both with zeros: what an administrator told the server is no business of a run.
///
/// Only for a process with one thread that does not look at its environment afterwards.
pub(super) fn environment() {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name, in brackets, may have spaces; what follows is counted from 3, proc_pid_stat(5).
    let Some((_, rest)) = stat.rsplit_once(')') else {
        return;
    };
    let fields: Vec<usize> = rest
        .split_whitespace()
        .map(|field| field.parse().unwrap_or(0))
        .collect();
    // arg_start, arg_end, env_start, env_end: 48 to 51.
    for pair in [(48, 49), (50, 51)] {
        let field = |number: usize| fields.get(number - 3).copied().unwrap_or(0);
        let (start, end) = (field(pair.0), field(pair.1));
        if start == 0 || end < start {
            continue;
        }
        let place = std::ptr::with_exposed_provenance_mut::<u8>(start);
        // SAFETY: the kernel says that these bytes are there, on the stack it made for the program, which is writable. They
        // are read by nobody else: there is one thread, and it goes on without environment and arguments.
        unsafe { place.write_bytes(0, end - start) };
    }
}
