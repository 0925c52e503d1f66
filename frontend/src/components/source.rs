//! The source that is running: the file of each role, fetched when it is looked at, with the lines the processes are in.

use super::{
    badge::ink,
    parts::{el, words},
};
use crate::{
    ctx::Ctx,
    dom,
    store::{
        Shown,
        source::{At, File, INDEX, files},
    },
};
use web_sys::Element;
use yew::prelude::*;

/// The sources of those who take part.
pub fn source(ctx: &Ctx, shown: &Shown) -> Html {
    let Some(index) = ctx.store.text(INDEX) else {
        return words("p", "empty", "Loading…");
    };
    let files = files(&index, &shown.state, &ctx.store.draft.roles);
    let help = "These are the programs that run, top to bottom, with the real calls. A marked line is where a process is, \
                as the call it is in says.";
    let mut inside = vec![words("p", "soft", help)];
    inside.extend(files.iter().map(|file| drawn(ctx, file)));
    el("div", "source", inside)
}

fn drawn(ctx: &Ctx, file: &File) -> Html {
    let text = ctx.store.text(&file.path);
    let inside = match &text {
        Some(text) => lines(text, &file.at),
        None => vec![Html::from("Loading…")],
    };
    let first = file.at.first().map(|at| at.line.to_string());
    html! {
        <details open={file.who != "parent"} key={file.path.clone()}>
            <summary><strong>{ file.name.clone() }</strong><span class="soft">{ format!(" {}", file.who) }{ for file.at.iter().map(place) }</span></summary>
            <pre tabindex="0" translate="no" aria-label={format!("Source of {}", file.who)} data-line={first}><code>{ for inside }</code></pre>
        </details>
    }
}

fn place(at: &At) -> String {
    let letter = at
        .letter
        .map(|letter| format!("{letter} "))
        .unwrap_or_default();
    let word = if at.now { "in" } else { "last in" };
    format!(" · {letter}{word} line {}", at.line)
}

/// The text, with the marked lines apart from what is before, between and after them.
fn lines(text: &str, at: &[At]) -> Vec<Html> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    for (line, n) in text.split_inclusive('\n').zip(1_u32..) {
        let mut here = at.iter().filter(|at| at.line == n);
        let Some(first) = here.next() else {
            plain.push_str(line);
            continue;
        };
        parts.push(Html::from(std::mem::take(&mut plain)));
        let class = if first.now { "" } else { "was " };
        let class = format!("{class}ink-{}", ink(first.letter));
        parts.push(words("mark", &class, line));
    }
    parts.push(Html::from(plain));
    parts
}

/// Brings the marked line of each file into view, once for each line: whoever scrolls away stays away.
pub fn follow() {
    let Some(all) = dom::document()
        .and_then(|document| document.query_selector_all(".source pre[data-line]").ok())
    else {
        return;
    };
    for at in 0..all.length() {
        let Some(pre) = all
            .item(at)
            .and_then(|node| wasm_bindgen::JsCast::dyn_into::<Element>(node).ok())
        else {
            continue;
        };
        let line = pre.get_attribute("data-line").unwrap_or_default();
        if pre.get_attribute("data-seen").as_deref() == Some(&line) {
            continue;
        }
        drop(pre.set_attribute("data-seen", &line));
        if let Ok(Some(mark)) = pre.query_selector("mark") {
            let above =
                mark.get_bounding_client_rect().top() - pre.get_bounding_client_rect().top();
            let middle = above - f64::from(pre.client_height()) / 2.0;
            #[expect(clippy::cast_possible_truncation, reason = "pixels of a page")]
            pre.set_scroll_top(pre.scroll_top() + middle as i32);
        }
    }
}
