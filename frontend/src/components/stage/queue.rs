//! Draws a queue: its shelf, what the kernel counts, who asks for what.

use super::{
    case,
    picture::{Picture, Scene, Table},
    plain,
    shelf::shelf,
    verbs::Verb,
};
use crate::{
    components::{
        badge::origin_badge,
        icons::{Icon, glyph},
        parts::{code, el, join, name_tag, words},
    },
    mechanism::{
        bytes, count,
        queue::{self, Note, asks, pending},
    },
    store::words::quoted,
};
use shared::{
    command::Values,
    event::Origin,
    state::{RunState, Worker},
};
use yew::prelude::*;

/// How it is drawn.
pub(super) const PICTURE: Picture = Picture {
    middle,
    tables,
    on_card,
    shortcuts,
    covers: &["close", "unlink", "hold", "release"],
};

fn middle(scene: &Scene<'_>) -> Html {
    if scene.run.variant == "python" {
        return case::middle(scene);
    }
    let picture = queue::Picture::of(scene.run);
    let full = picture.notes.contains(&Note::Full);
    let class = [
        "kernel queue",
        if picture.id.is_none() { "absent" } else { "" },
        if picture.removed { "removed" } else { "" },
        if full { "full" } else { "" },
    ];
    let tag = (scene.run.variant == "sysv").then_some("type");
    let mut inside = vec![title(scene.run, &picture)];
    inside.push(shelf(scene, &picture.shelf, tag));
    inside.push(el("p", "figure", figure(&picture)));
    inside.extend(held(&picture));
    inside.push(places(&picture));
    inside.extend(provenance(scene, &picture));
    if scene.run.variant == "shared" {
        inside.extend(case::parts(scene));
    }
    inside.extend(picture.notes.iter().map(note));
    el("div", &join(&class), inside)
}

fn title(run: &RunState, picture: &queue::Picture) -> Html {
    let what = match (run.variant.as_str(), picture.removed) {
        ("shared", false) => "in memory that all have mapped",
        ("shared", true) => "was in shared memory",
        (_, false) => "in the kernel",
        (_, true) => "was in the kernel",
    };
    let id = picture.id.as_deref().unwrap_or("no queue yet");
    let mut inside = vec![
        words("span", "soft", what),
        Html::from(" "),
        code(id.to_owned()),
    ];
    let names = picture.names.iter().filter(|_| !picture.removed);
    inside.extend(names.map(|name| name_tag(name)));
    el("p", "kernel-name", inside)
}

/// `3 of 10 messages`.
fn figure(picture: &queue::Picture) -> Vec<Html> {
    if picture.removed {
        return vec![words("b", "", "gone")];
    }
    let Some(messages) = &picture.messages else {
        return Vec::new();
    };
    let text = match messages.max {
        Some(max) => format!(" of {} messages", count(max)),
        None if messages.value == 1 => " message".to_owned(),
        None => " messages".to_owned(),
    };
    vec![words("b", "", count(messages.value)), Html::from(text)]
}

/// `41 bytes`, or `19 of 16,384 bytes` where these are bounded.
fn held(picture: &queue::Picture) -> Option<Html> {
    let held = picture.bytes.as_ref()?;
    let text = match held.max {
        Some(max) => format!("{} of {} bytes", count(held.value), count(max)),
        None => bytes(held.value),
    };
    Some(words("p", "bytes-held", text))
}

/// A box for each place, where there are few.
fn places(picture: &queue::Picture) -> Html {
    let Some((taken, all)) = picture.places() else {
        return Html::default();
    };
    let boxes = (0..all).map(|at| el("i", if at < taken { "on" } else { "" }, Vec::new()));
    el("p", "places", vec![el("span", "slots", boxes.collect())])
}

fn provenance(scene: &Scene<'_>, picture: &queue::Picture) -> Vec<Html> {
    if picture.id.is_none() {
        let nothing = "Nothing exists yet. The parent makes it when you start.";
        return vec![words("p", "provenance soft", nothing)];
    }
    if picture.removed {
        let gone = "It was removed, with all that was still in it.";
        return vec![words("p", "provenance soft", gone)];
    }
    let mut lines = Vec::new();
    // What lies in a ring is read from the same memory as how much.
    let shared = scene.run.variant == "shared" && !picture.shelf.boards.is_empty();
    if let Some(messages) = picture.messages.as_ref().filter(|_| !shared) {
        let badge = origin_badge(messages.origin, scene.replay);
        let how = words("span", "soft", format!("by {}", messages.how));
        lines.push(el("p", "provenance", vec![badge, how]));
    }
    if !picture.shelf.boards.is_empty() {
        let (origin, how) = if shared {
            (
                Origin::Live,
                "the slots; which is which, say those who stored it",
            )
        } else {
            (Origin::Model, "which is which, followed from call to call")
        };
        let badge = origin_badge(origin, scene.replay);
        let how = words("span", "soft", how);
        lines.push(el("p", "provenance", vec![badge, how]));
    }
    lines
}

fn note(note: &Note) -> Html {
    let (class, text) = match note {
        Note::Full => (
            "why",
            "Full. Who sends now sleeps until somebody receives.".to_owned(),
        ),
        Note::Alone => (
            "why",
            "Nobody has it open, and it stays, with all that is in it, until mq_unlink()."
                .to_owned(),
        ),
        Note::Nameless => (
            "why",
            "No name leads to it any more. It lives until the last process has closed it."
                .to_owned(),
        ),
        Note::Registered(who) => (
            "why",
            format!("{who} gets one signal when a message comes into the empty queue."),
        ),
        Note::Unregistered => (
            "why",
            "Nobody is registered: the next message raises no signal.".to_owned(),
        ),
        Note::Differs(live) => (
            "why",
            format!(
                "The kernel counts {}: a call that moves one has not been seen to return.",
                count(*live)
            ),
        ),
    };
    words("p", class, text)
}

/// What waits to go in, and what is asked for.
fn on_card(scene: &Scene<'_>, worker: &Worker) -> Vec<Html> {
    if scene.run.variant == "python" {
        return case::on_card(scene, worker);
    }
    let mut lines = Vec::new();
    if scene.run.variant == "shared" {
        lines.extend(case::on_card(scene, worker));
    }
    if let Some(message) = pending(scene.run, worker) {
        let waits = format!(
            "#{} {} waits to go in",
            message.id,
            quoted(&message.preview)
        );
        lines.push(words("p", "chip", waits));
    }
    if let Some(asks) = asks(scene.run, worker) {
        let inside = vec![glyph(Icon::Ready), words("span", "", asks.words())];
        lines.push(el("p", "asks", inside));
    }
    lines
}

/// A receive where consumers wait to be told, closing, removing.
fn shortcuts(run: &RunState, worker: &Worker) -> Vec<Verb> {
    let mut verbs = Vec::new();
    let plain = |verb: &str, label: &str, help| Verb::plain(&worker.id, verb, label, help);
    let demand = run.params.get("consumer").and_then(|how| how.as_str()) == Some("demand");
    if worker.role == "consumer" && demand {
        let help = "One whole message, or sleep until there is one.";
        verbs.push(Verb::with(
            &worker.id,
            "receive",
            "Receive".to_owned(),
            help,
            Values::new(),
        ));
    }
    if matches!(run.variant.as_str(), "python" | "shared") && worker.role != "parent" {
        verbs.extend(case::shortcuts(run, worker));
        return verbs;
    }
    let holds = |object: &shared::state::Object| {
        let mut holders = object.holders.iter();
        holders.any(|holder| holder.worker == worker.id)
    };
    if run.variant == "posix" && run.objects.iter().any(holds) {
        let help = "mq_close() of its descriptor. The queue stays, with all that is in it.";
        verbs.push(plain("close", "Close the queue", help));
    }
    if worker.role == "parent" && run.objects.iter().any(|object| !object.removed) {
        let (label, help) = match run.variant.as_str() {
            "posix" => (
                "Unlink",
                "mq_unlink() takes the name away; who has the queue open goes on.",
            ),
            "sysv" => (
                "Remove",
                "msgctl(IPC_RMID) ends the queue at once; who sleeps in it wakes with EIDRM.",
            ),
            "shared" => (
                "Unlink",
                "shm_unlink() takes the name away; who has the memory mapped goes on.",
            ),
            _ => return verbs,
        };
        verbs.push(plain("unlink", label, help));
    }
    verbs
}

fn tables(scene: &Scene<'_>) -> Vec<Table> {
    let run = scene.run;
    let mut tables: Vec<_> = run.objects.iter().map(plain::table).collect();
    if run.variant == "python" {
        tables.push(case::table(run));
        return tables;
    }
    if run.variant == "shared" {
        tables.push(case::table(run));
    }
    let picture = queue::Picture::of(run);
    let Some(table) = tables.first_mut() else {
        return tables;
    };
    let leaves: Vec<_> = picture
        .shelf
        .boards
        .iter()
        .flat_map(|board| &board.envelopes)
        .map(|one| {
            let id = one
                .msg
                .map_or_else(|| "#?".to_owned(), |msg| format!("#{msg}"));
            let key = one
                .key
                .map(|key| format!(", {} {key}", key_name(run)))
                .unwrap_or_default();
            format!("{id}{key}, {}", bytes(one.len))
        })
        .collect();
    if !leaves.is_empty() {
        table
            .rows
            .push(("Leaves next first".to_owned(), leaves.join("; then ")));
    }
    for worker in &run.workers {
        if let Some(asks) = asks(run, worker) {
            table.rows.push((worker.id.to_string(), asks.words()));
        }
        if let Some(message) = pending(run, worker) {
            let waits = format!("#{} waits to go in", message.id);
            table.rows.push((worker.id.to_string(), waits));
        }
    }
    let spoken = picture.notes.iter().filter_map(said);
    table
        .rows
        .extend(spoken.map(|text| ("Also".to_owned(), text.to_owned())));
    tables
}

fn key_name(run: &RunState) -> &'static str {
    if run.variant == "posix" {
        "priority"
    } else {
        "type"
    }
}

fn said(note: &Note) -> Option<&'static str> {
    match note {
        Note::Full => Some("full"),
        Note::Alone => Some("nobody has it open, and it stays"),
        Note::Nameless => Some("no name leads to it any more"),
        Note::Unregistered => Some("nobody is registered to be told"),
        Note::Registered(_) | Note::Differs(_) => None,
    }
}
