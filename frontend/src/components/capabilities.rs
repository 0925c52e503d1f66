//! What a way to talk can and cannot do: a list for one, a table for all. Every cell is data of the catalog, and tested on
//! the running thing.

use super::{
    icons::{Icon, glyph},
    parts::{el, words},
};
use shared::catalog::{Capabilities, ENTRIES, Entry, Variant};
use yew::prelude::*;

/// Name of each, and what it means.
const NAMES: [(&str, &str); 7] = [
    (
        "Keeps order",
        "What one process sends arrives in the order of its sends.",
    ),
    ("Keeps messages apart", "One send is one receive."),
    ("Both ways", "Both sides can send through the same object."),
    ("Many to many", "Several can send, and several can receive."),
    (
        "Crosses machines",
        "It reaches processes on other machines.",
    ),
    (
        "Outlives its processes",
        "What was sent is still there when all processes have ended.",
    ),
    ("Passes open files", "A descriptor can be handed over."),
];
/// The number among them.
const COPIES: (&str, &str) = (
    "Copies",
    "How often the kernel copies each byte on its way, in and out.",
);

/// What one variant can, as a list.
pub fn of_variant(variant: &Variant) -> Html {
    let mut rows = Vec::new();
    for ((name, means), (_, can)) in NAMES.iter().zip(variant.can.all()) {
        rows.push(row(name, means, yes_or_no(can)));
    }
    rows.push(row(
        COPIES.0,
        COPIES.1,
        Html::from(variant.can.copies.to_string()),
    ));
    let caption = words("caption", "", format!("What {} can do", variant.title));
    el("table", "can", vec![caption, el("tbody", "", rows)])
}

/// What all variants of all entries can, as a table.
pub fn of_all() -> Html {
    let names = NAMES.iter().chain([&COPIES]);
    let mut heads = vec![words("td", "", "")];
    heads.extend(names.map(|(name, means)| head("col", name, means)));
    let mut parts = vec![el("thead", "", vec![el("tr", "", heads)])];
    parts.extend(ENTRIES.iter().filter(|entry| entry.built).map(group));
    let table = el("table", "can all", parts);
    html! { <div class="can-place" tabindex="0" role="region" aria-label="What each can do">{ table }</div> }
}

/// What the headings mean.
pub fn meanings() -> Html {
    let one = |(name, means): &(&'static str, &'static str)| {
        el(
            "div",
            "",
            vec![words("dt", "", *name), words("dd", "", *means)],
        )
    };
    let all = NAMES.iter().chain([&COPIES]).map(one);
    el("dl", "glossary means", all.collect())
}

/// An entry with its variants.
fn group(entry: &'static Entry) -> Html {
    let title = html! { <th scope="rowgroup" colspan="9">{ entry.title }</th> };
    let mut rows = vec![el("tr", "of-entry", vec![title])];
    rows.extend(entry.variants.iter().map(variant));
    el("tbody", "", rows)
}

fn variant(variant: &'static Variant) -> Html {
    let mut cells = vec![head("row", variant.title, variant.summary)];
    let all: [_; 7] = Capabilities::all(&variant.can);
    cells.extend(
        all.into_iter()
            .map(|(_, can)| el("td", "", vec![yes_or_no(can)])),
    );
    cells.push(words("td", "", variant.can.copies.to_string()));
    el("tr", "", cells)
}

fn row(name: &'static str, means: &'static str, value: Html) -> Html {
    el(
        "tr",
        "",
        vec![head("row", name, means), el("td", "", vec![value])],
    )
}

#[inline(never)]
fn head(scope: &'static str, name: &'static str, means: &'static str) -> Html {
    html! { <th {scope} title={means}>{ name }</th> }
}

/// A glyph and a word: color is never the only sign.
fn yes_or_no(can: bool) -> Html {
    let (icon, class, word) = if can {
        (Icon::Check, "yes", "yes")
    } else {
        (Icon::Dead, "no", "no")
    };
    el("span", class, vec![glyph(icon), Html::from(word)])
}
