//! The panel beside the stage: lesson, X-ray, source, log. X-ray opens beside the lesson, never over it.

use super::{
    bench::Purpose,
    capabilities::of_variant,
    legend::legend,
    link::text_link,
    log::Log,
    parts::{el, words},
    prose::prose,
    source::source,
    tabs::Tabs,
    xray::xray,
};
use crate::{
    ctx::Ctx,
    lessons::{self, LESSONS},
    route::Route,
    store::{Action, Selected, Shown, Tab, UiAction},
};
use std::rc::Rc;
use yew::prelude::*;

/// The panel beside the stage.
pub fn side(ctx: &Ctx, purpose: &Purpose, shown: &Shown) -> Html {
    let tab = ctx.store.ui.tab;
    let xrayed = match shown.selected {
        Selected::Nothing => "X-ray".to_owned(),
        Selected::Message(msg) => format!("X-ray #{msg}"),
        Selected::Call(_) => "X-ray of a call".to_owned(),
    };
    let first = if *purpose == Purpose::Replay {
        "About"
    } else {
        "Lesson"
    };
    let tabs = [
        ("lesson", first.to_owned(), Tab::Lesson),
        ("xray", xrayed, Tab::Xray),
        ("source", "Source".to_owned(), Tab::Source),
        ("log", "Log".to_owned(), Tab::Log),
    ];
    let list = Tabs {
        id: "side",
        label: "Beside the stage",
        tabs: &tabs,
        on: tab,
        pick: UiAction::Tab,
        class: "tabs",
        panel: None,
    };
    let id = tabs
        .iter()
        .find(|known| known.2 == tab)
        .map_or("lesson", |known| known.0);
    let panel = match tab {
        Tab::Xray => xray(ctx, shown),
        Tab::Source => source(ctx, shown),
        Tab::Log => html! {
            <>
                { log(ctx, shown) }
                if shown.selected != Selected::Nothing { { xray(ctx, shown) } }
            </>
        },
        Tab::Lesson => lesson(ctx, purpose),
    };
    html! {
        <aside class="side" id="side" tabindex="-1" aria-label="Lesson, X-ray, source and log">
            { list.view(ctx) }
            <div class="tabpanel" role="tabpanel" id={format!("side-{id}-panel")} aria-labelledby={format!("side-{id}")}>{ panel }</div>
        </aside>
    }
}

/// The log of what is shown.
pub fn log(ctx: &Ctx, shown: &Shown) -> Html {
    let lagged = ctx
        .store
        .run
        .as_ref()
        .filter(|_| !shown.replay)
        .map(|run| run.lagged.clone())
        .unwrap_or_default();
    html! { <Log state={Rc::clone(&shown.state)} events={shown.events.clone()} until={shown.until} on={ctx.wants()} onlines={ctx.on(Action::CopyLines)} {lagged} /> }
}

fn lesson(ctx: &Ctx, purpose: &Purpose) -> Html {
    match purpose {
        Purpose::Lesson(lesson) => of_lesson(ctx, lesson.entry, lesson.id),
        Purpose::Lab => break_it(ctx),
        Purpose::Replay => about(ctx),
        Purpose::Watch => match &ctx.store.play {
            Some(play) => of_lesson(ctx, &play.entry, &play.lesson),
            None => break_it(ctx),
        },
    }
}

/// The prose of a lesson, as far as its beats were seen.
fn of_lesson(ctx: &Ctx, entry: &str, id: &str) -> Html {
    let text = lessons::lesson(entry, id).and_then(|lesson| ctx.store.text(&lesson.prose()));
    match text {
        Some(text) => prose(ctx, &text, ctx.store.play.as_ref()),
        None => words("p", "empty", "Loading…"),
    }
}

/// The lessons of an entry: each breaks something, beat by beat.
fn break_it(ctx: &Ctx) -> Html {
    let entry = ctx.store.draft.entry();
    let id = entry.map_or("", |entry| entry.id);
    let chosen = ctx.store.draft.variant_id();
    let variant =
        entry.and_then(|entry| entry.variants.iter().find(|variant| variant.id == chosen));
    let summaries = ctx.store.text(&lessons::summaries(id)).unwrap_or_default();
    let lessons = LESSONS
        .iter()
        .filter(|lesson| lesson.entry == id)
        .map(|lesson| {
            let to = Route::Lesson {
                entry: lesson.entry.to_owned(),
                lesson: lesson.id.to_owned(),
                present: false,
            };
            let mark = ctx
                .store
                .progress
                .is_done(lesson.entry, lesson.id)
                .then_some(" ✓");
            let minutes = format!(" {} min{}", lesson.minutes, mark.unwrap_or_default());
            let inside = vec![
                text_link(ctx, &to, lesson.title),
                words("span", "soft", minutes),
                words(
                    "p",
                    "soft summary",
                    lesson.summary(&summaries).unwrap_or_default(),
                ),
            ];
            el("li", "", inside)
        });
    let lessons: Vec<_> = lessons.collect();
    let mut inside = vec![words("h2", "", entry.map_or("", |entry| entry.question))];
    inside.extend(variant.map(|variant| words("p", "", variant.summary)));
    if !lessons.is_empty() {
        inside.push(words("h3", "", "Break it, step by step"));
        inside.push(el("ul", "lesson-list", lessons));
    }
    inside.push(words("h3", "", "What it can do"));
    inside.extend(variant.map(of_variant));
    let compare = text_link(ctx, &Route::Compare, "Compare with all others");
    inside.push(el("p", "", vec![compare]));
    inside.push(legend());
    el("div", "prose", inside)
}

fn about(ctx: &Ctx) -> Html {
    let Some(player) = &ctx.store.player else {
        return words("p", "empty", "Open a recording to look into it.");
    };
    let state = ctx.store.shown().state;
    let of = format!(
        "{} events of {}/{}, recorded on {}.",
        crate::mechanism::count(player.len() as u64),
        state.entry,
        state.variant,
        state.host
    );
    let mut inside = vec![words("h2", "", player.name.clone()), words("p", "", of)];
    if player.cut {
        inside.push(words("p", "notice info", "Its last line is cut off, as when the writer was killed: what was whole before it is shown."));
    }
    inside.push(words("p", "", "Everything you see was done by real processes then; nothing runs now. The stage, the timeline and the log show it up to the event the slider stands at."));
    let real = text_link(ctx, &Route::lab(&state.entry), "Do it for real");
    inside.push(el("p", "", vec![real]));
    el("div", "prose", inside)
}
