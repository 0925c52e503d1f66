//! The panel beside the stage: lesson, X-ray, source, log. X-ray opens beside the lesson, never over it.

use super::{
    beats::BeatList,
    bench::Purpose,
    legend::Legend,
    link::Link,
    log::Log,
    prose::Prose,
    source::Source,
    tabs::Tabs,
    xray::Xray,
};
use crate::{
    hooks::{Ctx, use_store},
    lessons::LESSONS,
    route::Route,
    store::{Action, Selected, Shown, look},
};
use std::rc::Rc;
use yew::prelude::*;

/// The panel.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct SideProps {
    /// What the page is for.
    pub purpose: Purpose,
    /// What is shown.
    pub shown: Shown,
    /// The tab that is chosen.
    pub tab: AttrValue,
    /// Another one is.
    pub ontab: Callback<AttrValue>,
}

/// The panel beside the stage.
#[component]
pub fn Side(props: &SideProps) -> Html {
    let ctx = use_store();
    let shown = &props.shown;
    let xray = match shown.selected {
        Selected::Nothing => "X-ray".to_owned(),
        Selected::Message(msg) => format!("X-ray #{msg}"),
        Selected::Call(_) => "X-ray of a call".to_owned(),
    };
    let first = if props.purpose == Purpose::Replay { "About" } else { "Lesson" };
    let tabs = vec![
        ("lesson".into(), first.into()),
        ("xray".into(), xray.into()),
        ("source".into(), "Source".into()),
        ("log".into(), "Log".into()),
    ];
    let look_here = shown.selected != Selected::Nothing;
    let panel = match props.tab.as_str() {
        "xray" => html! { { xray_of(&ctx, shown) } },
        "source" => html! { <Source entry={if shown.state.entry.is_empty() { ctx.store.draft.entry.clone() } else { shown.state.entry.clone() }} /> },
        "log" => html! {
            <>
                <Log state={Rc::clone(&shown.state)} events={shown.events.clone()} until={shown.until} on={ctx.wants()}
                    lagged={ctx.store.run.as_ref().filter(|_| !shown.replay).map(|run| run.lagged.clone()).unwrap_or_default()} />
                if look_here { { xray_of(&ctx, shown) } }
            </>
        },
        _ => lesson(&ctx, &props.purpose),
    };
    html! {
        <aside class="side" id="side" tabindex="-1" aria-label="Lesson, X-ray, source and log">
            <Tabs id="side" label="Beside the stage" {tabs} on={props.tab.clone()} onpick={props.ontab.clone()} />
            <div class="tabpanel" role="tabpanel" id={format!("side-{}-panel", props.tab)} aria-labelledby={format!("side-{}", props.tab)}>{ panel }</div>
        </aside>
    }
}

fn xray_of(ctx: &Ctx, shown: &Shown) -> Html {
    let looked = Rc::new(look(&shown.state, &shown.events, shown.selected));
    let onfetch = (!shown.replay).then(|| ctx.dispatch.reform(Action::Fetch));
    html! { <Xray state={Rc::clone(&shown.state)} selected={shown.selected} {looked} fetched={shown.fetched.clone()} {onfetch} on={ctx.wants()} /> }
}

fn lesson(ctx: &Ctx, purpose: &Purpose) -> Html {
    match purpose {
        Purpose::Lesson(lesson) => html! {
            <>
                <Prose html={lesson.html} />
                { for ctx.store.play.clone().map(|play| html! { <BeatList {play} dispatch={ctx.dispatch.clone()} /> }) }
            </>
        },
        Purpose::Lab => break_it(ctx),
        Purpose::Replay => about(ctx),
    }
}

/// The lessons of an entry: each breaks something, beat by beat.
fn break_it(ctx: &Ctx) -> Html {
    let entry = ctx.store.draft.entry();
    let id = entry.map_or("", |entry| entry.id);
    let chosen = ctx.store.draft.variant_id();
    let summary = entry.and_then(|entry| entry.variants.iter().find(|variant| variant.id == chosen)).map(|variant| variant.summary);
    let lessons = LESSONS.iter().filter(|lesson| lesson.entry == id).map(|lesson| {
        let to = Route::Lesson { entry: lesson.entry.to_owned(), lesson: lesson.id.to_owned(), present: false };
        let mark = ctx.store.progress.is_done(lesson.entry, lesson.id).then_some(" ✓");
        html! { <li><Link {to}>{ lesson.title }</Link><span class="soft">{ format!(" {} min", lesson.minutes) }{ mark }</span></li> }
    });
    html! {
        <div class="prose">
            <h2>{ entry.map_or("", |entry| entry.question) }</h2>
            <p>{ summary }</p>
            <p>{ "Send a message: two processes start, one writes it into the kernel, the other reads it out. Then freeze the reader and send more." }</p>
            <h3>{ "Break it, step by step" }</h3>
            <ul class="lesson-list">{ for lessons }</ul>
            <Legend />
        </div>
    }
}

fn about(ctx: &Ctx) -> Html {
    let Some(player) = &ctx.store.player else {
        return html! { <p class="empty">{ "Open a recording to look into it." }</p> };
    };
    let state = ctx.store.shown().state;
    html! {
        <div class="prose">
            <h2>{ player.name.clone() }</h2>
            <p>{ format!("{} events of {}/{}, recorded on {}.", crate::mechanism::count(player.len() as u64), state.entry, state.variant, state.host) }</p>
            <p>{ "Everything you see was done by real processes then; nothing runs now. The stage, the timeline and the log show it up to the event the slider stands at." }</p>
            <p><Link to={Route::lab(&state.entry)}>{ "Do it for real" }</Link></p>
        </div>
    }
}
