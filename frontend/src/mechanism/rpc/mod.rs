//! The picture of a call, without drawing it: the line of code that waits for its result, the envelopes on the wire opened
//! up, and what the server does.
//!
//! What is in an envelope only the two processes know: they say it. The sockets between them are drawn as everywhere.

#[cfg(test)]
mod tests;

use serde_json::Value;
use shared::{
    ids::{MsgId, WorkerId},
    state::{RunState, Said, Worker},
};

pub use shared::mechanism::rpc::{Fate, Line, Work, line, work};

/// What went over the wire, opened up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// From the client to the server.
    pub request: bool,
    /// Who has the client's end.
    pub client: (Option<char>, WorkerId),
    /// What is around the call: a head, a length; may be empty.
    pub head: String,
    /// The call or the answer as a document.
    pub body: String,
    /// Bytes of all.
    pub bytes: u64,
    /// The message.
    pub msg: Option<MsgId>,
}

/// The picture of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// Envelopes of the call that moved last, the request first.
    pub envelopes: Vec<Envelope>,
    /// How often `increment()` was executed, by all servers of the run: what stands in the file.
    pub counter: Option<u64>,
    /// Before the first call of a manager's client: how it proved that it knows the key, the challenge and the answer.
    pub proof: Option<[String; 2]>,
}

impl Picture {
    /// The picture of a run; an empty one before anybody has called.
    pub fn of(run: &RunState) -> Self {
        let moved = |worker: &&Worker| opened(worker).map(|said| said.at_ns);
        let mut newest: Option<&Worker> = None;
        for worker in run.workers.iter().filter(|worker| worker.role == "client") {
            if moved(&worker) > newest.as_ref().and_then(moved) {
                newest = Some(worker);
            }
        }
        let proved = |worker: &Worker| {
            let said = worker
                .said
                .iter()
                .rev()
                .find(|said| said.what == "proved")?;
            Some(["challenge", "digest"].map(|name| text(said, name)))
        };
        Self {
            envelopes: newest.map(envelopes).unwrap_or_default(),
            counter: counter(run),
            proof: run
                .workers
                .iter()
                .find_map(proved)
                .filter(|_| newest.is_none()),
        }
    }
}

fn is_answer(said: &Said) -> bool {
    matches!(said.what.as_str(), "returned" | "fault")
}

/// The last envelope that a client has said something of.
fn opened(worker: &Worker) -> Option<&Said> {
    let mut all = worker.said.iter().rev();
    all.find(|said| said.what == "calling" || is_answer(said))
}

/// The request of a client's last call, and its answer where there is one.
fn envelopes(worker: &Worker) -> Vec<Envelope> {
    let mut found: Vec<Envelope> = Vec::new();
    for said in worker.said.iter().rev() {
        let request = said.what == "calling";
        let answer = is_answer(said) && found.is_empty();
        if !request && !answer {
            continue;
        }
        found.insert(
            0,
            Envelope {
                request,
                client: (worker.letter, worker.id.clone()),
                head: text(said, "head"),
                body: text(said, "body"),
                bytes: number(said, "bytes").unwrap_or(0),
                msg: number(said, "msg"),
            },
        );
        if request {
            break;
        }
    }
    found
}

fn text(said: &Said, name: &str) -> String {
    let value = said.about.get(name).and_then(Value::as_str);
    value.unwrap_or_default().to_owned()
}

fn number(said: &Said, name: &str) -> Option<u64> {
    said.about.get(name).and_then(Value::as_u64)
}

/// The eight bytes of the file that counts, lowest first.
fn counter(run: &RunState) -> Option<u64> {
    let file = run.objects.iter().find(|object| {
        let mut named = object.names.iter().chain(&object.name);
        object.object_type == "file" && named.any(|name| name.ends_with("/counter"))
    })?;
    let content = file.content.as_ref().filter(|content| content.at == 0)?;
    let digits = content.hex.get(..16)?;
    let number = u64::from_str_radix(digits, 16).ok()?;
    Some(number.swap_bytes())
}
