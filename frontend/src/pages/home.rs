//! `/`: one pipe at once, as a recording, and the way to do it for real; then the catalog.

use crate::{
    components::{
        announce::Announce,
        badge::OriginBadge,
        composer::{self, ComposerForm},
        link::Link,
        player::{Place, PlayerBar},
        sentence::Sentence,
        stage::Stage,
    },
    hooks::{Ctx, use_store},
    intent::Intent,
    lessons::LESSONS,
    route::Route,
    store::{Action, Shown},
};
use shared::{
    catalog::{Category, ENTRIES, Entry},
    command::Data,
    event::Origin,
};
use std::rc::Rc;
use yew::prelude::*;

/// The landing page.
#[component]
pub(super) fn Home() -> Html {
    let ctx = use_store();
    let shown = ctx.store.shown();
    html! {
        <main class="page home" id="main" tabindex="-1">
            <section class="hero">
                <h1 tabindex="-1">{ "Watch real processes talk" }</h1>
                <p class="lead">{ "Pick a way for programs to talk to each other, press Send, and see what the kernel really does: every arrow is something a process did, and says how we know." }</p>
            </section>
            { scene(&ctx, &shown) }
            { doors(&ctx) }
            { catalog(&ctx) }
            { health(&ctx) }
        </main>
    }
}

/// The recording, or the run it became.
fn scene(ctx: &Ctx, shown: &Shown) -> Html {
    let store = &ctx.store;
    let real = Action::Want(Intent::Send { worker: None, data: Data::text("hello"), times: 1 });
    let state = &shown.state;
    html! {
        <section class="scene" aria-label="A pipe">
            <Sentence state={Rc::clone(state)} />
            <Stage state={Rc::clone(state)} on={ctx.wants()} selected={shown.selected} replay={shown.replay} />
            if shown.replay {
                <div class="scene-foot">
                    <OriginBadge origin={Origin::Replay} />
                    { for store.player.as_ref().map(|player| html! { <PlayerBar at={Place::from(player)} dispatch={ctx.dispatch.clone()} /> }) }
                    <button type="button" class="main" id="for-real" onclick={ctx.emits(real)}>{ "Do it for real" }</button>
                </div>
            } else {
                <ComposerForm composer={store.draft.composer.clone()} state={Rc::clone(state)} refused={composer::refused(store)}
                    running={store.is_running()} dispatch={ctx.dispatch.clone()} />
                <p>{ "These are real processes on the server. " }<Link to={Route::lab("pipe")}>{ "Go on in the lab" }</Link></p>
            }
            <Announce state={Rc::clone(state)} />
        </section>
    }
}

fn doors(ctx: &Ctx) -> Html {
    let last = ctx.store.progress.last().and_then(|(entry, id)| crate::lessons::lesson(entry, id));
    let on = last.map(|lesson| Route::Lesson { entry: lesson.entry.to_owned(), lesson: lesson.id.to_owned(), present: false });
    html! {
        <ul class="doors">
            <li class="door"><h2><Link to={Route::Learn}>{ "Learn" }</Link></h2><p>{ "Lessons that run real processes a step at a time, and ask before they show." }</p>
                { for on.zip(last).map(|(to, lesson)| html! { <p>{ "Continue: " }<Link {to}>{ lesson.title }</Link></p> }) }</li>
            <li class="door"><h2><Link to={Route::lab("pipe")}>{ "Try" }</Link></h2><p>{ "Send, freeze, kill, close, flood: whatever you like, and see what happens." }</p></li>
            <li class="door"><h2><Link to={Route::Replay { src: None }}>{ "Replay" }</Link></h2><p>{ "Open a recording and go through it event by event. Needs no server." }</p></li>
        </ul>
    }
}

fn catalog(ctx: &Ctx) -> Html {
    let list = |category: Category, title: &'static str| {
        let cards = ENTRIES.iter().filter(move |entry| entry.category == category).map(|entry| card(ctx, entry));
        html! { <section class="catalog"><h2>{ title }</h2><ul class="cards">{ for cards }</ul></section> }
    };
    html! { <>{ list(Category::Mechanism, "Mechanisms") }{ list(Category::Concept, "Concepts") }</> }
}

fn card(ctx: &Ctx, entry: &'static Entry) -> Html {
    let glyph = html! { <span class="glyph" aria-hidden="true">{ entry.glyph }</span> };
    if !entry.built {
        return html! { <li class="card-entry coming"><h3>{ glyph }{ entry.title }</h3><p>{ entry.question }</p><p class="soft">{ "coming" }</p></li> };
    }
    let lessons = || LESSONS.iter().filter(|lesson| lesson.entry == entry.id);
    let done = lessons().filter(|lesson| ctx.store.progress.is_done(lesson.entry, lesson.id)).count();
    html! {
        <li class="card-entry"><h3>{ glyph }<Link to={Route::lab(entry.id)}>{ entry.title }</Link></h3><p>{ entry.question }</p>
            <p class="soft">{ format!("{done} of {} lessons done", lessons().count()) }</p></li>
    }
}

fn health(ctx: &Ctx) -> Html {
    let Some(session) = &ctx.store.session else { return html! {} };
    html! { <p class="health soft">{ format!("This server: {}, isolation {}.", session.server, session.protection) }</p> }
}
