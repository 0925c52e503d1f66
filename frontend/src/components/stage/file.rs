//! Draws files: inode cards with their names on strings, a strip of bytes with carets and brackets, the bytes as text.

use super::{
    picture::{Picture, Scene, Table},
    plain,
    strip::strip,
    verbs::Verb,
};
use crate::{
    components::{
        badge::{ink, letter, origin_badge},
        icons::{Icon, glyph},
        parts::{code, el, join, name_tag, words},
    },
    mechanism::{
        bytes, count,
        file::{self, Inode, Standing},
    },
};
use shared::{
    command::Values,
    event::{End, Origin},
    state::{RunState, Worker},
};
use yew::prelude::*;

/// How it is drawn.
pub(super) const PICTURE: Picture = Picture {
    middle,
    tables,
    on_card,
    shortcuts,
    covers: &["read", "open", "close", "unlock"],
};

fn middle(scene: &Scene<'_>) -> Html {
    let picture = file::Picture::of(scene.run);
    let mut all: Vec<_> = picture
        .files
        .iter()
        .map(|file| inode(scene, file))
        .collect();
    if all.is_empty() {
        all.push(nothing(scene.run));
    }
    if !picture.watchers.is_empty() {
        let who = picture.watchers.join(", ");
        let text = format!("{who} has asked the kernel to be told of changes: inotify");
        all.push(words("p", "why", text));
    }
    el("div", "kernels", all)
}

/// Before the first open there is a name in the program's text only.
fn nothing(run: &RunState) -> Html {
    let title = vec![
        words("span", "soft", "in the folder"),
        words("span", "name-tag", "shared_data.txt"),
    ];
    let when = if run.workers.is_empty() {
        "Nothing exists yet. Start the run, or send."
    } else {
        "No file of this name yet. It comes to be when a writer opens it."
    };
    el(
        "div",
        "kernel file absent",
        vec![
            el("p", "kernel-name", title),
            el("div", "string", Vec::new()),
            el("div", "inode", vec![words("p", "provenance soft", when)]),
        ],
    )
}

fn inode(scene: &Scene<'_>, file: &Inode) -> Html {
    let (class, standing) = match file.standing {
        Standing::Named => ("", ""),
        Standing::Beside => ("beside", "being made, beside the file that readers open"),
        Standing::Nameless => ("nameless", "no name leads here any more"),
        Standing::Gone => ("removed", "was in the kernel"),
    };
    let mut names: Vec<_> = file.names.iter().map(|name| name_tag(name)).collect();
    if names.is_empty() {
        names.push(words("span", "soft", standing));
    }
    let mut inside = vec![el("p", "kernel-name names", names)];
    if !file.names.is_empty() {
        inside.push(el("div", "string", Vec::new()));
    }
    let mut card = vec![title(scene, file)];
    if file.standing == Standing::Beside {
        card.push(words("p", "provenance soft", standing));
    }
    if file.standing != Standing::Gone {
        card.push(strip(file));
        card.push(text(file));
        if file.zeros_follow() {
            card.push(words("p", "provenance soft", "behind that, zeros"));
        }
        card.extend(file.brackets.iter().map(|bracket| {
            let class = if bracket.waiting {
                "lock waits"
            } else {
                "lock"
            };
            let who = bracket.letter;
            el(
                "p",
                &join(&[class, &format!("ink-{}", ink(who))]),
                vec![letter_of(who), words("span", "", bracket.words())],
            )
        }));
        card.extend(mapped(file));
        card.extend(looks(scene, file));
    }
    inside.push(el("div", "inode", card));
    el("div", &join(&["kernel file", class]), inside)
}

/// A program outside has no letter, and is not the parent.
fn letter_of(who: Option<char>) -> Html {
    match who {
        Some(_) => letter(who),
        None => words("span", "letter parent", "?"),
    }
}

/// `inode 41207`, and below `5 bytes, 1 name LIVE`.
fn title(scene: &Scene<'_>, file: &Inode) -> Html {
    let number = vec![
        words("span", "soft", "inode"),
        Html::from(" "),
        code(file.number.clone()),
    ];
    let mut lines = vec![el("p", "inode-number", number)];
    if file.standing == Standing::Gone {
        lines.push(words("p", "figure", "gone"));
    } else if let Some((size, origin)) = file.size {
        let unit = Html::from(if size == 1 { " byte" } else { " bytes" });
        let mut inside = vec![el("span", "", vec![words("b", "", count(size)), unit])];
        if let Some(links) = file.links {
            let names = if links == 1 { "name" } else { "names" };
            inside.push(words("span", "soft", format!("· {} {names}", count(links))));
        }
        inside.push(origin_badge(origin, scene.replay));
        lines.push(el("p", "figure", inside));
    }
    el("div", "", lines)
}

/// The bytes as text, each in the color of who wrote it.
fn text(file: &Inode) -> Html {
    if file.text.is_empty() {
        let empty = match file.size {
            Some((0, _)) => "empty",
            Some(_) => "zeros",
            None => "",
        };
        return words("p", "bytes empty", empty);
    }
    let runs = file.text.iter().map(|run| {
        let class = format!("by ink-{}", ink(run.letter));
        words("span", &class, run.text.clone())
    });
    html! { <p class="bytes" translate="no">{ for runs }</p> }
}

fn mapped(file: &Inode) -> Vec<Html> {
    let one = |(who, address): &(String, String)| {
        let inside = vec![
            Html::from(format!("mapped by {who} at ")),
            code(address.clone()),
        ];
        el("p", "fact", inside)
    };
    file.mapped.iter().map(one).collect()
}

/// How many reads began at the first byte, and how many of those found what they should not.
fn looks(scene: &Scene<'_>, file: &Inode) -> Option<Html> {
    let looks = file.looks?;
    let unit = Html::from(if looks.all == 1 { " look" } else { " looks" });
    let all = vec![words("b", "", count(looks.all)), unit];
    let mut inside = vec![el("span", "count", all)];
    for (n, what, warn) in [
        (looks.empty, "found nothing", true),
        (looks.torn, "found a part", true),
        (looks.vain, "in vain", false),
    ] {
        let class = if warn && n > 0 { "count warn" } else { "count" };
        let mut said = Vec::new();
        if warn && n > 0 {
            said.push(glyph(Icon::Warning));
        }
        said.push(words("b", "", count(n)));
        said.push(Html::from(format!(" {what}")));
        inside.push(el("span", class, said));
    }
    inside.push(origin_badge(Origin::Model, scene.replay));
    Some(el("p", "provenance looks", inside))
}

/// What a process has open, where that stands, and what it waits for.
fn on_card(scene: &Scene<'_>, worker: &Worker) -> Vec<Html> {
    let mut lines = Vec::new();
    let files = scene
        .run
        .objects
        .iter()
        .filter(|object| object.object_type == "file" && !object.removed);
    let open: Vec<_> = files
        .flat_map(|file| &file.offsets)
        .filter(|offset| offset.worker == worker.id)
        .map(|offset| {
            let stands = format!(" stands at {}", count(offset.pos));
            el(
                "li",
                "",
                vec![code(offset.fd.to_string()), Html::from(stands)],
            )
        })
        .collect();
    if !open.is_empty() {
        lines.push(el("ul", "ends", open));
    }
    lines
}

/// What can be done now: reading, opening and closing by hand, giving a lock back.
fn shortcuts(run: &RunState, worker: &Worker) -> Vec<Verb> {
    let mut verbs = Vec::new();
    let plain = |verb: &str, label: &str, help| Verb::plain(&worker.id, verb, label, help);
    let files = || {
        run.objects
            .iter()
            .filter(|object| object.object_type == "file")
    };
    let reads = worker.role == "reader";
    if reads && run.variant == "mapped" {
        let mut args = Values::new();
        args.insert("at".to_owned(), 0.into());
        args.insert("len".to_owned(), 64.into());
        let help = "64 bytes of the mapped page: no system call.";
        verbs.push(Verb::with(
            &worker.id,
            "load",
            "Load".to_owned(),
            help,
            args,
        ));
    }
    if reads {
        let help = "To the end; by its name, or what it has open.";
        verbs.push(plain("read", "Read", help));
    }
    let by_hand = matches!(run.variant.as_str(), "write" | "rename" | "watched");
    let watches = reads && run.variant == "watched";
    if by_hand && !watches {
        let end = if reads { End::Write } else { End::Read };
        let open = files().any(|file| {
            let mut holders = file.holders.iter();
            holders.any(|held| held.worker == worker.id && held.end != end)
        });
        verbs.push(match (open, reads) {
            (true, _) => plain("close", "Close", "close() of what it has open."),
            (false, true) => plain("open", "Open", "open() by its name, and keep it."),
            (false, false) => plain(
                "open",
                "Open only",
                "open() and no more: what it opens is empty from now on.",
            ),
        });
    }
    let locked = files().any(|file| {
        let mut locks = file.locks.iter();
        locks.any(|lock| !lock.waiting && lock.worker.as_ref() == Some(&worker.id))
    });
    if locked {
        verbs.push(plain("unlock", "Unlock", "Who waits for the lock gets it."));
    }
    verbs
}

fn tables(scene: &Scene<'_>) -> Vec<Table> {
    let files = file::Picture::of(scene.run).files;
    let mut tables = Vec::new();
    for object in &scene.run.objects {
        if object.object_type == "file" && files.iter().all(|file| file.id != object.id.as_str()) {
            continue;
        }
        let mut table = plain::table(object);
        let drawn = files.iter().find(|file| file.id == object.id.as_str());
        if let Some(file) = drawn {
            let size = file.size.map_or(0, |(size, _)| size);
            let names = if file.names.is_empty() {
                "none".to_owned()
            } else {
                file.names.join(", ")
            };
            table.caption = format!("Inode {}: {}; names: {names}", file.number, bytes(size));
            let text: String = file.text.iter().map(|run| run.text.as_str()).collect();
            table.rows.push(("As text".to_owned(), text));
        }
        tables.push(table);
    }
    tables
}
