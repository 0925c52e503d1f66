//! The choices before a run: variant, parameters, X-ray. A change while a run lives offers to start again with it.

use super::notices::Wrong;
use crate::{intent::Intent, store::Draft};
use serde_json::Value;
use shared::catalog::{Param, ParamKind};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// The form.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct ParamsProps {
    /// What is chosen.
    pub draft: Draft,
    /// Refusals of the server, by parameter.
    pub refused: Vec<(AttrValue, shared::failure::Failure)>,
    /// What a learner wants.
    pub on: Callback<Intent>,
}

/// The switch between the variants of an entry.
#[component]
pub fn Variants(props: &ParamsProps) -> Html {
    let Some(entry) = props.draft.entry() else { return html! {} };
    let chosen = props.draft.variant_id();
    let option = |variant: &shared::catalog::Variant| {
        let onchange = {
            let (on, id) = (props.on.clone(), variant.id);
            Callback::from(move |_: Event| on.emit(Intent::Variant(id.to_owned())))
        };
        html! {
            <label class="choice" title={variant.summary}>
                <input type="radio" name="variant" value={variant.id} checked={variant.id == chosen} {onchange} />
                <span>{ variant.title }</span>
            </label>
        }
    };
    html! {
        <fieldset class="variants"><legend class="sr">{ "Variant" }</legend>{ for entry.variants.iter().map(option) }</fieldset>
    }
}

/// All parameters of an entry and the X-ray switch.
#[component]
pub fn Params(props: &ParamsProps) -> Html {
    let Some(entry) = props.draft.entry() else { return html! {} };
    let xray = {
        let on = props.on.clone();
        Callback::from(move |event: Event| on.emit(Intent::Xray(event.target_unchecked_into::<HtmlInputElement>().checked())))
    };
    html! {
        <div class="fields">
            { for entry.params.iter().map(|param| field(props, param)) }
            <label class="switch"><input type="checkbox" id="param-xray" checked={props.draft.xray} onchange={xray} />
                <span>{ "X-ray" }</span><small class="soft">{ "Trace the system calls of its processes; each costs about 25 µs more." }</small></label>
        </div>
    }
}

fn field(props: &ParamsProps, param: &'static Param) -> Html {
    let id = format!("param-{}", param.id);
    let value = props.draft.value(param);
    let typed = props.draft.wrong.get(param.id).map(|wrong| wrong.1.clone());
    let refused = || props.refused.iter().find(|refused| refused.0 == param.id).map(|refused| refused.1.clone());
    let failure = typed.or_else(refused);
    let says = |read: fn(&Event) -> Value| {
        let on = props.on.clone();
        Callback::from(move |event: Event| on.emit(Intent::Param(param.id.to_owned(), read(&event))))
    };
    let help = format!("{id}-help");
    let describedby = if failure.is_some() { format!("{id}-error {help}") } else { help.clone() };
    let input = match param.kind {
        ParamKind::Flag { .. } => {
            let onchange = says(|event| event.target_unchecked_into::<HtmlInputElement>().checked().into());
            return html! {
                <label class="switch" key={param.id}><input type="checkbox" {id} checked={value == "true"} {onchange} />
                    <span>{ param.label }</span><small class="soft">{ param.help }</small></label>
            };
        }
        ParamKind::Number { .. } => {
            let onchange = says(|event| event.target_unchecked_into::<HtmlInputElement>().value().into());
            html! {
                <input id={id.clone()} {value} {onchange} inputmode="numeric" autocomplete="off"
                    aria-invalid={failure.is_some().then_some("true")} aria-describedby={describedby} />
            }
        }
        ParamKind::Choice { options } => {
            let onchange = says(|event| event.target_unchecked_into::<HtmlSelectElement>().value().into());
            html! {
                <select id={id.clone()} {onchange} aria-describedby={describedby}>
                    { for options.iter().map(|(word, label)| html! { <option value={*word} selected={*word == value}>{ *label }</option> }) }
                </select>
            }
        }
    };
    let unit = if let ParamKind::Number { unit, .. } = param.kind { unit } else { "" };
    html! {
        <div class="field" key={param.id}>
            <label for={id.clone()}>{ param.label }if !unit.is_empty() { <span class="soft">{ format!(" {unit}") }</span> }</label>
            { input }
            <Wrong id={format!("{id}-error")} {failure} />
            <small class="help soft" id={help}>{ param.help }</small>
        </div>
    }
}
