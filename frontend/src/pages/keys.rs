//! `/keys`: what the keyboard does.

use crate::components::keys::KeyList;
use yew::prelude::*;

/// The page.
#[component]
pub(super) fn Keys() -> Html {
    html! {
        <main class="page narrow" id="main" tabindex="-1">
            <h1 tabindex="-1">{ "Keys" }</h1>
            <p>{ "Everything can be done with Tab, the arrow keys, Enter and Space. No single key but ? acts on the whole page." }</p>
            <KeyList />
        </main>
    }
}
