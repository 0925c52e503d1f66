//! The stage as text: the same facts in tables, for those who cannot see the picture or want to copy it.

use super::words as say;
use crate::{
    components::{
        badge::called,
        parts::{code, el, words},
    },
    mechanism::{
        bytes, count,
        pipe::{Mouth, Picture, remainder},
    },
};
use shared::state::{RunState, Worker};
use yew::prelude::*;

/// The tables, folded away until they are wanted.
pub(super) fn twin(run: &RunState, picture: &Picture, replay: bool) -> Html {
    let heads = [
        "Process",
        "PID",
        "State",
        "Call",
        "Waits to go in",
        "Out",
        "In",
    ];
    let heads = heads.map(|name| head("col", name.to_owned())).to_vec();
    let mut rows: Vec<_> = run
        .workers
        .iter()
        .map(|worker| process(run, worker, replay))
        .collect();
    if rows.is_empty() {
        rows.push(el("tr", "", vec![head("row", "No process yet".to_owned())]));
    }
    let processes = vec![
        words("caption", "", "Processes"),
        el("thead", "", vec![el("tr", "", heads)]),
        el("tbody", "", rows),
    ];
    let named = match &picture.id {
        Some(id) if picture.removed => format!("Was in the kernel, is gone: {id}"),
        Some(id) => format!("In the kernel: {id}"),
        None => "The pipe, which does not exist yet".to_owned(),
    };
    let held = format!(
        "{} of {}",
        count(picture.bytes.value),
        count(picture.bytes.max)
    );
    let facts = [
        ("Bytes in it", Some(held)),
        ("Pages", picture.pages_in_words()),
        ("From the read end", Some(order(picture))),
        ("Write end", Some(holders(&picture.write))),
        ("Read end", Some(holders(&picture.read))),
        ("Name", picture.name.clone()),
    ];
    let facts = facts
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    let rows = facts.map(|(name, value)| {
        el(
            "tr",
            "",
            vec![head("row", name.to_owned()), words("td", "", value)],
        )
    });
    let object = vec![words("caption", "", named), el("tbody", "", rows.collect())];
    html! {
        <details class="twin">
            <summary>{ "As text" }</summary>
            <div class="twin-tables" tabindex="0" role="region" aria-label="The stage as text">
                { el("table", "", processes) }{ el("table", "", object) }
            </div>
        </details>
    }
}

#[inline(never)]
fn head(scope: &'static str, name: String) -> Html {
    html! { <th {scope}>{ name }</th> }
}

fn process(run: &RunState, worker: &Worker, replay: bool) -> Html {
    let (label, call) = say::call(run, worker);
    let pid = if worker.pid == worker.host_pid {
        worker.pid.to_string()
    } else {
        format!("{} ({} on this host)", worker.pid, worker.host_pid)
    };
    let waits = remainder(run, worker).map_or_else(|| "nothing".to_owned(), bytes);
    let cell = |text: String| words("td", "", text);
    let cells = vec![
        head("row", called(worker)),
        cell(pid),
        cell(say::state(worker, replay).text),
        el("td", "", vec![Html::from(format!("{label} ")), code(call)]),
        cell(waits),
        cell(format!("{} B", count(worker.bytes_out))),
        cell(format!("{} B", count(worker.bytes_in))),
    ];
    el("tr", "", cells)
}

/// Whose bytes lie in the tube, in the order in which they are read.
fn order(picture: &Picture) -> String {
    if picture.blocks.is_empty() {
        return "empty".to_owned();
    }
    let one = |block: &crate::mechanism::pipe::Block| {
        let whose = block.letter.map_or_else(
            || "of unknown writer".to_owned(),
            |letter| format!("of {letter}"),
        );
        format!("{} {whose}", bytes(block.to - block.from))
    };
    picture
        .blocks
        .iter()
        .map(one)
        .collect::<Vec<_>>()
        .join(", then ")
}

fn holders(mouth: &Mouth) -> String {
    if mouth.unseen {
        return "not looked at yet".to_owned();
    }
    let mut all: Vec<_> = mouth
        .holders
        .iter()
        .map(|(worker, fd)| format!("{worker} (fd {fd})"))
        .collect();
    all.extend(
        mouth
            .opening
            .iter()
            .map(|worker| format!("{worker} waits in open()")),
    );
    if all.is_empty() {
        all.push(
            if mouth.closed {
                "nobody any more"
            } else {
                "nobody yet"
            }
            .to_owned(),
        );
    }
    let mut text = format!("×{}: {}", mouth.holders.len(), all.join(", "));
    if let Some(why) = &mouth.forgotten {
        text.push_str(&format!(" ({why})"));
    }
    text
}
