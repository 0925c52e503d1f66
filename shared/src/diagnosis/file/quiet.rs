//! Nothing is wrong, and nobody is told either.

use super::{Facts, Sentence, Tone, capital, figure, file, name, sleeps};
use crate::{diagnosis::words, event::Wait, os::Errno};

/// The reader looked before there was a file.
pub(super) fn missing(facts: &Facts<'_>) -> Option<Sentence> {
    if file(facts).is_some() {
        return None;
    }
    let failed = facts.last_call().filter(|call| {
        matches!(call.name.as_str(), "openat" | "open") && call.errno == Some(Errno::ENOENT)
    });
    let reader = failed.and_then(|call| facts.caller(call));
    Some(match reader {
        Some(reader) => Sentence::new(
            Tone::Calm,
            format!("{} found no file of that name.", capital(&name(reader))),
            "`open` failed with `ENOENT`: nobody has written yet.",
        ),
        None => Sentence::new(
            Tone::Calm,
            "There is no file yet.",
            "It comes to be when a writer opens it for the first time.",
        ),
    })
}

/// A reader that looks again and again.
pub(super) fn vain(facts: &Facts<'_>) -> Option<Sentence> {
    if !facts.param_is("wake", "poll") && !facts.param_is("reader", "loop") {
        return None;
    }
    let file = file(facts)?;
    let vain = figure(file, "vain").filter(|vain| *vain > 0)?;
    let reader = facts.living("reader").next()?;
    let of = figure(file, "reads").unwrap_or(vain);
    Some(Sentence::new(
        Tone::Calm,
        format!(
            "{} has looked {} times, {} of them in vain.",
            capital(&name(reader)),
            words::figure(of),
            words::figure(vain)
        ),
        "A file wakes nobody. Who is not told by inotify has to look again and again.",
    ))
}

/// A message lies there.
pub(super) fn unread(facts: &Facts<'_>) -> Option<Sentence> {
    let message = facts.state.messages.back()?;
    let sent = message.sent.is_some_and(|sent| sent.n > 0);
    if !sent || message.bytes_out > 0 || message.bytes_lost > 0 {
        return None;
    }
    let reader = facts.living("reader").next()?;
    Some(Sentence::new(
        Tone::Calm,
        format!(
            "{} lies in the file. {} does not know.",
            words::message(message),
            capital(&name(reader))
        ),
        if facts.state.variant == "mapped" {
            "It was stored into a page that both have mapped. Memory wakes nobody: tell the reader to load."
        } else {
            "A file wakes nobody: tell the reader to read."
        },
    ))
}

/// The reader has asked to be told.
pub(super) fn watching(facts: &Facts<'_>) -> Option<Sentence> {
    let reader = facts
        .living("reader")
        .find(|reader| sleeps(reader) && reader.because == Some(Wait::Event))?;
    Some(Sentence::new(
        Tone::Moon,
        format!(
            "{} sleeps until the file is written.",
            capital(&name(reader))
        ),
        "It sleeps in `read` of an inotify descriptor; the kernel wakes it when a writer closes the file.",
    ))
}

#[cfg(test)]
mod tests {
    use super::super::testing::Story;
    use crate::event::Wait;

    #[test]
    fn a_message_that_nobody_reads_lies_there() {
        let mut story = Story::file("write");
        story.wrote("writer", 1, "hello").figures(&[("size", 5)]);
        assert_eq!(
            story.said().1,
            "#1 “hello” lies in the file. Reader C does not know."
        );
        story.reads("reader", 1, 5);
        assert!(story.said().1.contains("went from writer A to reader C"));
    }

    #[test]
    fn vain_looks_are_counted() {
        let mut story = Story::file("watched");
        story.state.params.insert("wake".to_owned(), "poll".into());
        story.figures(&[("size", 5), ("reads", 9), ("vain", 8)]);
        assert_eq!(
            story.said().1,
            "Reader C has looked 9 times, 8 of them in vain."
        );
    }

    #[test]
    fn who_watches_sleeps() {
        let mut story = Story::file("watched");
        story.sleeps("reader", Wait::Event);
        assert_eq!(story.said().1, "Reader C sleeps until the file is written.");
    }

    #[test]
    fn before_the_first_write_there_is_no_file() {
        let mut story = Story::file("write");
        story.state.objects.clear();
        assert_eq!(story.said().1, "There is no file yet.");
    }
}
