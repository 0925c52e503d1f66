//! What can be done to a process: a button for what is usual, a form for what has arguments. The catalog lists it; the
//! entry's picture may have arguments chosen already.

use super::picture::picture;
use crate::intent::Intent;
use shared::{
    catalog::{self, Act},
    command::Values,
    ids::WorkerId,
    state::{RunState, Worker},
};

/// One thing that can be done.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Verb {
    /// As on the button.
    pub(super) label: String,
    /// One line under it.
    pub(super) help: &'static str,
    /// What is wished.
    pub(super) intent: Intent,
}

impl Verb {
    /// A verb without arguments.
    pub(super) fn plain(worker: &WorkerId, verb: &str, label: &str, help: &'static str) -> Self {
        Self::with(worker, verb, label.to_owned(), help, Values::new())
    }

    /// A verb with its arguments.
    pub(super) fn with(
        worker: &WorkerId,
        verb: &str,
        label: String,
        help: &'static str,
        args: Values,
    ) -> Self {
        Self {
            label,
            help,
            intent: Intent::Act {
                worker: Some(worker.clone()),
                verb: verb.to_owned(),
                args,
            },
        }
    }

    /// As on a button that has little room: the first word and the descriptor, `Close (4)`.
    pub(super) fn short(&self) -> String {
        match (
            self.label.split_whitespace().next(),
            self.label.split_once('('),
        ) {
            (Some(word), Some((_, rest))) => format!("{word} ({rest}"),
            _ => self.label.clone(),
        }
    }
}

/// What can be done to a process now.
#[derive(Debug)]
pub(super) struct Verbs {
    /// Always seen.
    pub(super) first: Vec<Verb>,
    /// In the menu, ready to be pressed.
    pub(super) menu: Vec<Verb>,
    /// In the menu, with arguments to be chosen.
    pub(super) forms: Vec<&'static Act>,
}

/// The act of the entries that let who has ended be started again.
const RESTART: &str = "restart";

/// What can be done to a process that has ended: start it again, where the entry offers that.
pub(super) fn restart(run: &RunState, worker: &Worker) -> Option<Verb> {
    let entry = catalog::entry(&run.entry).ok()?;
    let mut acts = entry.acts_of(&run.variant);
    let act = acts.find(|act| act.id == RESTART && act.roles.contains(&worker.role.as_str()))?;
    Some(Verb::plain(&worker.id, act.id, act.label, act.help))
}

/// All that can be done to a process, by its state.
pub(super) fn verbs(run: &RunState, worker: &Worker, compact: bool) -> Verbs {
    let id = &worker.id;
    let first = if worker.frozen {
        Verb::plain(
            id,
            "resume",
            "Resume",
            "SIGCONT: it goes on where it stopped.",
        )
    } else {
        Verb::plain(
            id,
            "freeze",
            "Freeze",
            "SIGSTOP: it stops where it is, and keeps all it holds open.",
        )
    };
    let picture = picture(&run.entry);
    let mut menu = vec![first.clone()];
    let mut seen = vec![first];
    let mut ready = (picture.shortcuts)(run, worker);
    let mut forms = Vec::new();
    if let Ok(entry) = catalog::entry(&run.entry) {
        let role = worker.role.as_str();
        let acts = entry
            .acts_of(&run.variant)
            .filter(|act| act.roles.contains(&role));
        for act in acts {
            if picture.covers.contains(&act.id) || act.id == RESTART {
                continue;
            }
            if act.args.is_empty() {
                ready.push(Verb::plain(id, act.id, act.label, act.help));
            } else {
                forms.push(act);
            }
        }
    }
    // What a frozen process is told waits until it goes on: Resume is the thing to press.
    if !worker.frozen && !compact {
        let act = forms
            .first()
            .map(|act| Verb::plain(id, act.id, act.label, act.help));
        seen.extend(ready.first().cloned().or(act));
    }
    menu.extend(ready);
    menu.push(Verb::plain(
        id,
        "exit",
        "Exit",
        "It ends by itself; the kernel closes what it had open.",
    ));
    // The parent has one line; what is done to it rarely is in its menu.
    if worker.role == "parent" {
        menu.pop();
        if !worker.frozen {
            seen.clear();
        }
    }
    Verbs {
        first: seen,
        menu,
        forms,
    }
}
