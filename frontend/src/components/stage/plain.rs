//! Any kernel object as what is known of it: who holds it, its figures, what lies in it. For entries without a picture of
//! their own, and for objects that a picture does not draw.

use super::picture::{Picture, Scene, Table};
use crate::{
    components::{
        badge::origin_badge,
        parts::{chosen_button, code, el, join, name_tag, words},
    },
    intent::Intent,
    mechanism::{bytes, count},
    store::{Selected, says, words as say},
};
use shared::{
    event::{Item, Origin, Reading},
    state::{Content, Object},
};
use yew::prelude::*;

/// Bytes in a row of content.
const ROW: usize = 8;
/// Rows of content shown.
const ROWS: usize = 8;

/// How it is drawn.
pub(super) const PICTURE: Picture = Picture {
    middle,
    tables,
    on_card: |_, _| Vec::new(),
    shortcuts: |_, _| Vec::new(),
    covers: &[],
};

fn middle(scene: &Scene<'_>) -> Html {
    let mut all: Vec<_> = scene
        .run
        .objects
        .iter()
        .map(|object| kernel(scene, object))
        .collect();
    if all.is_empty() {
        let nothing = "Nothing exists yet. The parent makes it when you start.";
        let title = vec![words("span", "soft", "in the kernel")];
        all.push(el(
            "div",
            "kernel absent",
            vec![
                el("p", "kernel-name", title),
                words("p", "provenance soft", nothing),
            ],
        ));
    }
    el("div", "kernels", all)
}

/// An object as a card.
pub(super) fn kernel(scene: &Scene<'_>, object: &Object) -> Html {
    let replay = scene.replay;
    let class = ["kernel", if object.removed { "removed" } else { "" }];
    let mut inside = vec![name(object)];
    inside.extend(
        object
            .readings
            .iter()
            .map(|reading| figure(reading, replay)),
    );
    if object.items_origin.is_some() {
        inside.extend(items(scene, object));
    }
    inside.extend(object.content.iter().map(|content| hex(content, replay)));
    inside.extend(facts(object).into_iter().map(|(name, value)| {
        el(
            "p",
            "fact",
            vec![words("b", "", name), Html::from(format!(" {value}"))],
        )
    }));
    el("div", &join(&class), inside)
}

/// `in the kernel mqueue:[12]`, and its names.
pub(super) fn name(object: &Object) -> Html {
    let what = if object.removed {
        format!("{}, was in the kernel", object.object_type)
    } else {
        format!("{} in the kernel", object.object_type)
    };
    let mut inside = vec![
        words("span", "soft", what),
        Html::from(" "),
        code(object.id.to_string()),
    ];
    for name in names(object) {
        inside.push(name_tag(&name));
    }
    el("p", "kernel-name", inside)
}

/// The names that lead to it now; before anybody looked, the one it was made with.
fn names(object: &Object) -> Vec<String> {
    if object.names.is_empty() {
        object.name.iter().cloned().collect()
    } else {
        object.names.clone()
    }
}

/// `3 of 10 messages LIVE by mq_getattr`.
pub(super) fn figure(reading: &Reading, replay: bool) -> Html {
    let mut inside = vec![
        words("b", "", count(reading.value)),
        Html::from(format!(" {}", of(reading))),
        origin_badge(reading.origin, replay),
    ];
    if !reading.how.is_empty() {
        inside.push(words("span", "soft", format!("by {}", reading.how)));
    }
    el("p", "provenance", inside)
}

fn of(reading: &Reading) -> String {
    let figure = reading.figure.replace('_', " ");
    match reading.max {
        Some(max) => format!("of {} {figure} ", count(max)),
        None => format!("{figure} "),
    }
}

/// What lies in it, the next to be received first.
fn items(scene: &Scene<'_>, object: &Object) -> Vec<Html> {
    let origin = object.items_origin.unwrap_or(Origin::Model);
    let mut rows: Vec<_> = object.items.iter().map(|one| item(scene, one)).collect();
    if object.more > 0 {
        rows.push(words("li", "soft", format!("{} more", count(object.more))));
    }
    if rows.is_empty() {
        rows.push(words("li", "soft", "empty"));
    }
    let head = vec![
        Html::from("front first "),
        origin_badge(origin, scene.replay),
    ];
    vec![el("p", "provenance", head), el("ol", "items", rows)]
}

/// A message that can be looked at, where it is known which it is.
fn item(scene: &Scene<'_>, item: &Item) -> Html {
    let mut text = says::item(item);
    if let Some(key) = item.key {
        text.push_str(&format!(" · {key}"));
    }
    let Some(msg) = item.msg else {
        return words("li", "item", text);
    };
    let onclick = scene.on.reform(move |_| Intent::SelectMessage(msg));
    let on = scene.selected == Selected::Message(msg);
    el(
        "li",
        "item",
        vec![chosen_button("quiet small", text, on, onclick)],
    )
}

/// Its first bytes, as hexadecimal digits and as text.
fn hex(content: &Content, replay: bool) -> Html {
    let raw: Vec<u8> = (0..content.hex.len() / 2)
        .filter_map(|at| {
            let two = content.hex.get(2 * at..2 * at + 2)?;
            u8::from_str_radix(two, 16).ok()
        })
        .collect();
    let mut text = String::new();
    for (at, row) in raw.chunks(ROW).take(ROWS).enumerate() {
        let place = content.at + (at * ROW) as u64;
        text.push_str(&format!("{place:>6}  "));
        for byte in row {
            text.push_str(&format!("{byte:02x} "));
        }
        text.push_str(&"   ".repeat(ROW - row.len()));
        text.push(' ');
        text.extend(row.iter().map(|byte| {
            if byte.is_ascii_graphic() || *byte == b' ' {
                char::from(*byte)
            } else {
                '·'
            }
        }));
        text.push('\n');
    }
    let head = vec![
        Html::from(format!("{} in all ", bytes(content.total))),
        origin_badge(Origin::Live, replay),
    ];
    let dump = html! { <pre class="content" tabindex="0" translate="no" aria-label="Bytes of it">{ text }</pre> };
    el("div", "", vec![el("p", "provenance", head), dump])
}

/// Who holds it, where it is mapped, who has it locked, where open files stand.
fn facts(object: &Object) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    let mut add = |name: &str, list: Vec<String>| {
        if !list.is_empty() {
            facts.push((name.to_owned(), list.join(", ")));
        }
    };
    let holders = object.holders.iter();
    add(
        "Held open by",
        holders
            .map(|holder| {
                format!(
                    "{} (fd {}, {})",
                    holder.worker,
                    holder.fd,
                    says::end(holder.end)
                )
            })
            .collect(),
    );
    let mappings = object.mappings.iter();
    add(
        "Mapped by",
        mappings
            .map(|map| format!("{} at {} ({})", map.worker, map.address, bytes(map.len)))
            .collect(),
    );
    add("Locks", object.locks.iter().map(says::lock).collect());
    let offsets = object.offsets.iter();
    add(
        "Places",
        offsets
            .map(|at| format!("{} (fd {}) at {}", at.worker, at.fd, count(at.pos)))
            .collect(),
    );
    add(
        "Other end",
        object.peer.iter().map(ToString::to_string).collect(),
    );
    facts
}

fn tables(scene: &Scene<'_>) -> Vec<Table> {
    scene.run.objects.iter().map(table).collect()
}

/// An object as rows of text.
pub(super) fn table(object: &Object) -> Table {
    let caption = if object.removed {
        format!(
            "Was in the kernel, is gone: {} {}",
            object.object_type, object.id
        )
    } else {
        format!("In the kernel: {} {}", object.object_type, object.id)
    };
    let mut rows: Vec<(String, String)> = object
        .readings
        .iter()
        .map(|reading| {
            let value = match reading.max {
                Some(max) => format!("{} of {}", count(reading.value), count(max)),
                None => count(reading.value),
            };
            (reading.figure.replace('_', " "), value)
        })
        .collect();
    if object.items_origin.is_some() {
        rows.push((
            "Messages".to_owned(),
            says::items(&object.items, object.more),
        ));
    }
    if let Some(content) = &object.content {
        rows.push(("Bytes".to_owned(), count(content.total)));
        for wrote in &content.writers {
            let who = wrote
                .worker
                .as_ref()
                .map_or_else(|| "nobody that was seen".to_owned(), ToString::to_string);
            let of = wrote
                .msg
                .map(|msg| format!(" as part of #{msg}"))
                .unwrap_or_default();
            let place = format!("{} to {}", count(wrote.from), count(wrote.to));
            rows.push((place, format!("stored last by {who}{of}")));
        }
    }
    let names = names(object);
    if !names.is_empty() {
        rows.push(("Names".to_owned(), names.join(", ")));
    }
    rows.extend(facts(object));
    if !object.ribbon.is_empty() {
        let parts: Vec<_> = object
            .ribbon
            .iter()
            .map(|part| shared::event::Part {
                msg: part.msg,
                from: part.from,
                to: part.to,
            })
            .collect();
        let held = say::parts(&parts);
        rows.push((
            "Next first".to_owned(),
            held.trim_start_matches(": ").to_owned(),
        ));
    }
    Table { caption, rows }
}
