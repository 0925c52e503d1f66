//! The keys: in a dialog on `?`, and the same list as a page.

use super::parts::{el, words};
use yew::prelude::*;

/// Where, which key, what it does. No single key acts on the whole page but `?`.
const KEYS: &[(&str, &[(&str, &str)])] = &[
    (
        "Everywhere",
        &[
            ("?", "This list"),
            (
                "Tab",
                "To the next control; links at the top skip to the parts",
            ),
            ("Esc", "Closes a menu or this list"),
        ],
    ),
    (
        "In the message",
        &[("Enter", "Send; the first one starts the run")],
    ),
    (
        "On the stage",
        &[
            ("← →", "From process to process"),
            ("Enter", "Into its buttons"),
        ],
    ),
    (
        "In tabs",
        &[
            ("← →", "From tab to tab"),
            ("Home, End", "First and last tab"),
        ],
    ),
    (
        "In the timeline",
        &[
            ("← →", "From call to call"),
            ("Home, End", "Oldest and newest shown"),
            ("Enter", "Look at the call"),
        ],
    ),
    (
        "In the log",
        &[
            ("↑ ↓", "From event to event"),
            ("Page Up, Page Down", "By a screenful"),
            ("Home, End", "Oldest and newest"),
            ("Enter", "Look at its call or message"),
            ("Ctrl C", "Copy the chosen events"),
        ],
    ),
    (
        "In the player",
        &[
            ("Space", "Play or pause"),
            ("← →", "One event back or on"),
            ("Page Up, Page Down", "Marker before or next"),
            ("Home, End", "Begin and end"),
        ],
    ),
    (
        "In the presenter view",
        &[
            ("Page Down", "Next"),
            ("Page Up", "Back: the beats before are run again"),
        ],
    ),
];

/// The list itself.
pub fn key_list() -> Html {
    let key = |&(key, does): &(&'static str, &'static str)| {
        let name = el("dt", "", vec![words("kbd", "", key)]);
        [name, words("dd", "", does)]
    };
    let place = |&(place, keys): &(&'static str, &[(&'static str, &'static str)])| {
        let list = el("dl", "", keys.iter().flat_map(key).collect());
        el("section", "", vec![words("h2", "", place), list])
    };
    el("div", "keys", KEYS.iter().map(place).collect())
}
