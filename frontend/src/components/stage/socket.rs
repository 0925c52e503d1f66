//! Draws sockets: the bench in front of a listener, connections, mailboxes, and descriptors that travel.

use super::{
    cable::{self, cable},
    picture::{Picture, Scene, Table},
    plain,
    shelf::shelf,
    verbs::Verb,
    wire::wire,
};
use crate::{
    components::{
        badge::{letter, origin_badge},
        icons::{Icon, glyph},
        parts::{code, el, join, name_tag, words},
    },
    mechanism::{
        bytes, count,
        pipe::Figure,
        socket::{self, Bench, Held, Mailbox, Tag, Who, tags},
    },
};
use shared::{
    command::Values,
    event::Wait,
    state::{RunState, Worker},
};
use yew::prelude::*;

/// How it is drawn.
pub(super) const PICTURE: Picture = Picture {
    middle,
    tables,
    on_card,
    shortcuts,
    covers: &["connect", "pull-cable", "plug-cable"],
};

/// From so many connections on each has one line.
const DENSE: usize = 3;

fn middle(scene: &Scene<'_>) -> Html {
    let picture = socket::Picture::of(scene.run);
    let mut all = Vec::new();
    all.extend(picture.cable.iter().map(|one| cable(scene, one)));
    all.extend(picture.bench.iter().map(|one| bench(scene, one)));
    let dense = picture.connections.len() >= DENSE;
    let connections = picture.connections.iter();
    all.extend(connections.map(|one| wire(scene, one, dense)));
    if picture.more > 0 {
        let more = format!("and {} connections more", picture.more);
        all.push(words("p", "soft", more));
    }
    all.extend(mailboxes(scene, &picture.mailboxes));
    all.extend(tags(scene.run).iter().rev().take(2).map(tag));
    if picture.empty() {
        all.push(nothing(scene.run));
    }
    let dense = if dense { "dense" } else { "" };
    el("div", &join(&["kernels sockets", dense]), all)
}

fn nothing(run: &RunState) -> Html {
    let text = if run.variant == "socketpair" {
        "Nothing exists yet. The parent makes two connected sockets when you start."
    } else {
        "Nothing exists yet. Server and client each make a socket when you start."
    };
    let title = vec![
        words("span", "soft", "in the kernel"),
        code("no socket yet".to_owned()),
    ];
    let inside = vec![
        el("p", "kernel-name", title),
        words("p", "provenance soft", text),
    ];
    el("div", "kernel absent", inside)
}

/// Where a figure comes from.
pub(super) fn source(scene: &Scene<'_>, figure: &Figure) -> Html {
    let badge = origin_badge(figure.origin, scene.replay);
    let how = match figure.how.as_str() {
        "" => String::new(),
        "calls" => "counted from the calls".to_owned(),
        "reports" => "as the processes report".to_owned(),
        how => format!("by {how}"),
    };
    el("p", "provenance", vec![badge, words("span", "soft", how)])
}

/// An address, or the path of a socket's file.
pub(super) fn place(address: &str) -> Html {
    if address.starts_with('/') {
        name_tag(address)
    } else {
        code(address.to_owned())
    }
}

/// `client A, relay`
pub(super) fn named(all: &[Who]) -> Vec<Html> {
    let mut inside = Vec::new();
    for (sign, id) in all {
        inside.extend(sign.map(|sign| letter(Some(sign))));
        inside.push(words("span", "", id.as_str()));
    }
    inside
}

pub(super) fn bench(scene: &Scene<'_>, bench: &Bench) -> Html {
    let class = [
        "kernel seated",
        if bench.removed { "removed" } else { "" },
        if bench.full() { "full" } else { "" },
    ];
    let what = if bench.removed {
        "nobody listens any more at"
    } else {
        "listens at"
    };
    let mut title = named(&bench.owners);
    title.push(words("span", "soft", what));
    title.push(place(bench.address.as_deref().unwrap_or(&bench.id)));
    let mut inside = vec![el("p", "kernel-name", title)];
    if let (Some(waiting), Some((taken, all))) = (&bench.waiting, bench.seats()) {
        let seat = |at: u64| {
            let class = [
                if at < taken { "on" } else { "" },
                if at + 1 == all { "extra" } else { "" },
            ];
            el("i", &join(&class), Vec::new())
        };
        inside.push(el("p", "seats", (0..all).map(seat).collect()));
        let text = format!(" of {} in the accept queue", count(waiting.max));
        let mut line = vec![words("b", "", count(waiting.value)), Html::from(text)];
        line.push(origin_badge(waiting.origin, scene.replay));
        line.push(words("span", "soft", format!("by {}", waiting.how)));
        inside.push(el("p", "provenance", line));
        if bench.full() {
            let why = "Full: the kernel lets in one more than listen() said, and then no more.";
            inside.push(words("p", "why", why));
        }
    }
    for (sign, id) in &bench.knocking {
        let text = format!("{id} has asked, and gets no answer yet");
        let inside_line = vec![letter(*sign), words("span", "", text)];
        inside.push(el("p", "knocks", inside_line));
    }
    el("div", &join(&class), inside)
}

/// Those that hold something, and one where nothing is anywhere; the others in a line.
fn mailboxes(scene: &Scene<'_>, all: &[Mailbox]) -> Vec<Html> {
    let mut drawn = Vec::new();
    let mut idle = Vec::new();
    for (at, one) in all.iter().enumerate() {
        if at == 0 || !one.idle() || all.len() == 2 {
            drawn.push(mailbox(scene, one));
        } else {
            idle.extend(named(&one.owners));
        }
    }
    if !idle.is_empty() {
        idle.insert(0, words("span", "soft", "nothing waits for"));
        drawn.push(el("p", "kernel-name", idle));
    }
    drawn
}

fn mailbox(scene: &Scene<'_>, one: &Mailbox) -> Html {
    let lost = one.drops.as_ref().filter(|drops| drops.value > 0);
    let class = [
        "kernel queue mailbox",
        if one.removed { "removed" } else { "" },
        if one.left { "to-left" } else { "" },
    ];
    let mut title = vec![words(
        "span",
        "soft",
        if one.removed {
            "was the mailbox of"
        } else {
            "mailbox of"
        },
    )];
    if one.owners.is_empty() {
        title.push(words("span", "soft", "nobody yet"));
    }
    title.extend(named(&one.owners));
    title.push(place(one.local.as_deref().unwrap_or(&one.id)));
    let mut inside = vec![
        el("p", "kernel-name", title),
        shelf(scene, &one.shelf, None),
    ];
    if let Some(held) = one.memory.as_ref().filter(|_| !one.removed) {
        let text = match held.max {
            0 => bytes(held.value),
            max => format!("{} of {} bytes of memory", count(held.value), count(max)),
        };
        let badge = origin_badge(held.origin, scene.replay);
        let how = words("span", "soft", format!("by {}", held.how));
        inside.push(el("p", "provenance", vec![Html::from(text), badge, how]));
    }
    if let Some(remote) = &one.remote {
        let inside_line = vec![words("span", "soft", "connected to"), place(remote)];
        inside.push(el("p", "provenance", inside_line));
    }
    if let Some(lost) = lost {
        let text = format!(
            "{} thrown away by the kernel: there was no room.",
            if lost.value == 1 {
                "1 message".to_owned()
            } else {
                format!("{} messages", count(lost.value))
            }
        );
        let inside_line = vec![
            glyph(Icon::Warning),
            words("span", "", text),
            origin_badge(lost.origin, scene.replay),
        ];
        inside.push(el("p", "why warn", inside_line));
    }
    el("div", &join(&class), inside)
}

/// A descriptor that is pulled through a socket.
fn tag(tag: &Tag) -> Html {
    let end = |(id, fd): &(shared::ids::WorkerId, i32)| {
        vec![words("span", "", format!("{id}’s")), code(fd.to_string())]
    };
    let mut inside = vec![words("span", "soft", "descriptor")];
    inside.extend(end(&tag.from));
    match &tag.to {
        Some(to) => {
            inside.push(words("span", "soft", "is now also"));
            inside.extend(end(to));
        }
        None => inside.push(words("span", "soft", "lies in the socket")),
    }
    el("p", "fd-tag", inside)
}

/// What waits to go in, and the sockets that it has open, each with the word of its state.
fn on_card(scene: &Scene<'_>, worker: &Worker) -> Vec<Html> {
    let run = scene.run;
    let mut lines = Vec::new();
    let asked = worker.now.as_ref().and_then(|call| call.len);
    if let Some(len) = asked.filter(|_| worker.because == Some(Wait::SocketFull)) {
        lines.push(words(
            "p",
            "chip",
            format!("not all of {} is in yet", bytes(len)),
        ));
    }
    let open: Vec<_> = socket::held(run, worker)
        .iter()
        .map(|held| {
            let mut line = vec![
                code(held.fd.to_string()),
                Html::from(format!(" {}", what(held))),
            ];
            if !held.state.is_empty() {
                line.push(words("b", "tcp-state", held.state.as_str()));
            }
            el("li", "", line)
        })
        .collect();
    if !open.is_empty() {
        lines.push(el("ul", "ends", open));
    }
    lines
}

fn what(held: &Held) -> String {
    let to: Vec<_> = held.to.iter().map(|(_, id)| id.as_str()).collect();
    match (held.object_type.as_str(), to.is_empty()) {
        ("listener", _) => "listens ".to_owned(),
        (_, false) => format!("to {} ", to.join(", ")),
        ("datagram", true) => "its mailbox ".to_owned(),
        (_, true) => "a connection ".to_owned(),
    }
}

/// Accepting and receiving where it waits to be told; connecting, half-closing, closing.
fn shortcuts(run: &RunState, worker: &Worker) -> Vec<Verb> {
    let id = &worker.id;
    let mut verbs: Vec<_> = cable::verb(run, worker).into_iter().collect();
    let word = |name: &str| run.params.get(name).and_then(|value| value.as_str());
    let held = socket::held(run, worker);
    let connected = held
        .iter()
        .any(|one| one.object_type == "socket" || !one.to.is_empty());
    let streams = matches!(run.variant.as_str(), "tcp" | "unix-stream" | "socketpair");
    let connects = streams && run.variant != "socketpair" || run.variant == "unix-seqpacket";
    let demand = word("takes") == Some("demand");
    if worker.role == "client" && connects && !connected {
        let help = "A new socket, and connect() to where the server listens.";
        verbs.push(Verb::plain(id, "connect", "Connect", help));
    }
    let serves = matches!(worker.role.as_str(), "server" | "receiver");
    if serves && demand {
        if connects {
            let help = "accept(): the next connection from the bench, or sleep until there is one.";
            verbs.push(Verb::plain(id, "accept", "Accept", help));
        }
        let help = "One recv() of the newest connection, or sleep until something comes.";
        let at = verbs.len() - usize::from(connected && connects);
        verbs.insert(at, Verb::plain(id, "receive", "Receive", help));
    }
    if connected && streams {
        let mut args = Values::new();
        args.insert("end".to_owned(), "write".into());
        let help = "shutdown(SHUT_WR): the other side reads what is left, then the end. This side can still receive.";
        verbs.push(Verb::with(
            id,
            "shutdown",
            "Half-close".to_owned(),
            help,
            args,
        ));
        let mut args = Values::new();
        if run.variant == "tcp" {
            args.insert("how".to_owned(), "reset".into());
            let help = "close() without a goodbye: what is unread is thrown away, and the other side gets ECONNRESET.";
            verbs.push(Verb::with(id, "close", "Reset".to_owned(), help, args));
        }
    }
    verbs
}

/// Every object as text, with state and addresses; then who knocks, and what travels.
fn tables(scene: &Scene<'_>) -> Vec<Table> {
    let run = scene.run;
    let mut tables = Vec::new();
    for object in &run.objects {
        let mut table = plain::table(object);
        if let Some(end) = &object.socket {
            let mut rows = vec![(
                "State".to_owned(),
                format!("{} ({})", end.state, socket::meaning(&end.state)),
            )];
            let addresses = [("Address", &end.local), ("Connected to", &end.remote)];
            for (name, address) in addresses {
                rows.extend(
                    address
                        .iter()
                        .map(|address| (name.to_owned(), address.clone())),
                );
            }
            table.rows.splice(0..0, rows);
        }
        tables.push(table);
    }
    let mut rows = Vec::new();
    let bench = socket::Picture::of(run).bench;
    for (_, id) in bench.iter().flat_map(|bench| &bench.knocking) {
        rows.push((
            id.to_string(),
            "has asked to connect, and gets no answer yet".to_owned(),
        ));
    }
    for tag in tags(run) {
        let (from, fd) = &tag.from;
        let text = match &tag.to {
            Some((to, there)) => format!("its descriptor {fd} is now also {there} of {to}"),
            None => format!("its descriptor {fd} lies in the socket"),
        };
        rows.push((from.to_string(), text));
    }
    if !rows.is_empty() {
        let caption = "On their way".to_owned();
        tables.push(Table { caption, rows });
    }
    tables
}
