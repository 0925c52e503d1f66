//! The page with the stage: topics, the work in the middle, the panel beside it. Lab, lesson and replay share it.

use super::{
    beats::quest, composer::composer, invite::watch_bar, player::player, rail::rail,
    runbar::run_bar, sentence::say, side::side, stage::Stage, tabs::Tabs, timeline::Timeline,
};
use crate::{
    ctx::Ctx,
    lessons::Lesson,
    store::{Shown, UiAction, View},
};
use std::rc::Rc;
use yew::prelude::*;

/// What the bench is for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Purpose {
    /// Free play.
    Lab,
    /// A lesson.
    Lesson(&'static Lesson),
    /// A recording.
    Replay,
    /// The run of somebody else.
    Watch,
}

/// The bench; `extra` stands where the composer would be in a replay.
pub fn bench(ctx: &Ctx, purpose: Purpose, title: &str, extra: Html) -> Html {
    let store = &ctx.store;
    let shown = store.shown();
    let quest = store
        .play
        .as_ref()
        .filter(|_| purpose != Purpose::Replay)
        .map(|play| quest(ctx, play))
        .unwrap_or_default();
    let heading = html! { <h1 class="sr" tabindex="-1">{ title.to_owned() }</h1> };
    if store.route.presents() {
        // Without beats there must be another way to make something happen.
        let by_hand = purpose == Purpose::Lab && store.play.is_none();
        let by_hand = by_hand.then(|| composer(ctx, &shown.state));
        return html! {
            <main class="present" id="main">
                { heading }{ sentence(&shown) }{ by_hand.unwrap_or_default() }{ stage(ctx, &shown) }{ quest }
            </main>
        };
    }
    let views = [
        ("scene", "Scene".to_owned(), View::Scene),
        ("lesson", "Lesson".to_owned(), View::Lesson),
        ("log", "Log".to_owned(), View::Log),
    ];
    let view = store.ui.view;
    let data_view = views
        .iter()
        .find(|known| known.2 == view)
        .map_or("scene", |known| known.0);
    let tabs = Tabs {
        id: "view",
        label: "Parts of the page",
        tabs: &views,
        on: view,
        pick: UiAction::View,
        class: "tabs phone",
        panel: Some("main"),
    };
    html! {
        <div class="frame" data-view={data_view}>
            { rail(ctx) }
            <main class="work" id="main" tabindex="-1">
                { tabs.view(ctx) }
                { heading }
                { sentence(&shown) }
                { quest }
                { tools(ctx, purpose, &shown, extra) }
                { stage(ctx, &shown) }
                { timeline(ctx, &shown) }
            </main>
            { side(ctx, &purpose, &shown) }
        </div>
    }
}

/// The sentence that says what is going on.
pub fn sentence(shown: &Shown) -> Html {
    html! { <div class="say-place" data-test="sentence">{ say(&shown.state) }</div> }
}

/// The stage, where skip links lead.
pub fn stage(ctx: &Ctx, shown: &Shown) -> Html {
    html! {
        <div id="stage" class="stage-place" tabindex="-1" data-test="stage">
            <Stage state={Rc::clone(&shown.state)} on={ctx.wants()} selected={shown.selected} replay={shown.replay} hands_off={shown.hands_off} />
        </div>
    }
}

/// The timeline of what is shown.
pub fn timeline(ctx: &Ctx, shown: &Shown) -> Html {
    let ui = &ctx.store.ui;
    html! {
        <Timeline state={Rc::clone(&shown.state)} events={shown.events.clone()} until={shown.until} selected={shown.selected}
            axis={ui.axis} zoom={ui.zoom} back={ui.back} dispatch={ctx.dispatch.clone()} />
    }
}

/// What stands between sentence and stage: composer and run, or the player.
fn tools(ctx: &Ctx, purpose: Purpose, shown: &Shown, extra: Html) -> Html {
    match purpose {
        Purpose::Replay => {
            html! { <>{ extra }{ ctx.store.player.as_ref().map(|recording| player(ctx, recording)).unwrap_or_default() }</> }
        }
        Purpose::Watch => {
            let watching = ctx.store.watching.as_ref();
            watching
                .map(|watching| watch_bar(ctx, watching))
                .unwrap_or_default()
        }
        Purpose::Lab => html! { <>{ composer(ctx, &shown.state) }{ run_bar(ctx, false) }</> },
        Purpose::Lesson(_) => html! { <>{ composer(ctx, &shown.state) }{ run_bar(ctx, true) }</> },
    }
}
