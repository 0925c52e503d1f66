//! What is to be sent: text, hex or so many bytes, once or as a burst, by which writer. Enter sends.

use super::notices::Wrong;
use crate::store::{Action, Composer, Mode, Store};
use shared::{ids::WorkerId, state::RunState};
use std::rc::Rc;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// The composer.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct ComposerProps {
    /// What was typed so far.
    pub composer: Composer,
    /// The run, for its writers.
    pub state: Rc<RunState>,
    /// What was refused of it, by field.
    pub refused: Vec<(AttrValue, shared::failure::Failure)>,
    /// A run is starting or living.
    pub running: bool,
    /// It was typed into, or sent.
    pub dispatch: Callback<Action>,
}

/// What the store has refused of the fields of the composer.
pub fn refused(store: &Store) -> Vec<(AttrValue, shared::failure::Failure)> {
    let fields = ["data", "len", "times", "worker"];
    fields.iter().filter_map(|field| Some((AttrValue::from(*field), store.refusal(field)?.clone()))).collect()
}

/// The form.
#[component(ComposerForm)]
pub fn composer_form(props: &ComposerProps) -> Html {
    let composer = &props.composer;
    let change = |set: fn(&mut Composer, String)| {
        let (composer, dispatch) = (composer.clone(), props.dispatch.clone());
        Callback::from(move |event: InputEvent| {
            let mut composer = composer.clone();
            set(&mut composer, event.target_unchecked_into::<HtmlInputElement>().value());
            dispatch.emit(Action::Compose(composer));
        })
    };
    let onsubmit = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            dispatch.emit(Action::Submit);
        })
    };
    let (value, label, set): (_, _, fn(&mut Composer, String)) = match composer.mode {
        Mode::Text => (&composer.text, "Message", |composer, value| composer.text = value),
        Mode::Hex => (&composer.hex, "Message in hex", |composer, value| composer.hex = value),
        Mode::Fill => (&composer.len, "Bytes", |composer, value| composer.len = value),
    };
    let wrong = |field: &str| props.refused.iter().find(|refused| refused.0 == field).map(|refused| refused.1.clone());
    let field = if composer.mode == Mode::Fill { "len" } else { "data" };
    let failure = wrong(field).or_else(|| wrong("worker"));
    let times_failure = wrong("times");
    html! {
        <form class="composer" id="composer" {onsubmit} aria-label="Message to send" novalidate=true>
            <label class="sr" for="message">{ label }</label>
            <input id="message" value={value.clone()} oninput={change(set)} spellcheck="false" autocomplete="off" translate="no"
                inputmode={if composer.mode == Mode::Fill { "numeric" } else { "text" }}
                aria-invalid={failure.is_some().then_some("true")} aria-describedby={failure.is_some().then_some("message-error")} />
            { kinds(props) }
            <label class="times"><span>{ "×" }<span class="sr">{ "How many messages" }</span></span>
                <input id="times" value={composer.times.clone()} oninput={change(|composer, value| composer.times = value)} inputmode="numeric"
                    size="5" autocomplete="off" aria-invalid={times_failure.is_some().then_some("true")}
                    aria-describedby={times_failure.is_some().then_some("times-error")} /></label>
            { writers(props) }
            <button type="submit" class="main" id="send" title={if props.running { "Enter sends" } else { "Starts the run, then sends" }}>{ "Send" }</button>
            <Wrong id="message-error" {failure} />
            <Wrong id="times-error" failure={times_failure} />
        </form>
    }
}

/// How the payload is written down.
fn kinds(props: &ComposerProps) -> Html {
    let onchange = {
        let (composer, dispatch) = (props.composer.clone(), props.dispatch.clone());
        Callback::from(move |event: Event| {
            let mode = match event.target_unchecked_into::<HtmlSelectElement>().value().as_str() {
                "hex" => Mode::Hex,
                "fill" => Mode::Fill,
                _ => Mode::Text,
            };
            dispatch.emit(Action::Compose(Composer { mode, ..composer.clone() }));
        })
    };
    let mode = props.composer.mode;
    html! {
        <select id="message-kind" aria-label="Written as" {onchange}>
            <option value="text" selected={mode == Mode::Text}>{ "text" }</option>
            <option value="hex" selected={mode == Mode::Hex}>{ "hex" }</option>
            <option value="fill" selected={mode == Mode::Fill}>{ "N bytes" }</option>
        </select>
    }
}

/// Who sends, where there are several.
fn writers(props: &ComposerProps) -> Html {
    let writers: Vec<&WorkerId> = props.state.workers.iter().filter(|w| w.role == "writer").map(|w| &w.id).collect();
    if writers.len() < 2 {
        return html! {};
    }
    let onchange = {
        let (composer, dispatch) = (props.composer.clone(), props.dispatch.clone());
        Callback::from(move |event: Event| {
            let worker = Some(WorkerId::new(event.target_unchecked_into::<HtmlSelectElement>().value()));
            dispatch.emit(Action::Compose(Composer { worker, ..composer.clone() }));
        })
    };
    let chosen = props.composer.worker.as_ref().or_else(|| writers.first().copied());
    html! {
        <select id="message-writer" aria-label="Sent by" {onchange}>
            { for writers.iter().map(|id| html! {
                <option value={id.to_string()} selected={chosen == Some(*id)}>{ id.to_string() }</option>
            }) }
        </select>
    }
}
