//! The source that is running: the file of each role, as it was when the page was built.

use yew::prelude::*;

/// Role, path, text.
const PIPE: &[(&str, &str, &str)] = &[
    ("writer", "backend/src/mechanism/pipe/writer.rs", include_str!("../../../backend/src/mechanism/pipe/writer.rs")),
    ("reader", "backend/src/mechanism/pipe/reader.rs", include_str!("../../../backend/src/mechanism/pipe/reader.rs")),
    ("parent", "backend/src/mechanism/pipe/parent.rs", include_str!("../../../backend/src/mechanism/pipe/parent.rs")),
];

/// The source of an entry's roles.
pub fn source(entry: &str) -> Html {
    let files = if entry == "pipe" { PIPE } else { &[] };
    if files.is_empty() {
        return html! { <p class="empty">{ "Its processes are not written yet." }</p> };
    }
    html! {
        <div class="source">
            <p class="soft">{ "These are the programs that run, top to bottom, with the real calls." }</p>
            { for files.iter().enumerate().map(|(at, (role, path, text))| html! {
                <details open={at == 0} key={*role}>
                    <summary><strong>{ *role }</strong>{ " " }<code>{ *path }</code></summary>
                    <pre tabindex="0" translate="no" aria-label={format!("Source of {role}")}><code>{ *text }</code></pre>
                </details>
            }) }
        </div>
    }
}
