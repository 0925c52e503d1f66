//! `/learn`: the path of lessons, in the order of the catalog.

use crate::{
    components::link::Link,
    hooks::use_store,
    lessons::{LESSONS, Lesson},
    route::Route,
    store::Store,
};
use shared::catalog::{ENTRIES, Entry};
use yew::prelude::*;

/// The page.
#[component]
pub(super) fn Learn() -> Html {
    let ctx = use_store();
    html! {
        <main class="page" id="main" tabindex="-1">
            <h1 tabindex="-1">{ "Learn" }</h1>
            <p>{ "Each lesson runs real processes, a step at a time, and asks before it shows." }</p>
            { for ctx.store.progress.last().and_then(|(entry, id)| crate::lessons::lesson(entry, id)).map(|lesson| html! {
                <p>{ "You were at: " }{ link(lesson) }</p>
            }) }
            <ol class="path">{ for ENTRIES.iter().map(|entry| part(&ctx.store, entry)) }</ol>
        </main>
    }
}

fn link(lesson: &Lesson) -> Html {
    let to = Route::Lesson { entry: lesson.entry.to_owned(), lesson: lesson.id.to_owned(), present: false };
    html! { <Link {to}>{ lesson.title }</Link> }
}

fn part(store: &Store, entry: &'static Entry) -> Html {
    let lessons = LESSONS.iter().filter(|lesson| lesson.entry == entry.id).map(|lesson| {
        let mark = if store.progress.is_done(lesson.entry, lesson.id) {
            " ✓ done".to_owned()
        } else {
            match store.progress.beats(lesson.entry, lesson.id) {
                0 => String::new(),
                beats => format!(" · {beats} beats seen"),
            }
        };
        html! { <li>{ link(lesson) }<span class="soft">{ format!(" {} min{mark}", lesson.minutes) }</span></li> }
    });
    html! {
        <li class={classes!((!entry.built).then_some("coming"))}>
            <h2><span class="glyph" aria-hidden="true">{ entry.glyph }</span>{ " " }{ entry.title }{ if entry.built { "" } else { " · coming" } }</h2>
            <p class="soft">{ entry.question }</p>
            if entry.built { <ol class="lesson-list">{ for lessons }</ol> }
        </li>
    }
}
