//! The timeline: a lane a process, a bar a call, a tie a message. By order with labelled breaks, or by true time.

use super::{
    badge::ink,
    tabs::{pressed, rove},
};
use crate::{
    dom,
    intent::Intent,
    store::{
        Action, EventLog, Selected, UiAction,
        timeline::{Axis, Bar, COLUMN, Gap, LANE, Lane, Layout, Span, Tie},
        ui::ZOOMS,
    },
};
use gloo_timers::callback::Timeout;
use shared::{event::Source, ids::Seq, state::RunState};
use std::rc::Rc;
use web_sys::{Element, HtmlSelectElement};
use yew::{html::Scope, prelude::*};

/// Height of a bar, pixels; the strip below it in a lane shows freezes.
const BAR: u32 = 28;
/// Space above a bar, pixels.
const ABOVE: u32 = 4;
/// Shortest time between two layouts while events stream in, milliseconds: nobody reads bars faster, and the stage and
/// the log need the time of a frame.
const EVERY_MS: f64 = 120.0;

/// What the timeline shows.
#[derive(Clone, Debug, Properties)]
pub struct TimelineProps {
    /// The run.
    pub state: Rc<RunState>,
    /// Its events.
    pub events: EventLog,
    /// The last one shown.
    pub until: Seq,
    /// What is looked at.
    pub selected: Selected,
    /// By order or by time.
    pub axis: Axis,
    /// Step of the true-time axis.
    pub zoom: usize,
    /// End of the window, where a learner went back.
    pub back: Option<Seq>,
    /// Something was pressed.
    pub dispatch: Callback<Action>,
}

impl PartialEq for TimelineProps {
    /// A state is another one as soon as it was folded again: looking into it would cost more than drawing.
    fn eq(&self, other: &Self) -> bool {
        let chosen = |props: &Self| {
            (
                props.until,
                props.selected,
                props.axis,
                props.zoom,
                props.back,
            )
        };
        Rc::ptr_eq(&self.state, &other.state)
            && chosen(self) == chosen(other)
            && self.events == other.events
    }
}

/// The timeline. A struct component: it is laid out only when something in it changed.
#[derive(Debug)]
pub struct Timeline {
    layout: Layout,
    lanes: NodeRef,
    /// The places of the elements may have changed.
    moved: bool,
    /// The list beside the picture is open; closed, it is not drawn at all.
    listed: bool,
    /// When it was laid out, and the time to do it again.
    laid_ms: f64,
    later: Option<Timeout>,
}

/// What happens to a timeline.
#[derive(Clone, Copy, Debug)]
pub enum Msg {
    /// Events came in a while ago.
    Again,
    /// The list was opened or closed.
    Listed(bool),
}

impl Component for Timeline {
    type Message = Msg;
    type Properties = TimelineProps;

    fn create(ctx: &Context<Self>) -> Self {
        Self {
            layout: lay_out(ctx.props()),
            lanes: NodeRef::default(),
            moved: true,
            listed: false,
            laid_ms: 0.0,
            later: None,
        }
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &TimelineProps) -> bool {
        let props = ctx.props();
        let streams =
            props.until > old.until && props.selected == old.selected && props.back == old.back;
        let left = self.laid_ms + EVERY_MS - dom::now_ms();
        if streams && left > 0.0 {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a part of EVERY_MS"
            )]
            let left = left as u32;
            let link = ctx.link().clone();
            self.later
                .get_or_insert_with(|| Timeout::new(left, move || link.send_message(Msg::Again)));
            return false;
        }
        self.lay_out_again(props);
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Again => self.lay_out_again(ctx.props()),
            Msg::Listed(open) => self.listed = open,
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let layout = &self.layout;
        let onkeydown = {
            let lanes = self.lanes.clone();
            Callback::from(move |event: KeyboardEvent| keys(&event, &lanes))
        };
        html! {
            <section class="timeline card" aria-labelledby="timeline-title">
                { tools(props, layout) }
                if layout.bars.is_empty() {
                    <p class="empty">{ "Calls stand here in the order in which the kernel did them." }</p>
                } else {
                    <div class="timeline-body">
                        <ul class="lane-names" aria-hidden="true">{ for layout.lanes.iter().map(name) }</ul>
                        <div class="lanes" ref={self.lanes.clone()} role="group" aria-label="Calls, oldest first; arrow keys go from one to the next" {onkeydown}>
                            { track(props, layout) }
                        </div>
                    </div>
                    { twin(layout, self.listed, ctx.link()) }
                }
            </section>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, _: bool) {
        if !std::mem::take(&mut self.moved) {
            return;
        }
        if let Some(lanes) = self.lanes.cast::<Element>() {
            dom::place_all(&lanes);
            if ctx.props().back.is_none() {
                lanes.set_scroll_left(lanes.scroll_width());
            }
        }
    }
}

impl Timeline {
    fn lay_out_again(&mut self, props: &TimelineProps) {
        let layout = lay_out(props);
        self.moved |= layout != self.layout;
        self.layout = layout;
        self.laid_ms = dom::now_ms();
        self.later = None;
    }
}

fn lay_out(props: &TimelineProps) -> Layout {
    let until = props
        .back
        .filter(|seq| *seq < props.until)
        .unwrap_or(props.until);
    Layout::new(
        &props.state,
        &props.events,
        until,
        props.axis,
        ZOOMS.get(props.zoom).copied().unwrap_or(1),
    )
}

fn says<E: 'static>(props: &TimelineProps, action: Action) -> Callback<E> {
    let dispatch = props.dispatch.clone();
    Callback::from(move |_: E| dispatch.emit(action.clone()))
}

fn tools(props: &TimelineProps, layout: &Layout) -> Html {
    let onchange = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: Event| {
            let true_time = event.target_unchecked_into::<HtmlSelectElement>().value() == "time";
            dispatch.emit(Action::Ui(UiAction::Axis(if true_time {
                Axis::True
            } else {
                Axis::Order
            })));
        })
    };
    let button = |label: &'static str, name: Option<&'static str>, action: UiAction| {
        html! { <button type="button" class="small" aria-label={name} onclick={says(props, Action::Ui(action))}>{ label }</button> }
    };
    let true_time = props.axis == Axis::True;
    let how = if true_time {
        format!("true time, {} across", layout.spans)
    } else {
        "in the order the kernel did it".to_owned()
    };
    html! {
        <h2 id="timeline-title">{ "Timeline " }<span class="soft">{ how }</span>
            <span class="spacer"></span>
            if layout.older { { button("‹ Older", None, UiAction::Back(Some(layout.from.saturating_sub(1)))) } }
            if props.back.is_some() { { button("Newest ›", None, UiAction::Back(None)) } }
            if true_time { { button("−", Some("Narrower"), UiAction::Zoom(-1)) }{ button("+", Some("Wider"), UiAction::Zoom(1)) } }
            <select class="axis" aria-label="Axis" {onchange}>
                <option value="order" selected={!true_time}>{ "by order" }</option>
                <option value="time" selected={true_time}>{ "true time" }</option>
            </select>
        </h2>
    }
}

fn name(lane: &Lane) -> Html {
    let letter = lane
        .letter
        .map(|letter| format!("{letter} "))
        .unwrap_or_default();
    html! { <li class={format!("lane-name ink-{}", ink(lane.letter))}>{ letter }{ lane.worker.to_string() }</li> }
}

/// The same as a list: for those who read rather than look.
fn twin(layout: &Layout, open: bool, link: &Scope<Timeline>) -> Html {
    let who = |lane: usize| {
        layout
            .lanes
            .get(lane)
            .map(|lane| lane.worker.to_string())
            .unwrap_or_default()
    };
    let ontoggle = link.callback(|event: Event| {
        Msg::Listed(
            event
                .target_unchecked_into::<Element>()
                .has_attribute("open"),
        )
    });
    let calls = layout
        .bars
        .iter()
        .map(|bar| format!("{}: {}", who(bar.lane), bar.title));
    let ties = layout
        .ties
        .iter()
        .map(|tie| format!("{}: {} to {}", tie.label, who(tie.from.0), who(tie.to.0)));
    html! {
        <details class="twin" {ontoggle}><summary>{ "As a list" }</summary>
            if open {
                <ol>{ for calls.chain(ties).map(|line| html! { <li>{ line }</li> }) }</ol>
            }
        </details>
    }
}

fn keys(event: &KeyboardEvent, lanes: &NodeRef) {
    let Some(lanes) = lanes.cast::<Element>() else {
        return;
    };
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

/// All lanes, with what is in them.
fn track(props: &TimelineProps, layout: &Layout) -> Html {
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
