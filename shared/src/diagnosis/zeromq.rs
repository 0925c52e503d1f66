//! What is going on with ZeroMQ.

use super::{Facts, Rule, Sentence, Tone};
use crate::{
    os::Errno,
    state::{Object, Worker},
};

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
    let sender = facts.state.worker(&last.worker)?;
    if has_a_stranger(facts, sender) {
        return Some(Sentence::new(
            Tone::Warning,
            format!("#{} of {} will reach nobody here.", last.id, last.worker),
            "A program that is not of this run is connected as well, and may have got it.",
        ));
    }
    Some(Sentence::new(
        Tone::Warning,
        format!("#{} of {} will reach nobody.", last.id, last.worker),
        "Nobody was connected, no shelf had room, or a process took it along when it ended. Its send said nothing of it.",
    ))
}

/// A connection of that process leads to somebody who is none of ours.
fn has_a_stranger(facts: &Facts<'_>, of: &Worker) -> bool {
    let held = |object: &Object| object.holders.iter().any(|held| held.worker == of.id);
    let mut mine = facts.state.objects.iter().filter(|object| held(object));
    // The other end of it is there, and nobody of ours has it.
    mine.any(|object| {
        let other = object
            .peer
            .as_ref()
            .and_then(|peer| facts.state.object(peer));
        other.is_some_and(|other| !other.removed && other.holders.is_empty())
    })
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

    /// A message that came to nobody of ours, and the connections of who sent it: the other end of each, and who has that.
    fn lost_with(ends: &[(&str, Option<&str>)]) -> String {
        let sending = json!({"kind": "message.sending", "worker": "publisher", "msg": 1, "fd": -1, "len": 1,
            "preview": {"text": "x", "len": 1}});
        let sent = json!({"kind": "message.sent", "worker": "publisher", "msg": 1, "n": 1});
        let lost =
            json!({"kind": "message.lost", "worker": "subscriber", "msg": 1, "from": 0, "to": 1});
        let mut events = vec![sending, sent, lost];
        let object = |id: &str, holder: Option<&str>, peer: &str| {
            let holders: Vec<_> = holder
                .map(|worker| json!({"worker": worker, "fd": 9, "end": "both"}))
                .into_iter()
                .collect();
            let made = json!({"kind": "object.created", "object": id, "object_type": "socket"});
            let state =
                json!({"kind": "object.state", "object": id, "holders": holders, "peer": peer});
            [made, state]
        };
        for (other, holder) in ends {
            let own = format!("own {other}");
            events.extend(object(&own, Some("publisher"), other));
            events.extend(object(other, *holder, &own));
        }
        headline("pub-sub", ["publisher", "subscriber"], &events)
    }

    #[test]
    fn what_none_of_ours_gets_may_be_a_strangers() {
        let nobody = "#1 of publisher will reach nobody.";
        assert_eq!(lost_with(&[]), nobody);
        assert_eq!(lost_with(&[("theirs", Some("subscriber"))]), nobody);
        assert_eq!(
            lost_with(&[("theirs", Some("subscriber")), ("a stranger's", None)]),
            "#1 of publisher will reach nobody here."
        );
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
