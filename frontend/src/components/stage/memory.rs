//! Draws shared memory: the addresses it has in each process, a line from each to one page, and in the page the guard's word
//! and the cells with the letter of who stored last.

use super::{
    picture::{Picture, Scene, Table},
    plain,
    verbs::Verb,
};
use crate::{
    components::{
        badge::{ink, letter, origin_badge},
        parts::{code, el, join, name_tag, words},
    },
    mechanism::{
        count,
        memory::{self, Address, Cell, GuardCell, Page},
    },
};
use shared::{
    command::Values,
    event::Origin,
    mechanism::memory::CELLS,
    state::{RunState, Worker},
};
use yew::prelude::*;

/// How it is drawn.
pub(super) const PICTURE: Picture = Picture {
    middle,
    tables,
    on_card,
    shortcuts,
    covers: &["finish", "attach"],
};

fn middle(scene: &Scene<'_>) -> Html {
    let picture = memory::Picture::of(scene.run);
    let mut all: Vec<_> = picture.pages.iter().map(|one| page(scene, one)).collect();
    if all.is_empty() {
        let text = "Nothing exists yet. The parent makes it when you start.";
        all.push(el(
            "div",
            "kernel memory absent",
            vec![
                el(
                    "p",
                    "kernel-name",
                    vec![words("span", "soft", "one page of memory")],
                ),
                words("p", "provenance soft", text),
            ],
        ));
    }
    el("div", "kernels", all)
}

fn page(scene: &Scene<'_>, page: &Page) -> Html {
    let mut title = vec![words("span", "soft", "memory"), code(page.id.clone())];
    title.extend(page.names.iter().map(|name| name_tag(name)));
    if page.removed {
        title.push(words("span", "soft", "is gone"));
        let inside = vec![el("p", "kernel-name", title)];
        return el("div", "kernel memory removed", inside);
    }
    let mut inside = vec![el("p", "kernel-name", title)];
    if page.names.is_empty() && !page.addresses.is_empty() {
        inside.push(words(
            "p",
            "provenance soft",
            "no name leads here: it lives as long as somebody has it mapped",
        ));
    }
    inside.push(addresses(page));
    let mut sheet = Vec::new();
    sheet.extend(page.guard.as_ref().map(guard));
    sheet.push(el("ol", "cells", page.cells.iter().map(cell).collect()));
    inside.push(el("div", "sheet", sheet));
    if page.mixed {
        inside.push(words("p", "mixed", "torn: a part of each"));
    }
    inside.extend(figures(scene, page));
    el("div", "kernel memory", inside)
}

/// One chip an address, and a line from it down to the page.
fn addresses(page: &Page) -> Html {
    let mut chips: Vec<_> = page.addresses.iter().map(address).collect();
    if chips.is_empty() {
        chips.push(words("li", "soft", "mapped by nobody"));
    }
    el("ul", "addresses", chips)
}

fn address(address: &Address) -> Html {
    let class = format!("address ink-{}", ink(address.letter));
    let name = format!("{} has it at", address.who);
    el(
        "li",
        &class,
        vec![
            letter(address.letter),
            words("span", "sr", name),
            code(address.address.clone()),
        ],
    )
}

fn guard(guard: &GuardCell) -> Html {
    let class = ["guard", if guard.taken { "taken" } else { "" }];
    let ink = format!("ink-{}", ink(guard.holder));
    let mut inside = vec![words("span", "soft", guard.name), code(guard.raw.clone())];
    if guard.holder.is_some() {
        inside.push(letter(guard.holder));
    }
    inside.push(words("span", "means", guard.means.clone()));
    el("p", &join(&[class[0], class[1], &ink]), inside)
}

fn cell(cell: &Cell) -> Html {
    let first = cell.writers.first().copied();
    let class = format!(
        "cell ink-{}",
        if first.is_some() { ink(first) } else { "none" }
    );
    let mut inside = vec![
        words("span", "place", cell.at.to_string()),
        code(cell.hex.clone()),
    ];
    let reads = match cell.number {
        Some(number) => number.to_string(),
        None => cell.text.clone(),
    };
    inside.push(words("b", "reads", reads));
    let who = cell.writers.iter().map(|who| letter(Some(*who))).collect();
    inside.push(el("span", "who", who));
    if let Some(who) = first {
        inside.push(words("span", "sr", format!("stored last by {who}")));
    }
    el("li", &class, inside)
}

fn figures(scene: &Scene<'_>, page: &Page) -> Vec<Html> {
    let mut all = Vec::new();
    let mut figure = |number: String, says: &str, origin: Origin| {
        all.push(el(
            "p",
            "figure",
            vec![
                words("b", "", number),
                words("span", "soft", says),
                origin_badge(origin, scene.replay),
            ],
        ));
    };
    if let Some((calls, origin)) = page.calls {
        let says = if calls == 1 {
            "call since the first store"
        } else {
            "calls since the first store"
        };
        figure(count(calls), says, origin);
    }
    figure(
        count(page.total),
        "bytes, one page of them shown",
        Origin::Live,
    );
    if let Some((attached, to_go)) = page.attached {
        let says = if to_go {
            "attached; it goes with the last"
        } else {
            "attached (nattch)"
        };
        figure(count(attached), says, Origin::Live);
    }
    all
}

/// The register of an add that is done step by step, and half a record that is still to come.
fn on_card(_: &Scene<'_>, worker: &Worker) -> Vec<Html> {
    let mut all = Vec::new();
    let last = |what: &[&str]| {
        let mut said = worker.said.iter().rev();
        said.find(|said| what.contains(&said.what.as_str()))
    };
    if let Some(step) = last(&["step"]) {
        let value = |name: &str| {
            step.about
                .get(name)
                .map(ToString::to_string)
                .unwrap_or_default()
        };
        let did = step
            .about
            .get("did")
            .and_then(|did| did.as_str())
            .unwrap_or_default();
        let text = format!("register {} after {did}", value("register"));
        all.push(el("p", "register", vec![code(text)]));
    }
    if last(&["half", "whole"]).is_some_and(|said| said.what == "half") && worker.alive() {
        all.push(words("p", "register", "half of a record is still to come"));
    }
    if last(&["locked", "unlocked", "whole"]).is_some_and(|said| said.what == "locked")
        && worker.alive()
    {
        all.push(words("p", "register", "has the guard, and keeps it"));
    }
    all
}

fn shortcuts(run: &RunState, worker: &Worker) -> Vec<Verb> {
    let id = &worker.id;
    let mapped = run.objects.iter().any(|object| {
        let mut mappings = object.mappings.iter();
        mappings.any(|mapping| mapping.worker == *id)
    });
    let with = |verb: &str, label: &str, help, args: Values| {
        Verb::with(id, verb, label.to_owned(), help, args)
    };
    let named = run.variant != "memfd";
    if !mapped {
        if !named {
            return Vec::new();
        }
        let wrong = [("name".to_owned(), "wrong".into())].into();
        return vec![
            with(
                "attach",
                "Attach",
                "Opens the memory by its name and maps it.",
                Values::new(),
            ),
            with(
                "attach",
                "Attach by a wrong name",
                "Opens a name that nothing has: ENOENT.",
                wrong,
            ),
        ];
    }
    if worker.role == "parent" {
        return vec![with(
            "load",
            "Load the record",
            "Looks at its 64 bytes.",
            Values::new(),
        )];
    }
    let half = [("hold".to_owned(), true.into())].into();
    let mut said = worker.said.iter().rev();
    let last = said.find(|said| matches!(said.what.as_str(), "half" | "whole"));
    if last.is_some_and(|said| said.what == "half") {
        return vec![with(
            "finish",
            "Finish the record",
            "Stores the half that was held back.",
            Values::new(),
        )];
    }
    vec![
        with(
            "load",
            "Load the record",
            "Looks at its 64 bytes; no system call.",
            Values::new(),
        ),
        with(
            "fill",
            "Fill half a record",
            "Stores its letter into the first 32 bytes, and stops.",
            half,
        ),
    ]
}

fn tables(scene: &Scene<'_>) -> Vec<Table> {
    let picture = memory::Picture::of(scene.run);
    let mut tables: Vec<_> = picture.pages.iter().map(rows).collect();
    let others = scene.run.objects.iter();
    tables.extend(
        others
            .filter(|object| object.object_type == "socket")
            .map(plain::table),
    );
    tables
}

fn rows(page: &Page) -> Table {
    let gone = if page.removed { ", is gone" } else { "" };
    let mut rows: Vec<(String, String)> = Vec::new();
    let mut add = |name: String, value: String| rows.push((name, value));
    if !page.names.is_empty() {
        add("Names".to_owned(), page.names.join(", "));
    }
    for one in &page.addresses {
        add(format!("Address in {}", one.who), one.address.clone());
    }
    if let Some(guard) = &page.guard {
        add(
            format!("Guard, {}", guard.name),
            format!("{}: {}", guard.raw, guard.means),
        );
    }
    for (number, cell) in page.cells.iter().enumerate() {
        let name = if number < CELLS {
            format!("Cell {number}, byte {}", cell.at)
        } else {
            format!("Byte {}", cell.at)
        };
        let mut value = match cell.number {
            Some(number) => number.to_string(),
            None => format!("“{}”", cell.text),
        };
        if !cell.writers.is_empty() {
            let who: String = cell.writers.iter().collect();
            value.push_str(&format!(", stored last by {who}"));
        }
        add(name, value);
    }
    if let Some((calls, _)) = page.calls {
        add("Calls since the first store".to_owned(), count(calls));
    }
    if let Some((attached, _)) = page.attached {
        add("Attached".to_owned(), count(attached));
    }
    Table {
        caption: format!("Shared memory {}{gone}", page.id),
        rows,
    }
}
