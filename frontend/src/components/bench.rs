//! The page with the stage: topics, the work in the middle, the panel beside it. Lab, lesson and replay share it.

use super::{
    announce::Announce,
    beats::Quest,
    composer::{self, ComposerForm},
    player::{Place, PlayerBar},
    rail::Rail,
    runbar::run_bar,
    sentence::Sentence,
    side::Side,
    stage::Stage,
    tabs::Tabs,
    timeline::Timeline,
};
use crate::{
    dom,
    hooks::{Ctx, use_store},
    lessons::Lesson,
    store::{Action, PlayAction, Selected, Shown},
};
use std::rc::Rc;
use yew::prelude::*;

/// What the bench is for.
#[derive(Clone, Debug, PartialEq)]
pub enum Purpose {
    /// Free play.
    Lab,
    /// A lesson.
    Lesson(&'static Lesson),
    /// A recording.
    Replay,
}

/// The bench.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct BenchProps {
    /// What it is for.
    pub purpose: Purpose,
    /// The heading.
    pub title: AttrValue,
    /// Topics are shown where they have no place of their own.
    pub topics: bool,
    /// Stands where the composer would be.
    #[prop_or_default]
    pub children: Html,
}

/// The bench.
#[component]
pub fn Bench(props: &BenchProps) -> Html {
    let ctx = use_store();
    let shown = ctx.store.shown();
    let view = use_state(|| AttrValue::from("scene"));
    let tab = use_state(|| AttrValue::from("lesson"));
    use_effect_with(shown.selected, {
        let tab = tab.clone();
        move |selected: &Selected| {
            if *selected != Selected::Nothing && *tab != "log" {
                tab.set("xray".into());
            }
        }
    });
    let onview = {
        let (view, tab) = (view.clone(), tab.clone());
        Callback::from(move |id: AttrValue| {
            // The views of a phone share the panel with its own tabs.
            match id.as_str() {
                "lesson" if *tab == "log" => tab.set("lesson".into()),
                "log" => tab.set("log".into()),
                _ => {}
            }
            view.set(id);
        })
    };
    let ontab = { let tab = tab.clone(); Callback::from(move |id: AttrValue| tab.set(id)) };
    let presents = ctx.store.route.presents();
    use_presenter_keys(&ctx, presents);
    let views = [("scene", "Scene"), ("lesson", "Lesson"), ("log", "Log")].map(|(id, label)| (id.into(), label.into()));
    let quest = ctx.store.play.clone().filter(|_| props.purpose != Purpose::Replay);
    let quest = quest.map(|play| html! { <Quest {play} dispatch={ctx.dispatch.clone()} /> });
    let stage = html! {
        <div id="stage" class="stage-place" tabindex="-1">
            <Stage state={Rc::clone(&shown.state)} on={ctx.wants()} selected={shown.selected} replay={shown.replay} />
        </div>
    };
    if presents {
        return html! {
            <main class="present" id="main"><h1 class="sr" tabindex="-1">{ props.title.clone() }</h1>
                <Sentence state={Rc::clone(&shown.state)} />{ stage }{ quest }<Announce state={Rc::clone(&shown.state)} /></main>
        };
    }
    html! {
        <div class="frame" data-view={(*view).clone()}>
            <Rail open={props.topics} />
            <main class="work" id="main" tabindex="-1">
                <Tabs id="view" label="Parts of the page" class="phone" tabs={views.to_vec()} on={(*view).clone()} onpick={onview} panel="main" />
                <h1 class="sr" tabindex="-1">{ props.title.clone() }</h1>
                <Sentence state={Rc::clone(&shown.state)} />
                { quest }
                { tools(&ctx, props, &shown) }
                { stage }
                <Timeline state={Rc::clone(&shown.state)} events={shown.events.clone()} until={shown.until} selected={shown.selected} on={ctx.wants()} />
                <Announce state={Rc::clone(&shown.state)} />
            </main>
            <Side purpose={props.purpose.clone()} {shown} tab={(*tab).clone()} {ontab} />
        </div>
    }
}

/// What stands between sentence and stage: composer and run, or the player.
fn tools(ctx: &Ctx, props: &BenchProps, shown: &Shown) -> Html {
    let store = &ctx.store;
    match props.purpose {
        Purpose::Replay => html! {
            <>
                { props.children.clone() }
                { for store.player.as_ref().map(|player| html! { <PlayerBar at={Place::from(player)} dispatch={ctx.dispatch.clone()} /> }) }
            </>
        },
        Purpose::Lab | Purpose::Lesson(_) => html! {
            <>
                <ComposerForm composer={store.draft.composer.clone()} state={Rc::clone(&shown.state)} refused={composer::refused(store)}
                    running={store.is_running()} dispatch={ctx.dispatch.clone()} />
                { run_bar(ctx, matches!(props.purpose, Purpose::Lesson(_))) }
            </>
        },
    }
}

/// Page Down and Page Up as a clicker sends them, wherever the focus is; in the presenter view alone.
#[hook]
fn use_presenter_keys(ctx: &Ctx, presents: bool) {
    let dispatch = ctx.dispatch.clone();
    use_effect_with(presents, move |presents: &bool| {
        let document = dom::document().filter(|_| *presents);
        let listener = document.map(|document| {
            let options = gloo_events::EventListenerOptions::enable_prevent_default();
            gloo_events::EventListener::new_with_options(&document, "keydown", options, move |event| {
                use wasm_bindgen::JsCast;
                let key = event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key).unwrap_or_default();
                let action = match key.as_str() {
                    "PageDown" => PlayAction::Next,
                    "PageUp" => PlayAction::Back,
                    _ => return,
                };
                event.prevent_default();
                dispatch.emit(Action::Play(action));
            })
        });
        move || drop(listener)
    });
}
