//! The stage: processes around the kernel object between them, and the same as text.
//!
//! The cast says who stands left, right and below; the entry's picture says what stands in the middle. On a phone they stand
//! one below the other. Nothing on it moves unless it happened.

mod cable;
mod card;
mod case;
mod counter;
mod file;
mod lamps;
mod memory;
mod menu;
mod picture;
mod pipe;
mod plain;
mod queue;
mod rpc;
mod shelf;
mod signal;
mod socket;
mod strip;
mod tube;
mod twin;
mod verbs;
mod wire;
mod words;
mod zeromq;

use crate::{
    components::{
        badge::{ink, letter},
        icons::{Icon, glyph},
        parts::{self, el, join},
    },
    intent::Intent,
    mechanism::seats::{self, Place},
    store::Selected,
};
use card::{CardProps, card, frame};
use picture::{Scene, picture};
use shared::{mechanism::Seat, state::RunState};
use std::rc::Rc;
use twin::twin;
use yew::prelude::*;

/// From this many processes in a column on their cards are less high.
const CROWD: usize = 2;

/// What is on the stage.
#[derive(Clone, Debug, Properties)]
pub struct StageProps {
    /// The run; a prepared one before it starts.
    pub state: Rc<RunState>,
    /// What a learner wants.
    pub on: Callback<Intent>,
    /// What is looked at.
    #[prop_or_default]
    pub selected: Selected,
    /// A recording.
    #[prop_or_default]
    pub replay: bool,
    /// Nothing can be done to its processes.
    #[prop_or_default]
    pub hands_off: bool,
}

impl PartialEq for StageProps {
    /// A state is another one as soon as it was folded again: looking into it would cost more than drawing.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.state, &other.state)
            && self.selected == other.selected
            && self.replay == other.replay
            && self.hands_off == other.hands_off
    }
}

/// The stage of an entry.
#[component]
pub fn Stage(props: &StageProps) -> Html {
    let run = &props.state;
    let scene = Scene {
        run,
        replay: props.replay,
        on: &props.on,
        selected: props.selected,
    };
    let picture = picture(&run.entry);
    let places = seats::places(run);
    let [left, right, below] = columns(props, &places);
    let named = |seat| seats::named(&places, seat);
    let many = left.len().max(right.len()) >= CROWD;
    let grid = if many {
        "stage-grid many"
    } else {
        "stage-grid"
    };
    let seats = vec![
        column("place left", named(Seat::Left), left),
        el("li", "place middle", vec![(picture.middle)(&scene)]),
        column("place right", named(Seat::Right), right),
        column("place below", named(Seat::Below), below),
    ];
    let grid = html! { <ul class={format!("{grid} of-{}", run.entry)} aria-label="Stage: processes, and the kernel between them">{ for seats }</ul> };
    let over = if run.finished.is_some() { "over" } else { "" };
    let prepared = if run.workers.is_empty() {
        "prepared"
    } else {
        ""
    };
    let tables = (picture.tables)(&scene);
    el(
        "div",
        &join(&["stage", over, prepared]),
        vec![grid, twin(run, tables, props.replay)],
    )
}

/// A column of the stage with its cards.
fn column(class: &'static str, name: String, cards: Vec<Html>) -> Html {
    let cards = cards.into_iter().map(|card| el("li", "", vec![card]));
    html! { <li {class}><ul aria-label={name}>{ for cards }</ul></li> }
}

/// Cards left of the kernel, right of it, and below.
fn columns(props: &StageProps, places: &[Place<'_>]) -> [Vec<Html>; 3] {
    let run = &props.state;
    let count = |seat: Seat| places.iter().filter(|place| place.seat == seat).count();
    let crowded = [
        count(Seat::Left) >= CROWD,
        count(Seat::Right) >= CROWD,
        false,
    ];
    let starting = run.run.is_some() || !run.workers.is_empty();
    let mut columns: [Vec<Html>; 3] = Default::default();
    for place in places {
        let at = match place.seat {
            Seat::Left => 0,
            Seat::Right => 1,
            Seat::Below => 2,
        };
        let compact = crowded[at];
        columns[at].push(match place.worker {
            Some(worker) => card(&CardProps {
                state: Rc::clone(run),
                worker: worker.clone(),
                on: props.on.clone(),
                compact,
                replay: props.replay,
                hands_off: props.hands_off || props.replay,
                selected: props.selected,
            }),
            None => ghost(place, starting, compact),
        });
    }
    columns
}

/// The place of a process that does not exist yet.
fn ghost(place: &Place<'_>, starting: bool, compact: bool) -> Html {
    let words = if starting {
        "starting…"
    } else {
        "not started"
    };
    let what = match (place.role.as_str(), place.sends) {
        ("parent", _) => "Will make what is between them, and fork the others.",
        ("writer", _) => "A process that will write.",
        ("reader", _) => "A process that will read.",
        ("consumer", _) => "A process that will receive.",
        (_, true) => "A process that will send.",
        (_, false) => "A process that will take part.",
    };
    let inside = vec![
        el(
            "h2",
            "",
            vec![
                letter(place.letter),
                parts::words("span", "", place.id.as_str()),
            ],
        ),
        el(
            "p",
            "state",
            vec![glyph(Icon::Starting), parts::words("span", "", words)],
        ),
        parts::words("p", "soft", what),
    ];
    let class = [
        "proc ghost",
        &format!("ink-{}", ink(place.letter)),
        if place.role == "parent" { "small" } else { "" },
        if compact { "compact" } else { "" },
    ];
    frame(&join(&class), format!("{}, {words}", place.id), inside)
}
