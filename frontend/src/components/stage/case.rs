//! Draws Python's queue with its case open: the pipe, three semaphores, and what still waits for a feeder.

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
    let parts = queue::semaphores(run);
    if !parts.is_empty() {
        let line = |part: &queue::Part| {
            let said = vec![
                words("span", "soft", part.what),
                words("b", "", part.says.clone()),
            ];
            let sleepers = asleep(part).map(|text| words("span", "why", text));
            el("li", "", said.into_iter().chain(sleepers).collect())
        };
        inside.push(el("ul", "case", parts.iter().map(line).collect()));
        let badge = origin_badge(Origin::Live, scene.replay);
        let how = words("span", "soft", "semaphores, read from memory");
        inside.push(el("p", "provenance", vec![badge, how]));
    }
    el("div", "kernels", inside)
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

pub(super) fn shortcuts(worker: &Worker) -> Vec<Verb> {
    let mut verbs = Vec::new();
    if worker.role == "parent" {
        return verbs;
    }
    let plain = |verb, label, help| Verb::plain(&worker.id, verb, label, help);
    if worker.role == "producer" {
        let help = "close() and join_thread(): ends when all it put is in the pipe.";
        verbs.push(plain("join", "Join and end", help));
    }
    let help = "empty() and qsize(): what they say may be out of date at once.";
    verbs.push(plain("empty", "Empty?", help));
    verbs
}

pub(super) fn table(run: &RunState) -> Table {
    let mut rows = Vec::new();
    for part in queue::semaphores(run) {
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
        caption: "Inside Python's queue".to_owned(),
        rows,
    }
}
