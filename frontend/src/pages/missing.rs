//! Pages that are not there: never were, or not yet.

use crate::{components::link::text_link, ctx::Ctx, route::Route};
use shared::catalog::ENTRIES;
use yew::prelude::*;

/// No such page.
pub(super) fn missing(ctx: &Ctx, what: &str) -> Html {
    html! {
        <main class="page narrow" id="main" tabindex="-1">
            <h1 tabindex="-1">{ "No such page" }</h1>
            <p>{ what.to_owned() }</p>
            <p>{ text_link(ctx, &Route::Home, "To the beginning") }{ " · " }{ built(ctx) }</p>
        </main>
    }
}

/// Announced, not built.
pub(super) fn coming(ctx: &Ctx, title: &'static str, what: &'static str) -> Html {
    html! {
        <main class="page narrow" id="main" tabindex="-1">
            <h1 tabindex="-1">{ title }</h1>
            if !what.is_empty() { <p class="question">{ what }</p> }
            <p class="notice info">{ "This is coming. It is not built yet, and nothing here pretends that it is." }</p>
            <p>{ "What works today: " }{ built(ctx) }{ ", with their " }
                { text_link(ctx, &Route::Learn { checked: false }, "lessons") }{ "." }</p>
        </main>
    }
}

/// Links to all that can be run.
fn built(ctx: &Ctx) -> Html {
    let mut parts = Vec::new();
    for entry in ENTRIES.iter().filter(|entry| entry.built) {
        if !parts.is_empty() {
            parts.push(Html::from(", "));
        }
        parts.push(text_link(ctx, &Route::lab(entry.id), entry.title));
    }
    html! { <>{ for parts }</> }
}
