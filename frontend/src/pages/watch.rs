//! `/w/CODE`: the run of somebody else, where its presenter is.

use crate::{
    components::{
        bench::{Purpose, bench},
        link::text_link,
        notices::sentence,
        parts::para,
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
    html! {
        <main class="page narrow" id="main" tabindex="-1">
            <h1 tabindex="-1">{ "Nothing to watch" }</h1>
            { para("", format!("{} {}", sentence(&failure.message), sentence(&failure.hint))) }
            <p>{ text_link(ctx, &Route::Home, "To the beginning") }</p>
        </main>
    }
}
