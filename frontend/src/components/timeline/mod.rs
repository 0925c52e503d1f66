//! The timeline: a lane a process, a bar a call, a tie a message. By order with labeled breaks, or by true time.

mod track;

use super::{badge::ink, tabs::rove};
use crate::{
    dom,
    store::{
        Action, EventLog, Selected, UiAction,
        timeline::{Axis, Lane, Layout},
        ui::ZOOMS,
    },
};
use gloo_timers::callback::Timeout;
use shared::{ids::Seq, state::RunState};
use std::rc::Rc;
use track::track;
use web_sys::{Element, HtmlSelectElement};
use yew::{html::Scope, prelude::*};

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
