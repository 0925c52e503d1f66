//! What else can be done to a process: a fold under its card, each item with a line that says what it does.

use super::{card::CardProps, verbs::Verb};
use crate::{
    components::{
        icons::{Icon, glyph},
        parts::{el, option, words},
    },
    intent::Intent,
};
use shared::{
    catalog::{Act, Param, ParamKind},
    command::Values,
};
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// The fold itself, which is there only while it is open. Escape closes it; so does a click elsewhere. Whoever was in it
/// is back on the button that opened it.
pub(super) fn menu(
    card: &CardProps,
    fold: &NodeRef,
    id: &str,
    verbs: &[Verb],
    forms: &[&'static Act],
    close: &Callback<()>,
) -> Html {
    let leave = {
        let (close, fold) = (close.clone(), fold.clone());
        Callback::from(move |()| {
            let card = fold
                .cast::<web_sys::Element>()
                .and_then(|fold| fold.parent_element());
            if let Some(more) = card.and_then(|card| card.query_selector(".more").ok().flatten()) {
                focus(&more);
            }
            close.emit(());
        })
    };
    let onkeydown = {
        let leave = leave.clone();
        Callback::from(move |event: KeyboardEvent| {
            event.stop_propagation();
            if event.key() == "Escape" {
                event.prevent_default();
                leave.emit(());
            }
        })
    };
    let onfocusout = {
        let (close, fold) = (close.clone(), fold.clone());
        Callback::from(move |event: FocusEvent| {
            let to = event
                .related_target()
                .and_then(|target| target.dyn_into::<web_sys::Node>().ok());
            let inside = fold
                .cast::<web_sys::Node>()
                .is_some_and(|fold| fold.contains(to.as_ref()));
            if !inside {
                close.emit(());
            }
        })
    };
    html! {
        <div ref={fold.clone()} id={id.to_owned()} class="menu" role="group" aria-label={format!("More for {}", card.worker.id)}
            tabindex="-1" {onkeydown} {onfocusout}>
            <button type="button" class="menu-close quiet icon" aria-label="Close this menu" onclick={leave.reform(|_| ())}>{ glyph(Icon::Dead) }</button>
            { for verbs.iter().map(|verb| item(card, verb, &leave)) }
            { for forms.iter().map(|act| form(card, act, &leave)) }
        </div>
    }
}

fn item(card: &CardProps, verb: &Verb, leave: &Callback<()>) -> Html {
    let onclick = {
        let (on, leave, intent) = (card.on.clone(), leave.clone(), verb.intent.clone());
        Callback::from(move |_: MouseEvent| {
            on.emit(intent.clone());
            leave.emit(());
        })
    };
    html! {
        <div class="menu-item">
            <button type="button" {onclick}>{ verb.label.clone() }</button>
            <small class="soft">{ verb.help }</small>
        </div>
    }
}

/// The arguments of an act, and a button that does it.
fn form(card: &CardProps, act: &'static Act, leave: &Callback<()>) -> Html {
    let onsubmit = {
        let (on, worker, leave) = (card.on.clone(), card.worker.id.clone(), leave.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let form = event.target_unchecked_into::<web_sys::Element>();
            on.emit(Intent::Act {
                worker: Some(worker.clone()),
                verb: act.id.to_owned(),
                args: chosen(&form, act.args),
            });
            leave.emit(());
        })
    };
    let fields = act.args.iter().map(|arg| field(card, act, arg));
    let submit = html! { <button type="submit">{ act.label }</button> };
    let fields = el("span", "together", fields.chain([submit]).collect());
    html! {
        <form class="menu-item" aria-label={act.label} {onsubmit}>{ fields }{ words("small", "soft", act.help) }</form>
    }
}

/// What stands in the fields of a form, as typed; the server checks it as it checks every command.
fn chosen(form: &web_sys::Element, args: &[Param]) -> Values {
    let mut values = Values::new();
    for arg in args {
        let found = form.query_selector(&format!("[name={}]", arg.id));
        let Ok(Some(found)) = found else { continue };
        let value = if let Some(input) = found.dyn_ref::<web_sys::HtmlInputElement>() {
            if matches!(arg.kind, ParamKind::Flag { .. }) {
                input.checked().to_string()
            } else {
                input.value()
            }
        } else if let Some(select) = found.dyn_ref::<web_sys::HtmlSelectElement>() {
            select.value()
        } else {
            continue;
        };
        values.insert(arg.id.to_owned(), value.into());
    }
    values
}

fn field(card: &CardProps, act: &Act, arg: &'static Param) -> Html {
    let id = format!("{}-{}-{}", act.id, arg.id, card.worker.id);
    let input = match arg.kind {
        ParamKind::Number {
            min, max, default, ..
        } => html! {
            <input {id} name={arg.id} type="number" min={min.to_string()} max={max.to_string()} value={default.to_string()} />
        },
        ParamKind::Flag { default } => {
            html! { <input {id} name={arg.id} type="checkbox" checked={default} /> }
        }
        ParamKind::Choice { options } => {
            let all = options
                .iter()
                .map(|(word, label)| option((*word).to_owned(), (*label).to_owned(), false));
            html! { <select {id} name={arg.id}>{ for all }</select> }
        }
    };
    html! { <label title={arg.help}><span>{ arg.label }</span>{ input }</label> }
}

/// Moves the focus there, where the element can take it.
pub(super) fn focus(element: &web_sys::Element) {
    if let Some(element) = element.dyn_ref::<web_sys::HtmlElement>() {
        // Fails on an element that has just left the page: then there is nothing to focus.
        drop(element.focus());
    }
}
