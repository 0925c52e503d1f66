//! The stage as text: the same facts in tables, for those who cannot see the picture or want to copy it.

use super::words;
use crate::mechanism::{
    count,
    pipe::{Mouth, Picture, remainder},
};
use shared::state::RunState;
use yew::prelude::*;

/// The tables, folded away until they are wanted.
pub(super) fn twin(run: &RunState, picture: &Picture, replay: bool) -> Html {
    html! {
        <details class="twin">
            <summary>{ "As text" }</summary>
            <div class="twin-tables" tabindex="0" role="region" aria-label="The stage as text">
                <table>
                    <caption>{ "Processes" }</caption>
                    <thead><tr>{ for ["Process", "PID", "State", "Call", "Waits to go in", "Out", "In"].iter().map(|name| html! { <th scope="col">{ *name }</th> }) }</tr></thead>
                    <tbody>
                        { for run.workers.iter().map(|worker| {
                            let (label, call) = words::call(run, worker);
                            html! {
                                <tr>
                                    <th scope="row">{ crate::components::badge::called(worker) }</th>
                                    <td>{ if worker.pid == worker.host_pid { worker.pid.to_string() } else { format!("{} ({} on this host)", worker.pid, worker.host_pid) } }</td>
                                    <td>{ words::state(worker, replay).text }</td>
                                    <td>{ format!("{label} ") }<code translate="no">{ call }</code></td>
                                    <td>{ remainder(run, worker).map_or_else(|| "nothing".to_owned(), crate::mechanism::bytes) }</td>
                                    <td>{ format!("{} B", count(worker.bytes_out)) }</td>
                                    <td>{ format!("{} B", count(worker.bytes_in)) }</td>
                                </tr>
                            }
                        }) }
                        if run.workers.is_empty() { <tr><td colspan="7">{ "No process yet." }</td></tr> }
                    </tbody>
                </table>
                <table>
                    <caption>{ picture.id.as_ref().map_or_else(|| "The pipe, which does not exist yet".to_owned(), |id| format!("In the kernel: {id}")) }</caption>
                    <tbody>
                        { row("Bytes in it", format!("{} of {}", count(picture.bytes.value), count(picture.bytes.max))) }
                        if let Some(pages) = picture.pages_in_words() { { row("Pages", pages) } }
                        { row("From the read end", order(picture)) }
                        { row("Write end", holders(&picture.write)) }
                        { row("Read end", holders(&picture.read)) }
                        if let Some(name) = &picture.name { { row("Name", name.clone()) } }
                    </tbody>
                </table>
            </div>
        </details>
    }
}

fn row(name: &str, value: String) -> Html {
    html! { <tr><th scope="row">{ name.to_owned() }</th><td>{ value }</td></tr> }
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
        format!("{} {whose}", crate::mechanism::bytes(block.to - block.from))
    };
    picture
        .blocks
        .iter()
        .map(one)
        .collect::<Vec<_>>()
        .join(", then ")
}

fn holders(mouth: &Mouth) -> String {
    let mut words: Vec<_> = mouth
        .holders
        .iter()
        .map(|(worker, fd)| format!("{worker} (fd {fd})"))
        .collect();
    words.extend(
        mouth
            .opening
            .iter()
            .map(|worker| format!("{worker} waits in open()")),
    );
    if words.is_empty() {
        words.push(
            if mouth.closed {
                "nobody any more"
            } else {
                "nobody yet"
            }
            .to_owned(),
        );
    }
    let mut text = format!("×{}: {}", mouth.holders.len(), words.join(", "));
    if let Some(why) = &mouth.forgotten {
        text.push_str(&format!(" ({why})"));
    }
    text
}
