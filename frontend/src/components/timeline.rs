//! The timeline: a lane a process, a bar a call, a tie a message. By order with labelled breaks, or by true time.

use super::{
    badge::ink,
    placed::{Place, use_place},
    tabs::rove,
};
use crate::{
    dom,
    intent::Intent,
    store::{
        EventLog, Selected,
        timeline::{Axis, Bar, Gap, LANE, Lane, Layout, Span, Tie},
    },
};
use shared::{event::Source, ids::Seq, state::RunState};
use std::rc::Rc;
use web_sys::{Element, HtmlSelectElement};
use yew::prelude::*;

/// Height of a bar, pixels; the strip below it in a lane shows freezes.
const BAR: u32 = 28;
/// Zoom steps of the true-time axis.
const ZOOMS: [u32; 5] = [1, 4, 16, 64, 200];

/// What the timeline shows.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct TimelineProps {
    /// The run.
    pub state: Rc<RunState>,
    /// Its events.
    pub events: EventLog,
    /// The last one shown.
    pub until: Seq,
    /// What is looked at.
    pub selected: Selected,
    /// What a learner wants.
    pub on: Callback<Intent>,
}

/// The timeline.
#[component]
pub fn Timeline(props: &TimelineProps) -> Html {
    let axis = use_state(Axis::default);
    let zoom = use_state(|| 0_usize);
    // End of the window where a learner went back; none: the newest.
    let back = use_state(|| None::<Seq>);
    let lanes = use_node_ref();
    let until = back.filter(|seq| *seq < props.until).unwrap_or(props.until);
    let layout = Layout::new(&props.state, &props.events, until, *axis, ZOOMS.get(*zoom).copied().unwrap_or(1));
    use_effect_with((layout.width, layout.to, back.is_none()), {
        let lanes = lanes.clone();
        move |&(_, _, newest): &(u32, Seq, bool)| {
            if let Some(lanes) = lanes.cast::<Element>().filter(|_| newest) {
                lanes.set_scroll_left(lanes.scroll_width());
            }
        }
    });
    let onaxis = {
        let axis = axis.clone();
        Callback::from(move |event: Event| {
            let true_time = event.target_unchecked_into::<HtmlSelectElement>().value() == "time";
            axis.set(if true_time { Axis::True } else { Axis::Order });
        })
    };
    let older = { let (back, from) = (back.clone(), layout.from); Callback::from(move |_: MouseEvent| back.set(Some(from.saturating_sub(1)))) };
    let newest = { let back = back.clone(); Callback::from(move |_: MouseEvent| back.set(None)) };
    let step = |by: isize| { let zoom = zoom.clone(); Callback::from(move |_: MouseEvent| zoom.set(zoom.saturating_add_signed(by).min(ZOOMS.len() - 1))) };
    let onkeydown = { let lanes = lanes.clone(); Callback::from(move |event: KeyboardEvent| keys(&event, &lanes)) };
    html! {
        <section class="timeline card" aria-labelledby="timeline-title">
            <h2 id="timeline-title">{ "Timeline " }<span class="soft">{ match *axis {
                Axis::Order => "in the order the kernel did it".to_owned(),
                Axis::True => format!("true time, {} across", layout.spans),
            } }</span>
                <span class="spacer"></span>
                if layout.older { <button type="button" class="small" onclick={older}>{ "‹ Older" }</button> }
                if back.is_some() { <button type="button" class="small" onclick={newest}>{ "Newest ›" }</button> }
                if *axis == Axis::True {
                    <button type="button" class="small icon" aria-label="Narrower" onclick={step(-1)}>{ "−" }</button>
                    <button type="button" class="small icon" aria-label="Wider" onclick={step(1)}>{ "+" }</button>
                }
                <select class="axis" aria-label="Axis" onchange={onaxis}>
                    <option value="order" selected={*axis == Axis::Order}>{ "by order" }</option>
                    <option value="time" selected={*axis == Axis::True}>{ "true time" }</option>
                </select>
            </h2>
            if layout.bars.is_empty() {
                <p class="empty">{ "Calls stand here in the order in which the kernel did them." }</p>
            } else {
                <div class="timeline-body">
                    <ul class="lane-names" aria-hidden="true">{ for layout.lanes.iter().map(name) }</ul>
                    <div class="lanes" ref={lanes} role="group" aria-label="Calls, oldest first; arrow keys go from one to the next" {onkeydown}>
                        <Track layout={Rc::new(layout.clone())} selected={props.selected} on={props.on.clone()} />
                    </div>
                </div>
                { twin(&layout) }
            }
        </section>
    }
}

fn name(lane: &Lane) -> Html {
    html! { <li class={format!("lane-name ink-{}", ink(lane.letter))}>{ for lane.letter.map(|letter| format!("{letter} ")) }{ lane.worker.to_string() }</li> }
}

/// The same as a list: for those who read rather than look.
fn twin(layout: &Layout) -> Html {
    let who = |bar: &Bar| layout.lanes.get(bar.lane).map(|lane| lane.worker.to_string()).unwrap_or_default();
    html! {
        <details class="twin"><summary>{ "As a list" }</summary>
            <ol>{ for layout.bars.iter().map(|bar| html! { <li key={bar.seq}>{ format!("{}: {}", who(bar), bar.title) }</li> }) }</ol>
            <ul>{ for layout.ties.iter().map(|tie| html! { <li>{ format!("{} went from lane {} to lane {}", tie.label, tie.from.0 + 1, tie.to.0 + 1) }</li> }) }</ul>
        </details>
    }
}

fn keys(event: &KeyboardEvent, lanes: &NodeRef) {
    let Some(lanes) = lanes.cast::<Element>() else { return };
    let edge = |selector: &str| {
        if let Ok(Some(bar)) = lanes.query_selector(selector) {
            dom::focus_on(&bar);
        }
    };
    match event.key().as_str() {
        "ArrowRight" => rove(&lanes, ".bar-call", 1),
        "ArrowLeft" => rove(&lanes, ".bar-call", -1),
        "Home" => edge(".bar-call"),
        "End" => edge(".bar-call[data-last]"),
        _ => return,
    }
    event.prevent_default();
}

/// The track with all lanes.
#[derive(Clone, Debug, PartialEq, Properties)]
struct TrackProps {
    layout: Rc<Layout>,
    selected: Selected,
    on: Callback<Intent>,
}

#[component]
fn Track(props: &TrackProps) -> Html {
    let node = use_node_ref();
    let layout = &props.layout;
    use_place(&node, Place { x: 0, y: 0, width: layout.width, height: layout.height() });
    let last = layout.bars.len().saturating_sub(1);
    let chosen = layout.bars.iter().position(|bar| is_on(bar, props.selected)).unwrap_or(last);
    let bars = layout.bars.iter().enumerate().map(|(at, bar)| {
        let letter = layout.lanes.get(bar.lane).and_then(|lane| lane.letter);
        html! {
            <BarCall key={format!("{}-{:?}", bar.seq, bar.span == Span::Frozen)} bar={bar.clone()} {letter} on={is_on(bar, props.selected)}
                stop={at == chosen} last={at == last} want={props.on.clone()} />
        }
    });
    html! {
        <div class="track" ref={node}>
            { ties(layout) }
            { for layout.gaps.iter().map(|gap| html! { <Break key={gap.x} gap={gap.clone()} height={layout.height()} /> }) }
            { for bars }
            { for layout.ties.iter().map(|tie| html! { <TieLabel key={format!("{}-{}", tie.msg, tie.to.1)} tie={tie.clone()} want={props.on.clone()} on={props.selected == Selected::Message(tie.msg)} /> }) }
        </div>
    }
}

fn is_on(bar: &Bar, selected: Selected) -> bool {
    bar.call.is_some_and(|call| selected == Selected::Call(call))
}

/// The lines of messages: attributes of a drawing at its own size, so that nothing is scaled.
fn ties(layout: &Layout) -> Html {
    let line = |tie: &Tie| {
        let middle = |lane: usize| u32::try_from(lane).unwrap_or_default() * LANE;
        let down = tie.to.0 > tie.from.0;
        let (y1, y2) = if down { (middle(tie.from.0) + 4 + BAR, middle(tie.to.0) + 4) } else { (middle(tie.from.0) + 4, middle(tie.to.0) + 4 + BAR) };
        let class = match tie.source {
            Source::Call => "tie call",
            Source::Report => "tie report",
            Source::Gauge | Source::Process | Source::Run => "tie memory",
        };
        let (x1, x2) = (tie.from.1, tie.to.1);
        let half = y1.midpoint(y2);
        let path = format!("M{x1} {y1} V{half} H{x2} V{y2}");
        let tip = if down { format!("M{} {} l-4 -7 h8 z", x2, y2) } else { format!("M{} {} l-4 7 h8 z", x2, y2) };
        html! { <g {class}><path class="tie-line" d={path} /><path class="tie-tip" d={tip} /></g> }
    };
    html! {
        <svg class="ties" width={layout.width.to_string()} height={layout.height().to_string()} aria-hidden="true">{ for layout.ties.iter().map(line) }</svg>
    }
}

/// One bar.
#[derive(Clone, Debug, PartialEq, Properties)]
struct BarProps {
    bar: Bar,
    letter: Option<char>,
    on: bool,
    /// It is the tab stop.
    stop: bool,
    last: bool,
    want: Callback<Intent>,
}

#[component]
fn BarCall(props: &BarProps) -> Html {
    let node = use_node_ref();
    let bar = &props.bar;
    let top = u32::try_from(bar.lane).unwrap_or_default() * LANE + 4;
    let place = if bar.span == Span::Frozen {
        Place { x: bar.x, y: top + BAR + 1, width: bar.width, height: LANE - BAR - 6 }
    } else {
        Place { x: bar.x, y: top, width: bar.width, height: BAR }
    };
    use_place(&node, place);
    let class = match bar.span {
        Span::Call => "seen",
        Span::Slept => "slept",
        Span::Open => "open",
        Span::Failed => "failed",
        Span::Reported => "reported",
        Span::Frozen => "frozen",
        Span::Signal => "signal",
        Span::Exit => "exit",
    };
    let onclick = {
        let (want, call, on) = (props.want.clone(), bar.call, props.on);
        Callback::from(move |_: MouseEvent| {
            if let Some(call) = call {
                want.emit(if on { Intent::Deselect } else { Intent::SelectCall(call) });
            }
        })
    };
    html! {
        <button type="button" ref={node} class={classes!("bar-call", class, format!("ink-{}", ink(props.letter)))} title={bar.title.clone()}
            aria-label={bar.title.clone()} aria-pressed={bar.call.map(|_| if props.on { "true" } else { "false" })}
            tabindex={if props.stop { "0" } else { "-1" }} data-last={props.last.then_some("")} {onclick} translate="no">{ bar.label.clone() }</button>
    }
}

/// A break.
#[derive(Clone, Debug, PartialEq, Properties)]
struct BreakProps {
    gap: Gap,
    height: u32,
}

#[component]
fn Break(props: &BreakProps) -> Html {
    let node = use_node_ref();
    use_place(&node, Place { x: props.gap.x, y: 0, width: crate::store::timeline::COLUMN, height: props.height });
    html! { <span class="gap" ref={node}>{ props.gap.label.clone() }</span> }
}

/// The name of a message between the lanes.
#[derive(Clone, Debug, PartialEq, Properties)]
struct TieProps {
    tie: Tie,
    on: bool,
    want: Callback<Intent>,
}

#[component]
fn TieLabel(props: &TieProps) -> Html {
    let node = use_node_ref();
    let tie = &props.tie;
    let below = u32::try_from(tie.from.0.min(tie.to.0)).unwrap_or_default() * LANE + 4 + BAR;
    use_place(&node, Place { x: tie.from.1.min(tie.to.1) + 4, y: below, width: 0, height: 0 });
    let onclick = { let (want, msg) = (props.want.clone(), tie.msg); Callback::from(move |_: MouseEvent| want.emit(Intent::SelectMessage(msg))) };
    html! {
        <button type="button" ref={node} class="tie-label" tabindex="-1" aria-pressed={if props.on { "true" } else { "false" }} {onclick}
            title={tie.label.clone()}>{ format!("#{}", tie.msg) }</button>
    }
}
