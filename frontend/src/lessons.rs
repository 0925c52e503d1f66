//! The lessons there are. Their texts lie beside the page and are fetched when one is opened.

/// A lesson, as lists show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lesson {
    /// Entry of the catalog.
    pub entry: &'static str,
    /// As in the URL: `forgotten-end`.
    pub id: &'static str,
    /// As in lists.
    pub title: &'static str,
    /// One sentence below it; may be empty.
    pub summary: &'static str,
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

impl Lesson {
    /// Where its prose is, relative to the page: HTML, with `<div data-beat="N"></div>` where a beat is.
    pub fn prose(&self) -> String {
        format!("lessons/{}/{}.html", self.entry, self.id)
    }

    /// Where the file is as it was written: `shared::scenario` reads its beats.
    pub fn scenario(&self) -> String {
        format!("lessons/{}/{}.md", self.entry, self.id)
    }
}
