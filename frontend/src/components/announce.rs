//! Says, politely and at most every two seconds, what has changed: for those who do not see the stage.

use gloo_timers::callback::Interval;
use shared::{diagnosis, state::RunState};
use std::rc::Rc;
use yew::prelude::*;

/// Shortest time between two announcements, milliseconds.
const EVERY_MS: u32 = 2_000;

/// What it speaks of.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct AnnounceProps {
    /// The run.
    pub state: Rc<RunState>,
}

/// The status.
#[derive(Debug)]
pub struct Announce {
    said: String,
    delivered: u64,
    last: String,
    _timer: Interval,
}

impl Component for Announce {
    type Message = ();
    type Properties = AnnounceProps;

    fn create(ctx: &Context<Self>) -> Self {
        let link = ctx.link().clone();
        let timer = Interval::new(EVERY_MS, move || link.send_message(()));
        Self { said: String::new(), delivered: 0, last: String::new(), _timer: timer }
    }

    fn changed(&mut self, _: &Context<Self>, _: &AnnounceProps) -> bool {
        false
    }

    fn update(&mut self, ctx: &Context<Self>, (): ()) -> bool {
        let state = &ctx.props().state;
        let delivered = state.counts.received;
        let new = delivered.saturating_sub(self.delivered);
        self.delivered = delivered;
        let headline = diagnosis::sentence(state).headline.replace('`', "");
        if new == 0 && headline == self.last {
            return false;
        }
        self.said = if new > 0 { format!("{new} delivered. {headline}") } else { headline.clone() };
        self.last = headline;
        true
    }

    fn view(&self, _: &Context<Self>) -> Html {
        html! { <p class="sr" role="status">{ self.said.clone() }</p> }
    }
}
