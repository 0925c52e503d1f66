//! What objects hold and what processes say of themselves, in words: for the log, the cards and the text beside pictures.

use super::words::quoted;
use crate::mechanism::{bytes, count};
use serde_json::Value;
use shared::{
    command::Values,
    event::{End, Item, Kind, Lock, LockKind, LockMode, Masks},
    os::Signal,
};

/// Signals that have a number here: 1 to 31, then the real-time ones.
const SIGNALS: i32 = 64;

/// What a process said of itself: `handled: signal SIGUSR1, value 7`.
pub fn said(what: &str, about: &Values) -> String {
    let what = what.replace('_', " ");
    if about.is_empty() {
        return what;
    }
    let mut text = what;
    // Whole documents are shown where their envelope is open.
    let short = about
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "head" | "body"));
    for (at, (name, value)) in short.enumerate() {
        text.push_str(if at == 0 { ": " } else { ", " });
        text.push_str(&name.replace('_', " "));
        text.push(' ');
        text.push_str(&value_text(value));
    }
    text
}

/// A value without quotes around it.
pub fn value_text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// Signals of a process, those that have something to tell: `pending SIGUSR1; blocked SIGUSR1, SIGTERM`.
pub fn signals(masks: &Masks) -> String {
    let sets = [
        ("pending", &masks.pending),
        ("blocked", &masks.blocked),
        ("ignored", &masks.ignored),
        ("handler for", &masks.caught),
    ];
    let mut text = String::new();
    for (name, mask) in sets {
        let names = in_mask(mask);
        if !names.is_empty() {
            if !text.is_empty() {
                text.push_str("; ");
            }
            text.push_str(name);
            text.push(' ');
            text.push_str(&names.join(", "));
        }
    }
    if text.is_empty() {
        "no signal pending, blocked, ignored or caught".to_owned()
    } else {
        text
    }
}

/// Names of the signals in a mask.
pub fn in_mask(mask: &str) -> Vec<String> {
    (1..=SIGNALS)
        .filter(|signal| Masks::has(mask, *signal))
        .map(|signal| Signal(signal).to_string())
        .collect()
}

/// Who holds it, where it is mapped, who has it locked.
pub fn object_state(kind: &Kind) -> String {
    let Kind::ObjectState {
        holders,
        names,
        mappings,
        locks,
        offsets,
        ..
    } = kind
    else {
        return String::new();
    };
    let ends: Vec<_> = holders
        .iter()
        .map(|holder| format!("{} {} ({})", holder.worker, end(holder.end), holder.fd))
        .collect();
    let mut facts = vec![if ends.is_empty() {
        "nobody holds it open".to_owned()
    } else {
        format!("held open by {}", ends.join(", "))
    }];
    if !names.is_empty() {
        facts.push(format!("named {}", names.join(", ")));
    }
    let maps = mappings
        .iter()
        .map(|map| format!("mapped by {} at {}", map.worker, map.address));
    facts.extend(maps);
    facts.extend(locks.iter().map(lock));
    let stands = offsets.iter().map(|place| {
        format!(
            "{} ({}) stands at {}",
            place.worker,
            place.fd,
            count(place.pos)
        )
    });
    facts.extend(stands);
    facts.join("; ")
}

/// An end of a descriptor, in a word.
pub fn end(end: End) -> &'static str {
    match end {
        End::Read => "read",
        End::Write => "write",
        End::Both => "both",
    }
}

/// A lock: `writer has an exclusive flock on bytes 0 to 64`.
pub fn lock(lock: &Lock) -> String {
    let who = lock
        .worker
        .as_ref()
        .map_or_else(|| "an open file".to_owned(), ToString::to_string);
    let (mode, kind) = (
        match lock.mode {
            LockMode::Shared => "a shared",
            LockMode::Exclusive => "an exclusive",
        },
        match lock.kind {
            LockKind::Flock => "flock",
            LockKind::Posix => "record lock",
            LockKind::Ofd => "OFD lock",
        },
    );
    let place = match (lock.from, lock.to) {
        (0, None) => "all of it".to_owned(),
        (from, None) => format!("bytes from {}", count(from)),
        (from, Some(to)) => format!("bytes {} to {}", count(from), count(to)),
    };
    let has = if lock.waiting { "waits for" } else { "has" };
    format!("{who} {has} {mode} {kind} on {place}")
}

/// What lies in an object that keeps messages apart: `holds #3 “hello”, #4 “you”`.
pub fn items(items: &[Item], more: u64) -> String {
    if items.is_empty() && more == 0 {
        return "holds no message".to_owned();
    }
    let mut all: Vec<_> = items.iter().map(item).collect();
    if more > 0 {
        all.push(format!("{} more", count(more)));
    }
    format!("holds {}", all.join(", "))
}

/// A message that lies somewhere: `#3 “hello” (5 bytes)`.
pub fn item(item: &Item) -> String {
    let id = item.msg.map(|msg| format!("#{msg} ")).unwrap_or_default();
    format!("{id}{} ({})", quoted(&item.preview), bytes(item.len))
}

#[cfg(test)]
mod tests {
    use super::{lock, said, signals};
    use shared::event::{Lock, LockKind, LockMode, Masks};

    #[test]
    fn what_a_process_says_is_one_line() {
        let about = [
            ("signal".to_owned(), "SIGUSR1".into()),
            ("value".to_owned(), 7.into()),
        ]
        .into();
        assert_eq!(
            said("handler_ran", &about),
            "handler ran: signal SIGUSR1, value 7"
        );
        assert_eq!(said("torn", &Default::default()), "torn");
    }

    #[test]
    fn masks_are_read_as_names() {
        let masks = Masks {
            pending: "0000000000000200".into(),
            blocked: "0000000000004200".into(),
            ..Masks::default()
        };
        assert_eq!(signals(&masks), "pending SIGUSR1; blocked SIGUSR1, SIGTERM");
    }

    #[test]
    fn a_lock_says_whose_it_is_and_on_what() {
        let mut one = Lock {
            worker: Some("writer".into()),
            kind: LockKind::Flock,
            mode: LockMode::Exclusive,
            from: 0,
            to: None,
            waiting: false,
        };
        assert_eq!(lock(&one), "writer has an exclusive flock on all of it");
        (one.kind, one.mode, one.worker, one.waiting, one.to) =
            (LockKind::Ofd, LockMode::Shared, None, true, Some(64));
        assert_eq!(
            lock(&one),
            "an open file waits for a shared OFD lock on bytes 0 to 64"
        );
    }
}
