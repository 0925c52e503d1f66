//! The kernel's pipe: a tube that is drawn byte by byte, with a scale, its two mouths and its pages.

use crate::{
    components::{
        badge::{ink, origin_badge},
        icons::{Icon, glyph},
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
    let class = classes!(
        "kernel",
        picture.id.is_none().then_some("absent"),
        picture.removed.then_some("removed"),
        picture.full().then_some("full"),
    );
    html! {
        <div {class}>
            { title(props) }
            <div class="mouths">
                { caption(&picture.write) }
                { caption(&picture.read) }
            </div>
            <div class="tube">
                <span class={flange(&picture.write)} aria-hidden="true"></span>
                { ribbon(picture) }
                <span class={flange(&picture.read)} aria-hidden="true"></span>
            </div>
            <div class="scale" aria-hidden="true">
                <span>{ count(picture.bytes.max) }</span>
                <span>{ count(picture.bytes.max / 2) }</span>
                <span>{ "0" }</span>
            </div>
            if picture.removed {
                <p class="figure"><b>{ "gone" }</b></p>
            } else {
                <p class="figure"><b>{ count(picture.bytes.value) }</b>{ format!(" of {} bytes", count(picture.bytes.max)) }</p>
            }
            { provenance(props) }
            { held(props) }
        </div>
    }
}

fn title(props: Tube<'_>) -> Html {
    let picture = props.picture;
    let id = picture.id.as_deref().map_or("no pipe yet", |id| id);
    let what = if picture.removed {
        "was in the kernel"
    } else {
        "in the kernel"
    };
    html! {
        <p class="kernel-name">
            <span class="soft">{ what }</span>{ " " }<code translate="no">{ id.to_owned() }</code>
            if let Some(name) = &picture.name {
                <span class="name-tag" title="Its name in the file system"><code translate="no">{ name.clone() }</code></span>
            } else if props.fifo && picture.id.is_none() {
                <span class="name-tag">{ "a name" }</span>
            }
        </p>
    }
}

fn flange(mouth: &Mouth) -> Classes {
    classes!(
        "flange",
        if mouth.closed { "shut" } else { "open" },
        mouth.forgotten.is_some().then_some("forgotten")
    )
}

/// Caption of a mouth: how many descriptors are open there, and whose.
fn caption(mouth: &Mouth) -> Html {
    let end = if mouth.end == End::Read {
        "read end"
    } else {
        "write end"
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
    html! {
        <div class={classes!("mouth", if mouth.end == End::Read { "read" } else { "write" }, mouth.closed.then_some("shut"), mouth.forgotten.is_some().then_some("forgotten"))}>
            <b>
                if mouth.forgotten.is_some() { { glyph(Icon::Warning) } }
                { format!("{end} ×{}", mouth.holders.len()) }
            </b>
            <span class="holders">{ names }</span>
            { for mouth.opening.iter().map(|who| html! {
                <span class="pending">{ format!("{who} waits in open()") }</span>
            }) }
        </div>
    }
}

/// The bytes themselves. Geometry is in percent of the tube, so nothing is stretched and no style is needed.
fn ribbon(picture: &Picture) -> Html {
    let (ticks, _) = picture.ticks();
    html! {
        <svg class="ribbon" width="100%" height="100%" role="img" aria-label={spoken(picture)}>
            <defs>{ for INKS.iter().map(|letter| pattern(*letter)) }</defs>
            <g class="blocks">{ for picture.blocks.iter().enumerate().map(|(at, block)| drawn(picture, at, block)) }</g>
            <g class="ticks">
                { for ticks.iter().map(|at| html! {
                    <line x1={percent(picture.percent(*at))} x2={percent(picture.percent(*at))} y1="0" y2="100%" />
                }) }
            </g>
            <g class="boundaries">
                { for picture.boundaries.iter().map(|at| html! {
                    <line x1={percent(picture.percent(*at))} x2={percent(picture.percent(*at))} y1="0" y2="100%" />
                }) }
            </g>
        </svg>
    }
}

fn drawn(picture: &Picture, at: usize, block: &Block) -> Html {
    let (left, right) = (picture.percent(block.to), picture.percent(block.from));
    let (x, width) = (percent(left), percent(right - left));
    let name = ink(block.letter);
    let sliver = (right - left < SLIVER).then_some("sliver");
    // Keyed by its place from the left, so that a growing ribbon grows at the end where bytes come in.
    html! {
        <g key={at} class={classes!("block", format!("ink-{name}"), sliver)}>
            <rect class="ink" x={x.clone()} width={width.clone()} y="0" height="100%" />
            if block.letter.is_some() && name != "k" {
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

fn percent(value: f64) -> String {
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
    let mut words = format!(
        "{} of {} bytes in the pipe",
        count(picture.bytes.value),
        count(picture.bytes.max)
    );
    if let Some(pages) = picture.pages_in_words() {
        words.push_str(", ");
        words.push_str(&pages);
    }
    words
}

fn provenance(props: Tube<'_>) -> Html {
    let picture = props.picture;
    if picture.id.is_none() {
        return html! { <p class="provenance soft">{ "Nothing exists yet. The parent makes it when you start." }</p> };
    }
    if picture.removed {
        return html! { <p class="provenance soft">{ "Nobody had it open any more, so the kernel let it go." }</p> };
    }
    let how = match picture.bytes.how.as_str() {
        "" => String::new(),
        "calls" => "counted from the calls".to_owned(),
        how => format!("by {how}"),
    };
    html! {
        <>
            <p class="provenance">{ origin_badge(picture.bytes.origin, props.replay) }<span class="soft">{ how }</span></p>
            if let Some(pages) = &picture.pages {
                <p class="provenance pages">
                    if pages.max <= MOST_BOXES {
                        <span class="slots" aria-hidden="true">
                            { for (0..pages.max).map(|at| html! { <i class={classes!((at < pages.value).then_some("on"))}></i> }) }
                        </span>
                    }
                    <span>{ picture.pages_in_words() }</span>
                    { origin_badge(pages.origin, props.replay) }
                </p>
            }
            if picture.full_by_pages() { <p class="why">{ why_full(props) }</p> }
            { for [&picture.write, &picture.read].into_iter().filter_map(|mouth| mouth.forgotten.as_ref()).map(|why| html! {
                <p class="why warn">{ glyph(Icon::Warning) }<span>{ why.clone() }</span></p>
            }) }
        </>
    }
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
        return html! { <p class="held"></p> };
    };
    let mut words = format!("next out: #{id}");
    if let Some(text) = props.next {
        words.push_str(&format!(" {text}"));
    }
    if picture.messages > 1 {
        words.push_str(&format!(
            ", then {} more",
            count(picture.messages as u64 - 1)
        ));
    }
    let lines = match (picture.boundaries.is_empty(), picture.crowded) {
        (false, _) => "dashed: where one write ends",
        (true, true) => "too many writes to draw each",
        (true, false) => "",
    };
    html! {
        <p class="held">{ origin_badge(Origin::Model, props.replay) }
            <span class="soft next">{ words }</span><span class="soft">{ lines }</span></p>
    }
}
