//! The controls of a recording: play and pause, pace, a slider by event, markers.

use super::badge::origin_badge;
use super::parts::{button, icon_button, option};
use crate::{
    ctx::Ctx,
    store::{Action, Player, PlayerAction},
};
use shared::event::Origin;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// Paces, and how each is called.
const PACES: [(&str, f64, &str); 6] = [
    ("0.25", 0.25, "¼×"),
    ("0.5", 0.5, "½×"),
    ("1", 1.0, "1×"),
    ("2", 2.0, "2×"),
    ("5", 5.0, "5×"),
    ("20", 20.0, "20×"),
];

/// The controls of a recording.
pub fn player(ctx: &Ctx, player: &Player) -> Html {
    let act = |action: PlayerAction| ctx.emits::<MouseEvent>(Action::Player(action));
    let oninput = ctx.on(|event: InputEvent| {
        let value = event.target_unchecked_into::<HtmlInputElement>().value();
        Action::Player(PlayerAction::Seek(value.parse().unwrap_or(1)))
    });
    let onchange = ctx.on(|event: Event| {
        let value = event.target_unchecked_into::<HtmlSelectElement>().value();
        let pace = PACES
            .iter()
            .find(|pace| pace.0 == value)
            .map_or(1.0, |pace| pace.1);
        Action::Player(PlayerAction::Speed(pace))
    });
    let onkeydown = {
        let dispatch = ctx.dispatch.clone();
        Callback::from(move |event: KeyboardEvent| {
            if let Some(action) = of_key(&event) {
                event.prevent_default();
                dispatch.emit(Action::Player(action));
            }
        })
    };
    let near = |pace: f64| (pace - player.speed).abs() < 0.01;
    let (place, len, line) = (player.place(), player.len(), player.line());
    html! {
        <section class="player" aria-label="Player" {onkeydown}>
            <span data-test="replay-badge">{ origin_badge(Origin::Replay, true) }</span>
            { button("play main", None, if player.playing { "Pause" } else { "Play" }, act(PlayerAction::Toggle)) }
            { icon_button("icon", "One event back", html! { { "‹" } }, act(PlayerAction::Step(-1))) }
            { icon_button("icon", "One event on", html! { { "›" } }, act(PlayerAction::Step(1))) }
            <input type="range" min="1" max={len.to_string()} value={place.to_string()} {oninput} list="player-markers"
                aria-label="Event" aria-valuetext={format!("event {place} of {len}: {line}")} />
            <datalist id="player-markers">
                { for player.markers().iter().map(|marker| html! { <option value={marker.place.to_string()} label={marker.label.clone()} /> }) }
            </datalist>
            <select aria-label="Pace" {onchange}>
                { for PACES.iter().map(|(value, pace, label)| option((*value).to_owned(), (*label).to_owned(), near(*pace))) }
            </select>
            <p class="place mono">{ format!("{place} of {len} · {line}") }</p>
        </section>
    }
}

/// What a key does while the player has the focus.
fn of_key(event: &KeyboardEvent) -> Option<PlayerAction> {
    let button = event
        .target_dyn_into::<web_sys::HtmlButtonElement>()
        .is_some();
    let select = event.target_dyn_into::<HtmlSelectElement>().is_some();
    if select {
        return None;
    }
    match event.key().as_str() {
        " " if !button => Some(PlayerAction::Toggle),
        "ArrowLeft" => Some(PlayerAction::Step(-1)),
        "ArrowRight" => Some(PlayerAction::Step(1)),
        "PageUp" => Some(PlayerAction::Mark(-1)),
        "PageDown" => Some(PlayerAction::Mark(1)),
        "Home" => Some(PlayerAction::Seek(1)),
        "End" => Some(PlayerAction::Seek(usize::MAX)),
        _ => None,
    }
}
