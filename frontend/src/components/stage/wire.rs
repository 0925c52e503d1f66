//! A connection: two ends with the words of their states, and a lane each way: what waits to be sent, then the tank of who
//! receives.

use super::{
    picture::Scene,
    pipe::next,
    socket::{named, place, source},
    tube::{percent, ribbon},
};
use crate::{
    components::{
        badge::origin_badge,
        parts::{el, join, words},
    },
    mechanism::{
        bytes, count,
        pipe::Figure,
        socket::{Connection, Side, meaning},
    },
};
use shared::event::Origin;
use yew::prelude::*;

/// Less than this, in percent of a tank, would not be seen.
const SLIVER: f64 = 6.0;

/// A connection. `dense`: many share the stage.
pub(super) fn wire(scene: &Scene<'_>, one: &Connection, dense: bool) -> Html {
    let class = [
        "kernel wire",
        if one.over() { "removed" } else { "" },
        if one.unaccepted() { "unaccepted" } else { "" },
    ];
    let [left, right] = one.sides();
    let mut inside = vec![el(
        "div",
        "wire-ends",
        vec![end(left, one, "end-left"), end(right, one, "end-right")],
    )];
    inside.push(lane(scene, left, right, "there", dense));
    inside.push(lane(scene, right, left, "back", dense));
    el("div", &join(&class), inside)
}

/// Who has it, its address, its state.
fn end(side: &Side, one: &Connection, class: &str) -> Html {
    let mut who = named(&side.holders);
    if side.holders.is_empty() {
        let asks = one.left.state == "SYN_SENT";
        let nobody = match (side.gone, one.unaccepted()) {
            _ if asks => "no answer yet",
            (true, _) => "gone",
            (false, true) => "on the bench",
            (false, false) => "nobody has it open",
        };
        who.push(words("span", "soft", nobody));
    }
    let mut inside = vec![el("p", "who", who)];
    if !side.state.is_empty() && !side.gone {
        inside.push(words("b", "tcp-state", side.state.as_str()));
        inside.push(words("span", "soft state-words", meaning(&side.state)));
    }
    inside.extend(side.local.iter().map(|address| place(address)));
    el("div", &join(&["wire-end", class]), inside)
}

/// What goes from one end to the other.
fn lane(scene: &Scene<'_>, from: &Side, to: &Side, way: &'static str, dense: bool) -> Html {
    let shut = !from.sends || from.gone;
    let class = ["lane", way, if shut { "shut" } else { "" }];
    let mut pieces = Vec::new();
    if let Some(unsent) = &from.unsent {
        pieces.push(sending(scene, from, unsent));
    }
    pieces.push(el("div", "tank", vec![ribbon(&to.tank)]));
    if way == "back" {
        pieces.reverse();
    }
    let mut inside = vec![el("div", "lane-run", pieces), unread(scene, to, way)];
    if !dense {
        inside.extend(held(scene, to));
    }
    if let Some(why) = closed(from, to) {
        inside.push(words("p", "why", why));
    }
    el("div", &join(&class), inside)
}

/// `→ 10 bytes unread LIVE by sock_diag`
fn unread(scene: &Scene<'_>, to: &Side, way: &str) -> Html {
    let tank = &to.tank;
    let arrow = if way == "there" { "→" } else { "←" };
    let mut inside = vec![
        words("span", "way", arrow),
        words("b", "", bytes(tank.bytes.value)),
        Html::from("unread"),
        source(scene, &tank.bytes),
    ];
    if let Some(memory) = tank.memory.as_ref().filter(|memory| memory.value > 0) {
        let whose = if to.unsent.is_some() {
            "its"
        } else {
            "the sender's"
        };
        let text = format!(
            "take {} of {whose} {} bytes of memory",
            count(memory.value),
            count(memory.max)
        );
        inside.push(words("span", "soft", text));
        inside.push(origin_badge(memory.origin, scene.replay));
    }
    el("div", "lane-figure", inside)
}

/// A tank of which only the level is known; and how TCP has cut what went out of it.
fn sending(scene: &Scene<'_>, side: &Side, unsent: &Figure) -> Html {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a buffer has a few mebibytes at most"
    )]
    let level = match (unsent.value, unsent.max) {
        (0, _) => 0.0,
        (value, 0) => 100.0_f64.min(SLIVER.max(value as f64)),
        (value, max) => (100.0 * value as f64 / max as f64).clamp(SLIVER, 100.0),
    };
    let fill = html! {
        <svg width="100%" height="100%" aria-hidden="true">
            <rect x="0" width="100%" y={percent(100.0 - level)} height={percent(level)} />
        </svg>
    };
    let mut text = vec![
        words("b", "", count(unsent.value)),
        Html::from(" in the send buffer"),
        origin_badge(unsent.origin, scene.replay),
    ];
    if side.held_back > 0 {
        text.push(Html::from(format!("{} held back", count(side.held_back))));
    }
    match side.segments {
        (0, _) => {}
        (1, 0) => text.push("1 segment sent".into()),
        (all, 0) => text.push(format!("{} segments sent", count(all)).into()),
        (all, again) => {
            let line = format!(
                "{} segments sent, {} of them again",
                count(all),
                count(again)
            );
            text.push(line.into());
        }
    }
    el(
        "div",
        "send-tank",
        vec![fill, el("span", "send-words", text)],
    )
}

/// Which message is read next: the kernel keeps bytes, so that is a model.
fn held(scene: &Scene<'_>, to: &Side) -> Option<Html> {
    let (id, _) = to.tank.next?;
    let mut text = format!("next out: #{id}");
    if let Some(start) = next(scene.run, &to.tank) {
        text.push_str(&format!(" {start}"));
    }
    if to.tank.messages > 1 {
        text.push_str(&format!(", then {} more", to.tank.messages - 1));
    }
    let badge = origin_badge(Origin::Model, scene.replay);
    Some(el(
        "p",
        "held",
        vec![badge, words("span", "soft next", text)],
    ))
}

fn closed(from: &Side, to: &Side) -> Option<&'static str> {
    if from.gone || to.gone || from.sends {
        return None;
    }
    Some(if to.tank.bytes.value > 0 {
        "Shut down: no more goes in. What lies here can still be read, then comes the end."
    } else {
        "Shut down: no more goes in, and a read returns 0, the end."
    })
}
