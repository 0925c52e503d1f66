//! Pages that are not there: never were, or not yet.

use crate::{
    components::{
        link::text_link,
        parts::{el, page, words},
    },
    ctx::Ctx,
    route::Route,
};
use shared::catalog::ENTRIES;
use yew::prelude::*;

/// No such page.
pub(super) fn missing(ctx: &Ctx, what: &str) -> Html {
    let home = text_link(ctx, &Route::Home, "To the beginning");
    let ways = el("p", "", vec![home, " · ".into(), built(ctx)]);
    page(
        "page narrow",
        "No such page",
        vec![words("p", "", what), ways],
    )
}

/// Announced, not built.
pub(super) fn coming(ctx: &Ctx, title: &'static str, what: &'static str) -> Html {
    let lessons = text_link(ctx, &Route::Learn { checked: false }, "lessons");
    let today = vec![
        "What works today: ".into(),
        built(ctx),
        ", with their ".into(),
        lessons,
        ".".into(),
    ];
    let question = (!what.is_empty()).then(|| words("p", "question", what));
    let notice = "This is coming. It is not built yet, and nothing here pretends that it is.";
    let mut inside: Vec<_> = question.into_iter().collect();
    inside.extend([words("p", "notice info", notice), el("p", "", today)]);
    page("page narrow", title, inside)
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
