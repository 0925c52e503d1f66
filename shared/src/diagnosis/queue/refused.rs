//! A call on a queue failed, and why.

use super::{
    Sentence, Tone,
    facts::Facts,
    messages, queue,
    words::{self, capital, count, figure, name},
};
use crate::{os::Errno, state::Call};

/// The queue was removed while somebody slept in it, or somebody uses an id that leads nowhere any more.
pub(super) fn removed(facts: &Facts<'_>) -> Option<Sentence> {
    let calls = facts.state.calls.iter().rev();
    let mut failed = calls.filter(|call| matches!(call.name.as_str(), "msgsnd" | "msgrcv"));
    let call = failed.find(|call| call.errno == Some(Errno::EIDRM))?;
    let who = name(facts.caller(call)?);
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "The queue was removed while {who} slept in `{}`: `EIDRM`.",
            call.name
        ),
        "`IPC_RMID` ends a System V queue at once, whoever uses it. A POSIX queue would have lost its name only.",
    ))
}

/// A message or a buffer of the wrong size.
pub(super) fn too_long(facts: &Facts<'_>) -> Option<Sentence> {
    let call = facts.last_call()?;
    let who = name(facts.caller(call)?);
    let limit = queue(facts).and_then(|queue| queue.reading("msgsize"));
    let limit = limit.map(|reading| count(reading.value, "byte"));
    let (headline, detail) = match (call.name.as_str(), call.errno?) {
        ("mq_timedsend", Errno::EMSGSIZE) => (
            format!("{} was refused with `EMSGSIZE`: its message is too long.", capital(&who)),
            format!("A message of this queue has at most {}. Nothing of it went in: a message is whole or not there.", limit?),
        ),
        ("mq_timedreceive", Errno::EMSGSIZE) => (
            format!("{} was refused with `EMSGSIZE`: its buffer is too small.", capital(&who)),
            format!("`mq_receive` wants room for the longest message there could be, {}, even if a short one is next.", limit?),
        ),
        ("msgrcv", Errno::E2BIG) => (
            format!("{} was refused with `E2BIG`: the next message is longer than its buffer.", capital(&who)),
            "The message stays in the queue. With MSG_NOERROR it would have been cut, and the rest lost.".to_owned(),
        ),
        ("msgsnd", Errno::EINVAL) => (
            format!("{} was refused with `EINVAL`.", capital(&who)),
            "The message is longer than `kernel.msgmax`, or there is no such queue any more.".to_owned(),
        ),
        _ => return None,
    };
    Some(Sentence::new(Tone::Warning, headline, detail))
}

/// The kernel makes no more queues.
pub(super) fn no_more_queues(facts: &Facts<'_>) -> Option<Sentence> {
    let call = facts.last_call().filter(|call| call.name == "mq_open")?;
    let why = match call.errno? {
        Errno::EMFILE => {
            "All queues of a user together may take `RLIMIT_MSGQUEUE` bytes, whether or not anything is in them."
        }
        Errno::ENOSPC => {
            "There may be `fs.mqueue.queues_max` queues, and a process without privileges gets no more."
        }
        Errno::EINVAL => {
            "A queue may have `fs.mqueue.msg_max` messages of `fs.mqueue.msgsize_max` bytes; even root is held to 65,536."
        }
        Errno::ENOENT => "There is no queue of that name.",
        _ => return None,
    };
    let headline = format!(
        "{} got no queue: `mq_open` failed with `{}`.",
        capital(&name(facts.caller(call)?)),
        call.errno?
    );
    Some(Sentence::new(Tone::Warning, headline, why))
}

/// A call that must not wait would have had to.
pub(super) fn would_wait(facts: &Facts<'_>) -> Option<Sentence> {
    let call = facts.last_call()?;
    let flag = if facts.state.variant == "sysv" {
        "IPC_NOWAIT"
    } else {
        "O_NONBLOCK"
    };
    let (what, detail) = match (call.name.as_str(), call.errno?) {
        ("mq_timedsend" | "msgsnd", Errno::EAGAIN) => ("the queue is full", held(facts, call)),
        ("mq_timedreceive", Errno::EAGAIN) | ("msgrcv", Errno::ENOMSG) => (
            "there is no message for it",
            "Asking again and again would cost processor time; asleep, it would cost none."
                .to_owned(),
        ),
        _ => return None,
    };
    let headline = format!(
        "{} may not wait, and {what}: `{}`.",
        capital(&name(facts.caller(call)?)),
        call.errno?
    );
    Some(Sentence::new(
        Tone::Calm,
        headline,
        format!("{detail} ({flag})"),
    ))
}

fn held(facts: &Facts<'_>, call: &Call) -> String {
    let inside = queue(facts).map_or(0, messages);
    let sent = facts.state.messages.iter().rev();
    let mut refused = sent.filter(|message| message.sends.contains(&call.call));
    let what = refused
        .next()
        .map_or_else(|| "The message".to_owned(), words::message);
    format!("{what} is not in; {} are.", figure(inside))
}

#[cfg(test)]
mod tests {
    use super::super::{super::sentence, Tone, testing::Story};

    #[test]
    fn a_removed_queue_is_told_apart_from_a_lost_name() {
        let mut story = Story::new("sysv", &[]);
        story.failed("consumer", "msgrcv", "EIDRM");
        let said = sentence(&story.run);
        assert_eq!(said.tone, Tone::Warning);
        assert_eq!(
            said.headline,
            "The queue was removed while consumer B slept in `msgrcv`: `EIDRM`."
        );
    }

    #[test]
    fn sizes_that_do_not_fit_say_which() {
        for (variant, who, call, errno, words) in [
            (
                "posix",
                "producer",
                "mq_timedsend",
                "EMSGSIZE",
                "its message is too long",
            ),
            (
                "posix",
                "consumer",
                "mq_timedreceive",
                "EMSGSIZE",
                "its buffer is too small",
            ),
            (
                "sysv",
                "consumer",
                "msgrcv",
                "E2BIG",
                "longer than its buffer",
            ),
            ("sysv", "producer", "msgsnd", "EINVAL", "`EINVAL`"),
        ] {
            let mut story = Story::new(variant, &[]);
            story.gauge(&[("messages", 0, Some(10)), ("msgsize", 64, None)]);
            story.failed(who, call, errno);
            let said = sentence(&story.run);
            assert!(said.headline.contains(words), "{call}: {}", said.headline);
        }
    }

    #[test]
    fn a_kernel_that_makes_no_more_queues_says_which_limit() {
        for (errno, limit) in [
            ("EMFILE", "RLIMIT_MSGQUEUE"),
            ("ENOSPC", "queues_max"),
            ("EINVAL", "msg_max"),
        ] {
            let mut story = Story::new("posix", &[]);
            story.failed("parent", "mq_open", errno);
            let said = sentence(&story.run);
            assert!(
                said.headline.contains(errno) && said.detail.contains(limit),
                "{said:?}"
            );
        }
    }

    #[test]
    fn who_may_not_wait_is_told_why() {
        let mut story = Story::new("sysv", &[("nonblock", true.into())]);
        story.failed("consumer", "msgrcv", "ENOMSG");
        let said = sentence(&story.run);
        assert_eq!(
            said.headline,
            "Consumer B may not wait, and there is no message for it: `ENOMSG`."
        );
    }
}
