//! The controls of a recording: play and pause, pace, a slider by event, markers.

use crate::store::{Action, Player, PlayerAction};
use std::rc::Rc;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// The controls.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct PlayerProps {
    /// What it shows.
    pub at: Place,
    /// Something was pressed.
    pub dispatch: Callback<Action>,
}

/// What the controls need to know of a player.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// As in the heading.
    pub name: AttrValue,
    /// Events folded.
    pub place: usize,
    /// Events in all.
    pub len: usize,
    /// It runs by itself.
    pub playing: bool,
    /// 1 is the usual pace.
    pub speed: f64,
    /// The event at the place, in words.
    pub line: AttrValue,
    /// Places worth going to, and what happens there.
    pub markers: Rc<Vec<(usize, String)>>,
}

impl From<&Player> for Place {
    fn from(player: &Player) -> Self {
        Self {
            name: player.name.clone().into(),
            place: player.place(),
            len: player.len(),
            playing: player.playing,
            speed: player.speed,
            line: player.line().into(),
            markers: Rc::new(player.markers().iter().map(|marker| (marker.place, marker.label.clone())).collect()),
        }
    }
}

/// The controls of a recording.
#[component]
pub fn PlayerBar(props: &PlayerProps) -> Html {
    let at = &props.at;
    let act = |action: PlayerAction| {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.emit(Action::Player(action.clone())))
    };
    let oninput = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: InputEvent| {
            let value = event.target_unchecked_into::<HtmlInputElement>().value();
            dispatch.emit(Action::Player(PlayerAction::Seek(value.parse().unwrap_or(1))));
        })
    };
    let onspeed = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: Event| {
            let value = event.target_unchecked_into::<HtmlSelectElement>().value();
            dispatch.emit(Action::Player(PlayerAction::Speed(value.parse().unwrap_or(1.0))));
        })
    };
    let onkeydown = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: KeyboardEvent| {
            if let Some(action) = of_key(&event) {
                event.prevent_default();
                dispatch.emit(Action::Player(action));
            }
        })
    };
    let speeds = [(0.25, "¼×"), (0.5, "½×"), (1.0, "1×"), (2.0, "2×"), (5.0, "5×"), (20.0, "20×")];
    let near = |speed: f64| (speed - at.speed).abs() < 0.01;
    html! {
        <section class="player" aria-label="Player" {onkeydown}>
            <button type="button" class="play main" onclick={act(PlayerAction::Toggle)}>{ if at.playing { "Pause" } else { "Play" } }</button>
            <button type="button" class="icon" aria-label="One event back" onclick={act(PlayerAction::Step(-1))}>{ "‹" }</button>
            <button type="button" class="icon" aria-label="One event on" onclick={act(PlayerAction::Step(1))}>{ "›" }</button>
            <input type="range" min="1" max={at.len.to_string()} value={at.place.to_string()} {oninput} list="player-markers"
                aria-label="Event" aria-valuetext={format!("event {} of {}: {}", at.place, at.len, at.line)} />
            <datalist id="player-markers">
                { for at.markers.iter().map(|(place, label)| html! { <option value={place.to_string()} label={label.clone()} /> }) }
            </datalist>
            <select aria-label="Pace" onchange={onspeed}>
                { for speeds.iter().map(|(speed, label)| html! { <option value={speed.to_string()} selected={near(*speed)}>{ *label }</option> }) }
            </select>
            <p class="place"><span class="mono">{ format!("{} of {}", at.place, at.len) }</span>{ " " }<span class="mono">{ at.line.clone() }</span></p>
        </section>
    }
}

/// What a key does while the player has the focus.
fn of_key(event: &KeyboardEvent) -> Option<PlayerAction> {
    let button = event.target_dyn_into::<web_sys::HtmlButtonElement>().is_some();
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
