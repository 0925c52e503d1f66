//! What can be chosen before a run of a file, and done in it.

use super::MAPPED;
use crate::catalog::{Act, Param, ParamKind};

pub(super) const PARAMS: &[Param] = &[
    Param {
        id: "writers",
        label: "Writers",
        help: "Processes that write to the same name.",
        kind: ParamKind::Number {
            min: 1,
            max: 3,
            default: 1,
            unit: "processes",
        },
        variants: &[],
    },
    Param {
        id: "reader",
        label: "Reader",
        help: "Reads when you say so, or again and again: a file wakes nobody.",
        kind: ParamKind::Choice {
            options: &[("demand", "reads when told"), ("loop", "reads in a loop")],
        },
        variants: &["write", "append", "rename", "mapped"],
    },
    Param {
        id: "wake",
        label: "Reader",
        help: "Sleeps until the kernel says that the file was written, or looks again and again.",
        kind: ParamKind::Choice {
            options: &[
                ("inotify", "is woken by inotify"),
                ("poll", "looks again and again"),
            ],
        },
        variants: &["watched"],
    },
    Param {
        id: "poll",
        label: "Pause of the reader",
        help: "How long it sleeps between two looks.",
        kind: ParamKind::Number {
            min: 0,
            max: 10_000,
            default: 200,
            unit: "milliseconds",
        },
        variants: &[],
    },
    Param {
        id: "chunk",
        label: "Read size",
        help: "Most bytes the reader takes with one read().",
        kind: ParamKind::Number {
            min: 1,
            max: 65_536,
            default: 4096,
            unit: "bytes",
        },
        variants: &[],
    },
    Param {
        id: "append",
        label: "O_APPEND",
        help: "Each write() goes to the end of the file, wherever that is by then; else to where its own open file stands.",
        kind: ParamKind::Flag { default: true },
        variants: &["append"],
    },
    Param {
        id: "lock",
        label: "Lock",
        help: "What a writer takes before it writes and gives back after; it keeps out only others who ask for one too.",
        kind: ParamKind::Choice {
            options: &[
                ("none", "none"),
                ("flock", "flock: of the open file"),
                ("ofd", "F_OFD_SETLKW: of the open file, by range"),
                ("posix", "F_SETLKW: of the process, by range"),
            ],
        },
        variants: &["append"],
    },
    Param {
        id: "stranger",
        label: "A stranger",
        help: "One more process that writes and never asks for the lock.",
        kind: ParamKind::Flag { default: false },
        variants: &["append"],
    },
    Param {
        id: "fsync",
        label: "fsync",
        help: "The writer waits until the bytes are on the disk, and not only in the kernel's memory.",
        kind: ParamKind::Flag { default: false },
        variants: &["write", "append", "rename", "watched"],
    },
    Param {
        id: "msync",
        label: "msync",
        help: "What a writer says to the kernel after a store; other processes see the store either way.",
        kind: ParamKind::Choice {
            options: &[
                ("none", "nothing"),
                ("async", "MS_ASYNC: write it back some time"),
                ("sync", "MS_SYNC: write it back now, and wait"),
            ],
        },
        variants: &["mapped"],
    },
    Param {
        id: "gap",
        label: "Pause after opening",
        help: "How long the writer takes between open() and write().",
        kind: ParamKind::Number {
            min: 0,
            max: 1_000_000,
            default: 0,
            unit: "microseconds",
        },
        variants: &["write", "rename", "watched"],
    },
    Param {
        id: "pace",
        label: "Pace",
        help: "Pause between the messages of a burst, and between looks that are asked for at once.",
        kind: ParamKind::Number {
            min: 0,
            max: 1_000_000,
            default: 0,
            unit: "microseconds",
        },
        variants: &[],
    },
];

pub(super) const ACTS: &[Act] = &[
    Act {
        id: "read",
        label: "Read",
        help: "Reads the file to its end; by its name, or what it has open.",
        variants: &[],
        roles: &["reader"],
        args: &[Param {
            id: "times",
            label: "Times",
            help: "How often, one after the other, with the pause that is set as the pace.",
            kind: ParamKind::Number {
                min: 1,
                max: 10_000,
                default: 1,
                unit: "",
            },
            variants: &[],
        }],
    },
    Act {
        id: "load",
        label: "Load",
        help: "Loads bytes from the mapped page: no system call.",
        variants: &["mapped"],
        roles: &["reader"],
        args: &[
            Param {
                id: "at",
                label: "At",
                help: "Where the first byte is, counted from the start of the file.",
                kind: ParamKind::Number {
                    min: 0,
                    max: MAPPED - 1,
                    default: 0,
                    unit: "bytes",
                },
                variants: &[],
            },
            Param {
                id: "len",
                label: "Bytes",
                help: "How many.",
                kind: ParamKind::Number {
                    min: 1,
                    max: MAPPED,
                    default: 64,
                    unit: "bytes",
                },
                variants: &[],
            },
        ],
    },
    Act {
        id: "open",
        label: "Open",
        help: "open() and no more: a writer's empties the file; a reader keeps what it has opened.",
        variants: &["write", "rename", "watched"],
        roles: &["writer", "reader"],
        args: &[],
    },
    Act {
        id: "close",
        label: "Close",
        help: "close() of what it has open; a writer that replaces the file renames now.",
        variants: &["write", "rename", "watched"],
        roles: &["writer", "reader"],
        args: &[],
    },
    Act {
        id: "lock",
        label: "Lock",
        help: "Takes the lock and keeps it; sleeps while another has it.",
        variants: &["append"],
        roles: &["writer"],
        args: &[
            Param {
                id: "from",
                label: "From",
                help: "First byte; flock() knows the whole file only.",
                kind: ParamKind::Number {
                    min: 0,
                    max: 1_048_576,
                    default: 0,
                    unit: "bytes",
                },
                variants: &[],
            },
            Param {
                id: "len",
                label: "Bytes",
                help: "How many; 0 is to the end, wherever that will be.",
                kind: ParamKind::Number {
                    min: 0,
                    max: 1_048_576,
                    default: 0,
                    unit: "bytes",
                },
                variants: &[],
            },
            Param {
                id: "mode",
                label: "Mode",
                help: "One alone, or several who only read.",
                kind: ParamKind::Choice {
                    options: &[("exclusive", "exclusive"), ("shared", "shared")],
                },
                variants: &[],
            },
        ],
    },
    Act {
        id: "unlock",
        label: "Unlock",
        help: "Gives the lock back; who waits for it gets it.",
        variants: &["append"],
        roles: &["writer"],
        args: &[],
    },
    Act {
        id: "truncate",
        label: "Truncate",
        help: "ftruncate(): the file ends there; pages behind are gone, mapped or not.",
        variants: &["mapped"],
        roles: &["writer"],
        args: &[Param {
            id: "len",
            label: "Bytes",
            help: "Bytes that stay.",
            kind: ParamKind::Number {
                min: 0,
                max: MAPPED,
                default: 0,
                unit: "bytes",
            },
            variants: &[],
        }],
    },
];
