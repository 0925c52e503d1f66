//! What is done with a run as a whole: settings before it, End and Restart, its recording.

use super::params::{params, variants};
use crate::{
    ctx::Ctx,
    dom,
    intent::Intent,
    store::{Action, RunPhase, RunView, Store, words},
};
use serde_json::json;
use shared::{
    codec,
    failure::{Code, Failure},
    recording::{FORMAT, VERSION},
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
                <button type="button" class="main small" id="restart" onclick={ctx.emits(Action::Restart)}>{ "Restart with these" }</button>
            } else if store.is_running() {
                <button type="button" class="small" id="restart" onclick={ctx.emits(Action::Restart)}>{ "Restart" }</button>
            } else if !lesson {
                <button type="button" class="small" id="start" onclick={ctx.emits(Action::Want(Intent::Start))}>{ "Start" }</button>
            }
            if store.is_running() {
                <button type="button" class="small" id="end-run" onclick={ctx.emits(Action::Want(Intent::Stop))}>{ "End run" }</button>
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

/// Writes the journal as a file, where this page has all of it.
fn download(ctx: &Ctx) -> Html {
    let store = &ctx.store;
    let Some((run, id)) = store.run.as_ref().and_then(|run| Some((run, run.id.clone()?))) else { return html! {} };
    if run.events.is_empty() {
        return html! {};
    }
    let events = run.events.clone();
    let name = format!("{}-{id}.jsonl", run.entry);
    let server = store.session.as_ref().map(|session| session.server.clone());
    // Not written by `recording::Header`: one more derived writer in the page for one line.
    let header = json!({"format": FORMAT, "version": VERSION, "server": server, "run": id.as_str(),
        "started_unix_ms": run.started_unix_ms, "oldest": 1});
    let dispatch = ctx.dispatch.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        if events.first_of_the_whole_end() != 1 {
            let hint = "record it on the server: ipc-playground run … --record FILE";
            dispatch.emit(Action::Unreadable(Failure::new(Code::NotSupported, "this page has not all events of the run", hint)));
            return;
        }
        let mut text = header.to_string();
        for event in events.iter() {
            text.push('\n');
            text.push_str(&codec::encode_event(event));
        }
        text.push('\n');
        // Refused only where pages may not give files at all.
        drop(dom::download(&name, &text));
    });
    html! { <button type="button" class="small quiet" id="download" {onclick}>{ "Download recording" }</button> }
}
