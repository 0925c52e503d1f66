//! What the page fetches beside its socket: texts, recordings, headers.

use crate::{
    app::{App, Msg},
    dom,
    store::{Action, Headers, PlayerAction, lines_of},
};
use shared::{
    failure::{Code, Failure},
    ids::Seq,
};
use yew::Context;

/// Fetches a text beside the page.
pub(crate) fn text(ctx: &Context<App>, path: String) {
    let link = ctx.link().clone();
    wasm_bindgen_futures::spawn_local(async move {
        let text = dom::load(&path, None).await.map_err(|why| {
            Failure::new(
                Code::NotSupported,
                format!("{path} could not be loaded: {why}"),
                "reload the page",
            )
        });
        link.send_message(Msg::Do(Action::Text { path, text }));
    });
}

/// Fetches the journal of the run: as a file, or some lines of it to be pasted.
pub(crate) fn journal(ctx: &Context<App>, path: String, token: String, lines: Option<Vec<Seq>>) {
    let link = ctx.link().clone();
    wasm_bindgen_futures::spawn_local(async move {
        match (dom::load(&path, Some(&token)).await, lines) {
            (Ok(text), Some(lines)) => dom::copy(&lines_of(&text, &lines)),
            (Ok(text), None) => {
                let run = path.split('/').nth(2).unwrap_or("run");
                // Refused only where pages may not give files at all.
                drop(dom::download(&format!("{run}.jsonl"), &text));
            }
            (Err(why), _) => {
                let failure = Failure::new(
                    Code::NotSupported,
                    format!("the recording could not be fetched: {why}"),
                    "try again",
                );
                link.send_message(Msg::Do(Action::Unreadable(failure)));
            }
        }
    });
}

/// Fetches the headers that decide who may show an embed.
pub(crate) fn headers(ctx: &Context<App>, path: String) {
    let link = ctx.link().clone();
    wasm_bindgen_futures::spawn_local(async move {
        // Without an answer nothing is known of them, and nothing is said.
        if let Ok([policy, frame_options]) =
            dom::headers(&path, ["content-security-policy", "x-frame-options"]).await
        {
            let headers = Headers {
                policy,
                frame_options,
            };
            link.send_message(Msg::Do(Action::Headers(headers)));
        }
    });
}

/// Loads a recording and hands it to the player.
pub(crate) fn recording(ctx: &Context<App>, src: String) {
    let link = ctx.link().clone();
    wasm_bindgen_futures::spawn_local(async move {
        let action = match dom::load(&src, None).await {
            Ok(text) => {
                let name = src.rsplit('/').next().unwrap_or(&src).to_owned();
                PlayerAction::Loaded {
                    name,
                    text,
                    play: true,
                }
            }
            Err(why) => PlayerAction::Failed(
                Failure::new(
                    Code::NotSupported,
                    format!("{src} could not be loaded: {why}"),
                    "check the address, or drop a file here",
                )
                .field("recording"),
            ),
        };
        link.send_message(Msg::Do(Action::Player(action)));
    });
}
