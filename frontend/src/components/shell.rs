//! What is around every page: header with the state of the connection, notices, footer, title, help.

use super::{
    dialog::dialog,
    invite::watchers,
    link::{link, skip, text_link},
    notices::notices,
    parts::{button, el, words},
    tabs::pressed,
};
use crate::{
    ctx::Ctx,
    dom,
    intent::Intent,
    mechanism::count,
    pages,
    route::Route,
    store::{Action, Connection, Dialog, Store, UiAction},
};
use yew::prelude::*;

/// The whole page.
pub fn shell(ctx: &Ctx) -> Html {
    let route = &ctx.store.route;
    let said = html! { <p class="sr" role="status">{ ctx.store.ui.said.clone() }</p> };
    if matches!(route, Route::Embed { .. }) {
        return html! { <div class="app bare">{ notices(ctx) }{ pages::view(ctx) }{ said }</div> };
    }
    html! {
        <div class="app">
            { skip(ctx, "main", "Skip to the main part") }
            if has_stage(route) {
                { skip(ctx, "composer", "Skip to the message") }
                { skip(ctx, "stage", "Skip to the stage") }
                { skip(ctx, "side", "Skip to lesson and log") }
            }
            { bar(ctx) }
            { notices(ctx) }
            { pages::view(ctx) }
            { foot(ctx) }
            { said }
            { ctx.store.ui.dialog.map(|open| dialog(ctx, open)).unwrap_or_default() }
        </div>
    }
}

/// Another page: title, and focus on its heading, as a browser does by itself when it loads one.
pub fn turned(route: &Route, before: Option<&Route>) {
    if let Some(document) = dom::document() {
        document.set_title(&format!("{} · IPC Playground", route.title()));
    }
    dom::set_root("present", route.presents().then_some(""));
    if let Route::Embed { options, .. } = route {
        let theme = options
            .theme
            .as_deref()
            .filter(|theme| matches!(*theme, "light" | "dark"));
        dom::set_root("theme", theme);
    }
    if before.is_some_and(|before| !before.same_page(route)) {
        dom::focus("h1");
    }
}

fn has_stage(route: &Route) -> bool {
    matches!(route, Route::Lab(_) | Route::Lesson { .. })
}

fn bar(ctx: &Ctx) -> Html {
    let store = &ctx.store;
    let topics = store.ui.topics;
    let route = &store.route;
    let stage = has_stage(route) || matches!(route, Route::Replay { .. } | Route::Watch { .. });
    html! {
        <header class="bar">
            { link(ctx, &Route::Home, "brand", html! { <>{ logo() }<span>{ "IPC Playground" }</span></> }) }
            if stage {
                <button type="button" class="topics" aria-expanded={pressed(topics)} aria-controls="rail"
                    onclick={ctx.ui(UiAction::Topics(!topics))}>{ "Topics" }</button>
            }
            { crumbs(ctx) }
            <span class="spacer"></span>
            { connection(store) }
            if has_stage(route) { { actions(ctx) } }
        </header>
    }
}

fn logo() -> Html {
    html! {
        <svg class="logo" width="26" height="26" viewBox="0 0 26 26" aria-hidden="true">
            <rect class="logo-a" x="1" y="6" width="8" height="14" rx="2" /><rect class="logo-b" x="17" y="6" width="8" height="14" rx="4" />
            <path class="logo-k" d="M9 13h8" />
        </svg>
    }
}

fn crumbs(ctx: &Ctx) -> Html {
    let route = &ctx.store.route;
    let entry = |id: &str| {
        shared::catalog::entry(id).map_or_else(|_| id.to_owned(), |entry| entry.title.to_owned())
    };
    let places: Vec<(String, Option<Route>)> = if *route == Route::Home {
        vec![
            ("Learn".to_owned(), Some(Route::Learn { checked: false })),
            ("Glossary".to_owned(), Some(Route::Glossary)),
        ]
    } else if let Route::Lab(lab) = route {
        vec![
            (entry(&lab.entry), Some(Route::lab(&lab.entry))),
            (ctx.store.draft.variant_id().to_owned(), None),
        ]
    } else if let Route::Lesson { entry: id, .. } = route {
        let title = route
            .title()
            .split(" · ")
            .next()
            .unwrap_or_default()
            .to_owned();
        vec![
            ("Learn".to_owned(), Some(Route::Learn { checked: false })),
            (entry(id), Some(Route::lab(id))),
            (title, None),
        ]
    } else {
        vec![(route.title(), None)]
    };
    let item = |(name, to): (String, Option<Route>)| match to {
        Some(to) => el("li", "", vec![link(ctx, &to, "", name.into())]),
        None => el(
            "li",
            "",
            vec![html! { <strong aria-current="page">{ name }</strong> }],
        ),
    };
    let places = el("ol", "", places.into_iter().map(item).collect());
    html! { <nav class="crumbs" aria-label="Where you are">{ places }</nav> }
}

fn connection(store: &Store) -> Html {
    let (state, words) = match &store.connection {
        Connection::Idle => return html! {},
        Connection::Connecting => ("connecting", "Connecting…".to_owned()),
        Connection::Ready => ("connected", "Connected".to_owned()),
        Connection::Reconnecting { at_ms, .. } => {
            ("reconnecting", countdown(at_ms - store.now_ms()))
        }
        Connection::Closed(_) => ("offline", "Disconnected".to_owned()),
    };
    html! { <span class="conn" data-state={state} data-test="connection">{ words }</span> }
}

/// Whole seconds: a text that changes more often is noise.
fn countdown(ms: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a pause of some seconds"
    )]
    let seconds = (ms / 1_000.0).ceil().max(0.0) as u32;
    if seconds > 1 {
        format!("Reconnecting in {seconds} s")
    } else {
        "Reconnecting…".to_owned()
    }
}

fn actions(ctx: &Ctx) -> Html {
    let store = &ctx.store;
    let xray = store.draft.xray;
    let Some(present) = store.route.presenting(!store.route.presents()) else {
        return html! {};
    };
    let label = if store.route.presents() {
        "Leave presenter view"
    } else {
        "Present"
    };
    let share = {
        let (dispatch, address) = (ctx.dispatch.clone(), store.route.address());
        Callback::from(move |_: MouseEvent| {
            dom::copy(&dom::link(&address));
            dispatch.emit(Action::Ui(UiAction::Copied(true)));
        })
    };
    html! {
        <>
            <button type="button" class="opt" aria-pressed={pressed(xray)} onclick={ctx.emits(Action::Want(Intent::Xray(!xray)))}>
                { if xray { "X-ray: on" } else { "X-ray: off" } }</button>
            { button("opt", None, label, ctx.emits(Action::Go(present))) }
            { watch_link(ctx).unwrap_or_default() }
            <button type="button" class="opt" onclick={share} onblur={ctx.ui(UiAction::Copied(false))}>
                <span aria-live="polite">{ if store.ui.copied { "Link copied" } else { "Share" } }</span></button>
        </>
    }
}

/// Opens the watch link, as soon as there is a run that can be shown; says how many watch.
fn watch_link(ctx: &Ctx) -> Option<Html> {
    let store = &ctx.store;
    let named = store.run.as_ref().is_some_and(|run| run.id.is_some());
    if !named && store.invite.is_none() {
        return None;
    }
    let says = if store.invite.as_ref().is_some_and(|invite| invite.count > 0) {
        watchers(ctx)
    } else {
        "Watch link".to_owned()
    };
    Some(
        html! { <button type="button" class="opt" id="watch-link" title="Let others watch this run" onclick={ctx.emits(Action::Invite)}>{ says }</button> },
    )
}

fn foot(ctx: &Ctx) -> Html {
    let store = &ctx.store;
    let counts = store.run.as_ref().map(|run| {
        let missing = run.events.dropped();
        let skipped = format!("{} events skipped", count(run.state.counts.skipped));
        let gone = format!("{} older ones let go here", count(missing));
        html! {
            <>
                { words("span", "mono", format!("seq {}", run.state.seq)) }
                { words("span", "", skipped) }
                { (missing > 0).then(|| words("span", "", gone)).unwrap_or_default() }
            </>
        }
    });
    let session = store.session.as_ref().map(|session| {
        let limits = session.limits.iter().flat_map(|(name, value)| {
            let name = words("dt", "", name.replace('_', " "));
            [name, words("dd", "", count(*value))]
        });
        let limits = vec![
            words("summary", "", "Limits"),
            el("dl", "", limits.collect()),
        ];
        let protection = words("b", "", session.protection.clone());
        html! {
            <>
                { el("span", "", vec!["Isolation: ".into(), protection]) }
                { el("details", "limits", limits) }
                { words("span", "", session.server.clone()) }
            </>
        }
    });
    html! {
        <footer class="foot">
            { session.unwrap_or_default() }{ counts.unwrap_or_default() }
            <span class="spacer"></span>
            { super::looks::looks() }
            { text_link(ctx, &Route::Glossary, "Glossary") }
            <button type="button" class="quiet small" onclick={ctx.ui(UiAction::Dialog(Some(Dialog::Keys)))}>{ "Keys: " }<kbd>{ "?" }</kbd></button>
        </footer>
    }
}
