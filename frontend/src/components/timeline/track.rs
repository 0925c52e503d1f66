//! The lanes with their bars, breaks and ties, each where the layout puts it.

use super::{TimelineProps, says};
use crate::{
    components::{badge::ink, tabs::pressed},
    intent::Intent,
    store::{
        Action, Selected,
        timeline::{Bar, COLUMN, Gap, LANE, Layout, Span, Tie},
    },
};
use shared::event::Source;
use yew::prelude::*;

/// Height of a bar, pixels; the strip below it in a lane shows freezes.
const BAR: u32 = 28;
/// Space above a bar, pixels.
const ABOVE: u32 = 4;

/// All lanes, with what is in them.
pub(super) fn track(props: &TimelineProps, layout: &Layout) -> Html {
    let last = layout.bars.len().saturating_sub(1);
    let is_on = |bar: &Bar| {
        bar.call
            .is_some_and(|call| props.selected == Selected::Call(call))
    };
    let stop = layout.bars.iter().position(is_on).unwrap_or(last);
    let bars = layout.bars.iter().enumerate().map(|(at, bar)| {
        let letter = layout.lanes.get(bar.lane).and_then(|lane| lane.letter);
        bar_call(props, bar, letter, is_on(bar), (at == stop, at == last))
    });
    html! {
        <div class="track" data-place={place(0, 0, layout.width, layout.height())}>
            <svg class="ties" width={layout.width.to_string()} height={layout.height().to_string()} aria-hidden="true">{ for layout.ties.iter().map(tie_line) }</svg>
            { for layout.gaps.iter().map(|gap| pause(gap, layout.height())) }
            { for bars }
            { for layout.ties.iter().map(|tie| tie_label(props, tie)) }
        </div>
    }
}

/// `x y width height`, for `dom::place_all`; 0 is as wide or high as it likes.
fn place(x: u32, y: u32, width: u32, height: u32) -> String {
    format!("{x} {y} {width} {height}")
}

fn top_of(lane: usize) -> u32 {
    u32::try_from(lane).unwrap_or_default() * LANE + ABOVE
}

fn pause(gap: &Gap, height: u32) -> Html {
    html! { <span class="gap" data-place={place(gap.x, 0, COLUMN, height)}>{ gap.label.clone() }</span> }
}

fn bar_call(
    props: &TimelineProps,
    bar: &Bar,
    letter: Option<char>,
    on: bool,
    (stop, last): (bool, bool),
) -> Html {
    let top = top_of(bar.lane);
    let (top, height) = if bar.span == Span::Frozen {
        (top + BAR + 1, LANE - BAR - ABOVE - 2)
    } else {
        (top, BAR)
    };
    let class = match bar.span {
        Span::Call => "seen",
        Span::Slept => "slept",
        Span::Open => "open",
        Span::Failed => "failed",
        Span::Reported => "reported",
        Span::Memory => "stored",
        Span::Frozen => "frozen",
        Span::Signal => "signal",
        Span::Exit => "exit",
    };
    let onclick = bar.call.map(|call| {
        let intent = if on {
            Intent::Deselect
        } else {
            Intent::SelectCall(call)
        };
        says::<MouseEvent>(props, Action::Want(intent))
    });
    html! {
        <button type="button" class={format!("bar-call {class} ink-{}", ink(letter))} title={bar.title.clone()}
            aria-pressed={bar.call.map(|_| pressed(on))} tabindex={if stop { "0" } else { "-1" }} data-last={last.then_some("")}
            data-place={place(bar.x, top, bar.width, height)} {onclick} translate="no">{ bar.label.clone() }</button>
    }
}

/// The line of a message: attributes of a drawing at its own size, so that nothing is scaled.
fn tie_line(tie: &Tie) -> Html {
    let down = tie.to.0 > tie.from.0;
    let below = |lane: usize| top_of(lane) + BAR;
    let (y1, y2) = if down {
        (below(tie.from.0), top_of(tie.to.0))
    } else {
        (top_of(tie.from.0), below(tie.to.0))
    };
    let class = match tie.source {
        Source::Call => "tie call",
        Source::Report => "tie report",
        Source::Memory | Source::Gauge | Source::Process | Source::Run => "tie memory",
    };
    let (x1, x2, half) = (tie.from.1, tie.to.1, y1.midpoint(y2));
    let tip = if down { -7 } else { 7 };
    html! {
        <g {class}><path class="tie-line" d={format!("M{x1} {y1} V{half} H{x2} V{y2}")} /><path class="tie-tip" d={format!("M{x2} {y2} l-4 {tip} h8 z")} /></g>
    }
}

/// The name of a message between the lanes.
fn tie_label(props: &TimelineProps, tie: &Tie) -> Html {
    let y = top_of(tie.from.0.min(tie.to.0)) + BAR;
    let onclick = says::<MouseEvent>(props, Action::Want(Intent::SelectMessage(tie.msg)));
    html! {
        <button type="button" class="tie-label" tabindex="-1" aria-pressed={pressed(props.selected == Selected::Message(tie.msg))} {onclick}
            data-place={place(tie.from.1.min(tie.to.1) + 4, y, 0, 0)} title={tie.label.clone()}>{ format!("#{}", tie.msg) }</button>
    }
}
