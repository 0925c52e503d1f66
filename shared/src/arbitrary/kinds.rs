//! Events by what they are about.

use super::{call_name, counts, errno, number, outcome, preview, signal, text, values, worker};
use crate::event::{
    End, Endpoint, Holder, Item, Kind, Lock, LockKind, LockMode, Mapping, Masks, Offset, Origin,
    ProcState, Reading, Tie, Wait, Wrote,
};
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
            Wait::QueueFull,
            Wait::QueueEmpty,
            Wait::FileLock,
            Wait::Futex,
            Wait::Signal,
            Wait::SocketFull,
            Wait::SocketEmpty,
            Wait::Accept,
            Wait::Connect,
            Wait::Poll,
            Wait::Event,
            Wait::Child,
            Wait::Command,
            Wait::Other,
        ][..],
    );
    vec![
        (
            select(&["parent", "writer", "reader"][..]),
            any::<i32>(),
            option::of(text()),
        )
            .prop_map(|(role, parent, language)| Kind::ProcessStarted {
                role: role.to_owned(),
                parent,
                language,
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
        (text(), text(), text(), text())
            .prop_map(|(pending, blocked, ignored, caught)| Kind::ProcessSignals {
                masks: Masks {
                    pending,
                    blocked,
                    ignored,
                    caught,
                },
            })
            .boxed(),
        (text(), values())
            .prop_map(|(what, about)| Kind::ProcessSaid { what, about })
            .boxed(),
    ]
}

pub(super) fn object_kinds() -> Vec<BoxedStrategy<Kind>> {
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
        origin.clone(),
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
        object_state(),
        (vec(item(), 0..3), number(), origin.clone())
            .prop_map(|(items, more, origin)| Kind::ObjectItems {
                items,
                more,
                origin,
            })
            .boxed(),
        (number(), "[0-9a-f]{0,64}", number(), vec(wrote(), 0..3))
            .prop_map(|(at, hex, total, writers)| Kind::ObjectBytes {
                at,
                hex,
                total,
                writers,
            })
            .boxed(),
        Just(Kind::ObjectRemoved {}).boxed(),
        vec(reading, 0..3)
            .prop_map(|readings| Kind::Gauge { readings })
            .boxed(),
    ]
}

fn key() -> impl Strategy<Value = Option<i64>> {
    option::of(any::<i64>())
}

fn item() -> impl Strategy<Value = Item> {
    (option::of(0_u64..6), number(), key(), preview()).prop_map(|(msg, len, key, preview)| Item {
        msg,
        len,
        key,
        preview,
    })
}

fn wrote() -> impl Strategy<Value = Wrote> {
    let whose = (option::of(worker()), option::of(0_u64..6), 0_u64..9);
    (number(), number(), whose).prop_map(|(from, to, (worker, msg, at))| Wrote {
        from,
        to,
        worker,
        msg,
        at,
    })
}

fn endpoint() -> impl Strategy<Value = Endpoint> {
    let shut = option::of(select(&[End::Read, End::Write, End::Both][..]));
    let addresses = (option::of(text()), option::of(text()));
    (text(), text(), addresses, shut).prop_map(|(transport, state, (local, remote), shut)| {
        Endpoint {
            transport,
            state,
            local,
            remote,
            shut,
        }
    })
}

fn object_state() -> BoxedStrategy<Kind> {
    let end = select(&[End::Read, End::Write, End::Both][..]);
    let holder = (worker(), 0_i32..9, end).prop_map(|(worker, fd, end)| Holder { worker, fd, end });
    let mapping = (worker(), text(), number()).prop_map(|(worker, address, len)| Mapping {
        worker,
        address,
        len,
    });
    let kind = select(&[LockKind::Flock, LockKind::Posix, LockKind::Ofd][..]);
    let mode = select(&[LockMode::Shared, LockMode::Exclusive][..]);
    let range = (number(), option::of(number()));
    let lock = (option::of(worker()), kind, mode, range, any::<bool>()).prop_map(
        |(worker, kind, mode, (from, to), waiting)| Lock {
            worker,
            kind,
            mode,
            from,
            to,
            waiting,
        },
    );
    let offset =
        (worker(), 0_i32..9, number()).prop_map(|(worker, fd, pos)| Offset { worker, fd, pos });
    (
        vec(holder, 0..4),
        vec(text(), 0..3),
        vec(mapping, 0..3),
        vec(lock, 0..3),
        vec(offset, 0..3),
        (option::of(super::object()), option::of(endpoint())),
    )
        .prop_map(
            |(holders, names, mappings, locks, offsets, (peer, socket))| Kind::ObjectState {
                holders,
                names,
                mappings,
                locks,
                offsets,
                peer,
                socket,
            },
        )
        .boxed()
}

/// What processes store in memory and load from it.
pub(super) fn memory_kinds() -> Vec<BoxedStrategy<Kind>> {
    let tie = select(&[Tie::Certain, Tie::Ambiguous, Tie::Unknown][..]);
    vec![
        (option::of(0_u64..6), number(), number(), preview())
            .prop_map(|(msg, at, len, preview)| Kind::MemoryStored {
                msg,
                at,
                len,
                preview,
            })
            .boxed(),
        (number(), number(), preview(), vec(0_u64..6, 0..3), tie)
            .prop_map(|(at, len, preview, complete, tie)| Kind::MemoryLoaded {
                at,
                len,
                preview,
                complete,
                tie,
            })
            .boxed(),
    ]
}

pub(super) fn message_kinds() -> Vec<BoxedStrategy<Kind>> {
    let tie = select(&[Tie::Certain, Tie::Ambiguous, Tie::Unknown][..]);
    vec![
        (0_u64..6, 0_i32..9, number(), preview(), key())
            .prop_map(|(msg, fd, len, preview, key)| Kind::MessageSending {
                msg,
                fd,
                len,
                preview,
                key,
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
            option::of(any::<u32>()),
        )
            .prop_map(|(name, args, fd, len, msg, data, line)| Kind::CallEntered {
                name,
                args,
                fd,
                len,
                msg,
                data,
                line,
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
                key(),
                option::of(super::object()),
            ),
        )
            .prop_map(
                |(
                    (call, name, args, fd, ret),
                    (errno, msg, data, took_ns, interrupted, key, into),
                )| {
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
                        key,
                        into,
                    }
                },
            )
            .boxed(),
    ]
}
