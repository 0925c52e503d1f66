//! The lessons there are. What they say lies beside the page and is fetched when it is shown.

use shared::catalog::ENTRIES;

/// A lesson, as lists show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lesson {
    /// Entry of the catalog.
    pub entry: &'static str,
    /// As in the URL: `forgotten-end`.
    pub id: &'static str,
    /// As in lists.
    pub title: &'static str,
    /// About how long it takes.
    pub minutes: u32,
}

/// All lessons, by entry and in the order of the path.
pub static LESSONS: &[Lesson] = include!(concat!(env!("OUT_DIR"), "/lesson_titles.rs"));

/// The lesson of that name.
pub fn lesson(entry: &str, id: &str) -> Option<&'static Lesson> {
    LESSONS
        .iter()
        .find(|lesson| lesson.entry == entry && lesson.id == id)
}

/// The lesson after that one: of the same entry, else the first of the next entry of the catalog that has any.
pub fn after(entry: &str, id: &str) -> Option<&'static Lesson> {
    let at = LESSONS
        .iter()
        .position(|lesson| lesson.entry == entry && lesson.id == id)?;
    let same = LESSONS.get(at + 1).filter(|next| next.entry == entry);
    same.or_else(|| {
        let mut later = ENTRIES.iter().skip_while(|one| one.id != entry).skip(1);
        later.find_map(|one| LESSONS.iter().find(|lesson| lesson.entry == one.id))
    })
}

/// Where the summaries of an entry's lessons are, relative to the page: one lesson a line, `flood: A pipe holds …`.
pub fn summaries(entry: &str) -> String {
    format!("lessons/{entry}/summaries.txt")
}

impl Lesson {
    /// Its own summary, of those of its entry: one sentence.
    pub fn summary<'a>(&self, summaries: &'a str) -> Option<&'a str> {
        let mut lines = summaries.lines().filter_map(|line| line.split_once(": "));
        lines
            .find(|(id, _)| *id == self.id)
            .map(|(_, summary)| summary)
    }

    /// Where its prose is, relative to the page: HTML, with `<div data-beat="N"></div>` where a beat is.
    pub fn prose(&self) -> String {
        format!("lessons/{}/{}.html", self.entry, self.id)
    }

    /// Where the file is as it was written: `shared::scenario` reads its beats.
    pub fn scenario(&self) -> String {
        format!("lessons/{}/{}.md", self.entry, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::{LESSONS, after, lesson};

    #[test]
    fn every_lesson_is_reached_from_the_first_by_going_on() {
        let mut at = LESSONS.iter().find(|lesson| lesson.entry == "file");
        let mut seen = Vec::new();
        while let Some(lesson) = at {
            assert!(!seen.contains(lesson), "{} comes twice", lesson.id);
            seen.push(*lesson);
            at = after(lesson.entry, lesson.id);
        }
        assert_eq!(seen.len(), LESSONS.len());
        assert_eq!(after("pipe", "no such lesson"), None);
    }

    #[test]
    fn a_summary_is_the_rest_of_its_line() {
        let flood = lesson("pipe", "flood").unwrap();
        let text = "first-message: Five bytes.\nflood: A pipe: 65,536 bytes.\n";
        assert_eq!(flood.summary(text), Some("A pipe: 65,536 bytes."));
        assert_eq!(flood.summary("first-message: Five bytes.\n"), None);
    }
}
