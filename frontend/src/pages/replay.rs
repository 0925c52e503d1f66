//! `/replay?src=…`: a recording, from a file or an address. Works without a server.

use crate::{
    components::bench::{Bench, Purpose},
    hooks::{Ctx, use_store},
    store::{Action, PlayerAction},
};
use shared::failure::{Code, Failure};
use web_sys::{DragEvent, File, HtmlInputElement};
use yew::prelude::*;

/// Largest recording taken, bytes: the largest journal is 16 MiB.
const MOST_BYTES: f64 = 64.0 * 1024.0 * 1024.0;

/// The page.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct ReplayProps {
    pub(super) topics: bool,
}

/// The player's page.
#[component]
pub(super) fn Replay(props: &ReplayProps) -> Html {
    let ctx = use_store();
    let over = use_state(|| false);
    let onchange = {
        let ctx = ctx.clone();
        Callback::from(move |event: Event| {
            if let Some(file) = event.target_unchecked_into::<HtmlInputElement>().files().and_then(|files| files.get(0)) {
                read(&ctx, file);
            }
        })
    };
    let ondrop = {
        let (ctx, over) = (ctx.clone(), over.clone());
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            over.set(false);
            if let Some(file) = event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0)) {
                read(&ctx, file);
            }
        })
    };
    let ondragover = { let over = over.clone(); Callback::from(move |event: DragEvent| { event.prevent_default(); over.set(true); }) };
    let ondragleave = { let over = over.clone(); Callback::from(move |_: DragEvent| over.set(false)) };
    html! {
        <Bench purpose={Purpose::Replay} title="Replay" topics={props.topics}>
            <div class={classes!("drop", over.then_some("over"))} {ondrop} {ondragover} {ondragleave}>
                <label for="recording">{ "Open a recording" }</label>
                <input type="file" id="recording" accept=".jsonl,.ndjson,.json,.txt" {onchange} />
                <span class="soft">{ "or drop it here. It stays in this browser." }</span>
            </div>
        </Bench>
    }
}

fn read(ctx: &Ctx, file: File) {
    let dispatch = ctx.dispatch.clone();
    let name = file.name();
    wasm_bindgen_futures::spawn_local(async move {
        let refuse = |why: &str| {
            let hint = "choose a file written by `run --record` or by Download recording";
            PlayerAction::Failed(Failure::new(Code::BadMessage, format!("{name} {why}"), hint).field("recording"))
        };
        let action = if file.size() > MOST_BYTES {
            refuse("is larger than 64 MiB")
        } else {
            let text = wasm_bindgen_futures::JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
            text.map_or_else(|| refuse("could not be read"), |text| PlayerAction::Loaded { name: name.clone(), text, play: false })
        };
        dispatch.emit(Action::Player(action));
    });
}
