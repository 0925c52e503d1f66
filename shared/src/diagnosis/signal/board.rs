//! Signals: pending, merged, delivered, refused.

use super::{
    Sentence, Tone,
    facts::Facts,
    words::{capital, count, name},
};
use crate::{
    event::Masks,
    mechanism::signal,
    os::Errno,
    state::{Call, Message, Worker},
};
use serde_json::Value;

fn receiver<'a>(facts: &Facts<'a>) -> Option<&'a Worker> {
    let mut all = facts.state.workers.iter();
    all.find(|worker| worker.role == "receiver")
}

/// A run of signals, not of counters.
fn signals(facts: &Facts<'_>) -> bool {
    matches!(facts.state.variant.as_str(), "signals" | "signalfd")
}

/// `SIGUSR1`.
fn named(message: &Message) -> Option<String> {
    let number = i32::try_from(message.key?).ok()?;
    Some(signal::name(number))
}

/// The last call of a worker that was not the end of a handler.
fn last_call<'a>(facts: &Facts<'a>, worker: &Worker) -> Option<&'a Call> {
    let mut calls = facts.state.calls.iter().rev();
    calls.find(|call| call.worker == worker.id && call.name != "rt_sigreturn")
}

/// What was typed is no number, so nothing was sent.
pub(super) fn no_number(facts: &Facts<'_>) -> Option<Sentence> {
    let mut senders = facts.state.workers.iter();
    let sender = senders.find(|worker| {
        let last = worker.said.back();
        last.is_some_and(|said| said.what == "no_number")
    })?;
    let said = sender.said.back()?;
    let later = facts.state.messages.back();
    if later.is_some_and(|message| message.worker == sender.id && message.sent.is_none()) {
        return None;
    }
    let text = said.about.get("text").and_then(Value::as_str)?;
    let call = said.about.get("call").and_then(Value::as_str)?;
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "{} sent nothing: “{text}” is no whole number.",
            capital(&name(sender))
        ),
        format!("`{call}` has room for one number, and for nothing else."),
    ))
}

/// The pid belongs to nobody.
pub(super) fn nobody_there(facts: &Facts<'_>) -> Option<Sentence> {
    let message = facts.state.messages.back().filter(|_| signals(facts))?;
    let errno = message.sent?.errno?;
    let sender = facts.state.worker(&message.worker)?;
    let detail = match errno {
        Errno::ESRCH => {
            "The process has ended and was waited for. Its pid may be given to another one soon."
        }
        Errno::EAGAIN => {
            "So many signals wait for this user that no more are kept: `RLIMIT_SIGPENDING`."
        }
        _ => "",
    };
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "{} could not send {}: {errno}, {}.",
            capital(&name(sender)),
            named(message)?,
            errno.meaning()
        ),
        detail,
    ))
}

/// SIGKILL and SIGSTOP are not the process's to decide.
pub(super) fn refused(facts: &Facts<'_>) -> Option<Sentence> {
    let receiver = receiver(facts)?;
    let call = last_call(facts, receiver)?;
    (call.name == "rt_sigaction" && call.errno == Some(Errno::EINVAL)).then(|| {
        let which = call.args.first().map_or("it", String::as_str);
        Sentence::new(
            Tone::Calm,
            format!("What {which} does cannot be changed: `sigaction` said EINVAL."),
            "Two signals are the kernel's: SIGKILL and SIGSTOP.",
        )
    })
}

/// A handler ran, and the call that slept came back with nothing.
pub(super) fn interrupted(facts: &Facts<'_>) -> Option<Sentence> {
    let receiver = receiver(facts)?;
    let call = last_call(facts, receiver)?;
    (call.errno == Some(Errno::EINTR)).then(|| {
        Sentence::new(
            Tone::Calm,
            format!(
                "A signal ended the `{}` of {}: EINTR.",
                call.name,
                name(receiver)
            ),
            "Nothing is wrong: the program may look what came, and make the call again. With `SA_RESTART` the kernel does that.",
        )
    })
}

/// Sent again while it was pending.
pub(super) fn merged(facts: &Facts<'_>) -> Option<Sentence> {
    let receiver = receiver(facts).filter(|_| signals(facts))?;
    let masks = receiver.signals.as_ref()?;
    let newest = facts.state.messages.back()?;
    let number = i32::try_from(newest.key?).ok()?;
    if !Masks::has(&masks.pending, number) || !newest.lost {
        return None;
    }
    // Those that were lost since the last one that was not.
    let same = facts.state.messages.iter().rev();
    let lost = same
        .filter(|message| message.key == newest.key)
        .take_while(|message| message.lost)
        .count();
    let which = signal::name(number);
    Some(Sentence::new(
        Tone::Calm,
        format!(
            "{which} is pending, once: {} merged into it.",
            count(lost as u64, "more send") + if lost == 1 { " was" } else { " were" }
        ),
        "Pending is one bit for each number up to 31. From SIGRTMIN on, every one is kept.",
    ))
}

/// Held back.
pub(super) fn pending(facts: &Facts<'_>) -> Option<Sentence> {
    let receiver = receiver(facts).filter(|worker| worker.alive())?;
    let masks = receiver.signals.as_ref().filter(|_| signals(facts))?;
    let number = (1..=64).find(|number| Masks::has(&masks.pending, *number))?;
    let which = signal::name(number);
    let reads = facts.state.variant == "signalfd";
    let detail = if reads {
        "A `read` of its signalfd takes it."
    } else {
        "Its handler runs as soon as it is unblocked."
    };
    let headline = if Masks::has(&masks.blocked, number) {
        format!("{which} is pending: {} has blocked it.", name(receiver))
    } else {
        format!(
            "{which} is pending: {} has not come to it yet.",
            name(receiver)
        )
    };
    Some(Sentence::new(Tone::Moon, headline, detail))
}

/// Thrown away at once.
pub(super) fn ignored(facts: &Facts<'_>) -> Option<Sentence> {
    let receiver = receiver(facts).filter(|_| signals(facts))?;
    let newest = facts.state.messages.back().filter(|message| message.lost)?;
    let number = i32::try_from(newest.key?).ok()?;
    let masks = receiver.signals.as_ref()?;
    Masks::has(&masks.ignored, number).then(|| {
        Sentence::new(
            Tone::Calm,
            format!(
                "{} ignores {}: it was thrown away.",
                capital(&name(receiver)),
                signal::name(number)
            ),
            "The sender is not told: `kill` returned 0.",
        )
    })
}

/// It got there.
pub(super) fn arrived(facts: &Facts<'_>) -> Option<Sentence> {
    let receiver = receiver(facts).filter(|_| signals(facts))?;
    let newest = facts
        .state
        .messages
        .iter()
        .rev()
        .find(|message| message.arrived)?;
    let which = named(newest)?;
    let value = newest
        .preview
        .text
        .as_deref()
        .filter(|text| !text.is_empty());
    let with = value.map_or_else(String::new, |value| format!(" with the number {value}"));
    let said = receiver.said.back().map(|said| said.what.as_str());
    let times = receiver
        .said
        .back()
        .and_then(|said| said.about.get("times")?.as_u64());
    let headline = match said {
        Some("handled") => format!(
            "{which} came{with}, and the handler of {} ran.",
            name(receiver)
        ),
        Some("waited") => format!("`sigwaitinfo` gave {which}{with} to {}.", name(receiver)),
        Some("read") => format!(
            "{} read {which}{with} from its signalfd.",
            capital(&name(receiver))
        ),
        _ => format!("{which} arrived{with}."),
    };
    let detail = times.map_or_else(String::new, |times| {
        format!("It has run {} for that number.", count(times, "time"))
    });
    Some(Sentence::new(Tone::Ok, headline, detail))
}
