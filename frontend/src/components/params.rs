//! The choices before a run: variant, parameters, X-ray. A change while a run lives offers to start again with it.

use super::{notices::wrong, parts::option};
use crate::{ctx::Ctx, intent::Intent, store::Action};
use serde_json::Value;
use shared::catalog::{Param, ParamKind};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// The switch between the variants of an entry.
pub fn variants(ctx: &Ctx) -> Html {
    let draft = &ctx.store.draft;
    let Some(entry) = draft.entry() else {
        return html! {};
    };
    let chosen = draft.variant_id();
    let choice = |variant: &shared::catalog::Variant| {
        let onchange = ctx.emits::<Event>(Action::Want(Intent::Variant(variant.id.to_owned())));
        html! {
            <label class="choice" title={variant.summary}>
                <input type="radio" name="variant" value={variant.id} checked={variant.id == chosen} {onchange} />
                <span>{ variant.title }</span>
            </label>
        }
    };
    html! {
        <fieldset class="variants"><legend class="sr">{ "Variant" }</legend>{ for entry.variants.iter().map(choice) }</fieldset>
    }
}

/// All parameters of an entry and the X-ray switch.
pub fn params(ctx: &Ctx) -> Html {
    let draft = &ctx.store.draft;
    let Some(entry) = draft.entry() else {
        return html! {};
    };
    let xray = ctx.on(|event: Event| {
        Action::Want(Intent::Xray(
            event.target_unchecked_into::<HtmlInputElement>().checked(),
        ))
    });
    html! {
        <div class="fields">
            { for entry.params.iter().map(|param| field(ctx, param)) }
            <label class="switch"><input type="checkbox" id="param-xray" checked={draft.xray} onchange={xray} />
                <span>{ "X-ray" }</span><small class="soft">{ "Trace the system calls of its processes; each costs about 25 µs more." }</small></label>
        </div>
    }
}

fn field(ctx: &Ctx, param: &'static Param) -> Html {
    let draft = &ctx.store.draft;
    let id = format!("param-{}", param.id);
    let value = draft.value(param);
    let typed = draft.wrong(param.id).map(|wrong| &wrong.failure);
    let failure = typed.or_else(|| ctx.store.refusal(param.id));
    let says = |read: fn(&Event) -> Value| {
        ctx.on(move |event: Event| Action::Want(Intent::Param(param.id.to_owned(), read(&event))))
    };
    let help = format!("{id}-help");
    let error = format!("{id}-error");
    let describedby = if failure.is_some() {
        format!("{error} {help}")
    } else {
        help.clone()
    };
    let input = match param.kind {
        ParamKind::Flag { .. } => {
            let onchange = says(|event| {
                event
                    .target_unchecked_into::<HtmlInputElement>()
                    .checked()
                    .into()
            });
            return html! {
                <label class="switch" key={param.id}><input type="checkbox" {id} checked={value == "true"} {onchange} />
                    <span>{ param.label }</span><small class="soft">{ param.help }</small></label>
            };
        }
        ParamKind::Number { .. } => {
            let onchange = says(|event| {
                event
                    .target_unchecked_into::<HtmlInputElement>()
                    .value()
                    .into()
            });
            html! {
                <input id={id.clone()} {value} {onchange} inputmode="numeric" autocomplete="off"
                    aria-invalid={failure.is_some().then_some("true")} aria-describedby={describedby} />
            }
        }
        ParamKind::Choice { options } => {
            let onchange = says(|event| {
                event
                    .target_unchecked_into::<HtmlSelectElement>()
                    .value()
                    .into()
            });
            html! {
                <select id={id.clone()} {onchange} aria-describedby={describedby}>
                    { for options.iter().map(|(word, label)| option((*word).to_owned(), (*label).to_owned(), *word == value)) }
                </select>
            }
        }
    };
    let unit = if let ParamKind::Number { unit, .. } = param.kind {
        unit
    } else {
        ""
    };
    html! {
        <div class="field" key={param.id}>
            <label for={id}>{ param.label }<span class="soft">{ " " }{ unit }</span></label>
            { input }
            { wrong(&error, failure) }
            <small class="help soft" id={help}>{ param.help }</small>
        </div>
    }
}
