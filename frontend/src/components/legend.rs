//! What the kinds of lines and figures mean.

use super::{
    badge::origin_badge,
    parts::{el, words},
};
use shared::event::Origin;
use yew::prelude::*;

/// Lines that stand for something a process did, each with how it is known.
const LINES: [(&str, &str, &str); 3] = [
    (
        "call",
        "call",
        "solid: the system call was seen to enter and to return",
    ),
    (
        "report",
        "report",
        "outlined: the process said so; no call was seen",
    ),
    (
        "memory",
        "memory",
        "dotted: a store or a load without a call; that memory was read, and agrees",
    ),
];

/// Origins of figures.
const ORIGINS: [(Origin, &str); 4] = [
    (Origin::Live, "read from the kernel now"),
    (Origin::Measured, "timed on this host"),
    (Origin::Replay, "from a recording"),
    (
        Origin::Model,
        "an explanation; the kernel does not keep this",
    ),
];

/// The legend of lines and origins.
pub fn legend() -> Html {
    html! {
        <ul class="legend" aria-label="Legend">
            { for LINES.iter().map(|&(class, word, means)| html! {
                { el("li", "", vec![line_sample(class), el("span", "", vec![words("b", "", word), " ".into(), means.into()])]) }
            }) }
            { for ORIGINS.iter().map(|&(origin, means)| html! {
                { el("li", "", vec![origin_badge(origin, false), words("span", "", means)]) }
            }) }
        </ul>
    }
}

/// A short piece of a line: `call` (solid), `report` (outlined) or `memory` (dotted).
fn line_sample(class: &'static str) -> Html {
    let path = if class == "report" {
        "M0 3h30M0 7h30"
    } else {
        "M0 5h30"
    };
    html! {
        <svg class={classes!("line-sample", class)} width="30" height="10" aria-hidden="true" focusable="false"><path d={path} /></svg>
    }
}
