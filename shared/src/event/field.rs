//! One field of an event by its name, for scenarios that expect it. What `serde_json::to_value` would show, without the
//! code for writing whole events in the page; a test compares the two.

use super::{Counts, Endpoint, Event, Kind, Masks, Preview};
use serde::Serialize;
use serde_json::Value;

impl Event {
    /// The value that JSON shows under this name, `ret` or `counts.sent`; of a list its length.
    pub fn field(&self, name: &str) -> Option<Value> {
        match name {
            "seq" => Some(self.seq.into()),
            "at_ns" => Some(self.at_ns.into()),
            "source" => word(self.source),
            "worker" => self.worker.as_ref().map(|id| id.as_str().into()),
            "pid" => self.pid.map(Value::from),
            "host_pid" => self.host_pid.map(Value::from),
            "task" => self.task.map(Value::from),
            "object" => self.object.as_ref().map(|id| id.as_str().into()),
            "parts" => Some(self.parts.len().into()),
            "re" => self.re.map(Value::from),
            "kind" => Some(self.kind.name().into()),
            _ => self.kind.field(name),
        }
    }
}

impl Kind {
    fn field(&self, name: &str) -> Option<Value> {
        let (name, inner) = name.split_once('.').unwrap_or((name, ""));
        match (self, name) {
            (Self::RunStarted { entry, .. }, "entry") => Some(entry.as_str().into()),
            (Self::RunStarted { variant, .. }, "variant") => Some(variant.as_str().into()),
            (Self::RunStarted { params, .. }, "params") => params.get(inner).cloned(),
            (Self::RunStarted { xray, .. }, "xray") => Some((*xray).into()),
            (Self::RunStarted { xray_off, .. }, "xray_off") => text(xray_off.as_ref()),
            (Self::RunStarted { host, .. }, "host") => Some(host.as_str().into()),
            (Self::RunStarted { mono_ns, .. }, "mono_ns") => Some((*mono_ns).into()),
            (Self::RunFinished { outcome, .. }, "outcome") => word(*outcome),
            (Self::RunFinished { message, .. }, "message") => text(message.as_ref()),
            (Self::RunFinished { counts, .. }, "counts") => counts.field(inner),
            (Self::ProcessStarted { role, .. }, "role") => Some(role.as_str().into()),
            (Self::ProcessStarted { parent, .. }, "parent") => Some((*parent).into()),
            (Self::ProcessStarted { language, .. }, "language") => text(language.as_ref()),
            (Self::ProcessExited { code, .. }, "code") => code.map(Value::from),
            (Self::ProcessExited { signal, .. }, "signal") => {
                signal.map(|signal| signal.to_string().into())
            }
            (Self::ProcessState { state, .. }, "state") => word(*state),
            (Self::ProcessState { because, .. }, "because") => because.and_then(word),
            (Self::ProcessState { wchan, .. }, "wchan") => text(wchan.as_ref()),
            (Self::ProcessOutput { stream, .. }, "stream") => Some(stream.as_str().into()),
            (Self::ProcessOutput { text, .. }, "text") => Some(text.as_str().into()),
            (Self::ProcessSignaled { signal }, "signal") => Some(signal.to_string().into()),
            (Self::ObjectCreated { object_type, .. }, "object_type") => {
                Some(object_type.as_str().into())
            }
            (Self::ObjectCreated { name, .. }, "name") => text(name.as_ref()),
            (Self::ProcessSignals { masks }, "masks") => masks.field(inner),
            (Self::ProcessSaid { what, .. }, "what") => Some(what.as_str().into()),
            (Self::ProcessSaid { about, .. }, "about") => about.get(inner).map(shown),
            // What a worker says of itself is expected by its own names: `process.said reader what=torn at=32`.
            (Self::ProcessSaid { about, .. }, name) => about.get(name).map(shown),
            (Self::ObjectState { holders, .. }, "holders") => Some(holders.len().into()),
            (Self::ObjectState { names, .. }, "names") => Some(names.len().into()),
            (Self::ObjectState { mappings, .. }, "mappings") => Some(mappings.len().into()),
            (Self::ObjectState { locks, .. }, "locks") => Some(locks.len().into()),
            (Self::ObjectState { offsets, .. }, "offsets") => Some(offsets.len().into()),
            (Self::ObjectState { peer, .. }, "peer") => peer.as_ref().map(|id| id.as_str().into()),
            (Self::ObjectState { socket, .. }, "socket") => socket.as_ref()?.field(inner),
            (Self::ObjectItems { items, .. }, "items") => Some(items.len().into()),
            (Self::ObjectItems { more, .. }, "more") => Some((*more).into()),
            (Self::ObjectItems { origin, .. }, "origin") => word(*origin),
            (
                Self::ObjectBytes { at, .. }
                | Self::MemoryStored { at, .. }
                | Self::MemoryLoaded { at, .. },
                "at",
            ) => Some((*at).into()),
            (Self::ObjectBytes { hex, .. }, "hex") => Some(hex.as_str().into()),
            (Self::ObjectBytes { total, .. }, "total") => Some((*total).into()),
            (Self::ObjectBytes { writers, .. }, "writers") => Some(writers.len().into()),
            (Self::MemoryStored { msg, .. }, "msg") => msg.map(Value::from),
            (Self::MemoryStored { len, .. } | Self::MemoryLoaded { len, .. }, "len") => {
                Some((*len).into())
            }
            (
                Self::MemoryStored { preview, .. } | Self::MemoryLoaded { preview, .. },
                "preview",
            ) => preview.field(inner),
            (Self::MemoryLoaded { complete, .. }, "complete") => Some(complete.len().into()),
            (Self::MemoryLoaded { tie, .. }, "tie") => word(*tie),
            (Self::MessageSending { key, .. } | Self::CallReturned { key, .. }, "key") => {
                key.map(Value::from)
            }
            (Self::CallEntered { line, .. }, "line") => line.map(Value::from),
            (
                Self::MessageSending { msg, .. }
                | Self::MessageSent { msg, .. }
                | Self::MessageLost { msg, .. },
                "msg",
            ) => Some((*msg).into()),
            (Self::MessageSending { fd, .. }, "fd") => Some((*fd).into()),
            (Self::MessageSending { len, .. } | Self::MessageReceived { len, .. }, "len") => {
                Some((*len).into())
            }
            (Self::MessageSending { preview, .. }, "preview") => preview.field(inner),
            (Self::MessageSent { n, .. }, "n") => Some((*n).into()),
            (Self::MessageSent { errno, .. }, "errno") => {
                errno.map(|errno| errno.to_string().into())
            }
            (Self::MessageSent { inferred, .. }, "inferred") => Some((*inferred).into()),
            (Self::MessageReceived { call, .. } | Self::CommandWaiting { call, .. }, "call") => {
                call.map(Value::from)
            }
            (Self::MessageReceived { complete, .. }, "complete") => Some(complete.len().into()),
            (Self::MessageReceived { tie, .. }, "tie") => word(*tie),
            (Self::MessageLost { from, .. }, "from") => Some((*from).into()),
            (Self::MessageLost { to, .. }, "to") => Some((*to).into()),
            (Self::CallEntered { name, .. } | Self::CallReturned { name, .. }, "name") => {
                Some(name.as_str().into())
            }
            (Self::CallEntered { args, .. } | Self::CallReturned { args, .. }, "args") => {
                Some(args.len().into())
            }
            (Self::CallEntered { fd, .. } | Self::CallReturned { fd, .. }, "fd") => {
                fd.map(Value::from)
            }
            (Self::CallEntered { len, .. }, "len") => len.map(Value::from),
            (Self::CallEntered { msg, .. } | Self::CallReturned { msg, .. }, "msg") => {
                msg.map(Value::from)
            }
            (Self::CallEntered { data, .. } | Self::CallReturned { data, .. }, "data") => {
                data.as_ref()?.field(inner)
            }
            (Self::CallReturned { call, .. } | Self::CallInterrupted { call }, "call") => {
                Some((*call).into())
            }
            (Self::CallReturned { into, .. }, "into") => into.as_ref().map(|id| id.as_str().into()),
            (Self::CallReturned { ret, .. }, "ret") => ret.map(Value::from),
            (Self::CallReturned { errno, .. } | Self::LimitHit { errno, .. }, "errno") => {
                errno.map(|errno| errno.to_string().into())
            }
            (Self::CallReturned { took_ns, .. }, "took_ns") => Some((*took_ns).into()),
            (Self::CallReturned { interrupted, .. }, "interrupted") => Some((*interrupted).into()),
            (Self::Gauge { readings }, "readings") => Some(readings.len().into()),
            (Self::LimitHit { limit, .. }, "limit") => Some(limit.as_str().into()),
            (Self::LimitHit { value, .. }, "value") => Some((*value).into()),
            (Self::LimitHit { signal, .. }, "signal") => {
                signal.map(|signal| signal.to_string().into())
            }
            (Self::Skipped { what, .. }, "what") => Some(what.as_str().into()),
            (Self::Skipped { count, .. }, "count") => Some((*count).into()),
            (Self::CommandWaiting { verb, .. } | Self::CommandDone { verb }, "verb") => {
                Some(verb.as_str().into())
            }
            _ => None,
        }
    }
}

impl Masks {
    fn field(&self, name: &str) -> Option<Value> {
        let mask = match name {
            "pending" => &self.pending,
            "blocked" => &self.blocked,
            "ignored" => &self.ignored,
            "caught" => &self.caught,
            _ => return None,
        };
        Some(mask.as_str().into())
    }
}

impl Preview {
    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "text" => text(self.text.as_ref()),
            "base64" => text(self.base64.as_ref()),
            "len" => Some(self.len.into()),
            _ => None,
        }
    }
}

impl Endpoint {
    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "transport" => Some(self.transport.as_str().into()),
            "state" => Some(self.state.as_str().into()),
            "local" => text(self.local.as_ref()),
            "remote" => text(self.remote.as_ref()),
            "shut" => self.shut.and_then(word),
            _ => None,
        }
    }
}

impl Counts {
    fn field(&self, name: &str) -> Option<Value> {
        let count = match name {
            "events" => self.events,
            "calls" => self.calls,
            "sent" => self.sent,
            "received" => self.received,
            "lost" => self.lost,
            "bytes_sent" => self.bytes_sent,
            "bytes_received" => self.bytes_received,
            "skipped" => self.skipped,
            _ => return None,
        };
        Some(count.into())
    }
}

/// A value as it is, a list by its length.
fn shown(value: &Value) -> Value {
    value
        .as_array()
        .map_or_else(|| value.clone(), |list| list.len().into())
}

/// A value of one word, by its name in JSON.
fn word(word: impl Serialize) -> Option<Value> {
    serde_json::to_value(word).ok()
}

fn text(text: Option<&String>) -> Option<Value> {
    text.map(|text| text.as_str().into())
}

#[cfg(test)]
mod tests {
    use crate::{arbitrary, event::Event};
    use proptest::prelude::*;
    use serde_json::Value;

    /// What JSON shows, lists by their length.
    fn shown(value: &Value) -> Value {
        value
            .as_array()
            .map_or_else(|| value.clone(), |list| list.len().into())
    }

    fn compare(event: &Event) -> Result<(), TestCaseError> {
        let Value::Object(fields) = serde_json::to_value(event).unwrap() else {
            panic!("an event is an object")
        };
        for (name, value) in &fields {
            if let Value::Object(inner) = value {
                for (key, value) in inner {
                    prop_assert_eq!(
                        event.field(&format!("{name}.{key}")),
                        Some(shown(value)),
                        "{}.{}",
                        name,
                        key
                    );
                }
            } else {
                prop_assert_eq!(event.field(name), Some(shown(value)), "{}", name);
            }
        }
        prop_assert_eq!(event.field("no_such_field"), None);
        Ok(())
    }

    proptest! {
        #[test]
        fn a_field_is_what_json_shows(event in arbitrary::event()) {
            compare(&event)?;
        }
    }
}
