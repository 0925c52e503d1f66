//! Everything that can be said, for property tests: small names, so that they meet; any numbers.

mod kinds;
mod talk;

pub(crate) use talk::{client, server};

use crate::{
    event::{Counts, Event, Kind, Outcome, Part, Preview, Source},
    ids::{ObjectId, WorkerId},
    os::{Errno, Signal},
};
use kinds::{call_kinds, memory_kinds, message_kinds, object_kinds, process_kinds, run_kinds};
use proptest::{collection::vec, option, prelude::*, sample::select, strategy::Union};
use serde_json::Value;
use std::collections::BTreeMap;

fn text() -> BoxedStrategy<String> {
    prop_oneof!["[a-z]{0,6}", ".{0,8}"].boxed()
}

fn number() -> BoxedStrategy<u64> {
    prop_oneof![0_u64..20, 4000_u64..5000, any::<u64>()].boxed()
}

fn worker() -> BoxedStrategy<WorkerId> {
    select(&["parent", "writer", "writer-2", "reader", "nobody"][..])
        .prop_map(WorkerId::from)
        .boxed()
}

fn object() -> BoxedStrategy<ObjectId> {
    select(&["pipe:[1]", "fifo:[2]"][..])
        .prop_map(ObjectId::from)
        .boxed()
}

fn errno() -> BoxedStrategy<Errno> {
    (1_i32..200).prop_map(Errno).boxed()
}

fn signal() -> BoxedStrategy<Signal> {
    (1_i32..65).prop_map(Signal).boxed()
}

fn values() -> BoxedStrategy<BTreeMap<String, Value>> {
    let value = prop_oneof![
        number().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        text().prop_map(Value::from)
    ];
    proptest::collection::btree_map("[a-z]{1,6}", value, 0..3).boxed()
}

fn preview() -> BoxedStrategy<Preview> {
    (vec(any::<u8>(), 0..40), number())
        .prop_map(|(bytes, len)| Preview::of(&bytes, len))
        .boxed()
}

fn part() -> BoxedStrategy<Part> {
    (option::of(0_u64..6), number(), number())
        .prop_map(|(msg, from, to)| Part { msg, from, to })
        .boxed()
}

fn counts() -> BoxedStrategy<Counts> {
    vec(number(), 8)
        .prop_map(|n| Counts {
            events: n[0],
            calls: n[1],
            sent: n[2],
            received: n[3],
            lost: n[4],
            bytes_sent: n[5],
            bytes_received: n[6],
            skipped: n[7],
        })
        .boxed()
}

fn outcome() -> BoxedStrategy<Outcome> {
    select(
        &[
            Outcome::Completed,
            Outcome::Stopped,
            Outcome::Idle,
            Outcome::Abandoned,
            Outcome::SupervisorDied,
            Outcome::LimitHit,
            Outcome::ServerStopping,
            Outcome::Failed,
        ][..],
    )
    .boxed()
}

fn call_name() -> BoxedStrategy<String> {
    select(&["read", "write", "splice", "tee", "close", "writev"][..])
        .prop_map(str::to_owned)
        .boxed()
}

/// Any kind of event that this version knows.
pub(crate) fn kind() -> BoxedStrategy<Kind> {
    let all = [
        run_kinds(),
        process_kinds(),
        object_kinds(),
        message_kinds(),
        memory_kinds(),
        call_kinds(),
    ];
    // The end of a run is one of many kinds, or no run would last.
    Union::new(all.into_iter().flatten()).boxed()
}

/// Any event.
pub(crate) fn event() -> BoxedStrategy<Event> {
    let source = select(
        &[
            Source::Report,
            Source::Call,
            Source::Memory,
            Source::Gauge,
            Source::Process,
            Source::Run,
        ][..],
    );
    (
        (
            number(),
            number(),
            source,
            option::of(worker()),
            option::of(any::<i32>()),
        ),
        (
            option::of(any::<i32>()),
            option::of(1_i32..4),
            option::of(object()),
            vec(part(), 0..3),
            option::of(number()),
            kind(),
        ),
    )
        .prop_map(
            |((seq, at_ns, source, worker, pid), (host_pid, task, object, parts, re, kind))| {
                Event {
                    seq,
                    at_ns,
                    source,
                    worker,
                    pid,
                    host_pid,
                    task,
                    object,
                    parts,
                    re,
                    kind,
                }
            },
        )
        .boxed()
}

/// A journal: any events, in their order.
pub(crate) fn journal(most: usize) -> BoxedStrategy<Vec<Event>> {
    vec(event(), 0..most)
        .prop_map(|mut events| {
            for (seq, event) in (1..).zip(&mut events) {
                event.seq = seq;
            }
            events
        })
        .boxed()
}
