//! `/w/CODE`: the run of somebody else, where its presenter is.

use crate::{
    components::{
        bench::{Purpose, bench},
        link::text_link,
        notices::sentence,
        parts::{el, page, words},
    },
    ctx::Ctx,
    route::Route,
};
use yew::prelude::*;

/// The page.
pub(super) fn watch(ctx: &Ctx) -> Html {
    let watching = ctx.store.watching.as_ref();
    let Some(failure) = watching.and_then(|watching| watching.refused.as_ref()) else {
        return bench(ctx, Purpose::Watch, "Watching a run", Html::default());
    };
    let why = format!("{} {}", sentence(&failure.message), sentence(&failure.hint));
    let home = text_link(ctx, &Route::Home, "To the beginning");
    let inside = vec![words("p", "", why), el("p", "", vec![home])];
    page("page narrow", "Nothing to watch", inside)
}
