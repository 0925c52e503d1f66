//! A strip of a file's bytes: brackets above for locks, blocks by who wrote them, carets below for open files.

use crate::{
    components::{
        badge::ink,
        parts::{join, words},
    },
    mechanism::{
        bytes, count,
        file::{Block, Bracket, Caret, Inode},
    },
};
use yew::prelude::*;

/// The strip, and its scale.
pub(super) fn strip(file: &Inode) -> Html {
    let at = |place: u64| AttrValue::from(percent(file.place(place)));
    html! {
        <div class="file-strip">
            <svg class="strip" width="100%" role="img" aria-label={spoken(file)}>
                <g>{ for file.brackets.iter().enumerate().map(|(row, lock)| bracket(file, row, lock)) }</g>
                <rect class="ground" x="0" y="30" width="100%" height="40" />
                <g class="blocks">{ for file.blocks.iter().map(|one| block(file, one)) }</g>
                <g class="ticks">{ for file.pages.iter().map(|page| line(at(*page), "30", "70")) }</g>
                <g>{ for file.carets.iter().map(|one| caret(file, one)) }</g>
            </svg>
            <div class="scale" aria-hidden="true">
                { words("span", "", "0") }
                { words("span", "", count(file.span / 2)) }
                { words("span", "", count(file.span)) }
            </div>
        </div>
    }
}

#[inline(never)]
fn line(x: AttrValue, from: &'static str, to: &'static str) -> Html {
    html! { <line x1={x.clone()} x2={x} y1={from} y2={to} /> }
}

#[inline(never)]
fn rect(
    class: &'static str,
    x: AttrValue,
    width: AttrValue,
    y: String,
    height: &'static str,
) -> Html {
    html! { <rect {class} {x} {width} {y} {height} /> }
}

#[inline(never)]
fn letter(class: &'static str, x: AttrValue, y: String, letter: Option<char>) -> Html {
    let letter = letter.map_or_else(|| "?".to_owned(), String::from);
    html! { <text {class} {x} {y}>{ letter }</text> }
}

fn group(class: &str, inside: Vec<Html>) -> Html {
    let class = class.to_owned();
    html! { <g {class}>{ for inside }</g> }
}

fn block(file: &Inode, block: &Block) -> Html {
    let (from, to) = (file.place(block.from), file.place(block.to));
    let (x, width) = (percent(from), percent(to.saturating_sub(from)));
    let rect = rect("ink", x.into(), width.into(), "30".to_owned(), "40");
    let middle = percent(from.midpoint(to));
    let mut inside = vec![rect];
    if block.letter.is_some() {
        inside.push(letter(
            "strip-letter",
            middle.into(),
            "55".to_owned(),
            block.letter,
        ));
    }
    let by = format!("ink-{}", ink(block.letter));
    let nobody = if block.letter.is_none() { "nobody" } else { "" };
    group(&join(&["block", &by, nobody]), inside)
}

/// One row for each lock, so that none hides another.
fn bracket(file: &Inode, row: usize, lock: &Bracket) -> Html {
    let (from, to) = (
        file.place(lock.from),
        file.place(lock.to.unwrap_or(file.span)),
    );
    let y = 4 + 9 * row.min(2);
    let (x, width) = (percent(from), percent(to.saturating_sub(from)));
    let bar = rect("bar", x.into(), width.into(), y.to_string(), "5");
    let class = [
        "bracket",
        if lock.waiting { "waits" } else { "" },
        if lock.shared { "shared" } else { "" },
        &format!("ink-{}", ink(lock.letter)),
    ];
    group(&join(&class), vec![bar])
}

fn caret(file: &Inode, caret: &Caret) -> Html {
    let at = AttrValue::from(percent(file.place(caret.pos)));
    let by = format!("caret ink-{}", ink(caret.letter));
    // At the very edge it would be cut.
    let anchor = match file.place(caret.pos) {
        0..5_000 => "start",
        95_000.. => "end",
        _ => "middle",
    };
    let sign = if caret.letter.is_some() {
        format!("▲{}", caret.letter.map_or_else(String::new, String::from))
    } else {
        "▲".to_owned()
    };
    group(
        &by,
        vec![
            line(at.clone(), "66", "76"),
            html! { <text x={at} y="88" text-anchor={anchor}>{ sign }</text> },
        ],
    )
}

/// Thousandths of a percent, as CSS and SVG write it.
fn percent(thousandths: u64) -> String {
    format!("{}.{:03}%", thousandths / 1_000, thousandths % 1_000)
}

fn spoken(file: &Inode) -> String {
    let size = file.size.map_or(0, |(size, _)| size);
    let mut all = vec![format!("{} in the file", bytes(size))];
    let stands = |caret: &Caret| format!("{} stands at {}", caret.who, count(caret.pos));
    all.extend(file.carets.iter().map(stands));
    all.extend(file.brackets.iter().map(Bracket::words));
    all.join("; ")
}
