//! Everything that can be said, for property tests: small names, so that they meet; any numbers.

use crate::{
    command::{ClientMessage, Data, Effect, Resume, ServerMessage},
    event::{
        Counts, End, Event, Holder, Kind, Origin, Outcome, Part, Preview, ProcState, Reading,
        Source, Tie, Wait,
    },
    failure::{Code, Failure},
    ids::{ObjectId, RunId, WorkerId},
    os::{Errno, Signal},
    state::{RunState, apply},
};
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

fn run_kinds() -> Vec<BoxedStrategy<Kind>> {
    vec![
        (
            text(),
            text(),
            values(),
            any::<bool>(),
            option::of(text()),
            text(),
            number(),
        )
            .prop_map(
                |(entry, variant, params, xray, xray_off, host, mono_ns)| Kind::RunStarted {
                    entry,
                    variant,
                    params,
                    xray,
                    xray_off,
                    host,
                    mono_ns,
                },
            )
            .boxed(),
        (outcome(), option::of(text()), counts())
            .prop_map(|(outcome, message, counts)| Kind::RunFinished {
                outcome,
                message,
                counts,
            })
            .boxed(),
        (text(), number(), option::of(errno()), option::of(signal()))
            .prop_map(|(limit, value, errno, signal)| Kind::LimitHit {
                limit,
                value,
                errno,
                signal,
            })
            .boxed(),
        (text(), number())
            .prop_map(|(what, count)| Kind::Skipped { what, count })
            .boxed(),
        (text(), option::of(number()))
            .prop_map(|(verb, call)| Kind::CommandWaiting { verb, call })
            .boxed(),
        text().prop_map(|verb| Kind::CommandDone { verb }).boxed(),
    ]
}

fn process_kinds() -> Vec<BoxedStrategy<Kind>> {
    let state = select(
        &[
            ProcState::Running,
            ProcState::Asleep,
            ProcState::Frozen,
            ProcState::Zombie,
        ][..],
    );
    let wait = select(
        &[
            Wait::PipeFull,
            Wait::PipeEmpty,
            Wait::FifoOpen,
            Wait::Child,
            Wait::Command,
            Wait::Other,
        ][..],
    );
    vec![
        (select(&["parent", "writer", "reader"][..]), any::<i32>())
            .prop_map(|(role, parent)| Kind::ProcessStarted {
                role: role.to_owned(),
                parent,
            })
            .boxed(),
        (option::of(any::<i32>()), option::of(signal()))
            .prop_map(|(code, signal)| Kind::ProcessExited { code, signal })
            .boxed(),
        (state, option::of(wait), option::of(text()))
            .prop_map(|(state, because, wchan)| Kind::ProcessState {
                state,
                because,
                wchan,
            })
            .boxed(),
        (text(), ".{0,3000}")
            .prop_map(|(stream, text)| Kind::ProcessOutput { stream, text })
            .boxed(),
        signal()
            .prop_map(|signal| Kind::ProcessSignaled { signal })
            .boxed(),
    ]
}

fn object_kinds() -> Vec<BoxedStrategy<Kind>> {
    let end = select(&[End::Read, End::Write, End::Both][..]);
    let holder = (worker(), 0_i32..9, end).prop_map(|(worker, fd, end)| Holder { worker, fd, end });
    let origin = select(
        &[
            Origin::Live,
            Origin::Measured,
            Origin::Replay,
            Origin::Model,
        ][..],
    );
    let reading = (
        select(&["bytes", "slots", "other"][..]),
        number(),
        option::of(number()),
        origin,
        text(),
    )
        .prop_map(|(figure, value, max, origin, how)| Reading {
            figure: figure.to_owned(),
            value,
            max,
            origin,
            how,
        });
    vec![
        (text(), option::of(text()))
            .prop_map(|(object_type, name)| Kind::ObjectCreated { object_type, name })
            .boxed(),
        vec(holder, 0..4)
            .prop_map(|holders| Kind::ObjectState { holders })
            .boxed(),
        Just(Kind::ObjectRemoved {}).boxed(),
        vec(reading, 0..3)
            .prop_map(|readings| Kind::Gauge { readings })
            .boxed(),
    ]
}

fn message_kinds() -> Vec<BoxedStrategy<Kind>> {
    let tie = select(&[Tie::Certain, Tie::Ambiguous, Tie::Unknown][..]);
    vec![
        (0_u64..6, 0_i32..9, number(), preview())
            .prop_map(|(msg, fd, len, preview)| Kind::MessageSending {
                msg,
                fd,
                len,
                preview,
            })
            .boxed(),
        (0_u64..6, number(), option::of(errno()), any::<bool>())
            .prop_map(|(msg, n, errno, inferred)| Kind::MessageSent {
                msg,
                n,
                errno,
                inferred,
            })
            .boxed(),
        (option::of(number()), number(), vec(0_u64..6, 0..3), tie)
            .prop_map(|(call, len, complete, tie)| Kind::MessageReceived {
                call,
                len,
                complete,
                tie,
            })
            .boxed(),
        (0_u64..6, number(), number())
            .prop_map(|(msg, from, to)| Kind::MessageLost { msg, from, to })
            .boxed(),
    ]
}

fn call_kinds() -> Vec<BoxedStrategy<Kind>> {
    let fd = || option::of(0_i32..9);
    let args = || vec(text(), 0..3);
    let msg = || option::of(0_u64..6);
    vec![
        (
            call_name(),
            args(),
            fd(),
            option::of(number()),
            msg(),
            option::of(preview()),
        )
            .prop_map(|(name, args, fd, len, msg, data)| Kind::CallEntered {
                name,
                args,
                fd,
                len,
                msg,
                data,
            })
            .boxed(),
        number()
            .prop_map(|call| Kind::CallInterrupted { call })
            .boxed(),
        (
            (
                number(),
                call_name(),
                args(),
                fd(),
                option::of(any::<i64>()),
            ),
            (
                option::of(errno()),
                msg(),
                option::of(preview()),
                number(),
                0_u32..3,
            ),
        )
            .prop_map(
                |((call, name, args, fd, ret), (errno, msg, data, took_ns, interrupted))| {
                    Kind::CallReturned {
                        call,
                        name,
                        args,
                        fd,
                        ret,
                        errno,
                        msg,
                        data,
                        took_ns,
                        interrupted,
                    }
                },
            )
            .boxed(),
    ]
}

/// Any kind of event that this version knows.
pub(crate) fn kind() -> BoxedStrategy<Kind> {
    let all = [
        run_kinds(),
        process_kinds(),
        object_kinds(),
        message_kinds(),
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
            option::of(object()),
            vec(part(), 0..3),
            option::of(number()),
            kind(),
        ),
    )
        .prop_map(
            |((seq, at_ns, source, worker, pid), (host_pid, object, parts, re, kind))| Event {
                seq,
                at_ns,
                source,
                worker,
                pid,
                host_pid,
                object,
                parts,
                re,
                kind,
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

pub(crate) fn data() -> BoxedStrategy<Data> {
    prop_oneof![
        text().prop_map(Data::text),
        vec(any::<u8>(), 0..40).prop_map(|bytes| Data::of(&bytes)),
        (any::<u8>(), 0_u64..1_000_000).prop_map(|(byte, len)| Data::Fill {
            fill: format!("{byte:02x}"),
            len
        }),
    ]
    .boxed()
}

fn run() -> BoxedStrategy<RunId> {
    text().prop_map(RunId::new).boxed()
}

/// Anything a client can say that may be said.
pub(crate) fn client() -> BoxedStrategy<ClientMessage> {
    let resume = (run(), number()).prop_map(|(run, after)| Resume { run, after });
    let roles = proptest::collection::btree_map("[a-z]{1,6}", text(), 0..2);
    prop_oneof![
        (any::<u32>(), option::of(text()), option::of(resume)).prop_map(
            |(protocol, token, resume)| ClientMessage::Hello {
                protocol,
                token,
                resume
            }
        ),
        (
            number(),
            text(),
            option::of(text()),
            values(),
            roles,
            any::<bool>()
        )
            .prop_map(
                |(id, entry, variant, params, roles, xray)| ClientMessage::Start {
                    id,
                    entry,
                    variant,
                    params,
                    roles,
                    xray
                }
            ),
        (
            number(),
            run(),
            option::of(worker()),
            data(),
            option::of(1_u32..10_000)
        )
            .prop_map(|(id, run, worker, data, times)| ClientMessage::Send {
                id,
                run,
                worker,
                data,
                times
            }),
        (
            number(),
            run(),
            option::of(worker()),
            option::of(object()),
            text(),
            values()
        )
            .prop_map(|(id, run, worker, object, verb, args)| ClientMessage::Act {
                id,
                run,
                worker,
                object,
                verb,
                args
            }),
        (
            number(),
            run(),
            option::of(number()),
            option::of(number()),
            number(),
            number()
        )
            .prop_map(|(id, run, call, message, from, len)| ClientMessage::Fetch {
                id,
                run,
                call,
                message,
                from,
                len
            }),
        (number(), run(), number(), number()).prop_map(|(id, run, after, until)| {
            ClientMessage::Replay {
                id,
                run,
                after,
                until,
            }
        }),
        (number(), run()).prop_map(|(id, run)| ClientMessage::Stop { id, run }),
        (number(), run(), text()).prop_map(|(id, run, key)| ClientMessage::Watch { id, run, key }),
    ]
    .boxed()
}

fn failure() -> BoxedStrategy<Failure> {
    let code = select(
        &[
            Code::BadMessage,
            Code::UnknownType,
            Code::BadParam,
            Code::LimitHit,
            Code::Internal,
        ][..],
    );
    (
        code,
        text(),
        text(),
        option::of(text()),
        option::of(number()),
    )
        .prop_map(|(code, message, hint, field, value)| Failure {
            code,
            message,
            hint,
            limit: field.clone(),
            field,
            value,
        })
        .boxed()
}

/// Anything a server can say.
pub(crate) fn server() -> BoxedStrategy<ServerMessage> {
    let limits = proptest::collection::btree_map("[a-z]{1,6}", number(), 0..3);
    let effect = select(&[Effect::Done, Effect::Queued][..]);
    prop_oneof![
        (any::<u32>(), text(), text(), text(), limits, number()).prop_map(
            |(protocol, server, token, protection, limits, grace_ms)| ServerMessage::Hello {
                protocol,
                server,
                token,
                protection,
                limits,
                grace_ms,
            }
        ),
        (number(), option::of(run()), option::of(number()), effect).prop_map(
            |(re, run, message, effect)| ServerMessage::Ack {
                re,
                run,
                message,
                effect
            }
        ),
        (option::of(number()), failure())
            .prop_map(|(re, failure)| ServerMessage::Rejected { re, failure }),
        (run(), journal(30)).prop_map(|(run, events)| {
            let mut state = RunState::default();
            events.iter().for_each(|event| apply(&mut state, event));
            ServerMessage::Snapshot {
                run,
                seq: state.seq,
                at_ns: 1,
                started_unix_ms: 2,
                oldest: 1,
                state: Box::new(state),
            }
        }),
        (run(), journal(10)).prop_map(|(run, events)| ServerMessage::Events { run, events }),
        (run(), number(), number()).prop_map(|(run, from, to)| ServerMessage::Lagged {
            run,
            from,
            to
        }),
        (number(), number(), number(), data()).prop_map(|(re, from, total, data)| {
            ServerMessage::Bytes {
                re,
                from,
                total,
                data,
            }
        }),
        (failure(), option::of(number()))
            .prop_map(|(failure, retry_ms)| ServerMessage::Closing { failure, retry_ms }),
    ]
    .boxed()
}
