//! `/embed/pipe/fifo?view=stage,timeline`: chosen views without the frame of the page. A recording until somebody asks
//! for the real thing; a link never starts a process, nor connects to the server. With `lesson=forgotten-end` its beats.

use crate::{
    components::{beats::quest, bench, composer::composer, parts::button, player::player, side},
    ctx::Ctx,
    dom,
    route::{EmbedOptions, Route},
    store::{Action, PlayAction, embed::shows},
};
use yew::prelude::*;

/// The views of an embed.
pub(super) fn embed(ctx: &Ctx, options: &EmbedOptions) -> Html {
    let store = &ctx.store;
    let shown = store.shown();
    let wants = |view: &str| shows(options, view);
    // Out of the frame: a whole page does not fit into it.
    let whole = match store.route.lesson() {
        Some((entry, lesson)) => Route::Lesson {
            entry: entry.to_owned(),
            lesson: lesson.to_owned(),
            present: false,
        },
        None => Route::Lab(store.draft.lab(false)),
    };
    let open = dom::absolute(&whole.address());
    let begins = match options.lesson {
        Some(_) => Action::Play(PlayAction::Next),
        None => Action::Submit,
    };
    let live = shown.replay && !options.recorded;
    let tools = match &store.play {
        _ if shown.replay => store
            .player
            .as_ref()
            .map(|recording| player(ctx, recording)),
        Some(play) => Some(quest(ctx, play)),
        None => options
            .lesson
            .is_none()
            .then(|| composer(ctx, &shown.state)),
    };
    html! {
        <main class="embed" id="main">
            <h1 class="sr" tabindex="-1">{ store.route.title() }</h1>
            { bench::sentence(&shown) }
            { tools.unwrap_or_default() }
            if wants("stage") { { bench::stage(ctx, &shown) } }
            if wants("timeline") { { bench::timeline(ctx, &shown) } }
            if wants("log") { { side::log(ctx, &shown) } }
            <p class="embed-foot">
                if live { { button("main", None, "Run it live", ctx.emits(begins)) } }
                <a href={open} target="_blank" rel="noopener">{ "Open in the playground" }</a>
            </p>
        </main>
    }
}
