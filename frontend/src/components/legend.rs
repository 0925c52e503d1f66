//! What the kinds of lines and figures mean.

use super::badge::OriginBadge;
use shared::event::Origin;
use yew::prelude::*;

/// Lines that stand for something a process did, each with how it is known.
const LINES: [(&str, &str, &str); 3] = [
    ("call", "call", "the system call was seen to enter and to return"),
    ("report", "report", "the process said so; no call was seen"),
    ("memory", "memory", "a store, confirmed by reading the memory"),
];

/// Origins of figures.
const ORIGINS: [(Origin, &str); 4] = [
    (Origin::Live, "read from the kernel now"),
    (Origin::Measured, "timed on this host"),
    (Origin::Replay, "from a recording"),
    (Origin::Model, "an explanation; the kernel does not keep this"),
];

/// The legend of arrows and origins.
#[component]
pub fn Legend() -> Html {
    html! {
        <ul class="legend" aria-label="Legend">
            { for LINES.iter().map(|&(class, word, means)| html! {
                <li><LineSample {class} /><span><b>{ word }</b>{ " " }{ means }</span></li>
            }) }
            { for ORIGINS.iter().map(|&(origin, means)| html! {
                <li><OriginBadge {origin} /><span>{ means }</span></li>
            }) }
        </ul>
    }
}

/// Which kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Properties)]
pub struct LineSampleProps {
    /// `call` (solid), `report` (outlined) or `memory` (dotted).
    pub class: &'static str,
}

/// A short piece of a line of that kind.
#[component]
pub fn LineSample(props: &LineSampleProps) -> Html {
    html! {
        <svg class={classes!("line-sample", props.class)} width="30" height="10" aria-hidden="true" focusable="false">
            { match props.class {
                "report" => html! { <><path d="M0 3h30" /><path d="M0 7h30" /></> },
                _ => html! { <path d="M0 5h30" /> },
            } }
        </svg>
    }
}
