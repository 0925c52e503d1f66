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

/// Pixels that the strip is high.
const STRIP: usize = 40;
/// Pixels of a row of locks.
const ROW: usize = 9;
/// Rows of locks; the last holds all that follow.
const MOST_ROWS: usize = 4;
/// Pixels for carets.
const CARETS: usize = 22;

/// The strip, and its scale.
pub(super) fn strip(file: &Inode) -> Html {
    let at = |place: u64| percent(file.place(place));
    let top = ROW * file.brackets.len().min(MOST_ROWS) + 2;
    let height = top + STRIP + if file.carets.is_empty() { 2 } else { CARETS };
    let ground = rect("ground", "0".to_owned(), "100%".to_owned(), top, STRIP);
    html! {
        <div class="file-strip">
            <svg class="strip" width="100%" height={height.to_string()} role="img" aria-label={spoken(file)}>
                { ground }
                { group("", file.brackets.iter().enumerate().map(|(row, lock)| bracket(file, row, lock)).collect()) }
                { group("blocks", file.blocks.iter().map(|one| block(file, one, top)).collect()) }
                { group("ticks", file.pages.iter().map(|page| line(at(*page), top, top + STRIP)).collect()) }
                { group("", carets(file).iter().map(|one| caret(file, one, top + STRIP)).collect()) }
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
fn line(x: String, from: usize, to: usize) -> Html {
    let x = AttrValue::from(x);
    html! { <line x1={x.clone()} x2={x} y1={from.to_string()} y2={to.to_string()} /> }
}

#[inline(never)]
fn rect(class: &'static str, x: String, width: String, y: usize, height: usize) -> Html {
    html! { <rect {class} {x} {width} y={y.to_string()} height={height.to_string()} /> }
}

#[inline(never)]
fn text(x: String, y: usize, anchor: &'static str, text: String) -> Html {
    html! { <text {x} y={y.to_string()} text-anchor={anchor}>{ text }</text> }
}

#[inline(never)]
fn group(class: &str, inside: Vec<Html>) -> Html {
    let class = class.to_owned();
    html! { <g {class}>{ for inside }</g> }
}

fn block(file: &Inode, block: &Block, top: usize) -> Html {
    let (from, to) = (file.place(block.from), file.place(block.to));
    let mut inside = vec![rect(
        "ink",
        percent(from),
        percent(to.saturating_sub(from)),
        top,
        STRIP,
    )];
    // A letter needs room.
    if let Some(letter) = block.letter.filter(|_| to - from > 4_000) {
        let middle = percent(from.midpoint(to));
        inside.push(text(
            middle,
            top + STRIP / 2 + 5,
            "middle",
            letter.to_string(),
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
    let width = percent(to.saturating_sub(from));
    let bar = rect(
        "bar",
        percent(from),
        width,
        ROW * row.min(MOST_ROWS - 1) + 2,
        5,
    );
    let class = [
        "bracket",
        if lock.waiting { "waits" } else { "" },
        if lock.shared { "shared" } else { "" },
        &format!("ink-{}", ink(lock.letter)),
    ];
    group(&join(&class), vec![bar])
}

/// Open files that stand at one place share a caret.
fn carets(file: &Inode) -> Vec<(u64, Vec<&Caret>)> {
    let mut places: Vec<(u64, Vec<&Caret>)> = Vec::new();
    for caret in &file.carets {
        match places.iter_mut().find(|(pos, _)| *pos == caret.pos) {
            Some((_, all)) => all.push(caret),
            None => places.push((caret.pos, vec![caret])),
        }
    }
    places
}

fn caret(file: &Inode, (pos, carets): &(u64, Vec<&Caret>), bottom: usize) -> Html {
    let at = file.place(*pos);
    // At the very edge it would be cut.
    let anchor = match at {
        0..5_000 => "start",
        95_000.. => "end",
        _ => "middle",
    };
    let mut sign = "▲".to_owned();
    sign.extend(carets.iter().map(|caret| caret.letter.unwrap_or('P')));
    let by = match carets.as_slice() {
        [only] => ink(only.letter),
        _ => "k",
    };
    let stem = line(percent(at), bottom - 4, bottom + 5);
    let sign = text(percent(at), bottom + 17, anchor, sign);
    group(&format!("caret ink-{by}"), vec![stem, sign])
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
