//! What is in the file, and what is not any more.

use super::{Facts, Sentence, Tone, capital, figure, file, holder, name};
use crate::{
    diagnosis::words::{self, count},
    event::{End, Holder},
    state::Call,
};

/// It was emptied, and who did that has not written yet.
pub(super) fn emptied(facts: &Facts<'_>) -> Option<Sentence> {
    let file = file(facts)?;
    let variant = facts.state.variant.as_str();
    if !matches!(variant, "write" | "watched") || figure(file, "size")? > 0 {
        return None;
    }
    let writes = |held: &&Holder| held.end != End::Read;
    let writer = file.holders.iter().find(writes);
    let writer = holder(facts, writer?)?;
    let found_nothing = facts.living("reader").find(|reader| {
        let last = last_read(facts, reader.id.as_str());
        last.is_some_and(|call| call.ret == Some(0) && call.object.as_ref() == Some(&file.id))
    });
    let why = "`open` with `O_TRUNC` cuts a file to nothing, before a byte of the new content is written.";
    Some(match found_nothing {
        Some(reader) => Sentence::new(
            Tone::Warning,
            format!(
                "{} found nothing: {} has emptied the file and not written yet.",
                capital(&name(reader)),
                name(writer)
            ),
            format!("{why} The variant with rename has no such moment."),
        ),
        None => Sentence::new(
            Tone::Calm,
            format!(
                "The file is empty: {} has opened it to write.",
                name(writer)
            ),
            format!("{why} Who reads now, gets nothing."),
        ),
    })
}

fn last_read<'a>(facts: &Facts<'a>, worker: &str) -> Option<&'a Call> {
    let mut calls = facts.state.calls.iter().rev();
    calls.find(|call| call.worker.as_str() == worker && call.name == "read")
}

/// A message was written over before anybody had read it.
pub(super) fn written_over(facts: &Facts<'_>) -> Option<Sentence> {
    let param = facts.state.params.get("append");
    if facts.state.variant != "append" || param.and_then(serde_json::Value::as_bool) != Some(false)
    {
        return None;
    }
    let lost = facts.state.messages.iter().rev();
    let lost = lost.into_iter().find(|message| message.bytes_lost > 0)?;
    let mut later = facts.state.messages.iter();
    let later = later.find(|message| message.id > lost.id && message.worker != lost.worker)?;
    let (owner, other) = (
        facts.state.worker(&lost.worker)?,
        facts.state.worker(&later.worker)?,
    );
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "{} wrote over {} of {} from {}.",
            capital(&name(other)),
            count(lost.bytes_lost, "byte"),
            words::message(lost),
            name(owner)
        ),
        "Without `O_APPEND` each open file stands where its own last write ended, whatever others have written since.",
    ))
}

/// The newest read brought a part of a message, and there is no more of it.
pub(super) fn torn(facts: &Facts<'_>) -> Option<Sentence> {
    let file = file(facts)?;
    if figure(file, "torn")? == 0 {
        return None;
    }
    let read = facts
        .state
        .calls
        .iter()
        .rev()
        .find(|call| call.name == "read" && call.ret > Some(0) && !call.parts.is_empty())?;
    let message = read.parts.iter().rev().find_map(|part| part.msg)?;
    let message = facts.state.message(message)?;
    let of_it = read
        .parts
        .iter()
        .filter(|part| part.msg == Some(message.id));
    let got: u64 = of_it.map(|part| part.to - part.from).sum();
    let reader = facts.caller(read).filter(|_| got < message.len)?;
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "{} got {} of {} of {}.",
            capital(&name(reader)),
            words::figure(got),
            count(message.len, "byte"),
            words::message(message)
        ),
        "It read while the file was being written, and cannot know that something is missing.",
    ))
}

/// A file whose name leads to another by now.
pub(super) fn nameless(facts: &Facts<'_>) -> Option<Sentence> {
    let mut all = facts.state.objects.iter();
    let old = all.find(|object| {
        object.object_type == "file"
            && !object.removed
            && figure(object, "links") == Some(0)
            && !object.holders.is_empty()
    })?;
    let reader = holder(facts, old.holders.first()?)?;
    Some(Sentence::new(
        Tone::Calm,
        format!(
            "{} has a file open that has no name any more.",
            capital(&name(reader))
        ),
        "The name leads to a newer one. The old inode lives, with 0 links, until the last descriptor is closed.",
    ))
}

#[cfg(test)]
mod tests {
    use super::super::testing::Story;
    use crate::{diagnosis::Tone, os::Signal};

    #[test]
    fn an_emptied_file_is_said_to_be_empty_and_who_found_it_so() {
        let mut story = Story::file("write");
        story.holds(&[("writer", 3, "w")]).figures(&[("size", 0)]);
        assert_eq!(
            story.said().1,
            "The file is empty: writer A has opened it to write."
        );
        story.reads("reader", 1, 0);
        let said = story.said();
        assert_eq!(said.0, Tone::Warning);
        assert_eq!(
            said.1,
            "Reader C found nothing: writer A has emptied the file and not written yet."
        );
        story.figures(&[("size", 5)]);
        assert!(!story.said().1.contains("found nothing"));
    }

    #[test]
    fn a_part_of_a_message_is_a_torn_read() {
        let mut story = Story::file("write");
        story
            .wrote("writer", 1, "hello")
            .figures(&[("size", 3), ("torn", 1)])
            .reads("reader", 1, 3);
        assert_eq!(story.said().1, "Reader C got 3 of 5 bytes of #1 “hello”.");
    }

    #[test]
    fn what_was_written_over_is_named() {
        let mut story = Story::file("append");
        story.state.params.insert("append".to_owned(), false.into());
        story
            .wrote("writer", 1, "hello")
            .wrote("writer-2", 2, "you")
            .lost(1, 0, 3);
        assert_eq!(
            story.said().1,
            "Writer B wrote over 3 bytes of #1 “hello” from writer A."
        );
    }

    #[test]
    fn an_old_file_lives_while_it_is_open() {
        let mut story = Story::file("rename");
        story
            .holds(&[("reader", 3, "r")])
            .figures(&[("size", 5), ("links", 0)]);
        assert_eq!(
            story.said().1,
            "Reader C has a file open that has no name any more."
        );
    }

    #[test]
    fn a_page_that_is_gone_kills() {
        let mut story = Story::file("mapped");
        story.killed("reader", Signal::SIGBUS);
        assert_eq!(story.said().1, "Reader C was killed by `SIGBUS`.");
    }
}
