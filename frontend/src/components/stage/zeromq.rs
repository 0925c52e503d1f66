//! Draws ZeroMQ: houses with two rooms and shelves between them, connections, a bin.

use super::{
    picture::{Picture, Scene, Table},
    plain,
    shelf::shelf,
    verbs::Verb,
};
use crate::{
    components::{
        badge::{ink, letter, origin_badge},
        parts::{el, join, words},
    },
    mechanism::{
        bytes, count,
        zeromq::{self, Board, House, Link},
    },
};
use shared::{
    command::Values,
    event::Origin,
    mechanism::zeromq::Pattern,
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
    let picture = zeromq::Picture::of(scene.run);
    let mut inside: Vec<_> = picture.houses.iter().map(|one| house(scene, one)).collect();
    inside.push(bottom(scene, &picture));
    el("div", "kernels zmq", inside)
}

/// The room of the process's own thread, its shelves, the room of the I/O thread.
fn house(scene: &Scene<'_>, house: &House) -> Html {
    let mut title = vec![letter(house.letter), words("b", "", house.worker.as_str())];
    title.extend(
        house
            .link
            .map(|link| words("span", link_class(link), link_words(link))),
    );
    title.extend(house.waits.map(|(now, of)| {
        let text = format!("waits for subscribers: {now} of {of}");
        words("span", "soft", text)
    }));
    let shelves: Vec<_> = house.boards.iter().map(|one| board(scene, one)).collect();
    let rooms = vec![
        words("span", "room", "your thread"),
        el("div", "boards", shelves),
        words("span", "room", "I/O thread"),
    ];
    let class = [
        "house",
        &format!("ink-{}", ink(house.letter)),
        if house.alive { "" } else { "gone" },
    ];
    el(
        "div",
        &join(&class),
        vec![el("p", "house-name", title), el("div", "rooms", rooms)],
    )
}

fn board(scene: &Scene<'_>, board: &Board) -> Html {
    let way = if board.out { "out →" } else { "← in" };
    let mut label = vec![words("span", "soft", way)];
    if let Some(to) = &board.to {
        label.push(letter(board.letter));
        label.push(words("span", "sr", format!("for {to}")));
    }
    label.extend(board.messages.as_ref().map(|reading| {
        let text = match reading.max {
            Some(max) => format!("{} of {}", count(reading.value), count(max)),
            None => format!("{} on their way", count(reading.value)),
        };
        let full = reading.max.is_some_and(|max| reading.value >= max);
        words("b", if full { "full" } else { "" }, text)
    }));
    let mut inside = vec![el("p", "board-name", label)];
    if !board.shelf.boards.is_empty() {
        inside.push(shelf(scene, &board.shelf, None));
    }
    el("div", if board.out { "out" } else { "in" }, inside)
}

fn link_class(link: Link) -> &'static str {
    match link {
        Link::Up => "link up",
        Link::Trying | Link::Down => "link",
    }
}

fn link_words(link: Link) -> &'static str {
    match link {
        Link::Up => "connected",
        Link::Trying => "nobody there: it tries again by itself",
        Link::Down => "not connected",
    }
}

/// What is below all that, where the figures are from, and the bin.
fn bottom(scene: &Scene<'_>, picture: &zeromq::Picture) -> Html {
    let mut lines = Vec::new();
    let below = format!("Between the I/O threads: {} sockets", picture.transport);
    let mut kernel = vec![words("span", "", below)];
    if let Some(held) = picture.in_kernel {
        kernel.push(words("b", "", bytes(held)));
        kernel.push(origin_badge(Origin::Live, scene.replay));
    }
    lines.push(el("p", "provenance", kernel));
    let badge = origin_badge(Origin::Model, scene.replay);
    let how = if scene.run.xray {
        "shelves are in a process's memory: followed from call to call"
    } else {
        "without X-ray a shelf and the kernel cannot be told apart"
    };
    lines.push(el(
        "p",
        "provenance",
        vec![badge, words("span", "soft", how)],
    ));
    let bin = match picture.bin {
        0 => words("p", "bin", "Bin: empty"),
        n => words("p", "bin some", format!("Bin: {} gone for good", count(n))),
    };
    lines.push(bin);
    el("div", "kernel", lines)
}

/// A receive where they wait to be told, a connect where that was put off.
fn shortcuts(run: &RunState, worker: &Worker) -> Vec<Verb> {
    let chosen =
        |id: &str, word: &str| run.params.get(id).and_then(|one| one.as_str()) == Some(word);
    let Some(pattern) = Pattern::of(&run.variant) else {
        return Vec::new();
    };
    let mut verbs = Vec::new();
    let connects = worker.role == pattern.connector();
    if connects && chosen("order", "told") {
        let help = "zmq_connect(): returns at once, whether or not anybody is there.";
        verbs.push(Verb::plain(&worker.id, "connect", "Connect", help));
    }
    let receives = worker.role != "parent" && (pattern.answers() || connects);
    if receives && chosen("receiver", "demand") {
        let help = "One whole message from the shelf, or sleep until there is one.";
        let label = "Receive".to_owned();
        verbs.push(Verb::with(
            &worker.id,
            "receive",
            label,
            help,
            Values::new(),
        ));
    }
    verbs
}

fn tables(scene: &Scene<'_>) -> Vec<Table> {
    let picture = zeromq::Picture::of(scene.run);
    let mut rows = Vec::new();
    for house in &picture.houses {
        for board in &house.boards {
            let name = match (&board.to, board.out) {
                (Some(to), _) => format!("{}, shelf for {to}", house.worker),
                (None, true) => format!("{}, shelf to go out", house.worker),
                (None, false) => format!("{}, shelf of what has come", house.worker),
            };
            let held = board.messages.as_ref().map_or(0, |reading| reading.value);
            let room = board.messages.as_ref().and_then(|reading| reading.max);
            let room = room.map_or_else(String::new, |max| format!(" of {}", count(max)));
            rows.push((name, format!("{}{room} messages", count(held))));
        }
        if let Some(link) = house.link {
            rows.push((house.worker.to_string(), link_words(link).to_owned()));
        }
    }
    rows.push(("Gone for good".to_owned(), count(picture.bin)));
    let shelves = Table {
        caption: "Shelves and connections".to_owned(),
        rows,
    };
    let objects = scene.run.objects.iter();
    let objects = objects.filter(|object| object.object_type != "shelf");
    std::iter::once(shelves)
        .chain(objects.map(plain::table))
        .collect()
}
