//! How the page looks to this visitor: light, dark or as the system says, and whether anything moves. Kept in the
//! browser, told to nobody.

use crate::dom;
use web_sys::{HtmlInputElement, HtmlSelectElement, Storage};
use yew::prelude::*;

/// Where it is kept, as the theme's word and the motion's: `dark off`, `system on`.
const KEY: &str = "ipc-playground-looks";

/// Sets what was chosen in an earlier visit; called before anything is drawn.
pub fn restore() {
    let Some(kept) = storage().and_then(|storage| storage.get_item(KEY).ok().flatten()) else {
        return;
    };
    let (theme, motion) = kept.split_once(' ').unwrap_or((&kept, "on"));
    set(theme, motion == "off");
}

/// The two choices.
pub fn looks() -> Html {
    let theme = root("data-theme").unwrap_or_default();
    let onchange = Callback::from(|event: Event| {
        let theme = event.target_unchecked_into::<HtmlSelectElement>().value();
        keep(&theme, root("data-motion").is_some());
    });
    let onmotion = Callback::from(|event: Event| {
        let still = event.target_unchecked_into::<HtmlInputElement>().checked();
        keep(&root("data-theme").unwrap_or_default(), still);
    });
    let option = |value: &'static str, label: &'static str| {
        html! { <option {value} selected={theme == value}>{ label }</option> }
    };
    html! {
        <span class="looks">
            <select aria-label="Colors" {onchange}>
                { option("", "system colors") }{ option("light", "light") }{ option("dark", "dark") }
            </select>
            <label class="switch"><input type="checkbox" checked={root("data-motion").is_some()} onchange={onmotion} />{ "No motion" }</label>
        </span>
    }
}

fn keep(theme: &str, still: bool) {
    set(theme, still);
    if let Some(storage) = storage() {
        // Refused in private windows and some frames: then it holds for this visit.
        drop(storage.set_item(
            KEY,
            &format!("{theme} {}", if still { "off" } else { "on" }),
        ));
    }
}

fn set(theme: &str, still: bool) {
    let known = matches!(theme, "light" | "dark").then_some(theme);
    dom::set_root("theme", known);
    dom::set_root("motion", still.then_some("off"));
}

fn root(name: &str) -> Option<String> {
    dom::document()?.document_element()?.get_attribute(name)
}

fn storage() -> Option<Storage> {
    dom::window()?.local_storage().ok().flatten()
}
