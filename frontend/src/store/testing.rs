//! What tests of the store are made of: small events, a store that was greeted.

use super::{Action, Effect, Store};
use crate::route::Route;
use shared::{
    command::{ClientMessage, ServerMessage, Values},
    event::{Counts, Event, Kind, Outcome, Source},
    ids::{RequestId, RunId, Seq},
};
use std::collections::BTreeMap;

/// An event of that kind.
pub(crate) fn of(seq: Seq, worker: Option<&str>, kind: Kind) -> Event {
    Event {
        seq,
        at_ns: seq * 1_000,
        source: Source::Run,
        worker: worker.map(Into::into),
        pid: None,
        host_pid: None,
        task: None,
        object: None,
        parts: Vec::new(),
        re: None,
        kind,
    }
}

/// An event that says little.
pub(crate) fn event(seq: Seq) -> Event {
    of(
        seq,
        None,
        Kind::Skipped {
            what: "reports".into(),
            count: 1,
        },
    )
}

/// The first event.
pub(crate) fn started() -> Event {
    let kind = Kind::RunStarted {
        entry: "pipe".into(),
        variant: "anonymous".into(),
        params: Values::new(),
        xray: true,
        xray_off: None,
        host: "Linux".into(),
        mono_ns: 0,
    };
    of(1, None, kind)
}

/// The last event.
pub(crate) fn finished(seq: Seq) -> Event {
    of(
        seq,
        None,
        Kind::RunFinished {
            outcome: Outcome::Completed,
            message: None,
            counts: Counts::default(),
        },
    )
}

/// The server's `hello`.
pub(crate) fn hello() -> Action {
    server(ServerMessage::Hello {
        protocol: 1,
        server: "test".into(),
        token: "secret".into(),
        protection: "basic".into(),
        limits: BTreeMap::new(),
        grace_ms: 30_000,
        python: None,
        no_python: Vec::new(),
    })
}

/// The server said that.
pub(crate) fn server(message: ServerMessage) -> Action {
    Action::Server(Box::new(message))
}

/// Events of the run `r1`.
pub(crate) fn events(events: Vec<Event>) -> Action {
    server(ServerMessage::Events {
        run: RunId::new("r1"),
        events,
    })
}

/// A store on the pipe's page, greeted by the server.
pub(crate) fn greeted() -> Store {
    let mut store = Store::default();
    for action in [Action::Arrived(Route::lab("pipe")), Action::Opened, hello()] {
        store.reduce(action);
    }
    store
}

/// What the store says to the server.
pub(crate) fn said(effects: &[Effect]) -> Vec<ClientMessage> {
    let said = |effect: &Effect| {
        let (Effect::Send(message) | Effect::Hello(message)) = effect else {
            return None;
        };
        Some(message.clone())
    };
    effects.iter().filter_map(said).collect()
}

/// The number of a request.
pub(crate) fn id_of(message: &ClientMessage) -> RequestId {
    match message {
        ClientMessage::Start { id, .. }
        | ClientMessage::Send { id, .. }
        | ClientMessage::Act { id, .. }
        | ClientMessage::Fetch { id, .. }
        | ClientMessage::Replay { id, .. }
        | ClientMessage::Stop { id, .. }
        | ClientMessage::Watch { id, .. }
        | ClientMessage::Place { id, .. } => *id,
        ClientMessage::Hello { .. } => 0,
    }
}
