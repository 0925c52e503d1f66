//! The kernel's pipe: a tube that is drawn byte by byte, with a scale, its two mouths and its pages.

use crate::{
    components::{
        badge::{ink, origin_badge},
        icons::{Icon, glyph},
        parts::{code, el, join, name_tag, words},
    },
    mechanism::{
        bytes, count,
        pipe::{Block, Mouth, Picture},
    },
};
use shared::event::{End, Origin};
use yew::prelude::*;

/// Letters whose bytes have a pattern.
const INKS: [char; 6] = ['A', 'B', 'C', 'D', 'E', 'F'];
/// More page boxes than this are a number only.
const MOST_BOXES: u64 = 64;
/// Thinner than this, in percent of the tube, a block gets an outline so that it can be seen at all.
const SLIVER: f64 = 1.0;

/// What is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tube<'a> {
    /// The pipe.
    pub(super) picture: &'a Picture,
    /// First bytes of the message that is read next.
    pub(super) next: Option<&'a str>,
    /// A recording.
    pub(super) replay: bool,
    /// Packet mode: each write has a page of its own.
    pub(super) packets: bool,
    /// A FIFO before it is made has a name already.
    pub(super) fifo: bool,
}

/// The kernel's side of the stage.
pub(super) fn tube(props: Tube<'_>) -> Html {
    let picture = props.picture;
    let class = [
        "kernel",
        if picture.id.is_none() { "absent" } else { "" },
        if picture.removed { "removed" } else { "" },
        if picture.full() { "full" } else { "" },
        if picture.backward { "backward" } else { "" },
    ];
    let of = |n| words("span", "", count(n));
    let figure = if picture.removed {
        vec![words("b", "", "gone")]
    } else {
        let of = if picture.socket {
            " bytes".to_owned()
        } else {
            format!(" of {} bytes", count(picture.bytes.max))
        };
        vec![words("b", "", count(picture.bytes.value)), Html::from(of)]
    };
    // Bytes go in at the first mouth and come out at the second, from left to right, or back.
    let (mut left, mut right) = (&picture.write, &picture.read);
    let mut scale = [picture.scale, picture.scale / 2, 0];
    if picture.backward {
        (left, right) = (right, left);
        scale.reverse();
    }
    let mut inside = vec![
        title(props),
        el(
            "div",
            "mouths",
            vec![caption(picture, left), caption(picture, right)],
        ),
        el(
            "div",
            "tube",
            vec![flange(left), ribbon(picture), flange(right)],
        ),
        html! { <div class="scale" aria-hidden="true">{ for scale.map(of) }</div> },
        el("p", "figure", figure),
    ];
    inside.extend(provenance(props));
    inside.push(held(props));
    el("div", &join(&class), inside)
}

fn title(props: Tube<'_>) -> Html {
    let picture = props.picture;
    let what = if picture.removed {
        "was in the kernel"
    } else {
        "in the kernel"
    };
    let id = match &picture.id {
        Some(id) => id.as_str(),
        None if picture.socket => "no sockets yet",
        None => "no pipe yet",
    };
    let mut inside = vec![
        words("span", "soft", what),
        Html::from(" "),
        code(id.to_owned()),
    ];
    if picture.socket {
        let way = if picture.backward {
            "the way back"
        } else {
            "the way there"
        };
        inside.push(words("span", "soft", way));
    }
    if let Some(name) = &picture.name {
        inside.push(name_tag(name));
    } else if props.fifo && picture.id.is_none() {
        inside.push(words("span", "name-tag", "a name"));
    }
    el("p", "kernel-name", inside)
}

fn flange(mouth: &Mouth) -> Html {
    let open = if mouth.closed { "shut" } else { "open" };
    let forgotten = if mouth.forgotten.is_some() {
        "forgotten"
    } else {
        ""
    };
    el("span", &join(&["flange", open, forgotten]), Vec::new())
}

/// Caption of a mouth: how many descriptors are open there, and whose.
fn caption(picture: &Picture, mouth: &Mouth) -> Html {
    let (class, end) = match (mouth.end, picture.socket) {
        (End::Read, true) => ("read", "recv"),
        (End::Read, false) => ("read", "read end"),
        (_, true) => ("write", "send"),
        (_, false) => ("write", "write end"),
    };
    let names: Vec<_> = mouth
        .holders
        .iter()
        .map(|(worker, _)| worker.as_str())
        .collect();
    let names = match (names.is_empty(), mouth.closed) {
        (false, _) => names.join(", "),
        (true, true) => "nobody any more".to_owned(),
        (true, false) => "nobody yet".to_owned(),
    };
    let mut count = Vec::new();
    if mouth.forgotten.is_some() {
        count.push(glyph(Icon::Warning));
    }
    count.push(Html::from(format!("{end} ×{}", mouth.holders.len())));
    let mut inside = vec![el("b", "", count), words("span", "holders", names)];
    for who in &mouth.opening {
        inside.push(words("span", "pending", format!("{who} waits in open()")));
    }
    let shut = if mouth.closed { "shut" } else { "" };
    let forgotten = if mouth.forgotten.is_some() {
        "forgotten"
    } else {
        ""
    };
    el("div", &join(&["mouth", class, shut, forgotten]), inside)
}

/// The bytes themselves. Geometry is in percent of the tube, so nothing is stretched and no style is needed.
pub(super) fn ribbon(picture: &Picture) -> Html {
    let (ticks, _) = picture.ticks();
    html! {
        <svg class="ribbon" width="100%" height="100%" role="img" aria-label={spoken(picture)}>
            <defs>{ for INKS.iter().map(|letter| pattern(*letter)) }</defs>
            <g class="blocks">{ for picture.blocks.iter().enumerate().map(|(at, block)| drawn(picture, at, block)) }</g>
            <g class="ticks">{ for ticks.iter().map(|at| line(picture, *at)) }</g>
            <g class="boundaries">{ for picture.boundaries.iter().map(|at| line(picture, *at)) }</g>
        </svg>
    }
}

#[inline(never)]
fn line(picture: &Picture, at: u64) -> Html {
    let x = AttrValue::from(percent(picture.percent(at)));
    html! { <line x1={x.clone()} x2={x} y1="0" y2="100%" /> }
}

fn drawn(picture: &Picture, at: usize, block: &Block) -> Html {
    let (mut left, mut right) = (picture.percent(block.to), picture.percent(block.from));
    if picture.backward {
        (left, right) = (right, left);
    }
    let (x, width) = (percent(left), percent(right - left));
    let name = ink(block.letter);
    let sliver = if right - left < SLIVER { "sliver" } else { "" };
    let header = if block.header { "header" } else { "" };
    // Keyed by its place from the left, so that a growing ribbon grows at the end where bytes come in.
    html! {
        <g key={at} class={join(&["block", &format!("ink-{name}"), sliver, header])}>
            <rect class="ink" x={x.clone()} width={width.clone()} y="0" height="100%" />
            if block.letter.is_some() && name != "k" && !block.header {
                <rect x={x} width={width} y="0" height="100%" fill={format!("url(#letters-{name})")} />
            }
        </g>
    }
}

/// The letter of the writer again and again, so that bytes can be told apart without color.
fn pattern(letter: char) -> Html {
    html! {
        <pattern id={format!("letters-{}", ink(Some(letter)))} width="34" height="26" patternUnits="userSpaceOnUse">
            <text class="pattern-letter" x="6" y="12">{ letter }</text>
            <text class="pattern-letter" x="23" y="25">{ letter }</text>
        </pattern>
    }
}

pub(super) fn percent(value: f64) -> String {
    // Whole thousandths: the code that writes fractions would be in the page for this alone.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a percentage, not below 0"
    )]
    let thousandths = (value.max(0.0) * 1_000.0) as u64;
    format!("{}.{:03}%", thousandths / 1_000, thousandths % 1_000)
}

fn spoken(picture: &Picture) -> String {
    if picture.removed {
        return "The pipe is gone".to_owned();
    }
    let mut words = if picture.socket {
        format!("{} in the socket", bytes(picture.bytes.value))
    } else {
        format!(
            "{} of {} bytes in the pipe",
            count(picture.bytes.value),
            count(picture.bytes.max)
        )
    };
    if let Some(pages) = picture.pages_in_words() {
        words.push_str(", ");
        words.push_str(&pages);
    }
    words
}

fn provenance(props: Tube<'_>) -> Vec<Html> {
    let picture = props.picture;
    if picture.id.is_none() {
        return vec![words(
            "p",
            "provenance soft",
            "Nothing exists yet. The parent makes it when you start.",
        )];
    }
    if picture.removed {
        return vec![words(
            "p",
            "provenance soft",
            "Nobody had it open any more, so the kernel let it go.",
        )];
    }
    let how = match picture.bytes.how.as_str() {
        "" => String::new(),
        "calls" => "counted from the calls".to_owned(),
        how => format!("by {how}"),
    };
    let badge = origin_badge(picture.bytes.origin, props.replay);
    let mut lines = vec![el(
        "p",
        "provenance",
        vec![badge, words("span", "soft", how)],
    )];
    if let (Some(pages), Some(said)) = (&picture.pages, picture.pages_in_words()) {
        let mut inside = Vec::new();
        if pages.max <= MOST_BOXES {
            let boxes = (0..pages.max)
                .map(|at| el("i", if at < pages.value { "on" } else { "" }, Vec::new()));
            inside.push(el("span", "slots", boxes.collect()));
        }
        inside.push(words("span", "", said));
        inside.push(origin_badge(pages.origin, props.replay));
        lines.push(el("p", "provenance pages", inside));
    }
    let memory = picture.memory.as_ref().filter(|memory| memory.value > 0);
    if let (Some(memory), Some(said)) = (memory, picture.memory_in_words()) {
        let badge = origin_badge(memory.origin, props.replay);
        let inside = vec![badge, words("span", "soft", format!("takes {said}"))];
        lines.push(el("p", "provenance", inside));
    }
    if picture.full_by_pages() {
        lines.push(words("p", "why", why_full(props)));
    }
    for why in [&picture.write, &picture.read]
        .into_iter()
        .filter_map(|mouth| mouth.forgotten.as_ref())
    {
        lines.push(el(
            "p",
            "why warn",
            vec![glyph(Icon::Warning), words("span", "", why.as_str())],
        ));
    }
    lines
}

/// A pipe counts pages, not bytes; in words, because no picture of bytes can show it.
fn why_full(props: Tube<'_>) -> String {
    let free = bytes(props.picture.bytes.max - props.picture.bytes.value);
    if props.packets {
        format!(
            "Full, though {free} would fit: every packet takes a page of its own, and all pages are taken."
        )
    } else {
        format!(
            "Full, though {free} would fit: all pages are taken. A write that does not fit into the rest of the last page begins a new one."
        )
    }
}

/// What was written and not yet read: the kernel keeps bytes, so the messages are a model.
fn held(props: Tube<'_>) -> Html {
    let picture = props.picture;
    let Some((id, _)) = picture.next else {
        return el("p", "held", Vec::new());
    };
    let mut next = format!("next out: #{id}");
    if let Some(text) = props.next {
        next.push_str(&format!(" {text}"));
    }
    if picture.messages > 1 {
        next.push_str(&format!(
            ", then {} more",
            count(picture.messages as u64 - 1)
        ));
    }
    let lines = match (picture.boundaries.is_empty(), picture.crowded) {
        (false, _) if picture.framed => "dim: the length of each object",
        (false, _) => "dashed: where one write ends",
        (true, true) => "too many writes to draw each",
        (true, false) => "",
    };
    let badge = origin_badge(Origin::Model, props.replay);
    el(
        "p",
        "held",
        vec![
            badge,
            words("span", "soft next", next),
            words("span", "soft", lines),
        ],
    )
}
