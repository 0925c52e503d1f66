//! What a learner has done already: one versioned JSON text, kept by the browser where it may.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Version of the stored text; another one is not read.
const VERSION: u32 = 1;

/// Lessons and how far each was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    version: u32,
    /// By `entry/lesson`.
    lessons: BTreeMap<String, Marks>,
    /// The lesson opened last.
    last: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Marks {
    /// Beats seen through.
    beats: usize,
    /// All beats were.
    done: bool,
}

impl Default for Progress {
    fn default() -> Self {
        Self { version: VERSION, lessons: BTreeMap::new(), last: None }
    }
}

impl Progress {
    /// Reads what an earlier visit stored; anything else is no progress.
    pub fn parse(text: &str) -> Self {
        serde_json::from_str(text).ok().filter(|progress: &Self| progress.version == VERSION).unwrap_or_default()
    }

    /// What to store.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// A beat was seen through; the last one finishes its lesson. True if that is new.
    pub(crate) fn beat(&mut self, entry: &str, lesson: &str, beat: usize, of: usize) -> bool {
        let before = self.clone();
        let key = format!("{entry}/{lesson}");
        let marks = self.lessons.entry(key.clone()).or_default();
        marks.beats = marks.beats.max(beat + 1).min(of);
        marks.done |= marks.beats == of;
        self.last = Some(key);
        *self != before
    }

    /// Beats of a lesson seen through.
    pub fn beats(&self, entry: &str, lesson: &str) -> usize {
        self.lessons.get(&format!("{entry}/{lesson}")).map_or(0, |marks| marks.beats)
    }

    /// A lesson was seen through.
    pub fn is_done(&self, entry: &str, lesson: &str) -> bool {
        self.lessons.get(&format!("{entry}/{lesson}")).is_some_and(|marks| marks.done)
    }

    /// Entry and name of the lesson opened last, unless it is done.
    pub fn last(&self) -> Option<(&str, &str)> {
        let (entry, lesson) = self.last.as_deref()?.split_once('/')?;
        (!self.is_done(entry, lesson)).then_some((entry, lesson))
    }
}

#[cfg(test)]
mod tests {
    use super::Progress;

    #[test]
    fn what_was_done_survives_and_strange_texts_do_no_harm() {
        let mut progress = Progress::default();
        assert!(progress.beat("pipe", "flood", 0, 2));
        assert!(!progress.beat("pipe", "flood", 0, 2), "not new");
        assert_eq!(progress.last(), Some(("pipe", "flood")));
        progress.beat("pipe", "flood", 1, 2);
        let read = Progress::parse(&progress.text());
        assert_eq!((read.beats("pipe", "flood"), read.is_done("pipe", "flood"), read.last()), (2, true, None));
        for text in ["", "{}", "[1]", r#"{"version":9,"lessons":{},"last":null}"#] {
            assert_eq!(Progress::parse(text), Progress::default(), "{text}");
        }
    }
}
