//! Who gets which end of which pipe, and in which language it goes on.

use super::{
    Ends, Setting,
    ends::close_all,
    reader::reader,
    relay::{Relay, relay},
    writer::writer,
};
use crate::{sys::calls::Fd, worker::Worker};
use serde_json::{Map, Value, json};
use shared::{
    catalog::ParamKind,
    mechanism::pipe::{ENTRY, Kind, Params, Program, Via},
};

/// The part of one child.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) role: &'static str,
    /// What it works with. Of a pipe that it has at one end only, the other is its first duty to close.
    ends: Ends,
    /// The write end of a third pipe.
    second: Option<Fd>,
    via: Via,
}

/// The parts in the order of the cast: writers, who stands between, readers.
pub(super) fn parts(pipes: &[Ends], params: &Params, via: Via) -> Vec<Part> {
    let pipe = |at: usize| pipes.get(at).copied().unwrap_or_default();
    let part = |role, ends| Part {
        role,
        ends,
        second: None,
        via,
    };
    let mut parts: Vec<_> = (0..params.writers)
        .map(|_| part("writer", pipe(0)))
        .collect();
    if via != Via::None {
        let ends = Ends {
            read: pipe(0).read,
            write: pipe(1).write,
        };
        let second = pipe(2).write;
        parts.push(Part {
            second,
            ..part("relay", ends)
        });
    }
    let read_from = if via == Via::None { 0 } else { 1 };
    parts.extend((read_from..pipes.len()).map(|at| part("reader", pipe(at))));
    parts
}

impl Part {
    /// Ends of other pipes, which it has from the fork.
    fn others(&self, pipes: &[Ends]) -> Vec<Fd> {
        let mine = [self.ends.read, self.ends.write, self.second];
        let all = pipes.iter().flat_map(|ends| ends.all());
        all.filter(|fd| !mine.contains(&Some(*fd))).collect()
    }

    /// Goes on in Rust.
    pub(super) fn play(&self, mut me: Worker, pipes: &[Ends], setting: &Setting<'_>) -> i32 {
        let others = self.others(pipes);
        if self.role == "relay" {
            let work = Relay {
                ends: self.ends,
                second: self.second,
                via: self.via,
            };
            return relay(me, work, setting.params, &others);
        }
        close_all(&mut me, &others);
        match self.role {
            "writer" => writer(me, self.ends, setting),
            _ => reader(me, self.ends, setting),
        }
    }

    /// The source with which it goes on in Python …
    pub(super) fn python(&self) -> &'static str {
        match self.role {
            "writer" => include_str!("writer.py"),
            "relay" => include_str!("relay.py"),
            _ => include_str!("reader.py"),
        }
    }

    /// … and what it is told.
    pub(super) fn told(&self, pipes: &[Ends], setting: &Setting<'_>) -> Value {
        json!({
            "ends": {"read": self.ends.read, "write": self.ends.write},
            "second": self.second,
            "others": self.others(pipes),
            "path": (setting.kind == Kind::Fifo).then_some(setting.path),
            "params": setting.params,
            "programs": programs(),
        })
    }
}

/// Programs that a role can become, with their arguments, by the words of the catalog.
fn programs() -> Value {
    let mut programs = Map::new();
    let args = ENTRY.acts.iter().flat_map(|act| act.args);
    for arg in args.filter(|arg| arg.id == "program") {
        let ParamKind::Choice { options } = arg.kind else {
            continue;
        };
        for (word, _) in options {
            if let Ok(program) = serde_json::from_value::<Program>(json!(word)) {
                programs.insert((*word).to_owned(), json!(program.command()));
            }
        }
    }
    Value::Object(programs)
}
