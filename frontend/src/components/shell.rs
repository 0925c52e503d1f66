//! What is around every page: header with the state of the connection, notices, footer, title, help.

use super::{keys::Help, link::{Link, Skip}, notices::Notices};
use crate::{
    dom,
    hooks::{Ctx, use_store},
    intent::Intent,
    pages,
    route::Route,
    store::{Action, Connection, Store},
};
use yew::prelude::*;

/// The frame of the page.
#[component]
pub fn Shell() -> Html {
    let ctx = use_store();
    let topics = use_state(|| false);
    let help = use_state(|| false);
    let route = ctx.store.route.clone();
    let bare = matches!(route, Route::Embed { .. });
    let last = use_mut_ref(|| None::<Route>);
    use_effect_with(route.clone(), {
        let topics = topics.clone();
        move |route: &Route| {
            let before = last.borrow_mut().replace(route.clone());
            topics.set(false);
            turned(route, before.as_ref());
        }
    });
    use_effect_with((), {
        let help = help.clone();
        move |()| {
            let listener = dom::document().map(|document| {
                gloo_events::EventListener::new(&document, "keydown", move |event| {
                    if asks_for_help(event) {
                        event.prevent_default();
                        help.set(true);
                    }
                })
            });
            move || drop(listener)
        }
    });
    let close = { let help = help.clone(); Callback::from(move |()| help.set(false)) };
    if bare {
        return html! { <div class="app bare">{ pages::view(&route, false) }</div> };
    }
    let toggle = { let topics = topics.clone(); Callback::from(move |_: MouseEvent| topics.set(!*topics)) };
    let show_help = { let help = help.clone(); Callback::from(move |_: MouseEvent| help.set(true)) };
    html! {
        <div class="app">
            <Skip to="main">{ "Skip to the main part" }</Skip>
            if has_stage(&route) {
                <Skip to="composer">{ "Skip to the message" }</Skip>
                <Skip to="stage">{ "Skip to the stage" }</Skip>
                <Skip to="side">{ "Skip to lesson and log" }</Skip>
            }
            { bar(&ctx, *topics, toggle) }
            <Notices />
            { pages::view(&route, *topics) }
            { foot(&ctx.store, show_help) }
            if *help { <Help onclose={close} /> }
        </div>
    }
}

/// Another page: title, and focus on its heading, as a browser does by itself when it loads one.
fn turned(route: &Route, before: Option<&Route>) {
    if let Some(document) = dom::document() {
        document.set_title(&format!("{} · IPC Playground", route.title()));
    }
    dom::set_root("present", route.presents().then_some(""));
    if let Route::Embed { options, .. } = route {
        let theme = options.theme.as_deref().filter(|theme| matches!(*theme, "light" | "dark"));
        dom::set_root("theme", theme);
    }
    if before.is_some_and(|before| !before.same_page(route)) {
        dom::focus("h1");
    }
}

fn asks_for_help(event: &Event) -> bool {
    use wasm_bindgen::JsCast;
    let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return false };
    let typing = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()).is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
    });
    key.key() == "?" && !typing && !key.ctrl_key() && !key.meta_key() && !key.alt_key()
}

fn has_stage(route: &Route) -> bool {
    matches!(route, Route::Lab(_) | Route::Lesson { .. })
}

fn bar(ctx: &Ctx, topics: bool, toggle: Callback<MouseEvent>) -> Html {
    let store = &ctx.store;
    let route = &store.route;
    let stage = has_stage(route) || matches!(route, Route::Replay { .. });
    html! {
        <header class="bar">
            <Link to={Route::Home} class="brand">{ logo() }<span>{ "IPC Playground" }</span></Link>
            if stage {
                <button type="button" class="topics" aria-expanded={if topics { "true" } else { "false" }} aria-controls="rail" onclick={toggle}>{ "Topics" }</button>
            }
            { crumbs(route, store.draft.variant_id()) }
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

fn crumbs(route: &Route, variant: &str) -> Html {
    let entry = |id: &str| shared::catalog::entry(id).map_or_else(|_| id.to_owned(), |entry| entry.title.to_owned());
    let mut places: Vec<(String, Option<Route>)> = Vec::new();
    match route {
        Route::Home => return html! { <nav class="crumbs" aria-label="Places"><ol>
            <li><Link to={Route::Learn}>{ "Learn" }</Link></li><li><Link to={Route::Glossary}>{ "Glossary" }</Link></li></ol></nav> },
        Route::Lab(lab) => {
            places.push((entry(&lab.entry), Some(Route::lab(&lab.entry))));
            places.push((variant.to_owned(), None));
        }
        Route::Lesson { entry: id, .. } => {
            places.push(("Learn".to_owned(), Some(Route::Learn)));
            places.push((entry(id), Some(Route::lab(id))));
            places.push((route.title().split(" · ").next().unwrap_or_default().to_owned(), None));
        }
        _ => places.push((route.title(), None)),
    }
    html! {
        <nav class="crumbs" aria-label="Where you are"><ol>
            { for places.into_iter().map(|(name, to)| match to {
                Some(to) => html! { <li><Link {to}>{ name }</Link></li> },
                None => html! { <li><strong aria-current="page">{ name }</strong></li> },
            }) }
        </ol></nav>
    }
}

fn connection(store: &Store) -> Html {
    let (state, words) = match &store.connection {
        Connection::Idle => return html! {},
        Connection::Connecting => ("connecting", "Connecting…".to_owned()),
        Connection::Ready => ("connected", "Connected".to_owned()),
        Connection::Reconnecting { at_ms, .. } => {
            let seconds = ((at_ms - store.now_ms()) / 1_000.0).ceil().max(0.0);
            ("reconnecting", if seconds > 1.0 { format!("Reconnecting in {seconds:.0} s") } else { "Reconnecting…".to_owned() })
        }
        Connection::Closed(_) => ("offline", "Disconnected".to_owned()),
    };
    html! { <span class="conn" data-state={state}>{ words }</span> }
}

fn actions(ctx: &Ctx) -> Html {
    let store = &ctx.store;
    let xray = store.draft.xray;
    let present = match &store.route {
        Route::Lab(lab) => Route::Lab(crate::route::Lab { present: !lab.present, ..lab.clone() }),
        Route::Lesson { entry, lesson, present } => {
            Route::Lesson { entry: entry.clone(), lesson: lesson.clone(), present: !present }
        }
        _ => return html! {},
    };
    let label = if store.route.presents() { "Leave presenter view" } else { "Present" };
    html! {
        <>
            <button type="button" class="opt" aria-pressed={if xray { "true" } else { "false" }} onclick={ctx.emits(Action::Want(Intent::Xray(!xray)))}>
                { if xray { "X-ray: on" } else { "X-ray: off" } }</button>
            <button type="button" class="opt" onclick={ctx.emits(Action::Go(present))}>{ label }</button>
            <Share />
        </>
    }
}

/// Copies the address of what is prepared here.
#[component]
pub fn Share() -> Html {
    let ctx = use_store();
    let copied = use_state(|| false);
    let onclick = {
        let (copied, address) = (copied.clone(), ctx.store.route.address());
        Callback::from(move |_: MouseEvent| {
            dom::copy(&dom::link(&address));
            copied.set(true);
        })
    };
    let onblur = { let copied = copied.clone(); Callback::from(move |_: FocusEvent| copied.set(false)) };
    html! {
        <button type="button" class="opt" {onclick} {onblur}><span aria-live="polite">{ if *copied { "Link copied" } else { "Share" } }</span></button>
    }
}

fn foot(store: &Store, help: Callback<MouseEvent>) -> Html {
    let counts = store.run.as_ref().map(|run| {
        let missing = run.events.dropped();
        html! {
            <>
                <span class="mono">{ format!("seq {}", run.state.seq) }</span>
                <span>{ format!("{} events skipped", crate::mechanism::count(run.state.counts.skipped)) }</span>
                if missing > 0 { <span>{ format!("{} older ones let go here", crate::mechanism::count(missing)) }</span> }
            </>
        }
    });
    let session = store.session.as_ref().map(|session| {
        let limits = session.limits.iter().map(|(name, value)| {
            html! { <><dt>{ name.replace('_', " ") }</dt><dd>{ crate::mechanism::count(*value) }</dd></> }
        });
        html! {
            <>
                <span>{ "Isolation: " }<b>{ session.protection.clone() }</b></span>
                <details class="limits"><summary>{ "Limits" }</summary><dl>{ for limits }</dl></details>
                <span>{ session.server.clone() }</span>
            </>
        }
    });
    html! {
        <footer class="foot">
            { session }{ counts }
            <span class="spacer"></span>
            <Link to={Route::Glossary}>{ "Glossary" }</Link>
            <button type="button" class="quiet small" onclick={help}>{ "Keys: " }<kbd>{ "?" }</kbd></button>
        </footer>
    }
}
