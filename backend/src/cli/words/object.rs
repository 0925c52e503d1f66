//! Words for what kernel objects and memory hold, and for what processes say of themselves.

use super::{name, parts, payload};
use shared::event::{Endpoint, Event, Item, Kind, Lock, Masks, Wrote};
use shared::os::Signal;

/// Bytes of an object in a line.
const SHOWN: usize = 24;

/// What happened, as a sentence.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "asked of these kinds only, by a match that lists all"
)]
pub(super) fn sentence(event: &Event) -> String {
    match &event.kind {
        Kind::ObjectState {
            holders,
            names,
            mappings,
            locks,
            offsets,
            peer,
            socket,
        } => {
            let held = holders
                .iter()
                .map(|one| format!("{} {} fd {}", one.worker, name(&one.end), one.fd));
            let mapped = mappings
                .iter()
                .map(|one| format!("{} at {} ({} bytes)", one.worker, one.address, one.len));
            let stand = offsets
                .iter()
                .map(|one| format!("{} fd {} at {}", one.worker, one.fd, one.pos));
            let mut said = Vec::new();
            if holders.is_empty() && mappings.is_empty() {
                said.push("held by nobody".to_owned());
            }
            listed(&mut said, "held by", held);
            listed(&mut said, "mapped by", mapped);
            listed(&mut said, "locked by", locks.iter().map(lock));
            listed(&mut said, "offset:", stand);
            listed(&mut said, "named", names.iter().cloned());
            listed(&mut said, "peer", peer.iter().map(ToString::to_string));
            said.extend(socket.iter().map(endpoint));
            said.join("; ")
        }
        Kind::ObjectItems { items, more, .. } => {
            let items: Vec<_> = items.iter().map(item).collect();
            let more = if *more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            format!("holds [{}]{more}", items.join(", "))
        }
        Kind::ObjectBytes {
            at,
            hex,
            total,
            writers,
        } => {
            let shown: String = hex.chars().take(SHOWN * 2).collect();
            let dots = if shown.len() < hex.len() { "…" } else { "" };
            let mut said = vec![format!("bytes from {at} of {total}: {shown}{dots}")];
            listed(&mut said, "by", writers.iter().map(wrote));
            said.join("; ")
        }
        Kind::MemoryStored {
            msg,
            at,
            len,
            preview,
        } => {
            let msg = msg.map(|msg| format!(" of #{msg}")).unwrap_or_default();
            format!("stored {len} bytes{msg} at {at}: {}", payload(preview))
        }
        Kind::MemoryLoaded {
            at, len, preview, ..
        } => format!(
            "loaded {len} bytes at {at}{}: {}",
            parts(event),
            payload(preview)
        ),
        Kind::ProcessSaid { what, about } => {
            let about: Vec<_> = about
                .iter()
                .map(|(name, value)| format!("{name} {value}"))
                .collect();
            format!("says: {what} {}", about.join(", "))
                .trim_end()
                .to_owned()
        }
        Kind::ProcessSignals { masks } => {
            let mut said = Vec::new();
            for (what, mask) in [
                ("pending", &masks.pending),
                ("blocked", &masks.blocked),
                ("ignored", &masks.ignored),
                ("caught", &masks.caught),
            ] {
                let signals = (1..=64).filter(|signal| Masks::has(mask, *signal));
                listed(
                    &mut said,
                    what,
                    signals.map(|signal| Signal(signal).to_string()),
                );
            }
            if said.is_empty() {
                "no signal pending, blocked, ignored or caught".to_owned()
            } else {
                said.join("; ")
            }
        }
        _ => String::new(),
    }
}

/// Why an object is no more. What has a name is kept by that as well; at the end of the run the playground takes it away.
pub(super) fn gone(event: &Event) -> String {
    let id = event.object.as_ref().map_or("", |id| id.as_str());
    let of = |types: &[&str]| types.contains(&id.split(':').next().unwrap_or_default());
    if of(&["fifo", "file", "mqueue", "msgqueue", "memory", "semaphore"]) {
        "gone: nobody holds it, and no name leads to it any more".to_owned()
    } else if of(&["in", "out", "signals"]) {
        "gone with its process".to_owned()
    } else {
        "gone: nobody holds it".to_owned()
    }
}

fn listed(said: &mut Vec<String>, what: &str, of: impl Iterator<Item = String>) {
    let all: Vec<_> = of.collect();
    if !all.is_empty() {
        said.push(format!("{what} {}", all.join(", ")));
    }
}

/// `tcp 127.3.9.4:5000 to 127.3.9.5:41544, ESTABLISHED`.
fn endpoint(socket: &Endpoint) -> String {
    let local = socket.local.as_deref().unwrap_or("without an address");
    let mut said = format!("{} {local}", socket.transport);
    if let Some(remote) = &socket.remote {
        said.push_str(&format!(" to {remote}"));
    }
    said.push_str(&format!(", {}", socket.state));
    if let Some(shut) = &socket.shut {
        said.push_str(&format!(", shut: {}", name(shut)));
    }
    said
}

fn lock(lock: &Lock) -> String {
    let worker = lock.worker.as_ref().map_or("somebody", |id| id.as_str());
    let waits = if lock.waiting { " waits for" } else { "" };
    let to = lock
        .to
        .map_or_else(|| "end".to_owned(), |to| to.to_string());
    format!(
        "{worker}{waits} {} {} [{}, {to})",
        name(&lock.kind),
        name(&lock.mode),
        lock.from
    )
}

fn item(item: &Item) -> String {
    let msg = item
        .msg
        .map_or_else(|| "?".to_owned(), |msg| format!("#{msg}"));
    let key = item
        .key
        .map(|key| format!(" key {key}"))
        .unwrap_or_default();
    format!("{msg}{key} {}", payload(&item.preview))
}

fn wrote(wrote: &Wrote) -> String {
    let worker = wrote
        .worker
        .as_ref()
        .map_or("nobody seen", |id| id.as_str());
    format!("[{}, {}) {worker}", wrote.from, wrote.to)
}

#[cfg(test)]
mod tests {
    use super::gone;
    use shared::event::Event;

    #[test]
    fn why_an_object_is_gone_depends_on_what_kept_it() {
        let removed = |object: &str| {
            let event = serde_json::json!({"seq": 1, "at_ns": 0, "source": "gauge", "kind": "object.removed", "object": object});
            let event: Event = serde_json::from_value(event).unwrap();
            gone(&event)
        };
        assert_eq!(removed("pipe:[12]"), "gone: nobody holds it");
        assert_eq!(
            removed("mqueue:[12]"),
            "gone: nobody holds it, and no name leads to it any more"
        );
        assert_eq!(removed("out:pusher"), "gone with its process");
    }
}
