//! Events by what they are about.

use super::{call_name, counts, errno, number, outcome, preview, signal, text, values, worker};
use crate::event::{End, Holder, Kind, Origin, ProcState, Reading, Tie, Wait};
use proptest::{collection::vec, option, prelude::*, sample::select};

pub(super) fn run_kinds() -> Vec<BoxedStrategy<Kind>> {
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

pub(super) fn process_kinds() -> Vec<BoxedStrategy<Kind>> {
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

pub(super) fn object_kinds() -> Vec<BoxedStrategy<Kind>> {
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

pub(super) fn message_kinds() -> Vec<BoxedStrategy<Kind>> {
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

pub(super) fn call_kinds() -> Vec<BoxedStrategy<Kind>> {
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
