//! One fact to be seen: read, written back, and compared with an event.

use super::{
    Expect, Field, Op,
    step::{literal, words, written},
};
use crate::{
    codec::parse_hex,
    event::{End, Event, Kind, Masks},
    failure::Failure,
    ids::WorkerId,
    os::Signal,
};
use serde_json::Value;
use std::{fmt, str::FromStr};

impl Expect {
    /// Only a tracer can see it: without X-ray it can neither be met nor be missed.
    pub fn needs_xray(&self) -> bool {
        self.kind.starts_with("call.") || self.kind == "process.signaled"
    }

    /// Whether an event is this fact.
    pub fn fits(&self, event: &Event) -> bool {
        if event.kind.name() != self.kind
            || self
                .worker
                .as_ref()
                .is_some_and(|id| event.worker.as_ref() != Some(id))
        {
            return false;
        }
        if self.fields.is_empty() {
            return true;
        }
        self.fields
            .iter()
            .all(|field| value_of(event, &field.name).is_some_and(|value| field.holds(&value)))
    }
}

/// The value that a name stands for.
fn value_of(event: &Event, name: &str) -> Option<Value> {
    if let Kind::Gauge { readings } = &event.kind
        && let Some(reading) = readings.iter().find(|reading| reading.figure == name)
    {
        return Some(Value::from(reading.value));
    }
    if let Kind::ObjectState { holders, locks, .. } = &event.kind {
        let count = |end: End| {
            holders
                .iter()
                .filter(|h| h.end == end || h.end == End::Both)
                .count()
        };
        match name {
            "write_ends" => return Some(Value::from(count(End::Write))),
            "read_ends" => return Some(Value::from(count(End::Read))),
            "waiting" => {
                return Some(Value::from(
                    locks.iter().filter(|lock| lock.waiting).count(),
                ));
            }
            _ => {}
        }
    }
    // What is stored is expected as text, signals by their names.
    match (&event.kind, name) {
        (Kind::ObjectBytes { hex, .. }, "text") => {
            let bytes = parse_hex(hex).ok()?;
            return Some(Value::from(String::from_utf8_lossy(&bytes).into_owned()));
        }
        (Kind::ObjectItems { items, more, .. }, "count") => {
            return Some(Value::from(items.len() as u64 + more));
        }
        (Kind::ProcessSignals { masks }, "pending") => return Some(names(&masks.pending)),
        (Kind::ProcessSignals { masks }, "blocked") => return Some(names(&masks.blocked)),
        (Kind::ProcessSignals { masks }, "ignored") => return Some(names(&masks.ignored)),
        (Kind::ProcessSignals { masks }, "caught") => return Some(names(&masks.caught)),
        _ => {}
    }
    event.field(name)
}

/// The signals of a mask, `SIGUSR1,SIGRTMIN`; `none` where it is empty.
fn names(mask: &str) -> Value {
    let names: Vec<_> = (1..=64)
        .filter(|signal| Masks::has(mask, *signal))
        .map(|signal| Signal(signal).to_string())
        .collect();
    Value::from(if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(",")
    })
}

impl Field {
    fn holds(&self, value: &Value) -> bool {
        let number = |value: &Value| {
            value
                .as_i64()
                .map(i128::from)
                .or_else(|| value.as_u64().map(i128::from))
        };
        match (self.op, number(value), number(&self.value)) {
            (Op::Equal, Some(seen), Some(wanted)) => seen == wanted,
            (Op::AtLeast, Some(seen), Some(wanted)) => seen >= wanted,
            (Op::AtMost, Some(seen), Some(wanted)) => seen <= wanted,
            (Op::Equal, ..) => as_text(value) == as_text(&self.value),
            (Op::AtLeast | Op::AtMost, ..) => false,
        }
    }
}

fn as_text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// As it stands after `expect:`.
impl FromStr for Expect {
    type Err = Failure;

    fn from_str(line: &str) -> Result<Self, Failure> {
        let bad = |message: String, hint: String| Failure::bad_param("expect", message, hint);
        let mut words = words(line)?.into_iter();
        let kind = words
            .next()
            .filter(|kind| kind.value.is_none())
            .map(|kind| kind.name)
            .unwrap_or_default();
        if !Kind::NAMES.contains(&kind.as_str()) {
            let hint = format!("use one of: {}", Kind::NAMES.join(", "));
            return Err(bad(
                format!("there is no event of the kind \"{kind}\""),
                hint,
            ));
        }
        let mut expect = Self {
            kind,
            worker: None,
            fields: Vec::new(),
        };
        for (at, word) in words.enumerate() {
            let Some(value) = word.value else {
                if at == 0 {
                    expect.worker = Some(WorkerId::new(word.name));
                    continue;
                }
                let hint = "write name=value, name>=number or name<=number".to_owned();
                return Err(bad(
                    format!("\"{}\" is compared with nothing", word.name),
                    hint,
                ));
            };
            let (name, op) = match word.name.as_str() {
                name if name.ends_with('>') => (name.trim_end_matches('>'), Op::AtLeast),
                name if name.ends_with('<') => (name.trim_end_matches('<'), Op::AtMost),
                name => (name, Op::Equal),
            };
            let value = literal(&value, word.quoted);
            if name.is_empty() || name.contains(['<', '>']) {
                return Err(bad(
                    "a comparison has no field".to_owned(),
                    "write ret=0 or ret>=1".to_owned(),
                ));
            }
            if op != Op::Equal && !value.is_number() {
                let hint = format!("compare {name} with a number, or use {name}=");
                return Err(bad(
                    format!("\"{}\" is not a number", as_text(&value)),
                    hint,
                ));
            }
            expect.fields.push(Field {
                name: name.to_owned(),
                op,
                value,
            });
        }
        Ok(expect)
    }
}

/// As it stands after `expect:`; reading it gives the same fact.
impl fmt::Display for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind)?;
        if let Some(worker) = &self.worker {
            write!(f, " {worker}")?;
        }
        for Field { name, op, value } in &self.fields {
            let op = match op {
                Op::Equal => "=",
                Op::AtLeast => ">=",
                Op::AtMost => "<=",
            };
            write!(f, " {name}{op}{}", written(value))?;
        }
        Ok(())
    }
}
