//! `/embed/pipe/fifo?view=stage,timeline`: chosen views without the frame of the page. A recording until somebody asks
//! for the real thing; a link never starts a process.

use crate::{
    components::{bench, composer::composer, link::text_link, parts::button, player::player, side},
    ctx::Ctx,
    route::{EmbedOptions, Route},
    store::Action,
};
use yew::prelude::*;

/// The views of an embed.
pub(super) fn embed(ctx: &Ctx, options: &EmbedOptions) -> Html {
    let store = &ctx.store;
    let shown = store.shown();
    let wants = |view: &str| {
        options.views.iter().any(|word| word == view)
            || (options.views.is_empty() && view == "stage")
    };
    let open = Route::Lab(store.draft.lab(false));
    html! {
        <main class="embed" id="main">
            <h1 class="sr" tabindex="-1">{ store.route.title() }</h1>
            { bench::sentence(&shown) }
            if shown.replay {
                { for store.player.as_ref().map(|recording| player(ctx, recording)) }
            } else {
                { composer(ctx, &shown.state) }
            }
            if wants("stage") { { bench::stage(ctx, &shown) } }
            if wants("timeline") { { bench::timeline(ctx, &shown) } }
            if wants("log") { { side::log(ctx, &shown) } }
            <p class="embed-foot">
                if shown.replay { { button("main", None, "Run it live", ctx.emits(Action::Submit)) } }
                { text_link(ctx, &open, "Open in the playground") }
            </p>
        </main>
    }
}
