//! What is done with a run as a whole: settings before it, End and Restart, its recording.

use super::{
    params::{params, variants},
    parts::{button, words},
};
use crate::{
    ctx::Ctx,
    intent::Intent,
    store::{Action, RunPhase, RunView, Store, words},
};
use yew::prelude::*;

/// The bar with the run's own controls.
pub fn run_bar(ctx: &Ctx, lesson: bool) -> Html {
    let store = &ctx.store;
    let differs = store.draft_differs();
    html! {
        <div class="runbar">
            if !lesson { { variants(ctx) } }
            { phase(store) }
            <span class="spacer"></span>
            if differs {
                { button("main small", Some("restart"), "Restart with these", ctx.emits(Action::Restart)) }
            } else if store.is_running() {
                { button("small", Some("restart"), "Restart", ctx.emits(Action::Restart)) }
            } else if !lesson {
                { button("small", Some("start"), "Start", ctx.emits(Action::Want(Intent::Start))) }
            }
            if store.is_running() {
                { button("small", Some("end-run"), "End run", ctx.emits(Action::Want(Intent::Stop))) }
            }
            { download(ctx) }
            if !lesson {
                <details class="settings" open={!store.draft.wrong.is_empty()}><summary>{ "Settings" }</summary>
                    { params(ctx) }
                </details>
            }
        </div>
    }
}

/// How far the run is, in words.
fn phase(store: &Store) -> Html {
    let Some(run) = &store.run else {
        return words(
            "span",
            "phase soft",
            "Nothing runs yet: the first message starts it.",
        );
    };
    match run.phase {
        RunPhase::Starting => words("span", "phase soft", "Starting its processes…"),
        RunPhase::Live => html! {},
        RunPhase::Over => words("span", "phase", over(run)),
    }
}

fn over(run: &RunView) -> String {
    match (&run.state.finished, &run.lost) {
        (Some(finished), _) => {
            let more = finished
                .message
                .as_ref()
                .map(|message| format!(" ({message})"))
                .unwrap_or_default();
            format!(
                "Run over: {}{more}. Send starts a new one.",
                words::outcome(finished.outcome)
            )
        }
        (None, Some(lost)) => format!("Run lost: {}. Send starts a new one.", lost.message),
        (None, None) => "Run over.".to_owned(),
    }
}

/// Fetches the journal from the server, which may have more of it than this page.
fn download(ctx: &Ctx) -> Html {
    let named = ctx
        .store
        .run
        .as_ref()
        .is_some_and(|run| run.id.is_some() && run.state.seq > 0);
    if !named {
        return html! {};
    }
    button(
        "small quiet",
        Some("download"),
        "Download recording",
        ctx.emits(Action::Download),
    )
}
