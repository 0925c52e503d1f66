//! Refusals and losses in words, each with what to do, until they are read.

use super::{
    icons::{Icon, glyph},
    parts::{el, icon_button, words},
};
use crate::{
    ctx::Ctx,
    route::Route,
    store::{Action, Notice},
};
use shared::failure::Failure;
use yew::prelude::*;

/// Fields of the composer: what is wrong with them, as with a parameter, stands beside them, not here too.
const BESIDE: [&str; 4] = ["data", "len", "times", "worker"];

/// All notices that stand nowhere else.
pub fn notices(ctx: &Ctx) -> Html {
    let route = &ctx.store.route;
    let composed = matches!(route, Route::Lab(_) | Route::Lesson { .. }) && !route.presents();
    let beside = |notice: &&Notice| {
        composed
            && notice.failure.field.as_deref().is_some_and(|field| {
                BESIDE.contains(&field) || ctx.store.draft.wrong(field).is_some()
            })
    };
    html! {
        <div class="notices" role="status" aria-label="Notices">
            { for ctx.store.notices.iter().filter(|one| !beside(one)).map(|one| notice(ctx, one)) }
        </div>
    }
}

fn notice(ctx: &Ctx, notice: &Notice) -> Html {
    let failure = &notice.failure;
    let again =
        (notice.times > 1).then(|| words("span", "soft", format!(" ({} times)", notice.times)));
    let mut says = vec![
        words("strong", "", sentence(&failure.message)),
        format!(" {}", sentence(&failure.hint)).into(),
    ];
    says.extend(again);
    html! {
        <div class="notice warn" key={notice.id.to_string()}>
            { glyph(Icon::Warning) }
            { el("p", "", says) }
            { icon_button("quiet icon", "Dismiss this notice", glyph(Icon::Dead), ctx.emits(Action::Dismiss(notice.id))) }
        </div>
    }
}

/// A clause as a sentence: upper case at its begin, a full stop at its end.
pub fn sentence(clause: &str) -> String {
    let mut letters = clause.trim().chars();
    let Some(first) = letters.next() else {
        return String::new();
    };
    let stop = if clause.trim_end().ends_with(['.', '?', '!']) {
        ""
    } else {
        "."
    };
    format!("{}{}{stop}", first.to_ascii_uppercase(), letters.as_str())
}

/// What is wrong with a field, beside it; the id is for its `aria-describedby`.
pub fn wrong(id: &str, failure: Option<&Failure>) -> Html {
    let Some(failure) = failure else {
        return html! {};
    };
    let says = format!("{} ", sentence(&failure.message));
    let hint = words("span", "", sentence(&failure.hint));
    html! {
        <p class="error" id={id.to_owned()} role="alert" data-test={id.to_owned()}>{ says }{ hint }</p>
    }
}
