//! `/replay?src=…`: a recording, from a file or an address. Works without a server.

use crate::{
    ctx::Ctx,
    store::{Action, PlayerAction},
};
use shared::failure::{Code, Failure};
use web_sys::{DragEvent, File, FileList, HtmlInputElement};
use yew::prelude::*;

/// Largest recording taken, bytes: the largest journal is 16 MiB.
const MOST_BYTES: f64 = 64.0 * 1024.0 * 1024.0;

/// Where a recording is dropped or chosen.
pub(super) fn open(ctx: &Ctx) -> Html {
    let first = |files: Option<FileList>| files.and_then(|files| files.get(0));
    let take = {
        let ctx = ctx.clone();
        move |file: Option<File>| {
            if let Some(file) = file {
                read(&ctx, file);
            }
        }
    };
    let onchange = {
        let take = take.clone();
        Callback::from(move |event: Event| {
            take(first(
                event.target_unchecked_into::<HtmlInputElement>().files(),
            ));
        })
    };
    let ondrop = Callback::from(move |event: DragEvent| {
        event.prevent_default();
        take(first(event.data_transfer().and_then(|data| data.files())));
    });
    let ondragover = Callback::from(|event: DragEvent| event.prevent_default());
    html! {
        <div class="drop" {ondrop} {ondragover}>
            <label for="recording">{ "Open a recording" }</label>
            <input type="file" id="recording" accept=".jsonl,.ndjson,.json,.txt" {onchange} />
            <span class="soft">{ "or drop it here. It stays in this browser." }</span>
        </div>
    }
}

fn read(ctx: &Ctx, file: File) {
    let dispatch = ctx.dispatch.clone();
    let name = file.name();
    wasm_bindgen_futures::spawn_local(async move {
        let refuse = |why: &str| {
            let hint = "choose a file written by `run --record` or by Download recording";
            PlayerAction::Failed(
                Failure::new(Code::BadMessage, format!("{name} {why}"), hint).field("recording"),
            )
        };
        let action = if file.size() > MOST_BYTES {
            refuse("is larger than 64 MiB")
        } else {
            let text = wasm_bindgen_futures::JsFuture::from(file.text())
                .await
                .ok()
                .and_then(|text| text.as_string());
            text.map_or_else(
                || refuse("could not be read"),
                |text| PlayerAction::Loaded {
                    name: name.clone(),
                    text,
                    play: false,
                },
            )
        };
        dispatch.emit(Action::Player(action));
    });
}
