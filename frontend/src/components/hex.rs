//! Bytes as hex and as text, eight a row; the rest of a long payload is fetched when it is asked for.

use crate::{
    ctx::Ctx,
    mechanism::{bytes as n_bytes, count},
    store::{Action, Fetched, ROW, Selected, row},
};
use shared::event::Preview;
use yew::prelude::*;

/// Rows in the document at most: a mebibyte is 131,072 of them.
const MOST_ROWS: usize = 1_024;

/// Which bytes.
#[derive(Debug)]
pub struct Dump<'a> {
    /// Whose they are.
    pub of: Selected,
    /// What the event carries.
    pub preview: &'a Preview,
    /// What was fetched, of whatever was looked at last.
    pub fetched: &'a Fetched,
    /// There is somebody to ask for the rest.
    pub live: bool,
}

/// A dump.
pub fn hex(ctx: &Ctx, props: &Dump<'_>) -> Html {
    let mine = props.fetched.of == props.of && !props.fetched.bytes.is_empty();
    let carried;
    let bytes: &[u8] = if mine {
        &props.fetched.bytes
    } else {
        carried = props.preview.bytes();
        &carried
    };
    let total = if mine {
        props.fetched.total
    } else {
        props.preview.len
    };
    let shown = bytes.len().min(MOST_ROWS * ROW);
    let rows = bytes
        .chunks(ROW)
        .take(MOST_ROWS)
        .enumerate()
        .map(|(at, bytes)| row(at * ROW, bytes));
    let text = rows.collect::<Vec<_>>().join("\n");
    let rest = total.saturating_sub(bytes.len() as u64);
    let more = (props.live && rest > 0 && bytes.len() < MOST_ROWS * ROW).then(|| {
        let pending = props.fetched.of == props.of && props.fetched.pending;
        let onclick = ctx.emits::<MouseEvent>(Action::Fetch(props.of));
        html! { <button type="button" class="small" {onclick} aria-disabled={pending.then_some("true")}>{ if pending { "Fetching…" } else { "Fetch more" } }</button> }
    });
    if bytes.is_empty() {
        return html! { <p class="soft">{ "No bytes." }</p> };
    }
    html! {
        <>
            <pre class="hex" tabindex="0" translate="no" aria-label={format!("Bytes, {} of {}", count(shown as u64), count(total))}>{ text }</pre>
            if (shown as u64) < total { <p class="soft">{ format!("{} of {}. ", count(shown as u64), n_bytes(total)) }{ more }</p> }
        </>
    }
}
