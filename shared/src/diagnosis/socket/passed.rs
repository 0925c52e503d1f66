//! What only Unix sockets can: hand over open files, and say who is there.

use super::{
    Sentence, Tone,
    facts::Facts,
    said,
    words::{capital, name},
};
use serde_json::Value;

/// A descriptor came, or was used.
pub(super) fn came(facts: &Facts<'_>) -> Option<Sentence> {
    if let Some((worker, used)) = said(facts, "used") {
        let text = used
            .about
            .get("text")
            .and_then(Value::as_str)
            .unwrap_or_default();
        return Some(Sentence::new(
            Tone::Ok,
            format!(
                "{} read “{}” from what it never opened.",
                capital(&name(worker)),
                text.trim_end()
            ),
            "Its descriptor leads to the open file of the other process. Even where it stands in the file is shared.",
        ));
    }
    let (worker, came) = said(facts, "came")?;
    let fd = came.about.get("fd").and_then(Value::as_i64)?;
    Some(Sentence::new(
        Tone::Ok,
        format!(
            "{} has an open file more: descriptor {fd}, which came through the socket.",
            capital(&name(worker))
        ),
        "The number was never sent. The kernel gave the receiver a descriptor of its own for the same open file (SCM_RIGHTS).",
    ))
}

/// Who is at the other end.
pub(super) fn peer(facts: &Facts<'_>) -> Option<Sentence> {
    let (worker, peer) = said(facts, "peer")?;
    let number = |name: &str| peer.about.get(name).and_then(Value::as_i64);
    let (pid, uid) = (number("pid")?, number("uid")?);
    let mut workers = facts.state.workers.iter();
    let who = workers.find(|other| i64::from(other.pid) == pid);
    let who = who.map_or_else(String::new, |who| format!(", which is {}", name(who)));
    Some(Sentence::new(
        Tone::Ok,
        format!(
            "{} knows who is there: process {pid}{who}, user {uid}.",
            capital(&name(worker))
        ),
        "Not the other side said so but the kernel (SO_PEERCRED), so nobody can lie. It tells who made the connection.",
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{super::sentence, testing::Story};
    use serde_json::json;

    #[test]
    fn a_descriptor_that_came_and_what_it_is_good_for() {
        let mut story = Story::new("unix-stream");
        story.says("server", "came", &json!({"fd": 7}));
        assert!(
            sentence(&story.run)
                .headline
                .starts_with("Server B has an open file more: descriptor 7")
        );
        story.says("server", "used", &json!({"fd": 7, "text": "a line\n"}));
        assert_eq!(
            sentence(&story.run).headline,
            "Server B read “a line” from what it never opened."
        );
    }

    #[test]
    fn the_kernel_says_who_is_there() {
        let mut story = Story::new("unix-stream");
        story.says(
            "server",
            "peer",
            &json!({"pid": 3, "uid": 1000, "gid": 1000}),
        );
        assert_eq!(
            sentence(&story.run).headline,
            "Server B knows who is there: process 3, which is client A, user 1000."
        );
    }
}
