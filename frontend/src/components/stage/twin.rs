//! The stage as text: the same facts in tables, for those who cannot see the picture or want to copy it.

use super::{picture::Table, words as say};
use crate::{
    components::{
        badge::called,
        parts::{code, el, words},
    },
    mechanism::count,
};
use shared::state::{RunState, Worker};
use yew::prelude::*;

/// The tables, folded away until they are wanted: the processes, then what the entry has to say.
pub(super) fn twin(run: &RunState, tables: Vec<Table>, replay: bool) -> Html {
    let heads = ["Process", "PID", "State", "Call", "Says", "Out", "In"];
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
    let mut all = vec![el("table", "", processes)];
    for table in tables {
        let rows = table
            .rows
            .into_iter()
            .map(|(name, value)| el("tr", "", vec![head("row", name), words("td", "", value)]));
        let inside = vec![
            words("caption", "", table.caption),
            el("tbody", "", rows.collect()),
        ];
        all.push(el("table", "", inside));
    }
    html! {
        <details class="twin">
            <summary>{ "As text" }</summary>
            <div class="twin-tables" tabindex="0" role="region" aria-label="The stage as text">{ for all }</div>
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
    let cell = |text: String| words("td", "", text);
    let cells = vec![
        head("row", called(worker)),
        cell(pid),
        cell(say::state(worker, replay).text),
        el("td", "", vec![Html::from(format!("{label} ")), code(call)]),
        cell(say::said(worker).unwrap_or_default()),
        cell(format!("{} B", count(worker.bytes_out))),
        cell(format!("{} B", count(worker.bytes_in))),
    ];
    el("tr", "", cells)
}
