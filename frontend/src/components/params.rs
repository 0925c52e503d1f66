//! The choices before a run: variant, parameters, X-ray. A change while a run lives offers to start again with it.

use super::{
    notices::wrong,
    parts::{option, para, words},
};
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
                { words("span", "", variant.title) }
            </label>
        }
    };
    html! {
        <fieldset class="variants">{ words("legend", "sr", "Variant") }{ for entry.variants.iter().map(choice) }</fieldset>
    }
}

/// The parameters of the variant, the language of each role, and the X-ray switch.
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
            { for entry.params_of(draft.variant_id()).map(|param| field(ctx, param)) }
            { languages(ctx) }
            <label class="switch"><input type="checkbox" id="param-xray" checked={draft.xray} onchange={xray} />
                { words("span", "", "X-ray") }{ words("small", "soft", "Trace the system calls of its processes; each costs about 25 µs more.") }</label>
        </div>
    }
}

fn field(ctx: &Ctx, param: &'static Param) -> Html {
    let draft = &ctx.store.draft;
    let id = format!("param-{}", param.id);
    let value = draft.value(param);
    let typed = draft.wrong(param.id).map(|wrong| &wrong.failure);
    let failure = typed.or_else(|| ctx.store.refusal(param.id));
    let says = ctx.on(move |value: Value| Action::Want(Intent::Param(param.id.to_owned(), value)));
    let help = format!("{id}-help");
    let error = format!("{id}-error");
    let describedby = if failure.is_some() {
        format!("{error} {help}")
    } else {
        help.clone()
    };
    let input = input(
        param,
        &id,
        value,
        Some(describedby),
        failure.is_some(),
        says,
    );
    if matches!(param.kind, ParamKind::Flag { .. }) {
        return html! {
            <label class="switch" key={param.id}>{ input }{ words("span", "", param.label) }{ words("small", "soft", param.help) }</label>
        };
    }
    let unit = if let ParamKind::Number { unit, .. } = param.kind {
        unit
    } else {
        ""
    };
    labeled(
        param.id,
        id,
        param.label,
        unit,
        vec![
            input,
            wrong(&error, failure),
            html! { <small class="help soft" id={help}>{ param.help }</small> },
        ],
    )
}

/// A field with its label above.
#[inline(never)]
fn labeled(
    key: &'static str,
    id: String,
    label: &'static str,
    unit: &'static str,
    inside: Vec<Html>,
) -> Html {
    html! {
        <div class="field" {key}>
            <label for={id}>{ label }{ words("span", "soft", format!(" {unit}")) }</label>
            { for inside }
        </div>
    }
}

/// The control of a parameter by itself: a field, a list, a box to tick.
pub fn input(
    param: &'static Param,
    id: &str,
    value: String,
    describedby: Option<String>,
    wrong: bool,
    says: Callback<Value>,
) -> Html {
    let id = id.to_owned();
    let invalid = wrong.then_some("true");
    match param.kind {
        ParamKind::Flag { .. } => {
            let onchange = Callback::from(move |event: Event| {
                says.emit(
                    event
                        .target_unchecked_into::<HtmlInputElement>()
                        .checked()
                        .into(),
                );
            });
            html! { <input type="checkbox" {id} checked={value == "true"} {onchange} /> }
        }
        ParamKind::Number { .. } => {
            let onchange = Callback::from(move |event: Event| {
                says.emit(
                    event
                        .target_unchecked_into::<HtmlInputElement>()
                        .value()
                        .into(),
                );
            });
            html! {
                <input {id} {value} {onchange} inputmode="numeric" autocomplete="off" aria-invalid={invalid} aria-describedby={describedby} />
            }
        }
        ParamKind::Choice { options } => {
            let options: Vec<_> = options
                .iter()
                .map(|(word, label)| ((*word).to_owned(), (*label).to_owned()))
                .collect();
            list(id, options, &value, describedby, says)
        }
    }
}

/// A list to choose from.
#[inline(never)]
fn list(
    id: String,
    options: Vec<(String, String)>,
    chosen: &str,
    describedby: Option<String>,
    says: Callback<Value>,
) -> Html {
    let onchange = Callback::from(move |event: Event| {
        says.emit(
            event
                .target_unchecked_into::<HtmlSelectElement>()
                .value()
                .into(),
        );
    });
    let options = options.into_iter().map(|(word, label)| {
        let on = word == chosen;
        option(word, label, on)
    });
    html! { <select {id} {onchange} aria-describedby={describedby}>{ for options }</select> }
}

/// What each role is written in. A server without python3, or without a module that this entry needs, says so instead of
/// offering it.
fn languages(ctx: &Ctx) -> Html {
    let draft = &ctx.store.draft;
    let python = match &ctx.store.session {
        Some(session) => session.python_for(&draft.entry),
        None => Ok("Python"),
    };
    let field = |role: &'static str| {
        let id = format!("role-{role}");
        let chosen = draft.roles.get(role).map_or("rust", String::as_str);
        let says = ctx.on(move |value: Value| {
            let language = value.as_str().unwrap_or("rust").to_owned();
            Action::Want(Intent::Language(role.to_owned(), language))
        });
        let options = [("rust", "Rust"), ("python", python.unwrap_or("Python"))]
            .into_iter()
            .filter(|option| option.0 == "rust" || python.is_ok() || chosen == "python")
            .map(|(word, label)| (word.to_owned(), label.to_owned()));
        let select = list(id.clone(), options.collect(), chosen, None, says);
        labeled(role, id, role, "is written in", vec![select])
    };
    let missing = python.err().map(|why| para("notice info", why.to_owned()));
    html! { <>{ for draft.roles().into_iter().map(field) }{ for missing }</> }
}
