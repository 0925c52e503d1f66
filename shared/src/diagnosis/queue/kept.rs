//! What lies in a queue, and for how long.

use super::{
    Sentence, Tone,
    facts::Facts,
    messages, queue,
    words::{count, figure},
};
use crate::event::Item;

/// All who used it are gone, and it is still there.
pub(super) fn outlives_all(facts: &Facts<'_>) -> Option<Sentence> {
    let mut users = facts
        .state
        .workers
        .iter()
        .filter(|worker| worker.role != "parent");
    let begun = users.clone().count() >= 2;
    let queue = queue(facts)?;
    // A System V queue is held by nobody, ever.
    let used = if queue.object_type == "mqueue" {
        !queue.holders.is_empty() || queue.names.is_empty()
    } else {
        users.any(crate::state::Worker::alive)
    };
    if !begun || used {
        return None;
    }
    let held = messages(queue);
    Some(Sentence::new(
        Tone::Calm,
        format!(
            "Nobody uses the queue any more, and it is still there with {}.",
            count(held, "message")
        ),
        "It lives in the kernel until somebody removes it or the machine is switched off. This run cleans up after itself.",
    ))
}

/// Messages wait for somebody to receive them.
pub(super) fn waiting(facts: &Facts<'_>) -> Option<Sentence> {
    let queue = queue(facts)?;
    let held = messages(queue);
    let front = queue.items.first().filter(|_| held > 0)?;
    let next = if facts.state.variant == "sysv" {
        format!(
            "{} came first; a reader may ask for another type.",
            which(front)
        )
    } else {
        format!(
            "{} leaves first: priority {}.",
            which(front),
            figure(front.key.unwrap_or(0).unsigned_abs())
        )
    };
    let verb = if held == 1 { "waits" } else { "wait" };
    Some(Sentence::new(
        Tone::Calm,
        format!("{} {verb} in the queue.", count(held, "message")),
        next,
    ))
}

fn which(item: &Item) -> String {
    item.msg
        .map_or_else(|| "One of them".to_owned(), |msg| format!("#{msg}"))
}

#[cfg(test)]
mod tests {
    use super::super::{super::sentence, testing::Story};
    use serde_json::json;

    #[test]
    fn a_queue_outlives_its_processes() {
        let mut story = Story::new("sysv", &[]);
        story.gauge(&[("messages", 2, None)]);
        for worker in ["producer", "consumer"] {
            assert!(!sentence(&story.run).headline.contains("still there"));
            story.tell(
                "process",
                Some(worker),
                json!({"kind": "process.exited", "signal": "SIGKILL"}),
            );
        }
        let said = sentence(&story.run);
        assert_eq!(
            said.headline,
            "Nobody uses the queue any more, and it is still there with 2 messages."
        );
    }

    #[test]
    fn a_queue_that_everybody_closed_is_still_there() {
        let mut story = Story::new("posix", &[]);
        let held = json!([{"worker": "producer", "fd": 3, "end": "write"}]);
        for (holders, stays) in [(held, false), (json!([]), true)] {
            story.tell(
                "gauge",
                None,
                json!({"kind": "object.state", "holders": holders, "names": ["/orders"]}),
            );
            assert_eq!(sentence(&story.run).headline.contains("still there"), stays);
        }
    }

    #[test]
    fn what_waits_is_counted_and_the_next_is_named() {
        let mut story = Story::new("posix", &[]);
        story
            .gauge(&[("messages", 2, Some(10))])
            .holds(&[(2, 9, "urgent"), (1, 0, "plain")]);
        let said = sentence(&story.run);
        assert_eq!(said.headline, "2 messages wait in the queue.");
        assert_eq!(said.detail, "#2 leaves first: priority 9.");
    }
}
