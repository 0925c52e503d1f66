//! What is to be sent: text, hex or so many bytes, once or as a burst, by which writer. Enter sends.

use super::{notices::wrong, params::input, parts::option};
use crate::{
    ctx::Ctx,
    mechanism::{Payload, payload, seats},
    store::{Action, Composer, Mode, says},
};
use serde_json::Value;
use shared::{
    catalog::{self, Param},
    ids::WorkerId,
    state::RunState,
};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// The form. `state` is that of the run, for its writers.
pub fn composer(ctx: &Ctx, state: &RunState) -> Html {
    let store = &ctx.store;
    let composer = &store.draft.composer;
    let kind = payload(&state.entry, &state.variant);
    let (value, label, set): (_, _, fn(&mut Composer, String)) = match composer.mode {
        _ if kind == Payload::Number => (&composer.number, "Value", |composer, value| {
            composer.number = value;
        }),
        Mode::Text => (&composer.text, "Message", |composer, value| {
            composer.text = value;
        }),
        Mode::Hex => (&composer.hex, "Message in hex", |composer, value| {
            composer.hex = value;
        }),
        Mode::Fill => (&composer.len, "Bytes", |composer, value| {
            composer.len = value;
        }),
    };
    let onsubmit = ctx.on(|event: SubmitEvent| {
        event.prevent_default();
        Action::Submit
    });
    let digits = composer.mode == Mode::Fill || kind == Payload::Number;
    let field = if composer.mode == Mode::Fill && kind == Payload::Bytes {
        "len"
    } else {
        "data"
    };
    let failure = store.refusal(field).or_else(|| store.refusal("worker"));
    let times_failure = store.refusal("times");
    let hint = if store.is_running() {
        "Enter sends"
    } else {
        "Starts the run, then sends"
    };
    html! {
        <form class="composer" id="composer" tabindex="-1" {onsubmit} aria-label="Message to send" novalidate=true>
            if kind != Payload::Nothing {
            <label for="message">{ label }</label>
            <input id="message" value={value.clone()} oninput={change(ctx, set)} spellcheck="false" autocomplete="off" translate="no"
                inputmode={if digits { "numeric" } else { "text" }}
                aria-invalid={failure.is_some().then_some("true")} aria-describedby={failure.is_some().then_some("composer-error")} />
            }
            if kind == Payload::Bytes { { kinds(ctx) } }
            <label class="times" for="times"><span aria-hidden="true">{ "×" }</span><span class="sr">{ "How many messages" }</span></label>
            <input id="times" value={composer.times.clone()} oninput={change(ctx, |composer, value| composer.times = value)}
                inputmode="numeric" size="4" autocomplete="off" aria-invalid={times_failure.is_some().then_some("true")}
                aria-describedby={times_failure.is_some().then_some("times-error")} />
            { args(ctx, state) }
            { writers(ctx, state) }
            <button type="submit" class="main" id="send" title={hint}>{ "Send" }</button>
            { wrong("composer-error", failure) }
            { wrong("times-error", times_failure) }
        </form>
    }
}

/// What typing into a field does.
fn change(ctx: &Ctx, set: fn(&mut Composer, String)) -> Callback<InputEvent> {
    ctx.on(move |event: InputEvent| {
        Action::Compose(
            set,
            event.target_unchecked_into::<HtmlInputElement>().value(),
        )
    })
}

/// What choosing from a list does.
fn choose(ctx: &Ctx, set: fn(&mut Composer, String)) -> Callback<Event> {
    ctx.on(move |event: Event| {
        Action::Compose(
            set,
            event.target_unchecked_into::<HtmlSelectElement>().value(),
        )
    })
}

/// How the payload is written down.
fn kinds(ctx: &Ctx) -> Html {
    let onchange = choose(ctx, |composer, value| {
        composer.mode = match value.as_str() {
            "hex" => Mode::Hex,
            "fill" => Mode::Fill,
            _ => Mode::Text,
        };
    });
    let kinds = [
        ("text", "text", Mode::Text),
        ("hex", "hex", Mode::Hex),
        ("fill", "N bytes", Mode::Fill),
    ];
    let on = ctx.store.draft.composer.mode;
    html! {
        <select id="message-kind" aria-label="Written as" {onchange}>
            { for kinds.into_iter().map(|(value, label, mode)| option(value.to_owned(), label.to_owned(), mode == on)) }
        </select>
    }
}

/// What this entry's messages have beside their payload: priority, type, place.
fn args(ctx: &Ctx, state: &RunState) -> Html {
    let store = &ctx.store;
    let Ok(entry) = catalog::entry(&state.entry) else {
        return html! {};
    };
    let field = |param: &'static Param| {
        let id = format!("send-{}", param.id);
        let typed = store.draft.composer.args.get(param.id);
        let value = match typed.or(param.check(None).ok().as_ref()) {
            Some(value) => says::value_text(value),
            None => String::new(),
        };
        let failure = store.refusal(param.id);
        let said = ctx.on(move |value: Value| Action::ComposeArg(param.id, value));
        let error = format!("{id}-error");
        let describedby = failure.is_some().then(|| error.clone());
        let input = input(param, &id, value, describedby, failure.is_some(), said);
        html! {
            <><label class="arg" key={param.id} title={param.help}><span>{ param.label }</span>{ input }</label>{ wrong(&error, failure) }</>
        }
    };
    html! { <>{ for entry.send_of(&state.variant).map(field) }</> }
}

/// Who sends, where there are several.
fn writers(ctx: &Ctx, state: &RunState) -> Html {
    let writers = seats::senders(state);
    if writers.len() < 2 {
        return html! {};
    }
    let onchange = choose(ctx, |composer, value| {
        composer.worker = Some(WorkerId::new(value));
    });
    let chosen = ctx
        .store
        .draft
        .composer
        .worker
        .as_ref()
        .filter(|id| writers.contains(id))
        .or_else(|| writers.first());
    html! {
        <select id="message-writer" key={chosen.map(ToString::to_string).unwrap_or_default()} aria-label="Sent by" {onchange}>
            { for writers.iter().map(|id| option(id.to_string(), id.to_string(), chosen == Some(id))) }
        </select>
    }
}
