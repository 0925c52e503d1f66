//! Draws the pending signals of a process: a row for each in play, a lamp for each number.

use super::picture::Scene;
use crate::{
    components::{
        badge::{ink, letter, origin_badge},
        parts::{chosen_button, el, join, words},
    },
    intent::Intent,
    mechanism::{
        count,
        signal::{Board, Does, Lamp, Row},
    },
    store::Selected,
};
use shared::{event::Origin, ids::MsgId};
use yew::prelude::*;

/// Tokens drawn in a row; more are a number.
pub(super) const TOKENS: usize = 8;

/// The board.
pub(super) fn lamps(scene: &Scene<'_>, board: &Board) -> Html {
    let mut inside = vec![el(
        "p",
        "kernel-name",
        vec![
            words("span", "soft", "in the kernel, of every process:"),
            Html::from(" "),
            words("b", "", "its pending signals"),
        ],
    )];
    let rows = board.rows.iter().map(|one| row(scene, one));
    inside.push(el("ul", "rows", rows.collect()));
    let all = board.lamps.iter().map(lamp);
    inside.push(el("div", "lamps", all.collect()));
    inside.push(legend());
    inside.extend(below(scene, board));
    let class = ["kernel signal", if board.known { "" } else { "absent" }];
    el("div", &join(&class), inside)
}

/// A signal in play: its lamp, what is on its way to it, what became of the others.
fn row(scene: &Scene<'_>, row: &Row) -> Html {
    let lamp_of = &row.lamp;
    let state = join(&[
        "signal-row",
        if lamp_of.pending { "pending" } else { "" },
        if lamp_of.blocked { "blocked" } else { "" },
    ]);
    let mut what = vec![lamp(lamp_of), words("b", "", short(&lamp_of.name))];
    let does = lamp_of.does.look();
    if lamp_of.blocked {
        what.push(words("span", "held-back", "▮ blocked"));
    }
    what.push(words("span", "does", format!("{} {}", does.0, does.1)));
    let mut tokens: Vec<Html> = row
        .tokens
        .iter()
        .take(TOKENS)
        .map(|one| {
            token(
                scene,
                one.msg,
                one.letter,
                one.value.as_deref(),
                one.leaving,
            )
        })
        .collect();
    if row.tokens.len() > TOKENS {
        tokens.push(words(
            "span",
            "soft",
            format!("and {}", row.tokens.len() - TOKENS),
        ));
    }
    let mut became = Vec::new();
    if row.handled > 0 {
        became.push(format!("handler ran {}", times(row.handled)));
    } else if row.arrived > 0 {
        became.push(format!("arrived {}", times(row.arrived as u64)));
    }
    if row.lost > 0 {
        let why = if lamp_of.does == Does::Ignored {
            "thrown away"
        } else {
            "merged into one"
        };
        became.push(format!("{} {why}", count(row.lost as u64)));
    }
    if !became.is_empty() {
        tokens.push(words("span", "became", became.join(" · ")));
    }
    el(
        "li",
        &state,
        if tokens.is_empty() {
            vec![el("div", "what", what)]
        } else {
            vec![el("div", "what", what), el("div", "tokens", tokens)]
        },
    )
}

/// A message on its way, which can be looked at.
pub(super) fn token(
    scene: &Scene<'_>,
    msg: MsgId,
    from: Option<char>,
    value: Option<&str>,
    leaving: bool,
) -> Html {
    let text = match value {
        Some(value) => format!("#{msg} {value}"),
        None => format!("#{msg}"),
    };
    let onclick = scene.on.reform(move |_| Intent::SelectMessage(msg));
    let on = scene.selected == Selected::Message(msg);
    let class = join(&[
        "token",
        &format!("ink-{}", ink(from)),
        if leaving { "leaving" } else { "" },
    ]);
    el(
        "span",
        &class,
        vec![
            letter(from),
            chosen_button("quiet small", text, on, onclick),
        ],
    )
}

/// One number of the board. What it says is in the table, too.
fn lamp(lamp: &Lamp) -> Html {
    let class = join(&[
        "lamp",
        if lamp.pending { "pending" } else { "" },
        if lamp.blocked { "blocked" } else { "" },
        match lamp.does {
            Does::Default => "",
            Does::Handler => "handler",
            Does::Ignored => "ignored",
            Does::Always => "always",
        },
    ]);
    let glyph = match lamp.does {
        Does::Default => "",
        Does::Handler | Does::Ignored | Does::Always => lamp.does.look().0,
    };
    let inside = vec![
        words("b", "", lamp.number.to_string()),
        words("i", "", glyph),
    ];
    html! { <span {class} title={lamp.words()} aria-hidden="true">{ for inside }</span> }
}

fn legend() -> Html {
    let sign = |class: &str, glyph: &str, word: &str| {
        let lamp = el(
            "span",
            &format!("lamp {class}"),
            vec![words("b", "", ""), words("i", "", glyph)],
        );
        el("span", "sign", vec![lamp, Html::from(word.to_owned())])
    };
    el(
        "p",
        "signs",
        vec![
            sign("pending", "", "pending"),
            sign("blocked", "", "blocked"),
            sign("handler", "ƒ", "handler"),
            sign("ignored", "∅", "ignored"),
            sign("always", "!", "cannot be refused"),
        ],
    )
}

fn below(scene: &Scene<'_>, board: &Board) -> Vec<Html> {
    let line = |origin: Origin, text: &str| {
        let inside = vec![
            origin_badge(origin, scene.replay),
            words("span", "soft", text),
        ];
        el("p", "provenance", inside)
    };
    if !board.known {
        let nothing = "Every process has such a set. It is read when the receiver is there.";
        return vec![words("p", "provenance soft", nothing)];
    }
    let mut lines = vec![line(Origin::Live, "lamps: /proc/PID/status")];
    if board.rows.iter().any(|row| !row.tokens.is_empty()) {
        let how = "which sends these are: the kernel keeps one bit for each number up to 31";
        lines.push(line(Origin::Model, how));
    }
    if board.unsure {
        let why = "Sends of the same number look alike: which of them arrived, nobody can tell.";
        lines.push(words("p", "why", why));
    }
    if !board.alive {
        lines.push(words(
            "p",
            "why",
            "Its process has ended, and its signals with it.",
        ));
    }
    lines
}

/// `SIGUSR1` is `USR1`, so that it fits.
fn short(name: &str) -> String {
    name.strip_prefix("SIG").unwrap_or(name).to_owned()
}

fn times(n: u64) -> String {
    match n {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{} times", count(n)),
    }
}
