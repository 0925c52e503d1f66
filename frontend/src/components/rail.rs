//! The catalog beside the stage: every entry, what is built and what was learned.

use super::{
    link::{anchor, link},
    parts::{el, sign, words},
};
use crate::{ctx::Ctx, lessons::LESSONS, route::Route};
use shared::catalog::{Category, ENTRIES, Entry};
use yew::prelude::*;

/// The list of all entries.
pub fn rail(ctx: &Ctx) -> Html {
    let list = |category: Category| {
        let entries = ENTRIES.iter().filter(|entry| entry.category == category);
        entries.map(|entry| item(ctx, entry)).collect()
    };
    let more = |to: &Route, entry: (&'static str, &'static str)| {
        let says = html! { <>{ sign(entry.0) }{ words("span", "name", entry.1) }</> };
        el("li", "", vec![link(ctx, to, "", says)])
    };
    let last = vec![
        more(&Route::Learn { checked: false }, ("›", "Learn")),
        more(&Route::Replay { src: None }, ("↻", "Replay")),
    ];
    let part = |title: &'static str, list: Vec<Html>| {
        html! { <>{ words("h2", "", title) }{ el("ul", "", list) }</> }
    };
    html! {
        <nav id="rail" class={if ctx.store.ui.topics { "rail open" } else { "rail" }} aria-label="Topics">
            { part("Mechanisms", list(Category::Mechanism)) }
            { part("Concepts", list(Category::Concept)) }
            { part("More", last) }
        </nav>
    }
}

fn item(ctx: &Ctx, entry: &'static Entry) -> Html {
    let (glyph, name) = (sign(entry.glyph), words("span", "name", entry.title));
    if !entry.built {
        let inside = vec![glyph, name, words("span", "mark", "coming")];
        let inside = el("span", "coming", inside);
        return el("li", "", vec![inside]);
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
    let says =
        html! { <>{ glyph }{ name }<span class="mark" title="Lessons done">{ mark }</span></> };
    let link = anchor(ctx, &Route::lab(entry.id), "", current, says);
    el("li", "", vec![link])
}
