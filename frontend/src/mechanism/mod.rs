//! What is drawn for each entry: one folder a mechanism, which turns a run into a picture without drawing it.
//!
//! How an entry gets its picture:
//! 1. `mechanism/<x>/` holds what can be tested natively: a `Picture::of(&RunState)` with what is there to see, counted and
//!    ordered, with the origin of each figure. No `html!`, nothing of the browser.
//! 2. `components/stage/<x>.rs` draws it: `pub(super) const PICTURE: Picture = Picture { … ..plain::PICTURE }` fills the
//!    parts it needs. `seats`: names of the two columns. `middle`: what stands between the processes. `on_card`: lines of
//!    this entry on a process's card (descriptors, what waits to go in). `shortcuts`: buttons for what can be done now with
//!    arguments already chosen (`Close write end (4)`); all other acts of the catalog get a button or a small form by
//!    themselves. `tables`: the same facts as rows of text, for those who do not see the picture; processes have a table
//!    already. What is not filled is drawn by `plain.rs`: every object with holders, figures, items and content.
//! 3. `components/stage/picture.rs` has the one `match` by entry.
//!
//! Who stands left, right and below, who sends, and letters come from `shared::mechanism::cast` through `seats`. State, call,
//! line of the source, threads and last words are on every card already.
//!
//! Markup: each literal element in `html!` costs the page about 500 bytes, so use `el`, `words`, `code` of
//! `components/parts.rs`. No style attributes (the content policy forbids them): geometry is in SVG attributes in percent, or
//! `data-place` for `dom::place_all`. Nothing moves unless it happened. Figures carry `origin_badge`.

pub mod file;
pub mod memory;
pub mod pipe;
pub mod queue;
pub mod rpc;
pub mod seats;
pub mod signal;
pub mod socket;
pub mod zeromq;

/// What a message of a variant is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// Bytes, whatever they say.
    Bytes,
    /// A number: an eventfd adds it, sigqueue() sends it along.
    Number,
    /// Nothing: to send it is all there is.
    Nothing,
}

/// What a message of a variant is.
pub fn payload(entry: &str, variant: &str) -> Payload {
    match (entry, variant) {
        ("signal", "semaphore") => Payload::Nothing,
        ("signal", _) => Payload::Number,
        _ => Payload::Bytes,
    }
}

/// A number with its thousands set apart: `65,536`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 byte`, `5 bytes`.
pub fn bytes(n: u64) -> String {
    format!("{} {}", count(n), if n == 1 { "byte" } else { "bytes" })
}

/// A name in the file system without what every run has another of: `…/shared_data.txt`, `/…-queue`.
pub fn short_name(name: &str) -> String {
    let (folder, last) = name.rsplit_once('/').unwrap_or(("", name));
    let ours = last
        .split_once("ipc-playground-")
        .and_then(|(before, rest)| Some((before, rest.split_once('-')?.1)));
    match (ours, folder) {
        (Some((before, own)), _) => format!("{folder}/{before}…-{own}"),
        (None, "") => name.to_owned(),
        (None, _) => format!("…/{last}"),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_name_is_told_without_the_run_s_part() {
        for (name, short) in [
            (
                "/tmp/ipc-playground-96df6f0dacfe/shared_data.txt",
                "…/shared_data.txt",
            ),
            ("/ipc-playground-4df90e4ec2f5-queue", "/…-queue"),
            (
                "/dev/shm/ipc-playground-4ff03f877a7a-memory",
                "/dev/shm/…-memory",
            ),
            (
                "/dev/shm/sem.ipc-playground-f7ba5a026a4c-semaphore",
                "/dev/shm/sem.…-semaphore",
            ),
            ("/jobs", "/jobs"),
        ] {
            assert_eq!(super::short_name(name), short);
        }
    }

    #[test]
    fn thousands_are_set_apart() {
        for (n, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (65_536, "65,536"),
            (1_048_576, "1,048,576"),
        ] {
            assert_eq!(super::count(n), text);
        }
    }
}
