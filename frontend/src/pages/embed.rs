//! `/embed/pipe/fifo?view=stage,timeline`: chosen views without the frame of the page. A recording until somebody asks
//! for the real thing; a link never starts a process.

use crate::{
    components::{
        announce::Announce,
        composer::{self, ComposerForm},
        link::Link,
        log::Log,
        player::{Place, PlayerBar},
        sentence::Sentence,
        stage::Stage,
        timeline::Timeline,
    },
    hooks::use_store,
    intent::Intent,
    route::{EmbedOptions, Route},
    store::Action,
};
use shared::command::Data;
use std::rc::Rc;
use yew::prelude::*;

/// The page.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct EmbedProps {
    pub(super) options: EmbedOptions,
}

/// The views of an embed.
#[component]
pub(super) fn Embed(props: &EmbedProps) -> Html {
    let ctx = use_store();
    let store = &ctx.store;
    let shown = store.shown();
    let wants = |view: &str| props.options.views.iter().any(|word| word == view) || (props.options.views.is_empty() && view == "stage");
    let live = Action::Want(Intent::Send { worker: None, data: Data::text("hello"), times: 1 });
    let open = Route::Lab(store.draft.lab(false));
    let state = Rc::clone(&shown.state);
    html! {
        <main class="embed" id="main">
            <h1 class="sr" tabindex="-1">{ store.route.title() }</h1>
            <Sentence state={Rc::clone(&state)} />
            if shown.replay {
                { for store.player.as_ref().map(|player| html! { <PlayerBar at={Place::from(player)} dispatch={ctx.dispatch.clone()} /> }) }
            } else {
                <ComposerForm composer={store.draft.composer.clone()} state={Rc::clone(&state)} refused={composer::refused(store)}
                    running={store.is_running()} dispatch={ctx.dispatch.clone()} />
            }
            if wants("stage") { <Stage state={Rc::clone(&state)} on={ctx.wants()} selected={shown.selected} replay={shown.replay} /> }
            if wants("timeline") {
                <Timeline state={Rc::clone(&state)} events={shown.events.clone()} until={shown.until} selected={shown.selected} on={ctx.wants()} />
            }
            if wants("log") { <Log state={Rc::clone(&state)} events={shown.events.clone()} until={shown.until} on={ctx.wants()} /> }
            <p class="embed-foot">
                if shown.replay { <button type="button" class="main" onclick={ctx.emits(live)}>{ "Run it live" }</button> }
                <Link to={open}>{ "Open in the playground" }</Link>
            </p>
            <Announce {state} />
        </main>
    }
}
