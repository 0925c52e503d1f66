//! What a learner can have the processes do.

use super::{CELLS, entry::PLACE};
use crate::catalog::{Act, Param, ParamKind};
use serde::{Deserialize, Serialize};

/// All but the parent, who has nothing mapped.
const USERS: &[&str] = &["writer", "reader"];
/// The parent as well: a third process that comes to the memory by its name.
const EVERYBODY: &[&str] = &["writer", "reader", "parent"];
/// Variants whose memory can be found by a name or number.
const NAMED: &[&str] = &["shm", "mapped", "sysv"];

const CELL: Param = Param {
    id: "cell",
    label: "Cell",
    help: "Which of the eight numbers of the record.",
    kind: ParamKind::Number {
        min: 0,
        max: CELLS as u64 - 1,
        default: 0,
        unit: "",
    },
    variants: &[],
};

const MS: Param = Param {
    id: "ms",
    label: "For",
    help: "How long.",
    kind: ParamKind::Number {
        min: 1,
        max: 3000,
        default: 300,
        unit: "ms",
    },
    variants: &[],
};

const fn number(
    id: &'static str,
    label: &'static str,
    help: &'static str,
    range: (u64, u64, u64),
    unit: &'static str,
) -> Param {
    let (min, max, default) = range;
    Param {
        id,
        label,
        help,
        kind: ParamKind::Number {
            min,
            max,
            default,
            unit,
        },
        variants: &[],
    }
}

const fn act(
    id: &'static str,
    label: &'static str,
    help: &'static str,
    roles: &'static [&'static str],
    args: &'static [Param],
) -> Act {
    Act {
        id,
        label,
        help,
        roles,
        args,
        variants: &[],
    }
}

pub(super) const ACTS: &[Act] = &[
    act(
        "load",
        "Load",
        "Looks at bytes of the memory; no system call.",
        EVERYBODY,
        &[
            Param {
                id: "at",
                label: "At byte",
                help: "From where: 64 is the record.",
                kind: PLACE,
                variants: &[],
            },
            number("len", "Bytes", "How many.", (1, 4096, 64), "bytes"),
        ],
    ),
    act(
        "store",
        "Store a number",
        "One cell gets a new value; no system call.",
        USERS,
        &[
            CELL,
            number(
                "value",
                "Value",
                "A whole number.",
                (0, 9_007_199_254_740_991, 1),
                "",
            ),
        ],
    ),
    act(
        "add",
        "Add",
        "Loads a cell, adds, stores the sum; with a guard, inside it.",
        USERS,
        &[
            CELL,
            number("n", "Add", "What is added each time.", (1, 1000, 1), ""),
            number(
                "times",
                "Times",
                "How often, in a loop.",
                (1, 100_000_000, 1),
                "",
            ),
        ],
    ),
    act(
        "step",
        "Next step of an add",
        "One of: lock, load, add 1, store, unlock; atomically there is only one step.",
        USERS,
        &[CELL],
    ),
    act(
        "fill",
        "Fill the record",
        "All 64 bytes become this process's letter.",
        USERS,
        &[Param {
            id: "hold",
            label: "Stop half way",
            help: "After 32 bytes; the other half with “Finish”. A guard stays locked meanwhile.",
            kind: ParamKind::Flag { default: false },
            variants: &[],
        }],
    ),
    act(
        "finish",
        "Finish the record",
        "Stores the half that was held back.",
        USERS,
        &[],
    ),
    act("lock", "Lock", "Takes the guard and keeps it.", USERS, &[]),
    act("unlock", "Unlock", "Gives the guard back.", USERS, &[]),
    act(
        "overwrite",
        "Overwrite in a loop",
        "Fills the record again and again, with its letter and the small one in turn.",
        USERS,
        &[MS],
    ),
    act(
        "check",
        "Count torn records",
        "Loads the record again and again, and counts those that are not of one letter.",
        USERS,
        &[MS],
    ),
    Act {
        variants: NAMED,
        ..act(
            "attach",
            "Attach",
            "Opens the memory by its name and maps it.",
            EVERYBODY,
            &[Param {
                id: "name",
                label: "Name",
                help: "The one it has, or one that nothing has.",
                kind: ParamKind::Choice {
                    options: &[("right", "the right one"), ("wrong", "a wrong one")],
                },
                variants: &[],
            }],
        )
    },
    act(
        "close",
        "Close",
        "Unmaps it: munmap() or shmdt(). The memory stays for the others, and as long as it has a name.",
        EVERYBODY,
        &[],
    ),
    Act {
        variants: NAMED,
        ..act(
            "unlink",
            "Unlink",
            "Takes the name away; who has it mapped keeps it.",
            EVERYBODY,
            &[],
        )
    },
    act(
        "touch",
        "Read after close",
        "Loads from the address it had: after closing, nothing is there.",
        USERS,
        &[],
    ),
];

/// What a learner can have a worker do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum Order {
    /// Load bytes.
    Load {
        /// From where.
        at: usize,
        /// How many.
        len: usize,
    },
    /// Store a number in a cell.
    Store {
        /// Which.
        cell: usize,
        /// The number.
        value: u64,
    },
    /// Add to a cell.
    Add {
        /// Which.
        cell: usize,
        /// What is added each time.
        n: u64,
        /// How often.
        times: u64,
    },
    /// The next step of an add of 1.
    Step {
        /// Which cell.
        cell: usize,
    },
    /// Fill the record with the worker's letter.
    Fill {
        /// Stop after the first half.
        hold: bool,
    },
    /// Store the half that was held back.
    Finish,
    /// Take the guard.
    Lock,
    /// Give it back.
    Unlock,
    /// Fill the record in a loop.
    Overwrite {
        /// For so long.
        ms: u64,
    },
    /// Load the record in a loop and count torn ones.
    Check {
        /// For so long.
        ms: u64,
    },
    /// Open by name and map.
    Attach {
        /// Which name.
        name: Name,
    },
    /// Unmap.
    Close,
    /// Take the name away.
    Unlink,
    /// Load from where it was mapped.
    Touch,
}

/// By which name to attach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Name {
    /// The one it has.
    Right,
    /// One that nothing has.
    Wrong,
}
