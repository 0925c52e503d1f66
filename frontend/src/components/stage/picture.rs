//! What an entry brings to the stage, and the one place that knows which entry has which.

use super::{file, memory, pipe, plain, queue, rpc, signal, socket, verbs::Verb, zeromq};
use crate::{intent::Intent, store::Selected};
use shared::state::{RunState, Worker};
use yew::prelude::*;

/// What is drawn from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene<'a> {
    /// The run; a prepared one before it starts.
    pub(super) run: &'a RunState,
    /// A recording: nothing can be done, and no figure is live.
    pub(super) replay: bool,
    /// What a learner wants.
    pub(super) on: &'a Callback<Intent>,
    /// What is looked at.
    pub(super) selected: Selected,
}

/// Rows of text under a caption: a part of the picture for those who do not see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    /// What it is about.
    pub(super) caption: String,
    /// Name and value of each fact.
    pub(super) rows: Vec<(String, String)>,
}

/// How an entry is drawn. Plain functions: a type for each entry would be compiled into the page with all that uses it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Picture {
    /// What stands between the processes.
    pub(super) middle: fn(&Scene<'_>) -> Html,
    /// The same as text.
    pub(super) tables: fn(&Scene<'_>) -> Vec<Table>,
    /// What this entry adds to the card of a process.
    pub(super) on_card: fn(&Scene<'_>, &Worker) -> Vec<Html>,
    /// What can be done to a process now, with its arguments chosen; the first is always seen.
    pub(super) shortcuts: fn(&RunState, &Worker) -> Vec<Verb>,
    /// Acts for which shortcuts are enough: they have no form.
    pub(super) covers: &'static [&'static str],
}

/// The picture of an entry.
pub(super) fn picture(entry: &str) -> &'static Picture {
    match entry {
        "file" => &file::PICTURE,
        "pipe" => &pipe::PICTURE,
        "queue" => &queue::PICTURE,
        "rpc" => &rpc::PICTURE,
        "shared-memory" => &memory::PICTURE,
        "signal" => &signal::PICTURE,
        "zeromq" => &zeromq::PICTURE,
        "socket" => &socket::PICTURE,
        _ => &plain::PICTURE,
    }
}
