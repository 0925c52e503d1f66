//! Reads an event in one pass.
//!
//! What serde derives for a flattened, tagged enum first copies every field into a buffer of its own; a log of a hundred
//! thousand events feels that. Here all fields of all kinds stand side by side, and the kind picks those it has.

use super::{
    Counts, Endpoint, Event, Holder, Item, Kind, Lock, Mapping, Masks, Offset, Origin, Outcome,
    Part, Preview, ProcState, Reading, Source, Tie, Wait, Wrote,
};
use crate::{
    command::Values,
    ids::{CallId, MsgId, ObjectId, RequestId, Seq, WorkerId},
    os::{Errno, Signal},
};
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, Visitor},
};
use std::fmt;

macro_rules! fields {
    ($($name:ident: $type:ty,)*) => {
        /// Every field that an event of any kind can have.
        #[derive(Default)]
        struct Fields {
            $($name: Option<$type>,)*
        }

        /// Its name.
        #[derive(Deserialize)]
        #[serde(field_identifier)]
        #[expect(non_camel_case_types, reason = "the names are those of the fields")]
        enum Key {
            $($name,)*
            #[serde(other)]
            other,
        }

        impl Fields {
            /// Takes the value of one field; null is as good as absent.
            fn take<'de, A: MapAccess<'de>>(&mut self, field: Key, map: &mut A) -> Result<(), A::Error> {
                match field {
                    $(Key::$name => self.$name = map.next_value()?,)*
                    Key::other => drop(map.next_value::<IgnoredAny>()?),
                }
                Ok(())
            }
        }
    };
}

fields! {
    seq: Seq,
    at_ns: u64,
    source: Source,
    worker: WorkerId,
    pid: i32,
    host_pid: i32,
    task: i32,
    object: ObjectId,
    parts: Vec<Part>,
    re: RequestId,
    kind: String,
    entry: String,
    variant: String,
    params: Values,
    xray: bool,
    xray_off: String,
    host: String,
    mono_ns: u64,
    outcome: Outcome,
    message: String,
    counts: Counts,
    role: String,
    parent: i32,
    code: i32,
    signal: Signal,
    state: ProcState,
    because: Wait,
    wchan: String,
    stream: String,
    text: String,
    object_type: String,
    name: String,
    holders: Vec<Holder>,
    msg: MsgId,
    fd: i32,
    len: u64,
    preview: Preview,
    n: u64,
    errno: Errno,
    inferred: bool,
    call: CallId,
    complete: Vec<MsgId>,
    tie: Tie,
    from: u64,
    to: u64,
    args: Vec<String>,
    data: Preview,
    ret: i64,
    took_ns: u64,
    interrupted: u32,
    readings: Vec<Reading>,
    limit: String,
    value: u64,
    what: String,
    count: u64,
    verb: String,
    language: String,
    masks: Masks,
    about: Values,
    names: Vec<String>,
    mappings: Vec<Mapping>,
    locks: Vec<Lock>,
    offsets: Vec<Offset>,
    peer: ObjectId,
    socket: Endpoint,
    items: Vec<Item>,
    more: u64,
    origin: Origin,
    at: u64,
    hex: String,
    total: u64,
    writers: Vec<Wrote>,
    key: i64,
    line: u32,
    into: ObjectId,
}

impl Key {
    /// A field of every event, not of a kind.
    fn is_common(&self) -> bool {
        matches!(
            self,
            Self::seq
                | Self::at_ns
                | Self::source
                | Self::worker
                | Self::pid
                | Self::host_pid
                | Self::task
                | Self::object
                | Self::parts
                | Self::re
                | Self::kind
        )
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Event;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Event, A::Error> {
        let mut fields = Fields::default();
        // Of a kind that is not known here; the same names may be something else in it.
        let mut foreign = false;
        while let Some(field) = map.next_key::<Key>()? {
            let is_kind = matches!(field, Key::kind);
            if foreign && !field.is_common() {
                map.next_value::<IgnoredAny>()?;
            } else {
                fields.take(field, &mut map)?;
            }
            if is_kind {
                foreign = fields
                    .kind
                    .as_deref()
                    .is_some_and(|kind| !Kind::NAMES.contains(&kind));
            }
        }
        fields.event()
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reader)
    }
}

/// A field that its kind must have.
fn need<T, E: Error>(field: Option<T>, name: &'static str) -> Result<T, E> {
    field.ok_or_else(|| E::missing_field(name))
}

impl Fields {
    fn event<E: Error>(mut self) -> Result<Event, E> {
        let kind = need(self.kind.take(), "kind")?;
        Ok(Event {
            seq: need(self.seq, "seq")?,
            at_ns: need(self.at_ns, "at_ns")?,
            source: need(self.source, "source")?,
            worker: self.worker.take(),
            pid: self.pid,
            host_pid: self.host_pid,
            task: self.task,
            object: self.object.take(),
            parts: self.parts.take().unwrap_or_default(),
            re: self.re,
            kind: self.kind(&kind)?,
        })
    }

    fn kind<E: Error>(self, kind: &str) -> Result<Kind, E> {
        Ok(match kind {
            "run.started" => Kind::RunStarted {
                entry: need(self.entry, "entry")?,
                variant: need(self.variant, "variant")?,
                params: need(self.params, "params")?,
                xray: need(self.xray, "xray")?,
                xray_off: self.xray_off,
                host: need(self.host, "host")?,
                mono_ns: self.mono_ns.unwrap_or_default(),
            },
            "run.finished" => Kind::RunFinished {
                outcome: need(self.outcome, "outcome")?,
                message: self.message,
                counts: need(self.counts, "counts")?,
            },
            "process.started" => Kind::ProcessStarted {
                role: need(self.role, "role")?,
                parent: need(self.parent, "parent")?,
                language: self.language,
            },
            "process.exited" => Kind::ProcessExited {
                code: self.code,
                signal: self.signal,
            },
            "process.state" => Kind::ProcessState {
                state: need(self.state, "state")?,
                because: self.because,
                wchan: self.wchan,
            },
            "process.output" => Kind::ProcessOutput {
                stream: need(self.stream, "stream")?,
                text: need(self.text, "text")?,
            },
            "process.signaled" => Kind::ProcessSignaled {
                signal: need(self.signal, "signal")?,
            },
            "process.signals" => Kind::ProcessSignals {
                masks: need(self.masks, "masks")?,
            },
            "process.said" => Kind::ProcessSaid {
                what: need(self.what, "what")?,
                about: self.about.unwrap_or_default(),
            },
            "object.created" => Kind::ObjectCreated {
                object_type: need(self.object_type, "object_type")?,
                name: self.name,
            },
            "object.state" => Kind::ObjectState {
                holders: need(self.holders, "holders")?,
                names: self.names.unwrap_or_default(),
                mappings: self.mappings.unwrap_or_default(),
                locks: self.locks.unwrap_or_default(),
                offsets: self.offsets.unwrap_or_default(),
                peer: self.peer,
                socket: self.socket,
            },
            "object.items" => Kind::ObjectItems {
                items: need(self.items, "items")?,
                more: self.more.unwrap_or_default(),
                origin: need(self.origin, "origin")?,
            },
            "object.bytes" => Kind::ObjectBytes {
                at: need(self.at, "at")?,
                hex: need(self.hex, "hex")?,
                total: need(self.total, "total")?,
                writers: self.writers.unwrap_or_default(),
            },
            "object.removed" => Kind::ObjectRemoved {},
            "message.sending" => Kind::MessageSending {
                msg: need(self.msg, "msg")?,
                fd: need(self.fd, "fd")?,
                len: need(self.len, "len")?,
                preview: need(self.preview, "preview")?,
                key: self.key,
            },
            "message.sent" => Kind::MessageSent {
                msg: need(self.msg, "msg")?,
                n: need(self.n, "n")?,
                errno: self.errno,
                inferred: self.inferred.unwrap_or_default(),
            },
            "message.received" => Kind::MessageReceived {
                call: self.call,
                len: need(self.len, "len")?,
                complete: self.complete.unwrap_or_default(),
                tie: self.tie.unwrap_or_default(),
            },
            "message.lost" => Kind::MessageLost {
                msg: need(self.msg, "msg")?,
                from: need(self.from, "from")?,
                to: need(self.to, "to")?,
            },
            "memory.stored" => Kind::MemoryStored {
                msg: self.msg,
                at: need(self.at, "at")?,
                len: need(self.len, "len")?,
                preview: need(self.preview, "preview")?,
            },
            "memory.loaded" => Kind::MemoryLoaded {
                at: need(self.at, "at")?,
                len: need(self.len, "len")?,
                preview: need(self.preview, "preview")?,
                complete: self.complete.unwrap_or_default(),
                tie: self.tie.unwrap_or_default(),
            },
            "call.entered" => Kind::CallEntered {
                name: need(self.name, "name")?,
                args: need(self.args, "args")?,
                fd: self.fd,
                len: self.len,
                msg: self.msg,
                data: self.data,
                line: self.line,
            },
            "call.interrupted" => Kind::CallInterrupted {
                call: need(self.call, "call")?,
            },
            "call.returned" => Kind::CallReturned {
                call: need(self.call, "call")?,
                name: need(self.name, "name")?,
                args: need(self.args, "args")?,
                fd: self.fd,
                ret: self.ret,
                errno: self.errno,
                msg: self.msg,
                data: self.data,
                took_ns: need(self.took_ns, "took_ns")?,
                interrupted: self.interrupted.unwrap_or_default(),
                key: self.key,
                into: self.into,
            },
            "gauge" => Kind::Gauge {
                readings: need(self.readings, "readings")?,
            },
            "limit.hit" => Kind::LimitHit {
                limit: need(self.limit, "limit")?,
                value: need(self.value, "value")?,
                errno: self.errno,
                signal: self.signal,
            },
            "skipped" => Kind::Skipped {
                what: need(self.what, "what")?,
                count: need(self.count, "count")?,
            },
            "command.waiting" => Kind::CommandWaiting {
                verb: need(self.verb, "verb")?,
                call: self.call,
            },
            "command.done" => Kind::CommandDone {
                verb: need(self.verb, "verb")?,
            },
            _ => Kind::Unknown,
        })
    }
}
