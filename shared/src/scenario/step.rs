//! One command of a beat: read, written back, and made into what a run understands.

use super::Step;
use crate::{
    catalog::{COMMON, Entry},
    codec::parse_hex,
    command::{Data, MAX_TIMES, Values},
    failure::Failure,
    ids::WorkerId,
};
use serde_json::Value;
use std::{fmt, str::FromStr};

/// What a step asks of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Have a worker send messages.
    Send {
        /// Who; the entry's first sender if absent.
        worker: Option<WorkerId>,
        /// The payload.
        data: Data,
        /// How many messages.
        times: u32,
        /// What the entry's messages have beside their payload.
        args: Values,
    },
    /// Do something to a worker, or have it do something.
    Act {
        /// Who.
        worker: Option<WorkerId>,
        /// What.
        verb: String,
        /// How.
        args: Values,
    },
    /// End the run.
    Stop,
}

/// Arguments that are text even where they look like numbers.
const PAYLOADS: &[&str] = &["text", "hex", "base64", "fill"];

/// Arguments of every send.
const PLAIN: &[&str] = &["text", "hex", "base64", "fill", "len", "times"];

impl Step {
    /// What it asks of a run.
    ///
    /// # Errors
    /// `bad_param` for the argument that is missing or does not fit.
    pub fn command(&self) -> Result<Command, Failure> {
        match self.verb.as_str() {
            "stop" => Ok(Command::Stop),
            "send" => {
                let data = self.data()?;
                data.check()?;
                let times = self.args.get("times").map_or(Some(1), Value::as_u64);
                let times = times
                    .and_then(|n| u32::try_from(n).ok())
                    .filter(|n| (1..=MAX_TIMES).contains(n));
                let times = times.ok_or_else(|| {
                    Failure::bad_param(
                        "times",
                        "times does not fit",
                        format!("a number from 1 to {MAX_TIMES}"),
                    )
                })?;
                Ok(Command::Send {
                    worker: self.worker.clone(),
                    data,
                    times,
                    args: self.more(),
                })
            }
            verb => Ok(Command::Act {
                worker: self.worker.clone(),
                verb: verb.to_owned(),
                args: self.args.clone(),
            }),
        }
    }

    /// Arguments of a send that are neither its payload nor its number.
    fn more(&self) -> Values {
        let mut more = self.args.clone();
        more.retain(|name, _| !PLAIN.contains(&name.as_str()));
        more
    }

    fn data(&self) -> Result<Data, Failure> {
        let text = |name: &str| {
            self.args
                .get(name)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        match (text("text"), text("hex"), text("base64"), text("fill")) {
            (Some(text), None, None, None) => Ok(Data::Text { text }),
            (None, Some(hex), None, None) => Ok(Data::of(&parse_hex(&hex)?)),
            (None, None, Some(base64), None) => Ok(Data::Base64 { base64 }),
            (None, None, None, Some(fill)) => {
                let len = self.args.get("len").and_then(Value::as_u64);
                let len = len.ok_or_else(|| {
                    Failure::bad_param("len", "fill needs len", "fill=61 len=4096")
                })?;
                Ok(Data::Fill { fill, len })
            }
            // A signal says all with its number; a payload has at least one byte.
            (None, None, None, None) if self.args.contains_key("signal") => Ok(Data::Text {
                text: "1".to_owned(),
            }),
            _ => Err(Failure::bad_param(
                "data",
                "send needs one payload",
                "text=hello, hex=\"68 65\", base64=aGU=, or fill=61 len=4096",
            )),
        }
    }

    /// Refuses what an entry cannot do, before anything runs.
    ///
    /// # Errors
    /// `bad_param` for the verb, worker or argument.
    pub fn check(&self, entry: &Entry, variant: &str) -> Result<(), Failure> {
        self.command()?;
        let verb = self.verb.as_str();
        match verb {
            "stop" => return Ok(()),
            "send" => return entry.send_args(variant, &self.more()).map(drop),
            _ => {}
        }
        let Some(worker) = &self.worker else {
            return Err(Failure::bad_param(
                "worker",
                format!("{verb} whom?"),
                format!("name a worker: {verb} reader"),
            ));
        };
        if COMMON.contains(&verb) {
            return match self.args.keys().next() {
                None => Ok(()),
                Some(arg) => Err(Failure::bad_param(
                    arg,
                    format!("{verb} has no arguments"),
                    "leave it out",
                )),
            };
        }
        let role = worker
            .as_str()
            .trim_end_matches(|c: char| c == '-' || c.is_ascii_digit());
        entry.order(variant, verb, &self.args, role).map(drop)
    }
}

/// As it stands after `do:`.
impl FromStr for Step {
    type Err = Failure;

    fn from_str(line: &str) -> Result<Self, Failure> {
        let mut words = words(line)?.into_iter();
        let verb = words
            .next()
            .filter(|verb| verb.value.is_none())
            .map(|verb| verb.name);
        let verb = verb.ok_or_else(|| {
            Failure::bad_param(
                "do",
                "there is no verb",
                "write: do: send writer text=hello",
            )
        })?;
        let mut step = Self {
            verb,
            worker: None,
            args: Values::new(),
        };
        for (at, word) in words.enumerate() {
            match word.value {
                Some(value) => {
                    let is_text = PAYLOADS.contains(&word.name.as_str());
                    let value = if is_text {
                        Value::from(value)
                    } else {
                        literal(&value, word.quoted)
                    };
                    step.args.insert(word.name, value);
                }
                None if at == 0 => step.worker = Some(WorkerId::new(word.name)),
                None => {
                    let message = format!("\"{}\" has no value", word.name);
                    return Err(Failure::bad_param(
                        "do",
                        message,
                        "arguments are name=value; quote a value with spaces",
                    ));
                }
            }
        }
        Ok(step)
    }
}

/// As it stands after `do:`; reading it gives the same step.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.verb)?;
        if let Some(worker) = &self.worker {
            write!(f, " {worker}")?;
        }
        for (name, value) in &self.args {
            match value
                .as_str()
                .filter(|text| PAYLOADS.contains(&name.as_str()) && is_plain(text))
            {
                Some(text) => write!(f, " {name}={text}")?,
                None => write!(f, " {name}={}", written(value))?,
            }
        }
        Ok(())
    }
}

/// A word of a line: `name`, `name=value`, `name="a value"`.
pub(super) struct Word {
    pub(super) name: String,
    pub(super) value: Option<String>,
    pub(super) quoted: bool,
}

/// Splits a line at spaces, except in quotes; in quotes `\"`, `\\`, `\n` and `\t` stand for themselves.
pub(super) fn words(line: &str) -> Result<Vec<Word>, Failure> {
    let mut found = Vec::new();
    let mut chars = line.trim().chars().peekable();
    while chars.peek().is_some() {
        let mut word = Word {
            name: String::new(),
            value: None,
            quoted: false,
        };
        while let Some(c) = chars.next_if(|c| !c.is_whitespace()) {
            match (&mut word.value, c) {
                (None, '=') => word.value = Some(String::new()),
                (Some(value), '"') if value.is_empty() && !word.quoted => {
                    word.quoted = true;
                    *value = quoted(&mut chars)?;
                }
                (Some(value), c) => value.push(c),
                (None, c) => word.name.push(c),
            }
        }
        if !word.name.is_empty() || word.value.is_some() {
            found.push(word);
        }
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
    }
    Ok(found)
}

fn quoted(chars: &mut impl Iterator<Item = char>) -> Result<String, Failure> {
    let mut text = String::new();
    while let Some(c) = chars.next() {
        match c {
            '"' => return Ok(text),
            '\\' => match chars.next() {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some(other) => text.push(other),
                None => break,
            },
            c => text.push(c),
        }
    }
    Err(Failure::bad_param(
        "do",
        "a quote is not closed",
        "end the value with \"",
    ))
}

/// A value as JSON: numbers and flags where it looks like one.
pub(super) fn literal(text: &str, quoted: bool) -> Value {
    let plain: String = text.chars().filter(|c| *c != ',').collect();
    let digits = plain.strip_prefix('-').unwrap_or(&plain);
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    match text {
        _ if quoted => Value::from(text),
        "true" => Value::from(true),
        "false" => Value::from(false),
        _ if is_number => match (plain.parse::<u64>(), plain.parse::<i64>()) {
            (Ok(n), _) => Value::from(n),
            (_, Ok(n)) => Value::from(n),
            _ => Value::from(text),
        },
        _ => Value::from(text),
    }
}

/// A value as it stands in a line.
pub(super) fn written(value: &Value) -> String {
    let Value::String(text) = value else {
        return value.to_string();
    };
    if is_plain(text) && literal(text, false).is_string() {
        return text.clone();
    }
    let mut line = String::from("\"");
    for c in text.chars() {
        match c {
            '\n' => line.push_str("\\n"),
            '\t' => line.push_str("\\t"),
            '"' | '\\' => line.extend(['\\', c]),
            c => line.push(c),
        }
    }
    line.push('"');
    line
}

/// It can stand in a line as it is.
fn is_plain(text: &str) -> bool {
    let special = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\\');
    !text.is_empty() && !text.contains(special)
}
