//! One line of plain words for each kind of event.

mod object;

use shared::{
    event::{Event, Kind, Preview, ProcState, Reading, Tie, Wait},
    limit,
};

/// Characters of a payload in a line.
const SHOWN: usize = 48;

/// What happened, as a sentence without the worker, which stands before it.
pub(super) fn words(event: &Event) -> String {
    match &event.kind {
        Kind::RunStarted {
            entry,
            variant,
            xray,
            xray_off,
            host,
            ..
        } => {
            let xray = match (xray, xray_off) {
                (true, _) => "X-ray on".to_owned(),
                (false, Some(why)) => format!("X-ray off: {why}"),
                (false, None) => "X-ray off".to_owned(),
            };
            format!("{entry}/{variant} on {host}, {xray}")
        }
        Kind::RunFinished {
            outcome,
            message,
            counts,
        } => {
            let why = message
                .as_deref()
                .map(|message| format!(": {message}"))
                .unwrap_or_default();
            format!(
                "over, {}{why} ({} events, {} calls, {} sent, {} received, {} lost)",
                name(outcome),
                counts.events,
                counts.calls,
                counts.sent,
                counts.received,
                counts.lost,
            )
        }
        Kind::ProcessStarted {
            role,
            parent,
            language,
        } => {
            let language = language.as_deref().unwrap_or("rust");
            format!("born as {role} in {language}, child of {parent}")
        }
        Kind::ProcessExited {
            code: Some(code), ..
        } => format!("exited with {code}"),
        Kind::ProcessExited {
            signal: Some(signal),
            ..
        } => format!("killed by {signal}: {}", signal.meaning()),
        Kind::ProcessExited {
            code: None,
            signal: None,
        } => "gone".to_owned(),
        Kind::ProcessState {
            state,
            because,
            wchan,
        } => asleep(*state, *because, wchan.as_deref()),
        Kind::ProcessOutput { stream, text } => format!("{stream}: {}", text.trim_end()),
        Kind::ProcessSignaled { signal } => format!("got {signal}: {}", signal.meaning()),
        Kind::ObjectCreated { object_type, name } => {
            let name = name
                .as_deref()
                .map(|name| format!(" {name}"))
                .unwrap_or_default();
            format!("{object_type}{name} made")
        }
        Kind::ObjectState { .. }
        | Kind::ObjectItems { .. }
        | Kind::ObjectBytes { .. }
        | Kind::MemoryStored { .. }
        | Kind::MemoryLoaded { .. }
        | Kind::ProcessSaid { .. }
        | Kind::ProcessSignals { .. } => object::sentence(event),
        Kind::ObjectRemoved {} => object::gone(event),
        Kind::MessageSending {
            msg, len, preview, ..
        } => format!("sends #{msg}, {len} bytes {}", payload(preview)),
        Kind::MessageSent { msg, n, errno, .. } => {
            let errno = errno
                .map(|errno| format!(", then {errno}: {}", errno.meaning()))
                .unwrap_or_default();
            format!("sent {n} bytes of #{msg}{errno}")
        }
        Kind::MessageReceived {
            len: 0, complete, ..
        } if complete.is_empty() && event.parts.is_empty() => {
            let object = event.object.as_ref();
            if object.is_some_and(|object| object.as_str().starts_with("file:")) {
                "nothing more: it is at the end of the file, for now".to_owned()
            } else {
                "end-of-file: nobody can write any more".to_owned()
            }
        }
        // What has no bytes: a signal, a post.
        Kind::MessageReceived { len: 0, tie, .. } => {
            let named = event.parts.iter().filter_map(|part| part.msg);
            let named: Vec<_> = named.map(|msg| format!("#{msg}")).collect();
            match (named.as_slice(), tie) {
                ([], _) => "received what nobody was seen to send".to_owned(),
                (_, Tie::Ambiguous) => format!("received one of {}", named.join(" ")),
                (named, _) => format!("received {}", named.join(" ")),
            }
        }
        Kind::MessageReceived { len, complete, .. } => {
            let complete: Vec<_> = complete.iter().map(|msg| format!("#{msg}")).collect();
            let complete = if complete.is_empty() {
                String::new()
            } else {
                format!(", {} complete", complete.join(" "))
            };
            format!("received {len} bytes{}{complete}", parts(event))
        }
        Kind::MessageLost { msg, to: 0, .. } => format!("#{msg} is lost"),
        Kind::MessageLost { msg, from, to } => format!("bytes {from} to {to} of #{msg} are lost"),
        Kind::CallEntered { name, args, .. } => format!("{name}({}) …", args.join(", ")),
        Kind::CallInterrupted { call } => format!("call of event {call} interrupted, will go on"),
        Kind::CallReturned {
            name,
            args,
            ret,
            errno,
            took_ns,
            ..
        } => {
            let result = match (errno, ret) {
                (Some(errno), _) => format!("-1 {errno}: {}", errno.meaning()),
                (None, Some(ret)) => shared::os::returned(*ret),
                (None, None) => "?".to_owned(),
            };
            format!("{name}({}) = {result}  {}", args.join(", "), time(*took_ns))
        }
        Kind::Gauge { readings } => readings.iter().map(reading).collect::<Vec<_>>().join(", "),
        Kind::LimitHit {
            limit,
            value,
            errno,
            signal,
        } => limit::words(limit, *value, *errno, *signal),
        Kind::Skipped { what, count } => format!("{count} {what} not in the log"),
        Kind::CommandWaiting { verb, .. } => format!("{verb} waits for it"),
        Kind::CommandDone { verb } => format!("{verb} done"),
        Kind::Unknown => "something this program does not know".to_owned(),
    }
}

/// The name that a value has in the protocol.
fn name(value: &impl serde::Serialize) -> String {
    let json = serde_json::to_value(value).unwrap_or_default();
    json.as_str().unwrap_or_default().replace('_', " ")
}

fn asleep(state: ProcState, because: Option<Wait>, wchan: Option<&str>) -> String {
    let why = because.map(|because| match because {
        Wait::PipeFull => "the pipe is full",
        Wait::PipeEmpty => "the pipe is empty",
        Wait::FifoOpen => "nobody has the other end open yet",
        Wait::QueueFull => "the queue is full",
        Wait::QueueEmpty => "the queue has nothing for it",
        Wait::FileLock => "somebody else has the lock on the file",
        Wait::Futex => "for a lock or a count in memory",
        Wait::Signal => "no signal has come",
        Wait::SocketFull => "its peer's buffer is full",
        Wait::SocketEmpty => "nothing has come through the socket",
        Wait::Accept => "nobody has connected",
        Wait::Connect => "the other side has not answered",
        Wait::Poll => "nothing it asked for has happened",
        Wait::Event => "nothing has happened",
        Wait::Child => "no child has ended",
        Wait::Command => "nobody told it anything",
        Wait::Other => "it waits for something else",
    });
    let text = match (state, why) {
        (ProcState::Asleep, Some(why)) => format!("sleeps: {why}"),
        (ProcState::Asleep, None) => "sleeps".to_owned(),
        (ProcState::Running, _) => "runs".to_owned(),
        (ProcState::Frozen, _) => "frozen".to_owned(),
        (ProcState::Zombie, _) => "zombie: ended, nobody asked how yet".to_owned(),
    };
    wchan.map_or_else(|| text.clone(), |wchan| format!("{text} ({wchan})"))
}

fn payload(preview: &Preview) -> String {
    let text = preview.text.clone().or_else(|| {
        preview
            .base64
            .as_ref()
            .map(|base64| format!("base64 {base64}"))
    });
    let text = text.unwrap_or_default();
    let shown: String = text.chars().take(SHOWN).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    format!("{shown:?}{more}")
}

fn parts(event: &Event) -> String {
    let parts: Vec<_> = event
        .parts
        .iter()
        .map(|part| {
            let msg = part
                .msg
                .map_or_else(|| "?".to_owned(), |msg| format!("#{msg}"));
            format!("{msg} [{}, {})", part.from, part.to)
        })
        .collect();
    if parts.is_empty() {
        String::new()
    } else {
        format!(": {}", parts.join(" "))
    }
}

fn reading(reading: &Reading) -> String {
    let max = reading
        .max
        .map(|max| format!(" of {max}"))
        .unwrap_or_default();
    format!(
        "{} {}{max} ({})",
        reading.value, reading.figure, reading.how
    )
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a time of a day of nanoseconds is below 2^53"
)]
fn time(ns: u64) -> String {
    match ns {
        0..1_000 => format!("{ns} ns"),
        1_000..1_000_000 => format!("{:.1} µs", ns as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} ms", ns as f64 / 1e6),
        _ => format!("{:.1} s", ns as f64 / 1e9),
    }
}
