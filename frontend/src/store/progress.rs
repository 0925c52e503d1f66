//! What a learner has done already: one versioned JSON text, kept by the browser where it may.

use serde_json::{Map, Value, json};

/// Version of the stored text; another one is not read.
const VERSION: u64 = 1;

/// Lessons and how far each was taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    lessons: Vec<Marks>,
    /// The lesson opened last.
    last: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Marks {
    /// `entry/lesson`.
    key: String,
    /// Beats seen through.
    beats: usize,
    /// All beats were.
    done: bool,
}

impl Progress {
    /// Reads what an earlier visit stored; anything else is no progress.
    pub fn parse(text: &str) -> Self {
        Self::read(text).unwrap_or_default()
    }

    fn read(text: &str) -> Option<Self> {
        let stored: Value = serde_json::from_str(text).ok()?;
        (stored.get("version")?.as_u64()? == VERSION).then_some(())?;
        let lessons = stored
            .get("lessons")?
            .as_object()?
            .iter()
            .filter_map(|(key, marks)| {
                let beats = usize::try_from(marks.get("beats")?.as_u64()?).ok()?;
                Some(Marks {
                    key: key.clone(),
                    beats,
                    done: marks.get("done")?.as_bool()?,
                })
            });
        Some(Self {
            lessons: lessons.collect(),
            last: stored.get("last")?.as_str().map(str::to_owned),
        })
    }

    /// What to store.
    pub fn text(&self) -> String {
        let mut lessons = Map::new();
        for marks in &self.lessons {
            lessons.insert(
                marks.key.clone(),
                json!({"beats": marks.beats, "done": marks.done}),
            );
        }
        json!({"version": VERSION, "lessons": lessons, "last": self.last}).to_string()
    }

    fn marks(&self, entry: &str, lesson: &str) -> Option<&Marks> {
        self.lessons
            .iter()
            .find(|marks| marks.key.split_once('/') == Some((entry, lesson)))
    }

    /// A beat was seen through; the last one finishes its lesson. True if that is new.
    pub(crate) fn beat(&mut self, entry: &str, lesson: &str, beat: usize, of: usize) -> bool {
        let before = self.clone();
        let key = format!("{entry}/{lesson}");
        if self.marks(entry, lesson).is_none() {
            self.lessons.push(Marks {
                key: key.clone(),
                ..Marks::default()
            });
        }
        if let Some(marks) = self.lessons.iter_mut().find(|marks| marks.key == key) {
            marks.beats = marks.beats.max(beat + 1).min(of);
            marks.done |= marks.beats == of;
        }
        self.last = Some(key);
        *self != before
    }

    /// Beats of a lesson seen through.
    pub fn beats(&self, entry: &str, lesson: &str) -> usize {
        self.marks(entry, lesson).map_or(0, |marks| marks.beats)
    }

    /// A lesson was seen through.
    pub fn is_done(&self, entry: &str, lesson: &str) -> bool {
        self.marks(entry, lesson).is_some_and(|marks| marks.done)
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
        assert_eq!(
            (
                read.beats("pipe", "flood"),
                read.is_done("pipe", "flood"),
                read.last()
            ),
            (2, true, None)
        );
        for text in ["", "{}", "[1]", r#"{"version":9,"lessons":{},"last":null}"#] {
            assert_eq!(Progress::parse(text), Progress::default(), "{text}");
        }
    }
}
