//! `/learn`: the path of lessons, in the order of the catalog.

use crate::{
    components::link::text_link,
    ctx::Ctx,
    lessons::{self, LESSONS, Lesson},
    route::Route,
};
use shared::catalog::{ENTRIES, Entry};
use yew::prelude::*;

/// The page.
pub(super) fn learn(ctx: &Ctx) -> Html {
    let last = ctx
        .store
        .progress
        .last()
        .and_then(|(entry, id)| lessons::lesson(entry, id));
    html! {
        <main class="page" id="main" tabindex="-1">
            <h1 tabindex="-1">{ "Learn" }</h1>
            <p>{ "Each lesson runs real processes, a step at a time, and asks before it shows." }</p>
            { for last.map(|lesson| html! { <p>{ "You were at: " }{ to_lesson(ctx, lesson) }</p> }) }
            <ol class="path">{ for ENTRIES.iter().map(|entry| part(ctx, entry)) }</ol>
        </main>
    }
}

/// A link to a lesson by its title.
pub(super) fn to_lesson(ctx: &Ctx, lesson: &Lesson) -> Html {
    let to = Route::Lesson {
        entry: lesson.entry.to_owned(),
        lesson: lesson.id.to_owned(),
        present: false,
    };
    text_link(ctx, &to, lesson.title)
}

fn part(ctx: &Ctx, entry: &'static Entry) -> Html {
    let progress = &ctx.store.progress;
    let lessons = LESSONS.iter().filter(|lesson| lesson.entry == entry.id).map(|lesson| {
        let mark = match (progress.is_done(lesson.entry, lesson.id), progress.beats(lesson.entry, lesson.id)) {
            (true, _) => " ✓ done".to_owned(),
            (false, 0) => String::new(),
            (false, beats) => format!(" · {beats} beats seen"),
        };
        html! { <li>{ to_lesson(ctx, lesson) }<span class="soft">{ format!(" {} min{mark}", lesson.minutes) }</span></li> }
    });
    html! {
        <li class={(!entry.built).then_some("coming")}>
            <h2><span class="glyph" aria-hidden="true">{ entry.glyph }</span>{ " " }{ entry.title }{ if entry.built { "" } else { " · coming" } }</h2>
            <p class="soft">{ entry.question }</p>
            if entry.built { <ol class="lesson-list">{ for lessons }</ol> }
        </li>
    }
}
