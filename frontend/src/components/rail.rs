//! The catalog beside the stage: every entry, what is built and what was learned.

use super::link::{anchor, link};
use crate::{ctx::Ctx, lessons::LESSONS, route::Route};
use shared::catalog::{Category, ENTRIES, Entry};
use yew::prelude::*;

/// The list of all entries.
pub fn rail(ctx: &Ctx) -> Html {
    let list = |category: Category| {
        let entries = ENTRIES.iter().filter(|entry| entry.category == category);
        html! { <ul>{ for entries.map(|entry| html! { <li>{ item(ctx, entry) }</li> }) }</ul> }
    };
    let more = |to: &Route, glyph: &'static str, name: &'static str| {
        link(
            ctx,
            to,
            "",
            html! { <><span class="glyph" aria-hidden="true">{ glyph }</span><span class="name">{ name }</span></> },
        )
    };
    html! {
        <nav id="rail" class={if ctx.store.ui.topics { "rail open" } else { "rail" }} aria-label="Topics">
            <h2>{ "Mechanisms" }</h2>{ list(Category::Mechanism) }
            <h2>{ "Concepts" }</h2>{ list(Category::Concept) }
            <h2>{ "More" }</h2>
            <ul><li>{ more(&Route::Learn { checked: false }, "›", "Learn") }</li><li>{ more(&Route::Replay { src: None }, "↻", "Replay") }</li></ul>
        </nav>
    }
}

fn item(ctx: &Ctx, entry: &'static Entry) -> Html {
    let glyph = html! { <span class="glyph" aria-hidden="true">{ entry.glyph }</span> };
    if !entry.built {
        return html! { <span class="coming" title={entry.question}>{ glyph }<span class="name">{ entry.title }</span><span class="mark">{ "coming" }</span></span> };
    }
    let lessons = || LESSONS.iter().filter(|lesson| lesson.entry == entry.id);
    let done = lessons()
        .filter(|lesson| ctx.store.progress.is_done(lesson.entry, lesson.id))
        .count();
    let mark = match (done, lessons().count()) {
        (0, _) => String::new(),
        (done, all) if done == all => "✓".to_owned(),
        (done, all) => format!("{done}/{all}"),
    };
    let current = ctx.store.route.entry() == Some(entry.id);
    let says = html! { <>{ glyph }<span class="name">{ entry.title }</span><span class="mark" title="Lessons done">{ mark }</span></> };
    anchor(ctx, &Route::lab(entry.id), "", current, says)
}
