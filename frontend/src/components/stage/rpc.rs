//! Draws a call: the client's line of code with a hole where the result goes, the envelopes opened up, the server's function,
//! and the sockets between them, small.

use super::{
    picture::{Picture, Scene, Table},
    plain, socket as sockets,
    wire::wire,
};
use crate::{
    components::{
        badge::{letter, origin_badge},
        icons::{Icon, glyph},
        parts::{code, el, join, words},
    },
    mechanism::{
        bytes, count,
        rpc::{self, Envelope, Fate, Line},
        socket,
    },
};
use shared::{
    event::Origin,
    state::{RunState, Worker},
};
use yew::prelude::*;

/// How it is drawn.
pub(super) const PICTURE: Picture = Picture {
    middle,
    tables,
    on_card,
    ..plain::PICTURE
};

/// Characters of a hole that is still empty.
const HOLE: &str = "\u{a0}\u{a0}?\u{a0}\u{a0}";

fn middle(scene: &Scene<'_>) -> Html {
    let picture = rpc::Picture::of(scene.run);
    let below = socket::Picture::of(scene.run);
    let mut all = Vec::new();
    if picture.envelopes.is_empty() {
        all.push(nothing(&below));
    }
    all.extend(picture.proof.iter().map(proof));
    all.extend(picture.envelopes.iter().map(envelope));
    all.extend(below.bench.iter().map(|one| sockets::bench(scene, one)));
    let left = below.connections.iter().filter(|one| !one.over());
    let (open, closed): (Vec<_>, Vec<_>) = left.partition(|one| one.held());
    all.extend(open.into_iter().map(|one| wire(scene, one, true)));
    if !closed.is_empty() {
        let all_of = if closed.len() == 1 {
            "1 connection that nobody has open any more: ".to_owned()
        } else {
            format!(
                "{} connections that nobody has open any more: ",
                closed.len()
            )
        };
        let mut states = closed.iter().flat_map(|one| one.sides());
        let state = states.find(|side| !side.state.is_empty() && !side.gone);
        let state = state.map_or("closed", |side| side.state.as_str());
        let line = vec![Html::from(all_of), words("b", "tcp-state", state)];
        all.push(el("p", "provenance soft", line));
    }
    all.extend(picture.counter.map(|times| counter(scene, times)));
    el("div", "kernels calls dense", all)
}

fn nothing(below: &socket::Picture) -> Html {
    let text = if below.empty() {
        "Nothing exists yet. The server makes a socket and listens when you start."
    } else {
        "Nobody has called yet. The server listens, and knows nothing of its clients."
    };
    let title = vec![words("span", "soft", "on the wire")];
    let inside = vec![
        el("p", "kernel-name", title),
        words("p", "provenance soft", text),
    ];
    el("div", "kernel absent", inside)
}

/// What two processes with the same key have said to each other before the first call.
fn proof([challenge, digest]: &[String; 2]) -> Html {
    let asked = format!("#CHALLENGE# {challenge}");
    let answered = format!("{digest}  HMAC-MD5 of it with the key\n#WELCOME#");
    let inside = vec![
        words("p", "kernel-name soft", "proof of the key"),
        words("pre", "head", asked),
        words("pre", "body", answered),
    ];
    el("div", "opened answer", inside)
}

/// `A client → square(5)`, the head folded, the document open.
fn envelope(one: &Envelope) -> Html {
    let (sign, id) = &one.client;
    let who = vec![letter(*sign), words("span", "", id.as_str())];
    let (class, before, after) = if one.request {
        ("opened request", "call of", "→ server")
    } else {
        ("opened answer", "answer to", "← server")
    };
    let mut title = vec![words("span", "soft", before)];
    title.extend(who);
    title.push(words("span", "soft", after));
    title.push(words("b", "", bytes(one.bytes)));
    let mut inside = vec![el("p", "kernel-name", title)];
    if !one.head.is_empty() {
        inside.push(words("pre", "head", one.head.as_str()));
    }
    inside.push(words("pre", "body", one.body.as_str()));
    el("div", class, inside)
}

/// What stands in the file that outlives a server.
fn counter(scene: &Scene<'_>, times: u64) -> Html {
    let text = if times == 1 {
        " time executed in all: increment()"
    } else {
        " times executed in all: increment()"
    };
    let line = vec![
        words("b", "", count(times)),
        Html::from(text),
        origin_badge(Origin::Live, scene.replay),
        words("span", "soft", "in a file of the server"),
    ];
    el("div", "kernel times", vec![el("p", "provenance", line)])
}

fn on_card(_scene: &Scene<'_>, worker: &Worker) -> Vec<Html> {
    if worker.role == "client" {
        return rpc::line(worker).iter().map(line).collect();
    }
    if worker.role != "server" {
        return Vec::new();
    }
    let work = rpc::work(worker);
    let mut lines: Vec<_> = work
        .now
        .iter()
        .filter(|_| worker.alive())
        .map(|call| {
            let text = code(call.clone());
            let inside = vec![glyph(Icon::Run), words("span", "", "is in"), text];
            el("p", "asks", inside)
        })
        .collect();
    if let Some((call, came)) = &work.last {
        let inside = vec![
            code(call.clone()),
            words("span", "soft", "gave"),
            code(came.clone()),
        ];
        lines.push(el("p", "gave", inside));
    }
    if work.times > 0 {
        lines.push(words("p", "times", times(work.times)));
    }
    lines
}

/// `executed 2 times`
fn times(n: u64) -> String {
    match n {
        1 => "executed once".to_owned(),
        2 => "executed twice".to_owned(),
        n => format!("executed {} times", count(n)),
    }
}

/// `result = server.square(5)`, with the result where it is known.
fn line(line: &Line) -> Html {
    let (class, hole) = match &line.fate {
        Fate::Waits => ("hole", HOLE.to_owned()),
        Fate::Returned(value) => ("hole filled", value.clone()),
        Fate::Fault(..) | Fate::Refused(_) | Fate::Unanswered(_) | Fate::Raised(_) => {
            ("hole torn", "✗".to_owned())
        }
    };
    let hole = words("span", class, hole);
    let managed = !line.program.is_empty();
    let program = if managed {
        // A statement has no place for what its calls return.
        vec![
            words("span", "", line.program.as_str()),
            Html::from(" → "),
            hole,
        ]
    } else {
        let call = words("span", "", line.call.as_str());
        vec![hole, Html::from(" = server."), call]
    };
    let mut inside = vec![el("code", "program", program)];
    if managed && line.call != line.program {
        inside.push(words("p", "became", line.call.as_str()));
    }
    if let Some(copy) = &line.copy {
        inside.push(words("p", "became", format!("changed here only: {copy}")));
    }
    if let Some(text) = fate(&line.fate) {
        inside.push(words("p", "became", text));
    }
    if line.tries > 1 {
        inside.push(words("p", "became", format!("sent {} times", line.tries)));
    }
    el("div", "line-of-code", inside)
}

/// What stands below the line.
fn fate(fate: &Fate) -> Option<String> {
    match fate {
        Fate::Waits | Fate::Returned(_) => None,
        Fate::Fault(0, text) => Some(format!("The server raised {text}")),
        Fate::Fault(code, text) => Some(format!("Fault {code}: {text}")),
        Fate::Raised(why) => Some(format!("raised here: {why}")),
        Fate::Refused(why) => Some(format!("not sent: {why}")),
        Fate::Unanswered(why) => Some(format!("{why}: executed, or not?")),
    }
}

fn tables(scene: &Scene<'_>) -> Vec<Table> {
    let run: &RunState = scene.run;
    let picture = rpc::Picture::of(run);
    let mut rows = Vec::new();
    for worker in run.workers.iter().filter(|worker| worker.role == "client") {
        let Some(line) = rpc::line(worker) else {
            continue;
        };
        let became = match &line.fate {
            Fate::Waits => "waits for its result".to_owned(),
            Fate::Returned(value) => format!("returned {value}"),
            other
            @ (Fate::Fault(..) | Fate::Refused(_) | Fate::Unanswered(_) | Fate::Raised(_)) => {
                fate(other).unwrap_or_default()
            }
        };
        let sent = if line.tries > 1 {
            format!(", sent {} times", line.tries)
        } else {
            String::new()
        };
        rows.push((
            worker.id.to_string(),
            format!("{}: {became}{sent}", line.call),
        ));
    }
    for worker in run.workers.iter().filter(|worker| worker.role == "server") {
        let work = rpc::work(worker);
        let now = match work.now.as_slice() {
            [] => "executes nothing now".to_owned(),
            calls => format!("is in {}", calls.join(", ")),
        };
        let text = if work.times > 0 {
            join(&[&now, "·", &times(work.times)])
        } else {
            now
        };
        rows.push((worker.id.to_string(), text));
    }
    for one in &picture.envelopes {
        let name = if one.request { "Call" } else { "Answer" };
        rows.push((
            name.to_owned(),
            format!("{}: {}", bytes(one.bytes), one.body),
        ));
    }
    if let Some(times) = picture.counter {
        rows.push(("increment()".to_owned(), format!("{} in all", count(times))));
    }
    let calls = Table {
        caption: "Calls".to_owned(),
        rows,
    };
    let mut tables = vec![calls];
    tables.extend(run.objects.iter().map(plain::table));
    tables
}
