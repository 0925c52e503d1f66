//! What clients and servers say.

use super::{journal, number, object, text, values, worker};
use crate::{
    command::{ClientMessage, Data, Effect, Resume, ServerMessage},
    failure::{Code, Failure},
    ids::RunId,
    place::{Phase, Place},
    state::{RunState, apply},
};
use proptest::{collection::vec, option, prelude::*, sample::select};

fn data() -> BoxedStrategy<Data> {
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

fn place() -> BoxedStrategy<Place> {
    let phase = select(
        &[
            Phase::Ready,
            Phase::Doing,
            Phase::Watching,
            Phase::Done,
            Phase::Missed,
        ][..],
    );
    (
        option::of("[a-z/-]{0,40}"),
        option::of(any::<u32>()),
        option::of(phase),
        option::of(any::<u32>()),
        option::of(number()),
        option::of(number()),
    )
        .prop_map(|(lesson, beat, phase, chosen, call, message)| Place {
            lesson,
            beat,
            phase,
            chosen,
            call,
            message,
        })
        .boxed()
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
            option::of(1_u32..10_000),
            values()
        )
            .prop_map(|(id, run, worker, data, times, args)| ClientMessage::Send {
                id,
                run,
                worker,
                data,
                times,
                args
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
        (
            number(),
            option::of(run()),
            option::of(text()),
            option::of(number())
        )
            .prop_map(|(id, run, key, after)| ClientMessage::Watch {
                id,
                run,
                key,
                after
            }),
        (number(), run(), place()).prop_map(|(id, run, at)| ClientMessage::Place { id, run, at }),
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
        (
            any::<u32>(),
            text(),
            text(),
            text(),
            limits,
            number(),
            option::of(text()),
            proptest::collection::vec(text(), 0..3)
        )
            .prop_map(
                |(protocol, server, token, protection, limits, grace_ms, python, no_python)| {
                    ServerMessage::Hello {
                        protocol,
                        server,
                        token,
                        protection,
                        limits,
                        grace_ms,
                        python,
                        no_python,
                    }
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
        (run(), text(), number()).prop_map(|(run, key, count)| ServerMessage::Watchers {
            run,
            key,
            count
        }),
        (run(), place()).prop_map(|(run, at)| ServerMessage::Place { run, at }),
        (failure(), option::of(number()))
            .prop_map(|(failure, retry_ms)| ServerMessage::Closing { failure, retry_ms }),
    ]
    .boxed()
}
