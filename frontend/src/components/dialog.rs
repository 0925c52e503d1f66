//! What opens over the page and keeps the focus until it is closed: the list of keys, the watch link.

use super::{invite::invite, keys::key_list};
use crate::{
    ctx::Ctx,
    dom,
    store::{Dialog, UiAction},
};
use web_sys::HtmlDialogElement;
use yew::prelude::*;

/// The dialog; `opened` must be called when it has been drawn.
pub fn dialog(ctx: &Ctx, open: Dialog) -> Html {
    let (title, inside) = match open {
        Dialog::Keys => ("Keys", key_list()),
        Dialog::Invite => ("Watch link", invite(ctx)),
    };
    html! {
        <dialog id="dialog" class="dialog" aria-labelledby="dialog-title" onclose={ctx.ui(UiAction::Dialog(None))}>
            // A form of this kind closes it as Escape does: the focus goes back to where it came from.
            <header><h2 id="dialog-title">{ title }</h2><form method="dialog"><button>{ "Close" }</button></form></header>
            { inside }
        </dialog>
    }
}

/// Makes it a modal one: the browser keeps the focus inside and closes it on Escape.
pub fn opened() {
    let found = dom::document().and_then(|document| document.get_element_by_id("dialog"));
    if let Some(dialog) =
        found.and_then(|found| wasm_bindgen::JsCast::dyn_into::<HtmlDialogElement>(found).ok())
        && !dialog.open()
    {
        // Fails only if it is open already or no longer there.
        drop(dialog.show_modal());
    }
}
