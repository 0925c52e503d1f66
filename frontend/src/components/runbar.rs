//! What is done with a run as a whole: settings before it, End and Restart, its recording.

use super::params::{params, variants};
use crate::{
    ctx::Ctx,
    dom,
    intent::Intent,
    store::{Action, RunPhase, RunView, Store, words},
};
use shared::codec;
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
                <button type="button" class="main small" id="restart" onclick={ctx.emits(Action::Restart)}>{ "Restart with these" }</button>
            } else if store.is_running() {
                <button type="button" class="small" id="restart" onclick={ctx.emits(Action::Restart)}>{ "Restart" }</button>
            } else if !lesson {
                <button type="button" class="small" id="start" onclick={ctx.emits(Action::Want(Intent::Start))}>{ "Start" }</button>
            }
            if store.is_running() {
                <button type="button" class="small" id="end-run" onclick={ctx.emits(Action::Want(Intent::Stop))}>{ "End run" }</button>
            }
            { download(store.run.as_ref()) }
            if !lesson {
                <details class="settings"><summary>{ "Settings" }</summary>
                    { params(ctx) }
                </details>
            }
        </div>
    }
}

/// How far the run is, in words.
fn phase(store: &Store) -> Html {
    let Some(run) = &store.run else {
        return html! { <span class="phase soft">{ "Nothing runs yet: the first message starts it." }</span> };
    };
    match run.phase {
        RunPhase::Starting => html! { <span class="phase soft">{ "Starting its processes…" }</span> },
        RunPhase::Live => html! {},
        RunPhase::Over => html! { <span class="phase">{ over(run) }</span> },
    }
}

fn over(run: &RunView) -> String {
    match (&run.state.finished, &run.lost) {
        (Some(finished), _) => {
            let more = finished.message.as_ref().map(|message| format!(" ({message})")).unwrap_or_default();
            format!("Run over: {}{more}. Send starts a new one.", words::outcome(finished.outcome))
        }
        (None, Some(lost)) => format!("Run lost: {}. Send starts a new one.", lost.message),
        (None, None) => "Run over.".to_owned(),
    }
}

/// Writes the journal, as far as this page has it, as a file.
fn download(run: Option<&RunView>) -> Html {
    let Some(run) = run.filter(|run| !run.events.is_empty()) else { return html! {} };
    let events = run.events.clone();
    let name = format!("{}-{}.jsonl", run.entry, run.id.as_ref().map_or("run", |id| id.as_str()));
    let onclick = Callback::from(move |_: MouseEvent| {
        let text: String = events.iter().map(|event| codec::encode_event(event) + "\n").collect();
        // Refused only where pages may not give files at all.
        drop(dom::download(&name, &text));
    });
    html! { <button type="button" class="small quiet" id="download" {onclick}>{ "Download recording" }</button> }
}
