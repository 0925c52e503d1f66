//! A shelf with envelopes on its boards: messages that a queue keeps whole. The front is on the right, where receivers are.

use super::picture::Scene;
use crate::{
    components::{
        badge::{ink, letter},
        parts::{el, join, words},
    },
    intent::Intent,
    mechanism::{
        bytes, count,
        queue::{Board, Envelope, Shelf},
    },
    store::Selected,
};
use yew::prelude::*;

/// The boards, or words for an empty shelf. `tag`: what the key of an envelope is called where it stands on it.
pub(super) fn shelf(scene: &Scene<'_>, shelf: &Shelf, tag: Option<&str>) -> Html {
    let mut boards: Vec<_> = shelf
        .boards
        .iter()
        .map(|one| board(scene, one, tag))
        .collect();
    if shelf.boards.is_empty() {
        boards.push(words("li", "board empty soft", "empty"));
    }
    if shelf.more > 0 {
        let more = format!("and {} more", count(shelf.more));
        boards.push(words("li", "soft more", more));
    }
    let shelf_drawn = el("ol", "shelf", boards);
    match tag.filter(|_| !shelf.boards.is_empty()) {
        Some(tag) => {
            let legend = vec![
                words("span", "tag", "n"),
                words(
                    "span",
                    "soft",
                    format!("its {tag}; the front is on the right"),
                ),
            ];
            el("div", "", vec![shelf_drawn, el("p", "legend-tag", legend)])
        }
        None => shelf_drawn,
    }
}

fn board(scene: &Scene<'_>, board: &Board, tag: Option<&str>) -> Html {
    let envelopes = board.envelopes.iter();
    let envelopes = envelopes.map(|one| envelope(scene, one, tag)).collect();
    let mut inside = Vec::new();
    if let Some(priority) = board.priority {
        inside.push(words("span", "rank", format!("priority {priority}")));
    }
    inside.push(el("ol", "envelopes", envelopes));
    el("li", "board", inside)
}

fn envelope(scene: &Scene<'_>, envelope: &Envelope, tag: Option<&str>) -> Html {
    let id = envelope
        .msg
        .map_or_else(|| "#?".to_owned(), |msg| format!("#{msg}"));
    let mut head = vec![letter_of(envelope), words("span", "number", id)];
    if let (Some(tag), Some(key)) = (tag, envelope.key) {
        let name = words("span", "sr", format!("{tag} "));
        head.push(el("span", "tag", vec![name, Html::from(key.to_string())]));
    }
    let text = if envelope.len == 0 {
        "no bytes"
    } else {
        &envelope.text
    };
    let inside = vec![
        el("span", "head", head),
        words("span", "text", text),
        words("span", "sr", format!(", {}", bytes(envelope.len))),
    ];
    let on = envelope
        .msg
        .is_some_and(|msg| scene.selected == Selected::Message(msg));
    let ink = format!("ink-{}", ink(envelope.letter));
    let front = if envelope.front { "front" } else { "" };
    let class = join(&["envelope", &ink, front]);
    let inside = match envelope.msg {
        Some(msg) => {
            let onclick = scene.on.reform(move |_| Intent::SelectMessage(msg));
            pressed(class, on, onclick, inside)
        }
        None => el("span", &class, inside),
    };
    el("li", "", vec![inside])
}

fn letter_of(envelope: &Envelope) -> Html {
    match envelope.letter {
        Some(_) => letter(envelope.letter),
        None => words("span", "letter parent", "?"),
    }
}

#[inline(never)]
fn pressed(class: String, on: bool, onclick: Callback<MouseEvent>, inside: Vec<Html>) -> Html {
    let pressed = if on { "true" } else { "false" };
    html! { <button type="button" {class} aria-pressed={pressed} {onclick}>{ for inside }</button> }
}
