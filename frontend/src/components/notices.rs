//! Refusals and losses in words, each with what to do, until they are read.

use super::icons::{Glyph, Icon};
use crate::{
    hooks::{Ctx, use_store},
    store::{Action, Notice},
};
use yew::prelude::*;

/// All notices.
#[component]
pub fn Notices() -> Html {
    let ctx = use_store();
    html! {
        <div class="notices" role="status" aria-label="Notices">
            { for ctx.store.notices.iter().map(|one| notice(&ctx, one)) }
        </div>
    }
}

fn notice(ctx: &Ctx, notice: &Notice) -> Html {
    let failure = &notice.failure;
    let again = (notice.times > 1).then(|| html! { <span class="soft">{ format!(" ({} times)", notice.times) }</span> });
    html! {
        <div class="notice warn" key={notice.id.to_string()}>
            <Glyph icon={Icon::Warning} />
            <p><strong>{ sentence(&failure.message) }</strong>{ " " }{ sentence(&failure.hint) }{ again }</p>
            <button type="button" class="quiet icon" aria-label="Dismiss this notice" onclick={ctx.emits(Action::Dismiss(notice.id))}>
                <Glyph icon={Icon::Dead} />
            </button>
        </div>
    }
}

/// A clause as a sentence: upper case at its begin, a full stop at its end.
pub fn sentence(clause: &str) -> String {
    let mut letters = clause.trim().chars();
    let Some(first) = letters.next() else { return String::new() };
    let stop = if clause.trim_end().ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{}{}{stop}", first.to_uppercase(), letters.as_str())
}

/// What is wrong with a field, beside it.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct WrongProps {
    /// Id of the text, for `aria-describedby`.
    pub id: AttrValue,
    /// The refusal, if any.
    pub failure: Option<shared::failure::Failure>,
}

/// The words beside a field that was refused.
#[component]
pub fn Wrong(props: &WrongProps) -> Html {
    match &props.failure {
        Some(failure) => html! {
            <p class="error" id={props.id.clone()} role="alert">
                { sentence(&failure.message) }{ " " }<span>{ sentence(&failure.hint) }</span>
            </p>
        },
        None => html! {},
    }
}
