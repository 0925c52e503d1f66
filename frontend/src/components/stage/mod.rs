//! The stage: processes around the kernel object between them, and the same as text.
//!
//! Writers stand left of the pipe, the reader right of it, the parent below; on a phone they stand one below the other.
//! Nothing on it moves unless it happened: the ribbon alone has a transition.

mod card;
mod menu;
mod tube;
mod twin;
mod words;

use crate::{
    components::{
        badge::{ink, letter},
        icons::{Icon, glyph},
        parts::{self, el, join},
    },
    intent::Intent,
    mechanism::pipe::{Expected, Picture, expected, writes},
    store::Selected,
};
use card::{CardProps, card, frame};
use shared::{mechanism::pipe::Params, state::RunState};
use std::rc::Rc;
use tube::{Tube, tube};
use twin::twin;
use yew::prelude::*;

/// From this many writers on their cards are less high.
const CROWD: usize = 2;
/// Letters shown of the message that is read next.
const NEXT: usize = 16;

/// What is on the stage.
#[derive(Clone, Debug, Properties)]
pub struct StageProps {
    /// The run; a default one before it starts.
    pub state: Rc<RunState>,
    /// What a learner wants.
    pub on: Callback<Intent>,
    /// What is looked at.
    #[prop_or_default]
    pub selected: Selected,
    /// A recording: nothing can be done to its processes.
    #[prop_or_default]
    pub replay: bool,
}

impl PartialEq for StageProps {
    /// A state is another one as soon as it was folded again: looking into it would cost more than drawing.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.state, &other.state)
            && self.selected == other.selected
            && self.replay == other.replay
    }
}

/// The stage of an entry.
#[component]
pub fn Stage(props: &StageProps) -> Html {
    let run = &props.state;
    let picture = Picture::of(run);
    let params = Params::new(&run.params).ok();
    let next = next(run, &picture);
    let tube = tube(Tube {
        picture: &picture,
        next: next.as_deref(),
        replay: props.replay,
        packets: params.is_some_and(|params| params.packets),
        fifo: run.variant == "fifo",
    });
    let (left, right, below) = places(props);
    let grid = if left.len() >= CROWD {
        "stage-grid many"
    } else {
        "stage-grid"
    };
    let seats = vec![
        place("place writers", "Writers", left),
        el("li", "place middle", vec![tube]),
        place("place readers", "Reader", right),
        place("place others", "Others", below),
    ];
    let grid = html! { <ul class={grid} aria-label="Stage: writers, the pipe, the reader">{ for seats }</ul> };
    let over = if run.finished.is_some() { "over" } else { "" };
    let prepared = if run.workers.is_empty() {
        "prepared"
    } else {
        ""
    };
    el(
        "div",
        &join(&["stage", over, prepared]),
        vec![grid, twin(run, &picture, props.replay)],
    )
}

/// A place of the stage with its cards.
fn place(class: &'static str, name: &'static str, cards: Vec<Html>) -> Html {
    let cards = cards.into_iter().map(|card| el("li", "", vec![card]));
    html! { <li {class}><ul aria-label={name}>{ for cards }</ul></li> }
}

/// Cards left of the kernel, right of it, and below. Who is still to be born has its place already, so that nothing jumps.
fn places(props: &StageProps) -> (Vec<Html>, Vec<Html>, Vec<Html>) {
    let run = &props.state;
    let all = expected(run);
    let crowd = |writers: usize| writers >= CROWD;
    let many = crowd(all.iter().filter(|one| one.role == "writer").count())
        || crowd(run.workers.iter().filter(|worker| writes(worker)).count());
    let starting = run.run.is_some() || !run.workers.is_empty();
    let mut seats: Vec<(&str, Option<char>, Html)> = Vec::new();
    for worker in &run.workers {
        let html = card(&CardProps {
            state: Rc::clone(run),
            worker: worker.clone(),
            on: props.on.clone(),
            compact: many && writes(worker),
            replay: props.replay,
        });
        seats.push((&worker.role, worker.letter, html));
    }
    if run.finished.is_none() {
        let missing = all.iter().filter(|one| run.worker(&one.id).is_none());
        seats.extend(missing.map(|one| (one.role, one.letter, ghost(one, starting, many))));
    }
    shared::sort_few(&mut seats, |seat| seat.1);
    let (left, rest): (Vec<_>, Vec<_>) = seats.into_iter().partition(|seat| seat.0 == "writer");
    let (right, below): (Vec<_>, Vec<_>) = rest.into_iter().partition(|seat| seat.0 == "reader");
    let cards =
        |seats: Vec<(&str, Option<char>, Html)>| seats.into_iter().map(|seat| seat.2).collect();
    (cards(left), cards(right), cards(below))
}

/// The place of a process that does not exist yet.
fn ghost(one: &Expected, starting: bool, compact: bool) -> Html {
    let words = if starting {
        "starting…"
    } else {
        "not started"
    };
    let what = match one.role {
        "writer" => "A process that will write.",
        "reader" => "A process that will read.",
        _ => "Will make the pipe and fork the others.",
    };
    let inside = vec![
        el(
            "h2",
            "",
            vec![
                letter(one.letter),
                parts::words("span", "", one.id.as_str()),
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
        &format!("ink-{}", ink(one.letter)),
        if one.role == "parent" { "small" } else { "" },
        if compact && one.role == "writer" {
            "compact"
        } else {
            ""
        },
    ];
    frame(&join(&class), format!("{}, {words}", one.id), inside)
}

/// The first letters of what is read next.
fn next(run: &RunState, picture: &Picture) -> Option<String> {
    let (id, from) = picture.next?;
    let preview = &run.message(id)?.preview;
    let text = preview.text.as_ref()?;
    // A read may have ended in the middle of a letter, or beyond the preview.
    let rest = text.get(usize::try_from(from).ok()?..)?;
    let start: String = rest.chars().take(NEXT).collect();
    let whole = start.len() == rest.len() && preview.len == text.len() as u64;
    Some(format!("“{start}{}”", if whole { "" } else { "…" }))
}
