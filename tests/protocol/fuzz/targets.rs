//! What must hold of every input: a value that survives being written and read again, or a refusal in words. Never a
//! panic, never a state without bounds.

use super::{corpus, fuzz};
use backend::{
    link::{FromBox, ToBox},
    worker::wire::{Command, Report},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use shared::{
    codec,
    event::Event,
    recording, scenario,
    state::{self, KEEP_CALLS, KEEP_MESSAGES, KEEP_SEGMENTS, RunState},
};
use std::fmt::Debug;

#[test]
fn what_a_client_says_is_understood_or_refused_in_words() {
    fuzz(&corpus::client(), |input| {
        let Ok(text) = std::str::from_utf8(input) else {
            return;
        };
        match codec::decode_client(text) {
            Ok(message) => {
                let again = codec::decode_client(&codec::encode_client(&message))
                    .expect("what was understood is again");
                assert!(
                    !exact(&message) || again == message,
                    "written and read again: {message:?} {again:?}"
                );
            }
            Err(refused) => {
                assert!(
                    !refused.failure.message.is_empty() && !refused.failure.hint.is_empty(),
                    "{refused:?}"
                );
            }
        }
    });
}

#[test]
fn what_a_worker_or_a_supervisor_says_never_panics() {
    fuzz(&corpus::reports(), survives::<Report>);
}

#[test]
fn what_a_worker_is_told_never_panics() {
    fuzz(&corpus::commands(), survives::<Command>);
}

#[test]
fn what_a_box_says_never_panics() {
    fuzz(&corpus::from_box(), survives::<FromBox>);
}

#[test]
fn what_a_box_is_told_never_panics() {
    fuzz(&corpus::to_box(), survives::<ToBox>);
}

fn survives<T: Serialize + DeserializeOwned + PartialEq + Debug>(input: &[u8]) {
    if let Ok(value) = serde_json::from_slice::<T>(input) {
        let text = serde_json::to_string(&value).expect("what was read can be written");
        let again: T = serde_json::from_str(&text).expect("what was read can be read again");
        assert!(
            !exact(&value) || again == value,
            "written and read again: {value:?} {again:?}"
        );
    }
}

#[test]
fn a_hostile_recording_is_refused_or_folds_within_bounds() {
    fuzz(&[corpus::recording()], |input| {
        let text = String::from_utf8_lossy(input);
        match recording::parse(&text) {
            Ok(recording) => {
                drop(bounded(
                    recording.header.base.map(|base| *base).unwrap_or_default(),
                    &recording.events,
                ));
            }
            Err(failure) => assert!(
                !failure.message.is_empty() && !failure.hint.is_empty(),
                "{failure:?}"
            ),
        }
        // The same events without the help of a header, in whatever order the mutation left them.
        let events: Vec<Event> = text
            .lines()
            .filter_map(|line| codec::decode_event(line).ok())
            .collect();
        let all = bounded(RunState::default(), &events);
        let half = events.len() / 2;
        let middle = bounded(RunState::default(), &events[..half]);
        assert_eq!(
            bounded(middle, &events[half..]),
            all,
            "fold(snapshot + rest) = fold(all)"
        );
    });
}

fn bounded(mut state: RunState, events: &[Event]) -> RunState {
    for event in events {
        state::apply(&mut state, event);
        assert!(state.calls.len() <= KEEP_CALLS && state.messages.len() <= KEEP_MESSAGES);
        assert!(
            state
                .objects
                .iter()
                .all(|object| object.ribbon.len() <= KEEP_SEGMENTS)
        );
    }
    state
}

#[test]
fn a_scenario_is_understood_or_refused_with_its_line() {
    fuzz(&[corpus::scenario()], |input| {
        let text = String::from_utf8_lossy(input);
        if let Err(refused) = scenario::parse(&text) {
            assert!(
                refused.line >= 1 && !refused.message.is_empty(),
                "{refused:?}"
            );
        }
    });
}

/// All its numbers are whole; others are read to the nearest or next but nearest, and nothing of ours has any.
fn exact(value: &impl Serialize) -> bool {
    fn whole(value: &Value) -> bool {
        match value {
            Value::Number(number) => !number.is_f64(),
            Value::Array(values) => values.iter().all(whole),
            Value::Object(fields) => fields.values().all(whole),
            Value::Null | Value::Bool(_) | Value::String(_) => true,
        }
    }
    serde_json::to_value(value).is_ok_and(|value| whole(&value))
}
