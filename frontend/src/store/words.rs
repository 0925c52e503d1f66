//! Events and calls in the words of a terminal: `write(4, "hello", 5) = 5`.

use super::says;
use crate::mechanism::{bytes, count};
use shared::{
    event::{Event, Kind, Outcome, Part, Preview, ProcState, Source, Wait},
    state::{Call, OpenCall},
};

/// Characters of a payload in a line.
const SHOWN: usize = 32;

/// What happened, on one line.
pub fn event(event: &Event) -> String {
    match &event.kind {
        Kind::RunStarted {
            entry,
            variant,
            xray,
            host,
            ..
        } => {
            format!(
                "run of {entry}/{variant} began, X-ray {}, {host}",
                if *xray { "on" } else { "off" }
            )
        }
        Kind::RunFinished {
            outcome, message, ..
        } => match message {
            Some(message) => format!("run ended: {}; {message}", self::outcome(*outcome)),
            None => format!("run ended: {}", self::outcome(*outcome)),
        },
        Kind::ProcessStarted {
            role,
            parent,
            language,
        } => match language.as_deref() {
            None => format!("started as {role}, child of {parent}"),
            Some(language) => format!("started as {role} in {language}, child of {parent}"),
        },
        Kind::ProcessExited {
            code: Some(code), ..
        } => format!("exited with {code}"),
        Kind::ProcessExited {
            signal: Some(signal),
            ..
        } => format!("killed by {signal}: {}", signal.meaning()),
        Kind::ProcessExited { .. } => "ended".to_owned(),
        Kind::ProcessState { state, because, .. } => self::state(*state, *because),
        Kind::ProcessOutput { stream, text } => format!("{stream}: {}", text.trim_end()),
        Kind::ProcessSignaled { signal } => format!("got {signal}: {}", signal.meaning()),
        Kind::ObjectCreated { object_type, name } => match name {
            Some(name) => format!("{object_type} made, named {name}"),
            None => format!("{object_type} made"),
        },
        Kind::ProcessSignals { masks } => says::signals(masks),
        Kind::ProcessSaid { what, about } => says::said(what, about),
        Kind::ObjectState { .. } => says::object_state(&event.kind),
        Kind::ObjectItems {
            items,
            more,
            origin: _,
        } => says::items(items, *more),
        Kind::ObjectBytes { at, hex, total, .. } => {
            let shown = hex.len() as u64 / 2;
            format!(
                "bytes {} to {} of {}",
                count(*at),
                count(at + shown),
                count(*total)
            )
        }
        Kind::ObjectRemoved {} => "gone".to_owned(),
        Kind::MessageSending {
            msg, len, preview, ..
        } => {
            format!(
                "#{msg} {} of {} is to be sent",
                quoted(preview),
                bytes(*len)
            )
        }
        Kind::MessageSent {
            msg,
            n,
            errno: None,
            ..
        } => format!("#{msg} sent, {}", bytes(*n)),
        Kind::MessageSent {
            msg,
            n,
            errno: Some(errno),
            ..
        } => {
            format!(
                "#{msg} not sent beyond {}: {errno}, {}",
                bytes(*n),
                errno.meaning()
            )
        }
        Kind::MessageReceived { len, .. } => format!("got {}{}", bytes(*len), parts(&event.parts)),
        Kind::MemoryStored {
            msg,
            at,
            len,
            preview,
        } => {
            let of = msg.map(|msg| format!("#{msg} ")).unwrap_or_default();
            format!(
                "{of}stored {} {} at {}, without a call",
                bytes(*len),
                quoted(preview),
                count(*at)
            )
        }
        Kind::MemoryLoaded {
            at, len, preview, ..
        } => format!(
            "loaded {} {} from {}, without a call{}",
            bytes(*len),
            quoted(preview),
            count(*at),
            parts(&event.parts)
        ),
        Kind::MessageLost { msg, from, to } => format!("#{msg} lost {}", bytes(to - from)),
        Kind::CallEntered { name, args, .. } => {
            format!("{}{name}({} …", thread(event.task), args.join(", "))
        }
        Kind::CallInterrupted { call } => format!("call {call} interrupted; it will go on"),
        Kind::CallReturned {
            name,
            args,
            ret,
            errno,
            ..
        } => {
            format!(
                "{}{name}({}) = {}",
                thread(event.task),
                args.join(", "),
                result(*ret, *errno)
            )
        }
        Kind::Gauge { readings } => {
            let figure = |reading: &shared::event::Reading| match reading.max {
                Some(max) => format!(
                    "{} of {} {}",
                    count(reading.value),
                    count(max),
                    reading.figure
                ),
                None => format!("{} {}", count(reading.value), reading.figure),
            };
            readings.iter().map(figure).collect::<Vec<_>>().join(", ")
        }
        Kind::LimitHit {
            limit,
            value,
            errno,
            signal,
        } => shared::limit::words(limit, *value, *errno, *signal),
        Kind::Skipped { what, count: n } => format!("{} {what} were counted, not kept", count(*n)),
        Kind::CommandWaiting {
            verb,
            call: Some(call),
        } => format!("{verb} waits: the process is in call {call}"),
        Kind::CommandWaiting { verb, call: None } => format!("{verb} waits: the process is busy"),
        Kind::CommandDone { verb } => format!("{verb}: done"),
        Kind::Unknown => "something that this page does not know yet".to_owned(),
    }
}

/// Which thread of its process, where it is not the main one.
fn thread(task: Option<i32>) -> String {
    task.map(|task| format!("thread {task}: "))
        .unwrap_or_default()
}

/// How it is known, in a word.
pub fn source(source: Source) -> &'static str {
    match source {
        Source::Report => "reported",
        Source::Call => "call seen",
        Source::Memory => "memory read",
        Source::Gauge => "kernel figure",
        Source::Process => "process fact",
        Source::Run => "playground",
    }
}

/// A call as strace prints it.
pub fn call(call: &Call) -> String {
    format!(
        "{}({}) = {}",
        call.name,
        call.args.join(", "),
        result(call.ret, call.errno)
    )
}

/// A call that has not returned.
pub fn open_call(call: &OpenCall) -> String {
    format!("{}({}) has not returned", call.name, call.args.join(", "))
}

/// What a call returned.
pub fn result(ret: Option<i64>, errno: Option<shared::os::Errno>) -> String {
    match (errno, ret) {
        (Some(errno), _) => format!("-1 {errno} ({})", errno.meaning()),
        (None, Some(ret)) => shared::os::returned(ret),
        (None, None) => "?".to_owned(),
    }
}

/// Why a process sleeps.
pub fn wait(wait: Wait) -> &'static str {
    match wait {
        Wait::PipeFull => "the pipe is full",
        Wait::PipeEmpty => "the pipe is empty",
        Wait::FifoOpen => "nobody has the other end open yet",
        Wait::QueueFull => "the queue is full",
        Wait::QueueEmpty => "the queue is empty",
        Wait::FileLock => "somebody else has the lock",
        Wait::Futex => "for a lock or a semaphore in memory",
        Wait::Signal => "no signal has come",
        Wait::SocketFull => "its peer's buffer is full",
        Wait::SocketEmpty => "nothing has come",
        Wait::Accept => "nobody has connected",
        Wait::Connect => "the other side has not answered",
        Wait::Poll => "nothing it asked for has happened",
        Wait::Event => "nothing has happened",
        Wait::Child => "no child has ended",
        Wait::Command => "it waits for you",
        Wait::Other => "in something else",
    }
}

/// State of a process.
pub fn state(state: ProcState, because: Option<Wait>) -> String {
    match (state, because) {
        (ProcState::Running, _) => "running".to_owned(),
        (ProcState::Asleep, Some(because)) => format!("asleep: {}", wait(because)),
        (ProcState::Asleep, None) => "asleep".to_owned(),
        (ProcState::Frozen, _) => "frozen".to_owned(),
        (ProcState::Zombie, _) => "ended, not yet waited for".to_owned(),
    }
}

/// How a run ended.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Completed => "all processes have ended",
        Outcome::Stopped => "you ended it",
        Outcome::Idle => "nobody did anything for too long",
        Outcome::Abandoned => "the page was away for too long",
        Outcome::SupervisorDied => "its supervisor died, and with it all its processes",
        Outcome::LimitHit => "it hit a limit",
        Outcome::ServerStopping => "the server stops",
        Outcome::Failed => "the playground failed",
    }
}

/// The first characters of a payload in quotes.
pub fn quoted(preview: &Preview) -> String {
    match &preview.text {
        Some(text) => {
            let line = visible(text);
            match line.char_indices().nth(SHOWN) {
                Some((cut, _)) => format!("“{}…”", line.get(..cut).unwrap_or_default()),
                None if preview.len > text.len() as u64 => format!("“{line}…”"),
                None => format!("“{line}”"),
            }
        }
        None => bytes(preview.len),
    }
}

/// Text on one line, with what cannot be seen written as in a program.
fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter if letter < ' ' || letter == '\u{7f}' => out.push('·'),
            letter => out.push(letter),
        }
    }
    out
}

/// Which bytes of which messages.
pub fn parts(parts: &[Part]) -> String {
    let of = |part: &Part| match part.msg {
        Some(msg) => format!("#{msg} [{}, {})", count(part.from), count(part.to)),
        None => format!("{} of an unknown message", bytes(part.to - part.from)),
    };
    match parts.iter().map(of).collect::<Vec<_>>().join(", ") {
        list if list.is_empty() => list,
        list => format!(": {list}"),
    }
}

/// Nanoseconds with a unit that fits: `28.4 µs`, `1.204 s`.
pub fn duration(ns: u64) -> String {
    let (value, unit, digits) = match ns {
        0..1_000 => return format!("{ns} ns"),
        1_000..1_000_000 => (ns, "µs", 1_000),
        1_000_000..1_000_000_000 => (ns, "ms", 1_000_000),
        _ => (ns, "s", 1_000_000_000),
    };
    let (whole, rest) = (value / digits, value % digits * 1_000 / digits);
    match whole {
        0..10 if digits == 1_000_000_000 => format!("{whole}.{rest:03} {unit}"),
        0..100 => format!("{whole}.{} {unit}", rest / 100),
        _ => format!("{whole} {unit}"),
    }
}

/// Nanoseconds since the run began as `s.mmmuuu`.
pub fn at(ns: u64) -> String {
    format!("{}.{:06}", ns / 1_000_000_000, ns / 1_000 % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::{at, duration, quoted};
    use shared::event::Preview;

    #[test]
    fn times_read_well() {
        let read = [900, 28_400, 1_204_000_000, 40_000_000, 999_000_000].map(duration);
        assert_eq!(read, ["900 ns", "28.4 µs", "1.204 s", "40.0 ms", "999 ms"]);
        assert_eq!(at(1_204_028_400), "1.204028");
    }

    #[test]
    fn payloads_are_quoted_and_cut() {
        let text = |text: &str, len| {
            quoted(&Preview {
                text: Some(text.to_owned()),
                base64: None,
                len,
            })
        };
        assert_eq!(text("he\nllo", 6), "“he\\nllo”");
        assert_eq!(
            text(&"a".repeat(256), 4096),
            format!("“{}…”", "a".repeat(32))
        );
        assert_eq!(
            quoted(&Preview {
                text: None,
                base64: Some("AA==".into()),
                len: 4096
            }),
            "4,096 bytes"
        );
    }
}
