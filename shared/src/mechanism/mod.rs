//! One file a mechanism: what can be chosen and done, as data and as types.

pub mod file;
pub mod memory;
pub mod pipe;
pub mod queue;
pub mod rpc;
pub mod signal;
pub mod socket;
pub mod zeromq;

use crate::{
    catalog::{Category, Entry, ParamKind},
    command::Values,
    failure::Failure,
    ids::WorkerId,
};
use serde_json::Value;

/// Parameters that the catalog has checked, with defaults for the others. Read by hand: a derived reader would be in the page
/// for each mechanism.
#[derive(Debug)]
struct Checked(Values);

impl Checked {
    fn new(entry: &Entry, given: &Values) -> Result<Self, Failure> {
        entry.params(given).map(Self)
    }

    fn number(&self, id: &str) -> u64 {
        self.0.get(id).and_then(Value::as_u64).unwrap_or_default()
    }

    fn flag(&self, id: &str) -> bool {
        self.0.get(id).and_then(Value::as_bool).unwrap_or_default()
    }

    fn word(&self, id: &str) -> &str {
        self.0.get(id).and_then(Value::as_str).unwrap_or_default()
    }
}

/// A whole number to choose.
const fn number(min: u64, max: u64, default: u64, unit: &'static str) -> ParamKind {
    ParamKind::Number {
        min,
        max,
        default,
        unit,
    }
}

/// A process of a run, known before the run starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name: `writer`, `writer-2`.
    pub id: WorkerId,
    /// What it is there for: `writer`.
    pub role: &'static str,
    /// Where it stands in the picture.
    pub seat: Seat,
    /// Messages can be sent by it.
    pub sends: bool,
}

/// Where a process stands in the picture, which has the kernel in its middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seat {
    /// Left of it: who sends first.
    Left,
    /// Right of it: who receives.
    Right,
    /// Below it: who only made it.
    Below,
}

impl Member {
    /// A process.
    pub fn new(id: &str, role: &'static str, seat: Seat, sends: bool) -> Self {
        Self {
            id: WorkerId::new(id),
            role,
            seat,
            sends,
        }
    }

    /// One of several of a role: `writer`, `writer-2`, `writer-3`.
    pub fn numbered(role: &'static str, number: u64, seat: Seat, sends: bool) -> Self {
        let id = if number <= 1 {
            role.to_owned()
        } else {
            format!("{role}-{number}")
        };
        Self::new(&id, role, seat, sends)
    }

    /// The first of every run: makes the object, forks the others. It has no letter.
    pub fn parent() -> Self {
        Self::new("parent", "parent", Seat::Below, false)
    }
}

/// Who takes part in a run of an entry with these parameters: the parent first, then in the order of birth. Nobody if the
/// entry is not built.
pub fn cast(entry: &str, variant: &str, params: &Values) -> Vec<Member> {
    match entry {
        "file" => file::cast(variant, params),
        "pipe" => pipe::cast(variant, params),
        "shared-memory" => memory::cast(variant, params),
        "queue" => queue::cast(variant, params),
        "rpc" => rpc::cast(variant, params),
        "signal" => signal::cast(variant, params),
        "socket" => socket::cast(variant, params),
        "zeromq" => zeromq::cast(variant, params),
        _ => Vec::new(),
    }
}

const fn coming(
    id: &'static str,
    title: &'static str,
    glyph: &'static str,
    category: Category,
    question: &'static str,
) -> Entry {
    Entry {
        id,
        title,
        glyph,
        category,
        question,
        built: false,
        variants: &[],
        params: &[],
        acts: &[],
        send: &[],
    }
}

/// All entries, in the order of the learning path.
pub const ENTRIES: &[Entry] = &[
    file::ENTRY,
    pipe::ENTRY,
    queue::ENTRY,
    memory::ENTRY,
    socket::ENTRY,
    zeromq::ENTRY,
    rpc::ENTRY,
    signal::ENTRY,
    coming(
        "process",
        "Process",
        "◻",
        Category::Concept,
        "What does a child share with its parent?",
    ),
    coming(
        "synchronization",
        "Synchronization",
        "⊓",
        Category::Concept,
        "How is an update lost?",
    ),
    coming(
        "deadlock",
        "Deadlock",
        "∞",
        Category::Concept,
        "Who waits for whom?",
    ),
    coming(
        "serialization",
        "Serialization",
        "{}",
        Category::Concept,
        "What do the bytes mean to the other side?",
    ),
    coming(
        "pool",
        "Process pool",
        "∷",
        Category::Concept,
        "When do more workers make it slower?",
    ),
    coming(
        "task-system",
        "Task system",
        "☰",
        Category::Concept,
        "Where is the task of a worker that died?",
    ),
    coming(
        "choosing",
        "Choosing",
        "?",
        Category::Concept,
        "Which one, for what you have?",
    ),
];
