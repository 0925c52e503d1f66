//! The log: every event in order, filtered, copyable. Only the rows in sight are in the document.

use super::{
    log_rows::{lagged, of_click, of_key, row, wish},
    log_tools::{Tools, clipboard, tools},
};
use crate::{
    dom,
    intent::Intent,
    store::{EventLog, Filter, Filtered, Lost},
};
use shared::{ids::Seq, state::RunState};
use std::rc::Rc;
use web_sys::Element;
use yew::prelude::*;

/// Height of a row, pixels; `panels.css` says the same.
const ROW: usize = 28;
/// Rows drawn above and below those in sight, so that a fast scroll does not show white.
const SPARE: usize = 8;
/// Rows drawn before the height of the list is known.
const FIRST: usize = 40;

/// What the log shows.
#[derive(Clone, Debug, Properties)]
pub struct LogProps {
    /// The events.
    pub events: EventLog,
    /// The last one shown.
    pub until: Seq,
    /// For letters and names.
    pub state: Rc<RunState>,
    /// Holes that the server told of.
    #[prop_or_default]
    pub lagged: Vec<Lost>,
    /// What a learner wants.
    pub on: Callback<Intent>,
    /// These events are wanted as JSON lines.
    pub onlines: Callback<Vec<Seq>>,
}

impl PartialEq for LogProps {
    /// A state is another one as soon as it was folded again: looking into it would cost more than drawing.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.state, &other.state)
            && (self.until, &self.events) == (other.until, &other.events)
            && self.lagged == other.lagged
    }
}

/// The log. A struct component: it redraws the rows in sight, not the page.
#[derive(Debug, Default)]
pub struct Log {
    filter: Filter,
    filtered: Filtered,
    /// First row in sight, and how many there are.
    top: usize,
    rows: usize,
    /// New events are scrolled to.
    following: bool,
    /// Copied as JSON lines.
    json: bool,
    /// The row that keys act on, and the other end of what is chosen.
    active: Option<Seq>,
    anchor: Option<Seq>,
    list: NodeRef,
    group: NodeRef,
}

/// What happens to a log.
#[derive(Clone, Debug)]
pub enum Msg {
    /// It was scrolled.
    Scrolled,
    /// Another filter.
    Filter(Filter),
    /// A row was chosen, or added to what is chosen.
    Choose(Seq, bool),
    /// A key.
    Move(Move, bool),
    /// Look at what is chosen.
    Look,
    /// Copy what is chosen, or all.
    Copy,
    /// Copy as JSON lines, or as text.
    Format(bool),
    /// Go to the newest and stay there.
    Follow,
}

/// Where a key goes.
#[derive(Clone, Copy, Debug)]
pub enum Move {
    /// So many rows.
    By(isize),
    /// So many screenfuls.
    Screens(isize),
    /// To the first.
    First,
    /// To the last.
    Last,
}

impl Component for Log {
    type Message = Msg;
    type Properties = LogProps;

    fn create(ctx: &Context<Self>) -> Self {
        let mut log = Self {
            following: true,
            rows: FIRST,
            ..Self::default()
        };
        log.refresh(ctx.props());
        log
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &LogProps) -> bool {
        if ctx.props().state.run != old.state.run {
            *self = Self {
                list: self.list.clone(),
                group: self.group.clone(),
                filter: self.filter.clone(),
                rows: self.rows,
                following: true,
                ..Self::default()
            };
        }
        self.refresh(ctx.props());
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Scrolled => return self.scrolled(),
            Msg::Filter(filter) => {
                self.filter = filter;
                self.refresh(ctx.props());
            }
            Msg::Choose(seq, more) => {
                self.choose(seq, more);
                self.look(ctx);
            }
            Msg::Move(to, more) => self.go(to, more),
            Msg::Look => self.look(ctx),
            Msg::Copy if self.json => ctx.props().onlines.emit(self.chosen()),
            Msg::Copy => dom::copy(&clipboard(&ctx.props().events, &self.chosen())),
            Msg::Format(json) => self.json = json,
            Msg::Follow => {
                self.following = true;
                self.active = None;
                self.anchor = None;
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let link = ctx.link();
        let seqs = self.filtered.seqs();
        let (first, last) = self.window();
        let rows = seqs
            .get(first..last)
            .unwrap_or_default()
            .iter()
            .enumerate()
            .filter_map(|(at, seq)| {
                let event = props.events.get(*seq)?;
                let letter = event
                    .worker
                    .as_ref()
                    .and_then(|id| props.state.worker(id))
                    .map(|worker| worker.letter);
                Some(row(event, letter, first + at, self.is_chosen(*seq)))
            });
        let chosen = self
            .active
            .map(|seq| AttrValue::from(format!("event-{seq}")));
        let in_sight = self
            .active
            .and_then(|seq| seqs.binary_search(&seq).ok())
            .is_some_and(|at| (first..last).contains(&at));
        let bar = Tools {
            filter: &self.filter,
            state: &props.state,
            shown: seqs.len(),
            of: props.events.len(),
            json: self.json,
            following: self.following,
        };
        html! {
            <section class="log" aria-label="Log" data-test="log">
                { tools(&bar, link) }
                { props.lagged.last().map(|lost| lagged(lost, props.lagged.len())).unwrap_or_default() }
                if seqs.is_empty() {
                    <p class="empty">{ if props.events.is_empty() { "No events yet. Send a message: the first one starts the run." } else { "No event fits this filter." } }</p>
                }
                <div class="log-rows" ref={self.list.clone()} tabindex="0" role="grid" aria-label="Events" aria-multiselectable="true"
                    aria-rowcount={(seqs.len() + 1).to_string()} aria-colcount="5" aria-activedescendant={chosen.filter(|_| in_sight)}
                    onscroll={link.callback(|_| Msg::Scrolled)} onkeydown={link.batch_callback(|event: KeyboardEvent| of_key(&event))}>
                    <div role="rowgroup"><div class="row head" role="row" aria-rowindex="1">
                        { for ["seq", "time", "who", "what", "known by"].map(|name| html! { <span role="columnheader">{ name }</span> }) }
                    </div></div>
                    <div role="rowgroup" class="log-body" ref={self.group.clone()} onclick={link.batch_callback(|event: MouseEvent| of_click(&event))}>{ for rows }</div>
                </div>
            </section>
        }
    }

    fn rendered(&mut self, _: &Context<Self>, first: bool) {
        let (from, _) = self.window();
        dom::set_style(
            &self.group,
            "height",
            &format!("{}px", self.filtered.seqs().len() * ROW),
        );
        dom::set_style(&self.group, "padding-top", &format!("{}px", from * ROW));
        if let Some(list) = self.list.cast::<Element>() {
            if self.following {
                list.set_scroll_top(list.scroll_height());
            }
            if first {
                self.measure(&list);
            }
        }
    }
}

impl Log {
    fn refresh(&mut self, props: &LogProps) {
        self.filtered
            .update(&self.filter, &props.events, props.until);
        if self.following {
            self.top = self.filtered.seqs().len().saturating_sub(self.rows);
        }
    }

    /// Rows in the document: first, one past the last.
    fn window(&self) -> (usize, usize) {
        let len = self.filtered.seqs().len();
        let first = self
            .top
            .min(len.saturating_sub(self.rows))
            .saturating_sub(SPARE);
        (first, (first + self.rows + 2 * SPARE).min(len))
    }

    fn measure(&mut self, list: &Element) {
        self.rows = (usize::try_from(list.client_height()).unwrap_or_default() / ROW + 1).max(1);
    }

    fn scrolled(&mut self) -> bool {
        let Some(list) = self.list.cast::<Element>() else {
            return false;
        };
        self.measure(&list);
        let top = usize::try_from(list.scroll_top()).unwrap_or_default() / ROW;
        let left = list.scroll_height() - list.scroll_top() - list.client_height();
        let following = left < i32::try_from(2 * ROW).unwrap_or_default();
        let changed = top != self.top || following != self.following;
        self.top = top;
        self.following = following;
        changed
    }

    fn choose(&mut self, seq: Seq, more: bool) {
        self.active = Some(seq);
        if !more || self.anchor.is_none() {
            self.anchor = Some(seq);
        }
    }

    fn go(&mut self, to: Move, more: bool) {
        let seqs = self.filtered.seqs();
        let last = seqs.len().saturating_sub(1);
        let now = self.active.and_then(|seq| seqs.binary_search(&seq).ok());
        let at = match (to, now) {
            (Move::First, _) => 0,
            (Move::Last, _) => last,
            (Move::By(_) | Move::Screens(_), None) => self.top.min(last),
            (Move::By(by), Some(now)) => now.saturating_add_signed(by).min(last),
            (Move::Screens(by), Some(now)) => now
                .saturating_add_signed(by.saturating_mul(isize::try_from(self.rows).unwrap_or(1)))
                .min(last),
        };
        let Some(seq) = seqs.get(at).copied() else {
            return;
        };
        self.choose(seq, more);
        self.following = at == last;
        if let Some(list) = self.list.cast::<Element>().filter(|_| at != last) {
            let rows = self.rows.saturating_sub(2).max(1);
            if at < self.top {
                self.top = at;
            } else if at >= self.top + rows {
                self.top = at + 1 - rows;
            }
            list.set_scroll_top(i32::try_from(self.top * ROW).unwrap_or(i32::MAX));
        }
    }

    fn range(&self) -> Option<(Seq, Seq)> {
        let (active, anchor) = (self.active?, self.anchor?);
        Some((active.min(anchor), active.max(anchor)))
    }

    fn is_chosen(&self, seq: Seq) -> bool {
        self.range()
            .is_some_and(|(from, to)| (from..=to).contains(&seq))
    }

    /// What is to be copied: the rows that are chosen, or all.
    fn chosen(&self) -> Vec<Seq> {
        let seqs = self.filtered.seqs().iter().copied();
        match self.range() {
            Some((from, to)) => seqs.filter(|seq| (from..=to).contains(seq)).collect(),
            None => seqs.collect(),
        }
    }

    /// Shows the call or message of the active row.
    fn look(&self, ctx: &Context<Self>) {
        let event = self.active.and_then(|seq| ctx.props().events.get(seq));
        if let Some(intent) = event.and_then(|event| wish(event)) {
            ctx.props().on.emit(intent);
        }
    }
}
