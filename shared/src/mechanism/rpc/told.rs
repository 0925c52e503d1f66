//! What clients and servers say of their calls, put together.

use crate::{
    ids::MsgId,
    state::{Said, Worker},
};
use serde_json::Value;

/// How far a call has come, as its caller says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was sent, and has no answer yet.
    Waits,
    /// What it returned.
    Returned(String),
    /// What went wrong at the server: code and text.
    Fault(i64, String),
    /// It was never sent, and why.
    Refused(String),
    /// It was sent, and nobody knows what became of it.
    Unanswered(String),
    /// The client itself has raised an exception, between two calls.
    Raised(String),
}

/// A line of a client's program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// `square(5)`
    pub call: String,
    /// The line as it was typed, of a manager's client: it may be several calls.
    pub program: String,
    /// What a value that was asked for has been changed to, in the client alone.
    pub copy: Option<String>,
    /// What stands in its hole.
    pub fate: Fate,
    /// How often it was sent.
    pub tries: u64,
    /// The message it travelled as, the last time.
    pub msg: Option<MsgId>,
}

/// What the server says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Calls that it is executing, as it has said.
    pub now: Vec<String>,
    /// What it executed last, and what came out.
    pub last: Option<(String, String)>,
    /// How often this process has executed something.
    pub times: u64,
}

fn text(said: &Said, name: &str) -> String {
    let value = said.about.get(name).and_then(Value::as_str);
    value.unwrap_or_default().to_owned()
}

fn number(said: &Said, name: &str) -> Option<u64> {
    said.about.get(name).and_then(Value::as_u64)
}

/// The line of a client's program that it is in, or was in last.
pub fn line(worker: &Worker) -> Option<Line> {
    let mut line: Option<Line> = None;
    let mut copy = None;
    for said in &worker.said {
        let fate = match said.what.as_str() {
            "calling" => {
                copy = None;
                Fate::Waits
            }
            "copy" => {
                copy = Some(text(said, "value"));
                continue;
            }
            "line" if said.about.contains_key("raised") => Fate::Raised(text(said, "raised")),
            "line" => Fate::Returned(text(said, "value")),
            "returned" => Fate::Returned(text(said, "value")),
            "fault" => {
                let code = said.about.get("code").and_then(Value::as_i64);
                Fate::Fault(code.unwrap_or_default(), text(said, "text"))
            }
            "refused" => Fate::Refused(text(said, "why")),
            "unanswered" => Fate::Unanswered(text(said, "why")),
            _ => continue,
        };
        let tries = match (fate == Fate::Waits, number(said, "try")) {
            (true, Some(tries)) => tries,
            _ => line.as_ref().map_or(0, |line| line.tries),
        };
        line = Some(Line {
            call: text(said, "call"),
            program: text(said, "program"),
            copy: copy.clone(),
            tries: if matches!(fate, Fate::Refused(_)) {
                0
            } else {
                tries
            },
            msg: number(said, "msg"),
            fate,
        });
    }
    line
}

/// What a server does, by its own words.
pub fn work(worker: &Worker) -> Work {
    let mut work = Work::default();
    let mut now: Vec<(Option<u64>, String)> = Vec::new();
    for said in &worker.said {
        let (fd, call) = (number(said, "fd"), text(said, "call"));
        match said.what.as_str() {
            "called" => {
                now.retain(|(other, _)| *other != fd);
                now.push((fd, call));
            }
            "unknown" => now.retain(|(other, _)| *other != fd),
            "executed" => {
                now.retain(|(other, _)| *other != fd);
                let fault = text(said, "fault");
                let came = if fault.is_empty() {
                    text(said, "value")
                } else {
                    fault
                };
                work.last = Some((call, came));
                work.times = number(said, "times").unwrap_or(work.times);
            }
            _ => {}
        }
    }
    work.now = now.into_iter().map(|(_, call)| call).collect();
    work
}
