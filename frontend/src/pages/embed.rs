//! `/embed/pipe/fifo?view=stage,timeline`: chosen views without the frame of the page. A recording until somebody asks
//! for the real thing; a link never starts a process, nor connects to the server.

use crate::{
    components::{bench, composer::composer, parts::button, player::player, side},
    ctx::Ctx,
    dom,
    route::{EmbedOptions, Route},
    store::{Action, embed::shows},
};
use yew::prelude::*;

/// The views of an embed.
pub(super) fn embed(ctx: &Ctx, options: &EmbedOptions) -> Html {
    let store = &ctx.store;
    let shown = store.shown();
    let wants = |view: &str| shows(options, view);
    // Out of the frame: a whole page does not fit into it.
    let open = dom::absolute(&Route::Lab(store.draft.lab(false)).address());
    let live = shown.replay && !options.recorded;
    html! {
        <main class="embed" id="main">
            <h1 class="sr" tabindex="-1">{ store.route.title() }</h1>
            { bench::sentence(&shown) }
            if shown.replay {
                { store.player.as_ref().map(|recording| player(ctx, recording)).unwrap_or_default() }
            } else {
                { composer(ctx, &shown.state) }
            }
            if wants("stage") { { bench::stage(ctx, &shown) } }
            if wants("timeline") { { bench::timeline(ctx, &shown) } }
            if wants("log") { { side::log(ctx, &shown) } }
            <p class="embed-foot">
                if live { { button("main", None, "Run it live", ctx.emits(Action::Submit)) } }
                <a href={open} target="_blank" rel="noopener">{ "Open in the playground" }</a>
            </p>
        </main>
    }
}
