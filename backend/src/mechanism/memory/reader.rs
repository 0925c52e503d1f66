//! The one on the right: looks at the memory again and again, or when told. Memory wakes nobody, so that it has to look.

use super::{hands::Hands, writer::carry_out};
use crate::worker::{Worker, wire::Command};
use shared::mechanism::memory::{Name, RECORD, Reader};
use std::time::Duration;

/// Between two looks: 200 a second. More would find changes earlier, and use more of the processor for finding none.
const PAUSE: Duration = Duration::from_millis(5);
/// What is looked at is told in whole lines of memory.
const LINE: usize = 64;

pub(super) fn reader(mut me: Worker, mut hands: Hands<'_>) -> i32 {
    // A late one has nothing mapped until it is told something.
    let mut first = None;
    if hands.params.reader == Reader::Late {
        first = me.command();
        if first.is_none() {
            return 0;
        }
    }
    let told_to_attach = matches!(&first, Some(Command::Act(act)) if act.get("do").is_some_and(|what| what == "attach"));
    if !told_to_attach && !hands.attach(&mut me, Name::Right) {
        return 1;
    }
    if hands.params.reader == Reader::Watch {
        watch(&mut me, &mut hands);
    }
    while let Some(command) = first.take().or_else(|| me.command()) {
        carry_out(&mut me, &mut hands, &command);
    }
    0
}

/// Looks until there is something to do or an end; says what it sees when that is something new.
fn watch(me: &mut Worker, hands: &mut Hands<'_>) {
    let mut seen = Vec::new();
    while let Some(memory) = hands.memory.take() {
        let mut now = vec![0; memory.len() - RECORD];
        let looked = hands.load(me, &memory, RECORD, &mut now);
        if looked.is_ok() && differs(&seen, &now) {
            // Something is new. Look once more, having said so: then it is known what can have been stored before.
            me.loading();
            if hands.load(me, &memory, RECORD, &mut now).is_err() {
                hands.memory = Some(memory);
                continue;
            }
            let end = end_of_what_is_there(&now);
            me.loaded(memory.address() + RECORD, now.get(..end).unwrap_or(&now));
            seen = now;
        }
        hands.memory = Some(memory);
        // Idle until the next look, or until there is something to do.
        while let Some(command) = me.command_within(PAUSE) {
            carry_out(me, hands, &command);
        }
        if me.over() {
            return;
        }
    }
}

/// At first everything is zero, and nothing was seen.
fn differs(seen: &[u8], now: &[u8]) -> bool {
    if seen.is_empty() {
        now.iter().any(|byte| *byte != 0)
    } else {
        seen != now
    }
}

fn end_of_what_is_there(bytes: &[u8]) -> usize {
    let last = bytes.iter().rposition(|byte| *byte != 0);
    last.map_or(LINE, |last| (last + 1).next_multiple_of(LINE))
}

#[cfg(test)]
mod tests {
    use super::{differs, end_of_what_is_there};

    #[test]
    fn only_what_is_new_is_told_and_in_whole_lines() {
        assert!(!differs(&[], &[0; 128]));
        assert!(differs(&[], &[0, 1]));
        assert!(!differs(&[0, 1], &[0, 1]));
        assert!(differs(&[0, 1], &[0, 0]));
        let mut bytes = [0; 256];
        assert_eq!(end_of_what_is_there(&bytes), 64);
        bytes[64] = 1;
        assert_eq!(end_of_what_is_there(&bytes), 128);
    }
}
