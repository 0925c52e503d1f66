//! Draws a queue with its case open: locks, semaphores, and what still waits for a feeder. Python's has a pipe inside.

use super::{
    picture::{Scene, Table},
    tube::{Tube, tube},
    verbs::Verb,
};
use crate::{
    components::{
        badge::origin_badge,
        parts::{el, words},
    },
    mechanism::{pipe, queue},
    store::words::quoted,
};
use shared::{
    event::Origin,
    state::{RunState, Worker},
};
use yew::prelude::*;

/// Objects of a producer's row that are shown one by one.
const MOST: usize = 4;

pub(super) fn middle(scene: &Scene<'_>) -> Html {
    let run = scene.run;
    let mut inside = vec![tube(Tube {
        picture: &pipe::Picture::of(run),
        next: None,
        replay: scene.replay,
        packets: false,
        fifo: false,
    })];
    inside.extend(parts(scene));
    el("div", "kernels", inside)
}

/// Locks and semaphores, a line each.
pub(super) fn parts(scene: &Scene<'_>) -> Vec<Html> {
    let parts = queue::parts(scene.run);
    if parts.is_empty() {
        return Vec::new();
    }
    let line = |part: &queue::Part| {
        let said = vec![
            words("span", "soft", part.what),
            words("b", "", part.says.clone()),
        ];
        let sleepers = asleep(part).map(|text| words("span", "why", text));
        el("li", "", said.into_iter().chain(sleepers).collect())
    };
    let badge = origin_badge(Origin::Live, scene.replay);
    let what = if scene.run.variant == "shared" {
        "locks and semaphores, read from the same memory"
    } else {
        "semaphores, read from memory"
    };
    vec![
        el("ul", "case", parts.iter().map(line).collect()),
        el("p", "provenance", vec![badge, words("span", "soft", what)]),
    ]
}

fn asleep(part: &queue::Part) -> Option<String> {
    (part.sleepers > 0).then(|| format!("{} asleep at it", part.sleepers))
}

/// The producer's own row: put, and not written.
pub(super) fn on_card(scene: &Scene<'_>, worker: &Worker) -> Vec<Html> {
    let row: Vec<_> = queue::put(scene.run, worker).collect();
    let chip = |text: String| words("p", "chip", text);
    let mut lines: Vec<_> = row
        .iter()
        .take(MOST)
        .map(|one| {
            chip(format!(
                "#{} {} waits for the feeder",
                one.id,
                quoted(&one.preview)
            ))
        })
        .collect();
    if row.len() > MOST {
        lines.push(chip(format!("and {} more", row.len() - MOST)));
    }
    lines
}

pub(super) fn shortcuts(run: &RunState, worker: &Worker) -> Vec<Verb> {
    let mut verbs = Vec::new();
    if worker.role == "parent" {
        return verbs;
    }
    let plain = |verb, label, help| Verb::plain(&worker.id, verb, label, help);
    if worker.role == "producer" {
        if run.variant == "shared" && run.params.get("feeder").is_none_or(|how| how != "off") {
            verbs.push(hold(worker));
        }
        let help = "close() and join_thread(): ends when all it put has left its row.";
        verbs.push(plain("join", "Join and end", help));
    }
    let help = "empty() and qsize(): what they say may be out of date at once.";
    verbs.push(plain("empty", "Empty?", help));
    verbs
}

/// Its feeder can be held, or goes on.
fn hold(worker: &Worker) -> Verb {
    let mut said = worker.said.iter().rev();
    let last = said.find(|said| matches!(said.what.as_str(), "held" | "released"));
    let (verb, label, help) = if last.is_some_and(|said| said.what == "held") {
        (
            "release",
            "Release feeder",
            "Its feeder goes on with the oldest message of the row.",
        )
    } else {
        (
            "hold",
            "Hold feeder",
            "Its feeder stores nothing until it is released.",
        )
    };
    Verb::plain(&worker.id, verb, label, help)
}

pub(super) fn table(run: &RunState) -> Table {
    let mut rows = Vec::new();
    for part in queue::parts(run) {
        let sleepers = asleep(&part).map_or_else(String::new, |text| format!(", {text}"));
        rows.push((part.what.to_owned(), format!("{}{sleepers}", part.says)));
    }
    for worker in &run.workers {
        let waiting = queue::put(run, worker).count();
        if waiting > 0 {
            rows.push((
                worker.id.to_string(),
                format!("{waiting} wait for its feeder"),
            ));
        }
    }
    Table {
        caption: "Inside the queue".to_owned(),
        rows,
    }
}
