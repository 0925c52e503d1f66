//! The source that is running: the file of each role, fetched when it is looked at.

use crate::{ctx::Ctx, store::ui};
use yew::prelude::*;

/// The source of an entry's roles.
pub fn source(ctx: &Ctx, entry: &str) -> Html {
    let files = ui::sources(entry).enumerate().map(|(at, (role, path))| {
        let text = ctx.store.text(&path).map_or_else(|| AttrValue::from("Loading…"), AttrValue::from);
        html! {
            <details open={at == 0} key={role}>
                <summary><strong>{ role }</strong></summary>
                <pre tabindex="0" translate="no" aria-label={format!("Source of {role}")}><code>{ text }</code></pre>
            </details>
        }
    });
    html! {
        <div class="source">
            <p class="soft">{ "These are the programs that run, top to bottom, with the real calls." }</p>
            { for files }
        </div>
    }
}
