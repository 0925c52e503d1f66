//! What the pipe brings to the stage: the tube, the ends a process holds, closing them.

use super::{
    picture::{Picture, Scene, Table},
    tube::{Tube, tube},
    verbs::Verb,
};
use crate::{
    components::parts::{code, el, words},
    mechanism::{
        bytes, count,
        pipe::{self, Block, Mouth, remainder},
    },
};
use shared::{
    command::Values,
    event::End,
    mechanism::pipe::{Params, Reader},
    state::{RunState, Worker},
};
use yew::prelude::*;

/// Letters shown of the message that is read next.
const NEXT: usize = 16;

/// How it is drawn.
pub(super) const PICTURE: Picture = Picture {
    seats: ["Writers", "Reader"],
    middle,
    tables,
    on_card,
    shortcuts,
    covers: &["close"],
};

fn middle(scene: &Scene<'_>) -> Html {
    let run = scene.run;
    let picture = pipe::Picture::of(run);
    let next = next(run, &picture);
    tube(Tube {
        picture: &picture,
        next: next.as_deref(),
        replay: scene.replay,
        packets: params(run).is_some_and(|params| params.packets),
        fifo: run.variant == "fifo",
    })
}

/// The first letters of what is read next.
fn next(run: &RunState, picture: &pipe::Picture) -> Option<String> {
    let (id, from) = picture.next?;
    let preview = &run.message(id)?.preview;
    let text = preview.text.as_ref()?;
    // A read may have ended in the middle of a letter, or beyond the preview.
    let rest = text.get(usize::try_from(from).ok()?..)?;
    let start: String = rest.chars().take(NEXT).collect();
    let whole = start.len() == rest.len() && preview.len == text.len() as u64;
    Some(format!("“{start}{}”", if whole { "" } else { "…" }))
}

/// What a call that has not returned still has to put in waits on the caller's side of the border; then the ends it holds,
/// with their descriptors.
fn on_card(scene: &Scene<'_>, worker: &Worker) -> Vec<Html> {
    let run = scene.run;
    let mut lines = Vec::new();
    if let Some(rest) = remainder(run, worker) {
        lines.push(words("p", "chip", format!("{} wait to go in", bytes(rest))));
    }
    let held: Vec<_> = pipe::closable(run, worker)
        .into_iter()
        .map(|(end, fd)| {
            let name = match end {
                End::Write => " write end",
                End::Read => " read end",
                End::Both => " both ends",
            };
            el("li", "", vec![code(fd.to_string()), Html::from(name)])
        })
        .collect();
    if !held.is_empty() {
        lines.push(el("ul", "ends", held));
    }
    lines
}

/// What can be done now: a read where the reader waits to be told, closing what is open.
fn shortcuts(run: &RunState, worker: &Worker) -> Vec<Verb> {
    let mut verbs = Vec::new();
    let params = params(run);
    let demand = params
        .as_ref()
        .is_some_and(|params| params.reader != Reader::Loop);
    if worker.role == "reader" && demand {
        let len = params.map_or(shared::os::PAGE_SIZE, |params| params.chunk);
        let mut args = Values::new();
        args.insert("len".to_owned(), len.into());
        verbs.push(Verb::with(
            &worker.id,
            "read",
            format!("Read {}", count(len)),
            "One read() of at most that many bytes.",
            args,
        ));
    }
    let ends = pipe::closable(run, worker).into_iter();
    verbs.extend(ends.map(|(end, fd)| close(worker, end, fd)));
    verbs
}

/// close() of one end.
fn close(worker: &Worker, end: End, fd: i32) -> Verb {
    let (word, help) = match end {
        End::Write => (
            "write",
            "The reader sees end-of-file when the last copy of this end is closed.",
        ),
        End::Read => (
            "read",
            "A writer gets SIGPIPE when the last copy of this end is closed.",
        ),
        End::Both => ("write", "Closes the descriptor that is open for both."),
    };
    let mut args = Values::new();
    args.insert("end".to_owned(), word.into());
    let label = format!("Close {word} end ({fd})");
    Verb::with(&worker.id, "close", label, help, args)
}

fn params(run: &RunState) -> Option<Params> {
    Params::new(&run.params).ok()
}

fn tables(scene: &Scene<'_>) -> Vec<Table> {
    let run = scene.run;
    let picture = pipe::Picture::of(run);
    let caption = match &picture.id {
        Some(id) if picture.removed => format!("Was in the kernel, is gone: {id}"),
        Some(id) => format!("In the kernel: {id}"),
        None => "The pipe, which does not exist yet".to_owned(),
    };
    let held = format!(
        "{} of {}",
        count(picture.bytes.value),
        count(picture.bytes.max)
    );
    let waits: Vec<_> = run
        .workers
        .iter()
        .filter_map(|worker| {
            Some(format!(
                "{} of {}",
                bytes(remainder(run, worker)?),
                worker.id
            ))
        })
        .collect();
    let facts = [
        ("Bytes in it", Some(held)),
        ("Pages", picture.pages_in_words()),
        ("From the read end", Some(order(&picture))),
        ("Waits to go in", Some(waits.join(", "))),
        ("Write end", Some(holders(&picture.write))),
        ("Read end", Some(holders(&picture.read))),
        ("Name", picture.name.clone()),
    ];
    let mut rows = Vec::new();
    for (name, value) in facts {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            rows.push((name.to_owned(), value));
        }
    }
    vec![Table { caption, rows }]
}

/// Whose bytes lie in the tube, in the order in which they are read.
fn order(picture: &pipe::Picture) -> String {
    if picture.blocks.is_empty() {
        return "empty".to_owned();
    }
    let one = |block: &Block| {
        let whose = block.letter.map_or_else(
            || "of unknown writer".to_owned(),
            |letter| format!("of {letter}"),
        );
        format!("{} {whose}", bytes(block.to - block.from))
    };
    picture
        .blocks
        .iter()
        .map(one)
        .collect::<Vec<_>>()
        .join(", then ")
}

fn holders(mouth: &Mouth) -> String {
    if mouth.unseen {
        return "not looked at yet".to_owned();
    }
    let mut all: Vec<_> = mouth
        .holders
        .iter()
        .map(|(worker, fd)| format!("{worker} (fd {fd})"))
        .collect();
    all.extend(
        mouth
            .opening
            .iter()
            .map(|worker| format!("{worker} waits in open()")),
    );
    if all.is_empty() {
        all.push(
            if mouth.closed {
                "nobody any more"
            } else {
                "nobody yet"
            }
            .to_owned(),
        );
    }
    let mut text = format!("×{}: {}", mouth.holders.len(), all.join(", "));
    if let Some(why) = &mouth.forgotten {
        text.push_str(&format!(" ({why})"));
    }
    text
}
