//! `/`: one pipe at once, as a recording, and the way to do it for real; then the catalog.

use super::learn::to_lesson;
use crate::{
    components::{
        bench,
        composer::composer,
        link::{link, text_link},
        parts::{button, el, sign, words},
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
                { words("p", "lead", "Pick a way for programs to talk to each other, press Send, and see what the kernel really does: every arrow is something a process did, and says how we know.") }
                { ways(ctx, &shown) }
            </section>
            { scene(ctx, &shown) }
            { doors(ctx) }
            { catalog(ctx) }
            { health(ctx).unwrap_or_default() }
        </main>
    }
}

/// What to do first.
fn ways(ctx: &Ctx, shown: &Shown) -> Html {
    let first = if shown.replay {
        let hello = Action::Want(Intent::Send {
            worker: None,
            data: Data::text("hello"),
            times: 1,
            args: Default::default(),
        });
        button("main", Some("for-real"), "Do it for real", ctx.emits(hello))
    } else {
        let says = "Go on in the lab".into();
        let lab = Route::lab(&shown.state.entry);
        link(ctx, &lab, "button main", says)
    };
    let lessons = Route::Learn { checked: false };
    let lessons = link(ctx, &lessons, "button", "Learn it step by step".into());
    el("p", "ways", vec![first, lessons])
}

/// The recording, or the run it became.
fn scene(ctx: &Ctx, shown: &Shown) -> Html {
    let tools = match &ctx.store.player {
        Some(recording) if shown.replay => player(ctx, recording),
        None if shown.replay => el("div", "player", Vec::new()),
        _ => composer(ctx, &shown.state),
    };
    let name = if shown.replay {
        "A recording"
    } else {
        "Your run"
    };
    let note = "These are real processes, on the server.";
    html! {
        <section class="scene" aria-label={name}>
            { bench::sentence(shown) }
            { tools }
            { bench::stage(ctx, shown) }
            { (!shown.replay).then(|| words("p", "soft", note)).unwrap_or_default() }
        </section>
    }
}

fn doors(ctx: &Ctx) -> Html {
    let last = ctx
        .store
        .progress
        .last()
        .and_then(|(entry, id)| lessons::lesson(entry, id));
    let again = last.map(|lesson| {
        el(
            "p",
            "",
            vec![Html::from("Continue: "), to_lesson(ctx, lesson)],
        )
    });
    let learn = vec![
        words(
            "p",
            "",
            "Lessons that run real processes a step at a time, and ask before they show.",
        ),
        again.unwrap_or_default(),
    ];
    let attempt = words(
        "p",
        "",
        "Send, freeze, kill, close, flood: whatever you like, and see what happens.",
    );
    let teach = vec![
        Html::from(
            "Present a lesson with a clicker while the class watches on its own screens, embed a stage in your own page, or ",
        ),
        text_link(ctx, &Route::Replay { src: None }, "play a recording"),
        Html::from(" without a server."),
    ];
    let door = |to: &Route, title: &'static str, inside: Vec<Html>| {
        let heading = el("h2", "", vec![text_link(ctx, to, title)]);
        el("li", "door", [vec![heading], inside].concat())
    };
    let doors = vec![
        door(&Route::Learn { checked: false }, "Learn", learn),
        door(&Route::lab("pipe"), "Try", vec![attempt]),
        door(&Route::Builder, "Teach & embed", vec![el("p", "", teach)]),
    ];
    el("ul", "doors", doors)
}

fn catalog(ctx: &Ctx) -> Html {
    let list = |category: Category, title: &'static str| {
        let of = ENTRIES.iter().filter(|entry| entry.category == category);
        let cards = of.map(|entry| card(ctx, entry)).collect();
        let inside = vec![words("h2", "", title), el("ul", "cards", cards)];
        el("section", "catalog", inside)
    };
    html! { <>{ list(Category::Mechanism, "Mechanisms") }{ list(Category::Concept, "Concepts") }</> }
}

fn card(ctx: &Ctx, entry: &'static Entry) -> Html {
    let (class, name, state) = if entry.built {
        let lessons = || LESSONS.iter().filter(|lesson| lesson.entry == entry.id);
        let done = lessons()
            .filter(|lesson| ctx.store.progress.is_done(lesson.entry, lesson.id))
            .count();
        let link = text_link(ctx, &Route::lab(entry.id), entry.title);
        let state = format!("{done} of {} lessons done", lessons().count());
        ("card-entry", link, state)
    } else {
        ("card-entry coming", entry.title.into(), "coming".to_owned())
    };
    let inside = vec![
        el("h3", "", vec![sign(entry.glyph), name]),
        words("p", "", entry.question),
        words("p", "soft", state),
    ];
    el("li", class, inside)
}

fn health(ctx: &Ctx) -> Option<Html> {
    let session = ctx.store.session.as_ref()?;
    let says = format!(
        "This server: {}, isolation {}.",
        session.server, session.protection
    );
    Some(words("p", "health soft", says))
}
