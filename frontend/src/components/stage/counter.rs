//! Draws a counter: its digits, what was added, who sleeps at it.

use super::{
    lamps::{TOKENS, token},
    picture::Scene,
};
use crate::{
    components::{
        badge::{ink, letter, origin_badge},
        parts::{code, el, join, name_tag, words},
    },
    mechanism::{count, signal::Count},
};
use shared::event::Origin;
use yew::prelude::*;

/// The counter.
pub(super) fn counter(scene: &Scene<'_>, picture: &Count) -> Html {
    let what = match (picture.semaphore, picture.removed) {
        (_, true) => "is gone:",
        (true, false) => "in shared memory:",
        (false, false) => "in the kernel:",
    };
    let id = picture.id.as_deref().unwrap_or("no counter yet");
    let mut name = vec![
        words("span", "soft", what),
        Html::from(" "),
        code(id.to_owned()),
    ];
    name.extend(picture.names.iter().map(|name| name_tag(name)));
    let mut inside = vec![el("p", "kernel-name", name)];
    let digits = if picture.digits.is_empty() {
        "–"
    } else {
        &picture.digits
    };
    let wheels = digits
        .chars()
        .map(|digit| words("b", "", digit.to_string()));
    let long = if digits.len() > 6 {
        "wheels long"
    } else {
        "wheels"
    };
    inside.push(el("p", long, wheels.collect()));
    if let Some(value) = &picture.value {
        let how = value.how.split(':').next().unwrap_or_default();
        let badge = origin_badge(value.origin, scene.replay);
        inside.push(el(
            "p",
            "provenance",
            vec![badge, words("span", "soft", format!("by {how}"))],
        ));
    }
    if picture.semaphore {
        inside.push(bench(scene, picture));
    }
    if !picture.added.is_empty() {
        let tokens = picture.added.iter().take(TOKENS).map(|one| {
            let value = format!("+{}", one.value);
            token(scene, one.msg, one.letter, Some(&value), one.waits)
        });
        let mut tokens: Vec<_> = tokens.collect();
        tokens.push(origin_badge(Origin::Model, scene.replay));
        inside.push(el("div", "tokens", tokens));
    }
    if picture.unsure {
        let why = "One unit is like the other: whose was taken, nobody can tell.";
        inside.push(words("p", "why", why));
    }
    let absent = if picture.id.is_none() { "absent" } else { "" };
    let removed = if picture.removed { "removed" } else { "" };
    el(
        "div",
        &join(&["kernel signal count", absent, removed]),
        inside,
    )
}

/// Those who found 0.
fn bench(scene: &Scene<'_>, picture: &Count) -> Html {
    let mut inside: Vec<Html> = picture
        .bench
        .iter()
        .map(|(sign, id)| {
            let class = format!("sleeper ink-{}", ink(*sign));
            el(
                "span",
                &class,
                vec![letter(*sign), Html::from(format!(" {id}"))],
            )
        })
        .collect();
    if inside.is_empty() {
        inside.push(words("span", "soft", "nobody sleeps"));
    }
    if let Some(sleepers) = &picture.sleepers {
        let text = format!("{} on the bench ", count(sleepers.value));
        let badge = origin_badge(sleepers.origin, scene.replay);
        inside.push(el("span", "provenance", vec![Html::from(text), badge]));
    }
    el("div", "bench", inside)
}
