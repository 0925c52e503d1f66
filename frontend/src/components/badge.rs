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

/// Whose badge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Properties)]
pub struct LetterProps {
    /// The letter; none for the parent.
    pub letter: Option<char>,
}

/// The letter of a process. The name of the process stands beside it, so screen readers skip it.
#[component]
pub fn Letter(props: &LetterProps) -> Html {
    match props.letter {
        Some(letter) => html! { <span class={classes!("letter", ink(Some(letter)))} aria-hidden="true">{ letter }</span> },
        None => html! { <span class="letter parent" aria-hidden="true">{ "P" }</span> },
    }
}

/// A process as it is called everywhere: `A writer`, `parent`.
pub fn called(worker: &Worker) -> String {
    worker.letter.map_or_else(|| worker.id.to_string(), |letter| format!("{letter} {}", worker.id))
}

/// Which origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Properties)]
pub struct OriginProps {
    /// Where the figure comes from.
    pub origin: Origin,
    /// It is seen in a recording: what was live then is a replay now.
    #[prop_or_default]
    pub replay: bool,
}

/// Where a figure comes from: LIVE, MEASURED, REPLAY or MODEL.
#[component]
pub fn OriginBadge(props: &OriginProps) -> Html {
    let origin = if props.replay && props.origin != Origin::Model { Origin::Replay } else { props.origin };
    let (class, word, title) = match origin {
        Origin::Live => ("live", "LIVE", "Read from the kernel now"),
        Origin::Measured => ("measured", "MEASURED", "Timed on this host"),
        Origin::Replay => ("replay", "REPLAY", "From a recording of real processes"),
        Origin::Model => ("model", "MODEL", "An explanation, computed from what was seen"),
    };
    html! { <span class={classes!("origin", class)} title={title}>{ word }</span> }
}
