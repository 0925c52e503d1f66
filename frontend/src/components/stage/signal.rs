//! Draws signals and events: a board of lamps, a counter, a bench.

use super::{
    counter::counter,
    lamps::lamps,
    picture::{Picture, Scene, Table},
    plain,
    verbs::Verb,
};
use crate::{components::parts::el, mechanism::signal};
use shared::{
    command::Values,
    event::Masks,
    state::{RunState, Worker},
};
use yew::prelude::*;

/// How it is drawn.
pub(super) const PICTURE: Picture = Picture {
    middle,
    tables,
    shortcuts,
    ..plain::PICTURE
};

fn middle(scene: &Scene<'_>) -> Html {
    match signal::Picture::of(scene.run) {
        signal::Picture::Board(board) => el("div", "kernels", vec![lamps(scene, &board)]),
        signal::Picture::Count(count) => el("div", "kernels", vec![counter(scene, &count)]),
    }
}

/// The usual steps, with SIGUSR1.
fn shortcuts(run: &RunState, worker: &Worker) -> Vec<Verb> {
    if worker.role != "receiver" {
        return Vec::new();
    }
    let id = &worker.id;
    let mut verbs = Vec::new();
    let on_demand = run.params.get("takes").and_then(|takes| takes.as_str()) == Some("demand");
    if run.variant != "signals" && on_demand {
        let help = "One read() or sem_wait(): it sleeps while there is nothing.";
        verbs.push(Verb::with(
            id,
            "take",
            "Take".to_owned(),
            help,
            Values::new(),
        ));
    }
    if let Some(masks) = worker.signals.as_ref() {
        let args = [("signal".to_owned(), "SIGUSR1".into())];
        let (verb, label, help) = if Masks::has(&masks.blocked, 10) {
            (
                "unblock",
                "Unblock USR1",
                "What is pending is delivered before the call returns.",
            )
        } else {
            (
                "block",
                "Block USR1",
                "From now on it waits, pending, when it is sent.",
            )
        };
        let args = args.into_iter().collect();
        verbs.push(Verb::with(id, verb, label.to_owned(), help, args));
    }
    verbs
}

fn tables(scene: &Scene<'_>) -> Vec<Table> {
    let mut tables: Vec<_> = match signal::Picture::of(scene.run) {
        signal::Picture::Board(board) => {
            let owner = board.owner.as_ref().map_or("receiver", |id| id.as_str());
            let rows = board.rows.iter().map(|row| {
                let does = row.lamp.words();
                let what = does.split_once(": ").map_or("", |(_, what)| what);
                let text = format!(
                    "{what}; {} on their way, {} arrived, {} lost",
                    row.tokens.len(),
                    row.arrived,
                    row.lost
                );
                (row.lamp.name.clone(), text)
            });
            let lit: Vec<_> = board
                .pending()
                .iter()
                .map(|lamp| lamp.name.clone())
                .collect();
            let lit = if lit.is_empty() {
                "none".to_owned()
            } else {
                lit.join(", ")
            };
            let mut rows: Vec<_> = rows.collect();
            rows.insert(0, ("Pending".to_owned(), lit));
            vec![Table {
                caption: format!("Signals of {owner}"),
                rows,
            }]
        }
        signal::Picture::Count(picture) => {
            let bench: Vec<_> = picture.bench.iter().map(|(_, id)| id.to_string()).collect();
            let rows = vec![
                ("Value".to_owned(), picture.digits.clone()),
                ("Asleep at it".to_owned(), bench.join(", ")),
            ];
            vec![Table {
                caption: picture.id.unwrap_or_else(|| "no counter yet".to_owned()),
                rows,
            }]
        }
    };
    let objects = scene.run.objects.iter();
    tables.extend(
        objects
            .filter(|object| object.object_type != "signals")
            .map(plain::table),
    );
    tables
}
