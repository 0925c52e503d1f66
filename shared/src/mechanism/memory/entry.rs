//! The card and the choices before the start.

use super::acts::ACTS;
use crate::catalog::{Capabilities, Category, Entry, Param, ParamKind, Variant};

/// The card.
pub const ENTRY: Entry = Entry {
    id: "shared-memory",
    title: "Shared memory",
    glyph: "▦",
    category: Category::Mechanism,
    question: "What if two write the same bytes at once?",
    built: true,
    variants: &[
        Variant {
            id: "shm",
            title: "POSIX",
            summary: "shm_open() makes memory with a name, a file in /dev/shm; whoever may open the name can map it.",
            can: MEMORY,
        },
        Variant {
            id: "memfd",
            title: "memfd",
            summary: "memfd_create() makes memory without a name; a copy of its descriptor goes over a socket to those who shall have it.",
            can: Capabilities {
                survives: false,
                ..MEMORY
            },
        },
        Variant {
            id: "mapped",
            title: "Mapped file",
            summary: "An ordinary file is mapped: what is stored in memory is in the file, and the other way round.",
            can: MEMORY,
        },
        Variant {
            id: "sysv",
            title: "System V",
            summary: "shmget() finds it by a number, its key; shmat() attaches it, and the kernel counts who has it attached.",
            can: MEMORY,
        },
    ],
    params: PARAMS,
    acts: ACTS,
    send: &[Param {
        id: "at",
        label: "At byte",
        help: "Where in the memory it is stored: 64 is the record; the first 64 bytes are the guard's.",
        kind: PLACE,
        variants: &[],
    }],
};

/// A place holds what was stored there last: it keeps no order, no boundaries, and nothing of what was there before.
const MEMORY: Capabilities = Capabilities {
    ordered: false,
    boundaries: false,
    bidirectional: true,
    many_to_many: true,
    crosses_machines: false,
    survives: true,
    passes_descriptors: false,
    copies: 0,
};

/// A place of data, bytes from the start.
pub(super) const PLACE: ParamKind = ParamKind::Number {
    min: 64,
    max: 1_048_575,
    default: 64,
    unit: "bytes",
};

pub(super) const PARAMS: &[Param] = &[
    Param {
        id: "guard",
        label: "Guard",
        help: "What keeps two processes from being in the same bytes at once.",
        kind: ParamKind::Choice {
            options: &[
                ("none", "nothing"),
                ("atomics", "atomic cells"),
                ("mutex", "mutex"),
                ("robust", "robust mutex"),
                ("semaphore", "semaphore"),
                ("seqlock", "sequence lock"),
            ],
        },
        variants: &[],
    },
    Param {
        id: "writers",
        label: "Writers",
        help: "Processes on the left, beside the one on the right; each of them can store and load.",
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
        help: "Memory wakes nobody: the reader looks at the record again and again, or when you say so; a late one does not even attach before.",
        kind: ParamKind::Choice {
            options: &[
                ("watch", "looks 200 times a second"),
                ("demand", "looks when told"),
                ("late", "attaches when told"),
            ],
        },
        variants: &[],
    },
    Param {
        id: "size",
        label: "Size",
        help: "Bytes of the segment; rounded up to whole pages of 4,096.",
        kind: ParamKind::Number {
            min: 4096,
            max: 1_048_576,
            default: 4096,
            unit: "bytes",
        },
        variants: &[],
    },
    Param {
        id: "pace",
        label: "Pace",
        help: "Pause between the messages of a burst.",
        kind: ParamKind::Number {
            min: 0,
            max: 1_000_000,
            default: 0,
            unit: "microseconds",
        },
        variants: &[],
    },
    Param {
        id: "tracker",
        label: "Python's resource tracker",
        help: "Up to 3.12, SharedMemory() of a Python process that merely attaches removes the name for everybody when that process ends; off, our Python roles do not register.",
        kind: ParamKind::Flag { default: false },
        variants: &["shm"],
    },
];
