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
        pipe::{self, Block, Mouth, Open, remainder},
    },
};
use shared::{
    command::Values,
    event::{End, Preview},
    mechanism::pipe::{Params, Reader},
    pickle,
    state::{RunState, Worker},
};
use yew::prelude::*;

/// Letters shown of the message that is read next.
const NEXT: usize = 16;

/// How it is drawn.
pub(super) const PICTURE: Picture = Picture {
    middle,
    tables,
    on_card,
    shortcuts,
    covers: &["close", "hang-up"],
};

fn middle(scene: &Scene<'_>) -> Html {
    let run = scene.run;
    let one = |picture: pipe::Picture| {
        let next = next(run, &picture);
        tube(Tube {
            picture: &picture,
            next: next.as_deref(),
            replay: scene.replay,
            packets: params(run).is_some_and(|params| params.packets),
            fifo: run.variant == "fifo",
        })
    };
    let tubes: Vec<_> = pipe::Picture::all(run).into_iter().map(one).collect();
    el("div", "kernels", tubes)
}

/// The first letters of what is read next.
pub(super) fn next(run: &RunState, picture: &pipe::Picture) -> Option<String> {
    let (id, from) = picture.next?;
    let preview = &run.message(id)?.preview;
    if picture.framed {
        return object(preview);
    }
    let text = preview.text.as_ref()?;
    // A read may have ended in the middle of a letter, or beyond the preview.
    let rest = text.get(usize::try_from(from).ok()?..)?;
    let start: String = rest.chars().take(NEXT).collect();
    let whole = start.len() == rest.len() && preview.len == text.len() as u64;
    Some(format!("“{start}{}”", if whole { "" } else { "…" }))
}

/// What a pickle is, as far as the preview of it goes.
fn object(preview: &Preview) -> Option<String> {
    let bytes = preview.bytes();
    let object = pickle::loads(bytes.get(pickle::HEADER..)?).ok()?;
    let all = object.to_string();
    let start: String = all.chars().take(NEXT).collect();
    let more = if start.len() < all.len() { "…" } else { "" };
    Some(format!("{start}{more}"))
}

/// What a call that has not returned still has to put in waits on the caller's side of the border; then the ends it holds,
/// with their descriptors.
fn on_card(scene: &Scene<'_>, worker: &Worker) -> Vec<Html> {
    let run = scene.run;
    let mut lines = Vec::new();
    if let Some(rest) = remainder(run, worker) {
        lines.push(words("p", "chip", format!("{} wait to go in", bytes(rest))));
    }
    let held: Vec<_> = pipe::open_ends(run, worker)
        .into_iter()
        .map(|open| {
            let name = format!(" {}", name(run, worker, open));
            el("li", "", vec![code(open.fd.to_string()), Html::from(name)])
        })
        .collect();
    if !held.is_empty() {
        lines.push(el("ul", "ends", held));
    }
    lines
}

/// What an open end is to its process.
fn name(run: &RunState, worker: &Worker, open: Open) -> String {
    if run.variant == "python" {
        return match whose(run, worker, open) {
            "own" => "its connection".to_owned(),
            _ => "copy of the other side's".to_owned(),
        };
    }
    let end = match open.end {
        End::Write => "write end",
        End::Read => "read end",
        End::Both => "both ends",
    };
    if run.objects.len() > 1 {
        format!("{end} of pipe {}", open.pipe + 1)
    } else {
        end.to_owned()
    }
}

/// Whether a connection is the process's own, or the copy that it has of the other side's. The parent counts as a sender.
fn whose(run: &RunState, worker: &Worker, open: Open) -> &'static str {
    let of_sender = match open.end {
        End::Write => true,
        End::Read => false,
        End::Both => open.pipe == 0,
    };
    let sends = worker.role != "receiver";
    let own = of_sender == sends && run.variant == "python";
    if own { "own" } else { "other" }
}

/// What can be done now: a read where the reader waits to be told, closing what is open.
fn shortcuts(run: &RunState, worker: &Worker) -> Vec<Verb> {
    let mut verbs = Vec::new();
    let params = params(run);
    let demand = params
        .as_ref()
        .is_some_and(|params| params.reader != Reader::Loop);
    let len = params.map_or(shared::os::PAGE_SIZE, |params| params.chunk);
    let mut args = Values::new();
    args.insert("len".to_owned(), len.into());
    let (verb, label, help) = match worker.role.as_str() {
        "reader" => (
            "read",
            format!("Read {}", count(len)),
            "One read() of at most that many bytes.",
        ),
        "relay" => (
            "pass",
            format!("Pass on {}", count(len)),
            "Takes at most that many bytes from one pipe and puts them into the next.",
        ),
        "sender" | "receiver" => {
            args.clear();
            (
                "recv",
                "Receive".to_owned(),
                "One conn.recv(): a whole object.",
            )
        }
        _ => ("", String::new(), ""),
    };
    // A sender never receives by itself.
    if !verb.is_empty() && (demand || worker.role == "sender") {
        verbs.push(Verb::with(&worker.id, verb, label, help, args));
    }
    let mut seen = Vec::new();
    for open in pipe::open_ends(run, worker) {
        let verb = close(run, worker, open);
        // close() of an end closes all it has of that kind.
        if !seen.contains(&verb.label) {
            seen.push(verb.label.clone());
            verbs.push(verb);
        }
    }
    verbs
}

/// close() of one end, or of a connection.
fn close(run: &RunState, worker: &Worker, open: Open) -> Verb {
    let Open { end, fd, .. } = open;
    let mut args = Values::new();
    if run.variant == "python" {
        let which = whose(run, worker, open);
        args.insert("which".to_owned(), which.into());
        let label = match which {
            "own" => format!("Close its connection ({fd})"),
            _ => format!("Close its copy of the other ({fd})"),
        };
        let help = "The other side sees the end when the last copy of this connection is closed.";
        return Verb::with(&worker.id, "hang-up", label, help, args);
    }
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
    args.insert("end".to_owned(), word.into());
    let label = format!("Close {word} end ({fd})");
    Verb::with(&worker.id, "close", label, help, args)
}

fn params(run: &RunState) -> Option<Params> {
    Params::new(&run.params).ok()
}

fn tables(scene: &Scene<'_>) -> Vec<Table> {
    let pictures = pipe::Picture::all(scene.run);
    pictures
        .iter()
        .map(|picture| table(scene.run, picture))
        .collect()
}

fn table(run: &RunState, picture: &pipe::Picture) -> Table {
    let caption = match &picture.id {
        Some(id) if picture.removed => format!("Was in the kernel, is gone: {id}"),
        Some(id) if picture.backward => format!("In the kernel, the way back: {id}"),
        Some(id) => format!("In the kernel: {id}"),
        None => "The pipe, which does not exist yet".to_owned(),
    };
    let held = if picture.socket {
        count(picture.bytes.value)
    } else {
        format!(
            "{} of {}",
            count(picture.bytes.value),
            count(picture.bytes.max)
        )
    };
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
        ("Memory it takes", picture.memory_in_words()),
        ("From the read end", Some(order(picture))),
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
    Table { caption, rows }
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
        let what = if block.header { " of length" } else { "" };
        format!("{}{what} {whose}", bytes(block.to - block.from))
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
