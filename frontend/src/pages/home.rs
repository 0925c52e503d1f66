//! `/`: one pipe at once, as a recording, and the way to do it for real; then the catalog.

use super::learn::to_lesson;
use crate::{
    components::{
        bench,
        composer::composer,
        link::{link, text_link},
        player::player,
    },
    ctx::Ctx,
    intent::Intent,
    lessons::{self, LESSONS},
    route::Route,
    store::{Action, Shown},
};
use shared::{
    catalog::{Category, ENTRIES, Entry},
    command::Data,
};
use yew::prelude::*;

/// The landing page.
pub(super) fn home(ctx: &Ctx) -> Html {
    let shown = ctx.store.shown();
    html! {
        <main class="page home" id="main" tabindex="-1">
            <section class="hero">
                <h1 tabindex="-1">{ "Watch real processes talk" }</h1>
                <p class="lead">{ "Pick a way for programs to talk to each other, press Send, and see what the kernel really does: every arrow is something a process did, and says how we know." }</p>
            </section>
            { scene(ctx, &shown) }
            { doors(ctx) }
            { catalog(ctx) }
            { health(ctx) }
        </main>
    }
}

/// The recording, or the run it became.
fn scene(ctx: &Ctx, shown: &Shown) -> Html {
    let store = &ctx.store;
    let real = Action::Want(Intent::Send {
        worker: None,
        data: Data::text("hello"),
        times: 1,
        args: Default::default(),
    });
    html! {
        <section class="scene" aria-label="A pipe">
            { bench::sentence(shown) }
            { bench::stage(ctx, shown) }
            if shown.replay {
                <div class="scene-foot">
                    { for store.player.as_ref().map(|recording| player(ctx, recording)) }
                    <button type="button" class="main" id="for-real" onclick={ctx.emits(real)}>{ "Do it for real" }</button>
                </div>
            } else {
                { composer(ctx, &shown.state) }
                <p>{ "These are real processes on the server. " }{ link(ctx, &Route::lab("pipe"), "", html! { { "Go on in the lab" } }) }</p>
            }
        </section>
    }
}

fn doors(ctx: &Ctx) -> Html {
    let last = ctx
        .store
        .progress
        .last()
        .and_then(|(entry, id)| lessons::lesson(entry, id));
    html! {
        <ul class="doors">
            <li class="door"><h2>{ text_link(ctx, &Route::Learn { checked: false }, "Learn") }</h2><p>{ "Lessons that run real processes a step at a time, and ask before they show." }</p>
                { for last.map(|lesson| html! { <p>{ "Continue: " }{ to_lesson(ctx, lesson) }</p> }) }</li>
            <li class="door"><h2>{ link(ctx, &Route::lab("pipe"), "", html! { { "Try" } }) }</h2><p>{ "Send, freeze, kill, close, flood: whatever you like, and see what happens." }</p></li>
            <li class="door"><h2>{ text_link(ctx, &Route::Builder, "Teach & embed") }</h2>
                <p>{ "Present a lesson with a clicker while the class watches on its own screens, embed a stage in your own page, or " }{ text_link(ctx, &Route::Replay { src: None }, "play a recording") }{ " without a server." }</p></li>
        </ul>
    }
}

fn catalog(ctx: &Ctx) -> Html {
    let list = |category: Category, title: &'static str| {
        let cards = ENTRIES
            .iter()
            .filter(move |entry| entry.category == category)
            .map(|entry| card(ctx, entry));
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
    let done = lessons()
        .filter(|lesson| ctx.store.progress.is_done(lesson.entry, lesson.id))
        .count();
    html! {
        <li class="card-entry"><h3>{ glyph }{ text_link(ctx, &Route::lab(entry.id), entry.title) }</h3><p>{ entry.question }</p>
            <p class="soft">{ format!("{done} of {} lessons done", lessons().count()) }</p></li>
    }
}

fn health(ctx: &Ctx) -> Html {
    let Some(session) = &ctx.store.session else {
        return html! {};
    };
    html! { <p class="health soft">{ format!("This server: {}, isolation {}.", session.server, session.protection) }</p> }
}
