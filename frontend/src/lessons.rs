//! The lessons, rendered while the page was built.

/// A lesson file: prose as HTML, beats as source.
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
    /// The prose; `<div data-beat="N"></div>` stands where a beat is.
    pub html: &'static str,
    /// The file as it is; `shared::scenario` reads its beats.
    pub source: &'static str,
}

/// All lessons, by entry and in the order of the path.
pub static LESSONS: &[Lesson] = include!(concat!(env!("OUT_DIR"), "/lessons.rs"));

/// The lesson of that name.
pub fn lesson(entry: &str, id: &str) -> Option<&'static Lesson> {
    LESSONS.iter().find(|lesson| lesson.entry == entry && lesson.id == id)
}
