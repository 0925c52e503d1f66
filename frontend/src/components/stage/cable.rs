//! Two machines and the cable between them, above what goes through it.

use super::{picture::Scene, socket::source, verbs::Verb};
use crate::{
    components::parts::{code, el, join, words},
    mechanism::socket::{Cable, Picture},
};
use shared::state::{RunState, Worker};
use yew::prelude::*;

/// `clients’ machine 10.0.0.2 ════ 10.0.0.1 server’s machine`
pub(super) fn cable(scene: &Scene<'_>, one: &Cable) -> Html {
    let pulled = one.pulled();
    let class = [
        "kernel cable",
        if pulled { "pulled" } else { "" },
        if one.removed { "removed" } else { "" },
    ];
    let machine = |whose: &'static str, address: &str| {
        let inside = vec![words("b", "", whose), code(address.to_owned())];
        el("p", "machine", inside)
    };
    let run = vec![
        machine("clients’ machine", &one.there),
        el("i", "line", Vec::new()),
        machine("server’s machine", &one.here),
    ];
    let mut inside = vec![el("div", "cable-run", run)];
    if let Some(up) = &one.up {
        let says = if pulled {
            "The cable is pulled. Nothing comes through, and nobody is told."
        } else {
            "The cable is in: whatever they send goes through it."
        };
        inside.push(words("p", "cable-says", says));
        inside.push(source(scene, up));
    }
    el("div", &join(&class), inside)
}

/// Pulling it, or plugging it in: at the server, whose end of it is taken down.
pub(super) fn verb(run: &RunState, worker: &Worker) -> Option<Verb> {
    let cable = Picture::of(run).cable.filter(|_| worker.role == "server")?;
    let (act, label, help) = if cable.pulled() {
        (
            "plug-cable",
            "Plug the cable in",
            "The interface comes up again.",
        )
    } else {
        (
            "pull-cable",
            "Pull the cable",
            "The interface of the server’s machine goes down, and nobody is told.",
        )
    };
    Some(Verb::plain(&worker.id, act, label, help))
}
