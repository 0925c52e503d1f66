//! Signals by the names that learners know.

use crate::os::Signal;

/// The first real-time signal a program may use: 32 and 33 are the C library's own, nptl(7).
pub const SIGRTMIN: i32 = 34;

/// Signals that can be sent, by their names in the catalog.
pub const CHOSEN: &[(&str, i32)] = &[
    ("SIGUSR1", 10),
    ("SIGUSR2", 12),
    ("SIGTERM", 15),
    ("SIGRTMIN", SIGRTMIN),
    ("SIGRTMIN+1", SIGRTMIN + 1),
    ("SIGRTMIN+2", SIGRTMIN + 2),
    ("SIGSTOP", 19),
    ("SIGCONT", 18),
    ("SIGKILL", 9),
];

/// The number of a signal that can be chosen.
pub fn number(name: &str) -> Option<i32> {
    CHOSEN
        .iter()
        .find(|(chosen, _)| *chosen == name)
        .map(|(_, number)| *number)
}

/// The name of a signal: `SIGUSR1`, `SIGRTMIN+1`.
pub fn name(signal: i32) -> String {
    Signal(signal).to_string()
}
