//! Badges: the letter of a process in its shape and color, and where a figure comes from.

use shared::{event::Origin, state::Worker};
use yew::prelude::*;

/// Letters that have a color and a shape; processes beyond share the kernel's neutral ones.
const LETTERS: &str = "ABCDEF";

/// The class that gives a process its color: `a` for A; `k` for those without a letter.
pub fn ink(letter: Option<char>) -> &'static str {
    match letter.and_then(|letter| LETTERS.find(letter)) {
        Some(0) => "a",
        Some(1) => "b",
        Some(2) => "c",
        Some(3) => "d",
        Some(4) => "e",
        Some(5) => "f",
        _ => "k",
    }
}

/// The letter of a process. The name of the process stands beside it, so screen readers skip it.
pub fn letter(letter: Option<char>) -> Html {
    let kind = letter.map_or("parent", |letter| ink(Some(letter)));
    let class = format!("letter {kind}");
    html! { <span {class} aria-hidden="true">{ letter.unwrap_or('P') }</span> }
}

/// A process as it is called everywhere: `A writer`, `parent`.
pub fn called(worker: &Worker) -> String {
    worker.letter.map_or_else(
        || worker.id.to_string(),
        |letter| format!("{letter} {}", worker.id),
    )
}

/// Where a figure comes from: LIVE, MEASURED, REPLAY or MODEL. What was live when it was recorded is a replay now.
pub fn origin_badge(origin: Origin, replay: bool) -> Html {
    let origin = if replay && origin != Origin::Model {
        Origin::Replay
    } else {
        origin
    };
    let (class, word, title) = match origin {
        Origin::Live => ("origin live", "LIVE", "Read from the kernel now"),
        Origin::Measured => ("origin measured", "MEASURED", "Timed on this host"),
        Origin::Replay => (
            "origin replay",
            "REPLAY",
            "From a recording of real processes",
        ),
        Origin::Model => (
            "origin model",
            "MODEL",
            "An explanation, computed from what was seen",
        ),
    };
    html! { <span {class} {title}>{ word }</span> }
}
