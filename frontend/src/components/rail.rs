//! The catalog beside the stage: every entry, what is built and what was learned.

use super::link::Link;
use crate::{hooks::use_store, lessons::LESSONS, route::Route, store::Store};
use shared::catalog::{Category, ENTRIES, Entry};
use yew::prelude::*;

/// The rail.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct RailProps {
    /// Shown where it has no place of its own.
    pub open: bool,
}

/// The list of all entries.
#[component]
pub fn Rail(props: &RailProps) -> Html {
    let ctx = use_store();
    let list = |category: Category| {
        let entries = ENTRIES.iter().filter(move |entry| entry.category == category);
        html! { <ul>{ for entries.map(|entry| item(&ctx.store, entry)) }</ul> }
    };
    html! {
        <nav id="rail" class={classes!("rail", props.open.then_some("open"))} aria-label="Topics">
            <h2>{ "Mechanisms" }</h2>{ list(Category::Mechanism) }
            <h2>{ "Concepts" }</h2>{ list(Category::Concept) }
            <h2>{ "More" }</h2>
            <ul>
                <li><Link to={Route::Learn}><span class="glyph" aria-hidden="true">{ "›" }</span>{ "Learn" }</Link></li>
                <li><Link to={Route::Replay { src: None }}><span class="glyph" aria-hidden="true">{ "↻" }</span>{ "Replay" }</Link></li>
            </ul>
        </nav>
    }
}

fn item(store: &Store, entry: &'static Entry) -> Html {
    let glyph = html! { <span class="glyph" aria-hidden="true">{ entry.glyph }</span> };
    if !entry.built {
        return html! { <li><span class="coming" title={entry.question}>{ glyph }<span class="name">{ entry.title }</span><span class="mark">{ "coming" }</span></span></li> };
    }
    let lessons = || LESSONS.iter().filter(|lesson| lesson.entry == entry.id);
    let done = lessons().filter(|lesson| store.progress.is_done(lesson.entry, lesson.id)).count();
    let mark = match (done, lessons().count()) {
        (0, _) => html! {},
        (done, all) if done == all => html! { <span class="mark" title="All its lessons are done">{ "✓" }</span> },
        (done, all) => html! { <span class="mark" title="Lessons done">{ format!("{done}/{all}") }</span> },
    };
    let current = match &store.route {
        Route::Lab(lab) => lab.entry == entry.id,
        Route::Lesson { entry: id, .. } => id == entry.id,
        _ => false,
    };
    html! { <li><Link to={Route::lab(entry.id)} {current}>{ glyph }<span class="name">{ entry.title }</span>{ mark }</Link></li> }
}
