//! Somebody connects, or cannot.

use super::{
    Sentence, Tone,
    facts::{Facts, who_sleeps, who_sleeps_first},
    failed, listener, sockets,
    words::{capital, count, figure, name},
};
use crate::{event::Wait, os::Errno, state::Object};

/// Seconds that TIME_WAIT lasts: the kernel's TCP_TIMEWAIT_LEN, which nobody can set.
const TIME_WAIT: &str = "60 seconds";

/// The address is not free.
pub(super) fn in_use(facts: &Facts<'_>) -> Option<Sentence> {
    let (worker, errno) = failed(facts, "bind")?;
    if errno != Errno::EADDRINUSE {
        return None;
    }
    let mut sockets = facts.state.objects.iter();
    let waits = sockets.any(|one| state(one) == Some("TIME_WAIT"));
    let detail = if facts.state.variant.starts_with("unix") {
        "The file of that name is still there, from a server before: closing a socket does not remove it. `unlink` it first."
            .to_owned()
    } else if waits {
        format!(
            "A connection of the server before is in TIME_WAIT there: who closes first keeps the address for {TIME_WAIT}, \
             lest late packets reach somebody else. With `SO_REUSEADDR` a server binds all the same."
        )
    } else {
        "Another socket has that address, or had it a moment ago. With `SO_REUSEADDR` old connections do not count."
            .to_owned()
    };
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "{} cannot listen: the address is in use, `EADDRINUSE`.",
            capital(&name(worker))
        ),
        detail,
    ))
}

fn state(object: &Object) -> Option<&str> {
    object.socket.as_ref().map(|end| end.state.as_str())
}

/// There is no file of that name.
pub(super) fn no_such_address(facts: &Facts<'_>) -> Option<Sentence> {
    let (worker, errno) = failed(facts, "connect")?;
    if errno != Errno::ENOENT {
        return None;
    }
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "{} found no socket to connect to: `ENOENT`.",
            capital(&name(worker))
        ),
        "The address of a Unix socket is a file. Nobody has bound one of that name, or somebody has removed it.",
    ))
}

/// Nobody listens there.
pub(super) fn refused(facts: &Facts<'_>) -> Option<Sentence> {
    let (worker, errno) = failed(facts, "connect")?;
    if errno != Errno::ECONNREFUSED {
        return None;
    }
    let listens = listener(facts).and_then(|one| one.socket.as_ref()?.local.clone());
    let detail = match listens {
        Some(_) if facts.state.variant.starts_with("unix") => {
            "The file is there, and nobody listens behind it.".to_owned()
        }
        Some(place) => format!(
            "The kernel answered at once: at that address and port nobody listens. The server listens at {place}."
        ),
        None => "The kernel answered at once: nobody listens there. An address is not a server."
            .to_owned(),
    };
    Some(Sentence::new(
        Tone::Warning,
        format!("{} was refused: `ECONNREFUSED`.", capital(&name(worker))),
        detail,
    ))
}

/// connect() waits, because no more are let in.
pub(super) fn knocking(facts: &Facts<'_>) -> Option<Sentence> {
    let asleep = facts.asleep(Wait::Connect);
    asleep.first()?;
    let queue = listener(facts).and_then(|one| one.reading("waiting"));
    let full = queue.filter(|queue| queue.max.is_some_and(|max| queue.value > max));
    let Some(full) = full else {
        return Some(Sentence::new(
            Tone::Moon,
            format!("{} in `connect`: no answer yet.", who_sleeps_first(&asleep)),
            "It has asked, and the other side's kernel has not answered.",
        ));
    };
    let again = if facts.state.variant == "tcp" {
        "Its SYN is thrown away, and TCP sends it again after 1, 2, 4 seconds and so on."
    } else {
        "A Unix socket waits until there is room."
    };
    Some(Sentence::new(
        Tone::Moon,
        format!(
            "The accept queue is full: {} in `connect`.",
            who_sleeps(&asleep)
        ),
        format!(
            "{} wait to be accepted, one more than the backlog of {}. {again}",
            count(full.value, "connection"),
            figure(full.max.unwrap_or_default())
        ),
    ))
}

/// Connections that nobody has accepted.
pub(super) fn unaccepted(facts: &Facts<'_>) -> Option<Sentence> {
    let listener = listener(facts)?;
    let waiting = listener
        .reading("waiting")
        .filter(|waiting| waiting.value > 0)?;
    let verb = if waiting.value == 1 { "waits" } else { "wait" };
    let unread: u64 = sockets(facts, "socket")
        .filter(|one| one.holders.is_empty())
        .map(super::held)
        .sum();
    let sent = if unread > 0 {
        format!(
            " {} lie there already, for a server that does not know of it.",
            capital(&count(unread, "byte"))
        )
    } else {
        String::new()
    };
    Some(Sentence::new(
        Tone::Calm,
        format!(
            "{} {verb} to be accepted.",
            capital(&count(waiting.value, "connection"))
        ),
        format!(
            "The kernel made the connection by itself: for the client `connect` has returned, and it may send.{sent}"
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{
        super::{Tone, sentence},
        testing::{LISTENER, Story},
    };
    use serde_json::json;

    #[test]
    fn an_address_in_use_names_who_keeps_it() {
        let mut story = Story::new("tcp");
        story.fails("server", "bind", "EADDRINUSE");
        let said = sentence(&story.run);
        assert_eq!(
            said.headline,
            "Server B cannot listen: the address is in use, `EADDRINUSE`."
        );
        assert!(!said.detail.contains("TIME_WAIT"), "nobody has seen one");
        story.connected();
        story.state("socket:[1]", "TIME_WAIT");
        story.fails("server", "bind", "EADDRINUSE");
        assert!(sentence(&story.run).detail.contains("TIME_WAIT"));
    }

    #[test]
    fn who_is_refused_learns_where_the_server_listens() {
        let mut story = Story::new("tcp");
        story.listens("127.1.2.3:5000");
        story.fails("client", "connect", "ECONNREFUSED");
        let said = sentence(&story.run);
        assert_eq!(said.headline, "Client A was refused: `ECONNREFUSED`.");
        assert!(
            said.detail.ends_with("listens at 127.1.2.3:5000."),
            "{}",
            said.detail
        );
        story.fails("client", "connect", "ENOENT");
        assert!(sentence(&story.run).headline.contains("`ENOENT`"));
    }

    #[test]
    fn without_x_ray_the_report_says_it() {
        let mut story = Story::new("tcp");
        story.run.xray = false;
        story.tell(
            "report",
            Some("client"),
            json!({"kind": "process.output", "stream": "report", "text": "connect: ECONNREFUSED, nobody listens there\n"}),
        );
        assert_eq!(
            sentence(&story.run).headline,
            "Client A was refused: `ECONNREFUSED`."
        );
    }

    #[test]
    fn connect_waits_because_the_queue_is_full() {
        let mut story = Story::new("tcp");
        story.listens("127.1.2.2:5000");
        story.asleep("client", "connect");
        assert_eq!(
            sentence(&story.run).headline,
            "Client A sleeps in `connect`: no answer yet."
        );
        story.gauge(LISTENER, &[("waiting", 3, Some(2))]);
        let said = sentence(&story.run);
        assert_eq!(said.tone, Tone::Moon);
        assert_eq!(
            said.headline,
            "The accept queue is full: client A sleeps in `connect`."
        );
        assert!(said.detail.contains("one more than the backlog of 2"));
    }

    #[test]
    fn a_connection_that_nobody_accepted_is_made_all_the_same() {
        let mut story = Story::new("tcp");
        story.listens("127.1.2.2:5000");
        story.gauge(LISTENER, &[("waiting", 1, Some(5))]);
        story.tell(
            "process",
            Some("server"),
            json!({"kind": "process.state", "state": "asleep", "because": "command"}),
        );
        assert_eq!(
            sentence(&story.run).headline,
            "1 connection waits to be accepted."
        );
    }
}
