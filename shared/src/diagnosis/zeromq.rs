//! What is going on with ZeroMQ.

use super::{Facts, Rule, Sentence, Tone};
use crate::os::Errno;

/// The strongest first.
pub(super) const RULES: &[Rule] = &[out_of_step, waits];

/// What is said where nothing else is.
pub(super) const QUIET: &[Rule] = &[gone_for_good];

/// A REQ that asked twice.
fn out_of_step(facts: &Facts<'_>) -> Option<Sentence> {
    let last = facts.state.messages.back()?;
    (last.sent?.errno == Some(Errno::EFSM)).then(|| {
        Sentence::new(
            Tone::Warning,
            format!("{} may not send now: `EFSM`.", last.worker),
            "After a question comes an answer. Have it receive first.",
        )
    })
}

/// A publisher that sends nothing before all have subscribed.
fn waits(facts: &Facts<'_>) -> Option<Sentence> {
    let publisher = facts
        .state
        .workers
        .iter()
        .find(|one| one.role == "publisher")?;
    // What its monitor tells meanwhile of connections changes nothing.
    let mut said = publisher.said.iter();
    let last = said.rfind(|said| matches!(said.what.as_str(), "waits" | "heard"))?;
    if last.what != "waits" {
        return None;
    }
    let figure = |name: &str| last.about.get(name)?.as_u64();
    let (now, of) = (figure("subscribed")?, figure("of")?);
    publisher.alive().then(|| {
        Sentence::new(
            Tone::Moon,
            format!(
                "{} waits for subscribers: {now} of {of} are there.",
                publisher.id
            ),
            "It sends nothing before all of them have subscribed.",
        )
    })
}

/// The newest message did not come to somebody.
fn gone_for_good(facts: &Facts<'_>) -> Option<Sentence> {
    let last = facts
        .state
        .messages
        .back()
        .filter(|message| message.lost && !message.arrived)?;
    Some(Sentence::new(
        Tone::Warning,
        format!("#{} of {} will reach nobody.", last.id, last.worker),
        "Nobody was connected, no shelf had room, or a process took it along when it ended. Its send said nothing of it.",
    ))
}

#[cfg(test)]
mod tests {
    use crate::{
        event::Event,
        state::{RunState, apply},
    };
    use serde_json::{Value, json};

    fn headline(variant: &str, roles: [&str; 2], events: &[Value]) -> String {
        let mut run = RunState::default();
        let begun = json!({"kind": "run.started", "entry": "zeromq", "variant": variant, "params": {"subscribers": 1}, "xray": true,
            "host": "", "mono_ns": 0});
        let born = |id: &str, pid: i32| {
            json!({"kind": "process.started", "worker": id, "pid": pid, "host_pid": pid,
            "role": id, "parent": 1})
        };
        let all = [
            begun,
            born("parent", 2),
            born(roles[0], 3),
            born(roles[1], 4),
        ];
        for event in all.iter().chain(events) {
            let mut event = event.clone();
            event["seq"] = (run.seq + 1).into();
            event["at_ns"] = 0.into();
            event["source"] = "report".into();
            let event: Event = serde_json::from_value(event).unwrap();
            apply(&mut run, &event);
        }
        crate::diagnosis::sentence(&run).headline
    }

    #[test]
    fn a_second_question_is_out_of_step() {
        let sending = json!({"kind": "message.sending", "worker": "client", "msg": 1, "fd": -1, "len": 1,
            "preview": {"text": "x", "len": 1}});
        let refused =
            json!({"kind": "message.sent", "worker": "client", "msg": 1, "n": 0, "errno": "EFSM"});
        let said = headline("req-rep", ["client", "server"], &[sending, refused]);
        assert_eq!(said, "client may not send now: `EFSM`.");
    }

    #[test]
    fn a_publisher_that_counts_says_how_many_are_there() {
        let waits = json!({"kind": "process.said", "worker": "publisher", "what": "waits",
            "about": {"subscribed": 1, "of": 2}});
        let listens = json!({"kind": "process.said", "worker": "publisher", "what": "listening", "about": {}});
        let said = headline("pub-sub", ["publisher", "subscriber"], &[waits, listens]);
        assert_eq!(said, "publisher waits for subscribers: 1 of 2 are there.");
    }
}
