//! One file a mechanism: what can be chosen and done, as data and as types.

pub mod pipe;

use crate::catalog::{Category, Entry};

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
    }
}

/// All entries, in the order of the learning path.
pub const ENTRIES: &[Entry] = &[
    coming(
        "file",
        "File",
        "▤",
        Category::Mechanism,
        "What does a reader see while you are writing?",
    ),
    pipe::ENTRY,
    coming(
        "queue",
        "Queue",
        "⋮",
        Category::Mechanism,
        "Who gets a message when several wait for it?",
    ),
    coming(
        "shared-memory",
        "Shared memory",
        "▦",
        Category::Mechanism,
        "What if two write the same bytes at once?",
    ),
    coming(
        "socket",
        "Socket",
        "⇄",
        Category::Mechanism,
        "Why do two sends arrive as one?",
    ),
    coming(
        "zeromq",
        "ZeroMQ",
        "ø",
        Category::Mechanism,
        "Where did the first message go?",
    ),
    coming(
        "rpc",
        "RPC",
        "ƒ",
        Category::Mechanism,
        "Was it executed, or not, or twice?",
    ),
    coming(
        "signal",
        "Signal",
        "⚑",
        Category::Mechanism,
        "Why does the handler run once for five signals?",
    ),
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
