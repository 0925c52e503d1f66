//! The rows of the log, and what keys and clicks on them mean.

use super::{
    badge::{ink, letter},
    log::{Move, Msg},
    tabs::pressed,
};
use crate::{
    intent::Intent,
    mechanism::count,
    store::{Lost, words},
};
use shared::{
    event::{Event, Kind},
    ids::WorkerId,
};
use web_sys::Element;
use yew::prelude::*;

/// What looking at an event means.
pub(super) fn wish(event: &Event) -> Option<Intent> {
    match &event.kind {
        Kind::CallEntered { .. } => Some(Intent::SelectCall(event.seq)),
        Kind::CallReturned { call, .. } | Kind::CallInterrupted { call } => {
            Some(Intent::SelectCall(*call))
        }
        Kind::MessageSending { msg, .. }
        | Kind::MessageSent { msg, .. }
        | Kind::MessageLost { msg, .. } => Some(Intent::SelectMessage(*msg)),
        Kind::MessageReceived {
            call: Some(call), ..
        } => Some(Intent::SelectCall(*call)),
        Kind::MemoryStored { msg, .. } => msg.map(Intent::SelectMessage),
        Kind::MessageReceived { .. } | Kind::MemoryLoaded { .. } => event
            .parts
            .iter()
            .find_map(|part| part.msg)
            .map(Intent::SelectMessage),
        Kind::RunStarted { .. }
        | Kind::RunFinished { .. }
        | Kind::ProcessStarted { .. }
        | Kind::ProcessExited { .. }
        | Kind::ProcessState { .. }
        | Kind::ProcessOutput { .. }
        | Kind::ProcessSignaled { .. }
        | Kind::ProcessSignals { .. }
        | Kind::ProcessSaid { .. }
        | Kind::ObjectItems { .. }
        | Kind::ObjectBytes { .. }
        | Kind::ObjectCreated { .. }
        | Kind::ObjectState { .. }
        | Kind::ObjectRemoved {}
        | Kind::Gauge { .. }
        | Kind::LimitHit { .. }
        | Kind::Skipped { .. }
        | Kind::CommandWaiting { .. }
        | Kind::CommandDone { .. }
        | Kind::Unknown => None,
    }
}

/// What a key does in the log.
pub(super) fn of_key(event: &KeyboardEvent) -> Option<Msg> {
    let more = event.shift_key();
    let command = event.ctrl_key() || event.meta_key();
    let msg = match event.key().as_str() {
        "c" if command => Msg::Copy,
        _ if command || event.alt_key() => return None,
        "ArrowDown" => Msg::Move(Move::By(1), more),
        "ArrowUp" => Msg::Move(Move::By(-1), more),
        "PageDown" => Msg::Move(Move::Screens(1), more),
        "PageUp" => Msg::Move(Move::Screens(-1), more),
        "Home" => Msg::Move(Move::First, more),
        "End" => Msg::Move(Move::Last, more),
        "Enter" => Msg::Look,
        _ => return None,
    };
    event.prevent_default();
    Some(msg)
}

/// Says that events were not received.
pub(super) fn lagged(lost: &Lost, times: usize) -> Html {
    let missing = count(lost.to.saturating_sub(lost.from) + 1);
    let often = if times > 1 {
        format!(" ({times} times so far)")
    } else {
        String::new()
    };
    html! {
        <p class="notice info">{ format!("This page was too slow for {missing} events{often}. The state is whole; \
            what the server still has of them was asked for again.") }</p>
    }
}

/// The row that was clicked.
pub(super) fn of_click(event: &MouseEvent) -> Option<Msg> {
    let target = event.target_dyn_into::<Element>()?;
    let seq = target
        .closest(".row")
        .ok()
        .flatten()?
        .get_attribute("data-seq")?
        .parse()
        .ok()?;
    Some(Msg::Choose(seq, event.shift_key()))
}

/// One event; `whose` is the letter of its worker, if the worker is known.
pub(super) fn row(event: &Event, whose: Option<Option<char>>, at: usize, on: bool) -> Html {
    let seq = event.seq;
    let who = event
        .worker
        .as_ref()
        .map_or("", WorkerId::as_str)
        .to_owned();
    let ink = whose.map_or("k", ink);
    // Without a key: while events stream in, each row in sight becomes another event many times a second, and to change
    // its words is half the work of making a new row.
    html! {
        <div id={format!("event-{seq}")} data-seq={seq.to_string()} class={format!("row ink-{ink}{}", if on { " on" } else { "" })} role="row"
            aria-rowindex={(at + 2).to_string()} aria-selected={pressed(on)}>
            <span class="seq" role="gridcell">{ seq.to_string() }</span>
            <span class="at" role="gridcell">{ words::at(event.at_ns) }</span>
            <span class="who" role="gridcell">{ whose.map(letter).unwrap_or_default() }{ who }</span>
            <span class="what" role="gridcell" title={event.kind.name()}>{ words::event(event) }</span>
            <span class="via" role="gridcell">{ words::source(event.source) }</span>
        </div>
    }
}
