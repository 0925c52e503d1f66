//! What can be done while it runs, and what a send can say.

use crate::catalog::{Act, Param, ParamKind};

/// As [`super::CHOSEN`], with words.
const SIGNALS: &[(&str, &str)] = &[
    ("SIGUSR1", "SIGUSR1, 10"),
    ("SIGUSR2", "SIGUSR2, 12"),
    ("SIGTERM", "SIGTERM, 15"),
    ("SIGRTMIN", "SIGRTMIN, 34"),
    ("SIGRTMIN+1", "SIGRTMIN+1, 35"),
    ("SIGRTMIN+2", "SIGRTMIN+2, 36"),
    ("SIGSTOP", "SIGSTOP, 19"),
    ("SIGCONT", "SIGCONT, 18"),
    ("SIGKILL", "SIGKILL, 9"),
];

/// Signals whose mask can be changed; the last is a set of its own, sigfillset(3).
const MASKED: &[(&str, &str)] = &[
    ("SIGUSR1", "SIGUSR1, 10"),
    ("SIGUSR2", "SIGUSR2, 12"),
    ("SIGTERM", "SIGTERM, 15"),
    ("SIGRTMIN", "SIGRTMIN, 34"),
    ("SIGRTMIN+1", "SIGRTMIN+1, 35"),
    ("SIGRTMIN+2", "SIGRTMIN+2, 36"),
    ("SIGSTOP", "SIGSTOP, 19"),
    ("SIGKILL", "SIGKILL, 9"),
    ("all", "all there are"),
];

const SENDS_SIGNALS: &[&str] = &["signals", "signalfd"];

const MASK: Param = Param {
    id: "signal",
    label: "Signal",
    help: "Which signal.",
    kind: ParamKind::Choice { options: MASKED },
    variants: &[],
};

pub(super) const SEND: &[Param] = &[
    Param {
        id: "signal",
        label: "Signal",
        help: "Which signal; standard ones are pending at most once, real-time ones queue.",
        kind: ParamKind::Choice { options: SIGNALS },
        variants: SENDS_SIGNALS,
    },
    Param {
        id: "via",
        label: "Call",
        help: "kill() carries nothing but the number; sigqueue() takes the message, a whole number, along.",
        kind: ParamKind::Choice {
            options: &[("kill", "kill"), ("sigqueue", "sigqueue")],
        },
        variants: SENDS_SIGNALS,
    },
];

pub(super) const ACTS: &[Act] = &[
    Act {
        id: "block",
        label: "Block",
        help: "sigprocmask(SIG_BLOCK): from now on the signal waits, pending.",
        roles: &["receiver"],
        args: &[MASK],
        variants: SENDS_SIGNALS,
    },
    Act {
        id: "unblock",
        label: "Unblock",
        help: "sigprocmask(SIG_UNBLOCK): what is pending is delivered before the call returns.",
        roles: &["receiver"],
        args: &[MASK],
        variants: SENDS_SIGNALS,
    },
    Act {
        id: "handle",
        label: "Set what it does",
        help: "sigaction(): a handler with or without SA_RESTART, ignore, or the default.",
        roles: &["receiver"],
        args: &[
            Param {
                id: "signal",
                label: "Signal",
                help: "Which signal.",
                kind: ParamKind::Choice { options: SIGNALS },
                variants: &[],
            },
            Param {
                id: "how",
                label: "It",
                help: "What the signal does from now on.",
                kind: ParamKind::Choice {
                    options: &[
                        ("handler", "runs a handler"),
                        ("restart", "runs a handler, SA_RESTART"),
                        ("ignore", "is ignored"),
                        ("default", "has its default action"),
                    ],
                },
                variants: &[],
            },
        ],
        variants: &["signals"],
    },
    Act {
        id: "pending",
        label: "Ask what is pending",
        help: "sigpending(): the signals that were sent and are held back.",
        roles: &["receiver"],
        args: &[],
        variants: SENDS_SIGNALS,
    },
    Act {
        id: "read",
        label: "Sleep in read",
        help: "read() of a pipe of its own in which there is nothing: it sleeps until something ends that.",
        roles: &["receiver"],
        args: &[],
        variants: &["signals"],
    },
    Act {
        id: "wake",
        label: "Write a byte",
        help: "One byte into the pipe that the receiver sleeps at.",
        roles: &["parent"],
        args: &[],
        variants: &["signals"],
    },
    Act {
        id: "take",
        label: "Take",
        help: "One sigwaitinfo(), read() or sem_wait(): sleeps while there is nothing.",
        roles: &["receiver"],
        args: &[Param {
            id: "times",
            label: "Times",
            help: "How many.",
            kind: ParamKind::Number {
                min: 1,
                max: 1000,
                default: 1,
                unit: "",
            },
            variants: &[],
        }],
        variants: &[],
    },
    Act {
        id: "post",
        label: "Post",
        help: "sem_post(): adds one, as anybody may, whether it had taken one or not.",
        roles: &["receiver"],
        args: &[],
        variants: &["semaphore"],
    },
    Act {
        id: "value",
        label: "Ask its value",
        help: "sem_getvalue(): true when it was asked, perhaps not any more.",
        roles: &["sender", "receiver"],
        args: &[],
        variants: &["semaphore"],
    },
    Act {
        id: "unlink",
        label: "Remove the name",
        help: "sem_unlink(): nobody can open it any more; who has it open goes on using it.",
        roles: &["parent"],
        args: &[],
        variants: &["semaphore"],
    },
];
