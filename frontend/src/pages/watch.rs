//! `/w/CODE`: the run of somebody else, where its presenter is.

use super::missing;
use crate::{
    components::{
        bench::{Purpose, bench},
        notices::sentence,
    },
    ctx::Ctx,
};
use yew::prelude::*;

/// The page.
pub(super) fn watch(ctx: &Ctx) -> Html {
    let refused = ctx
        .store
        .watching
        .as_ref()
        .and_then(|watching| watching.refused.as_ref());
    match refused {
        Some(failure) => missing::missing(
            ctx,
            &format!("{} {}", sentence(&failure.message), sentence(&failure.hint)),
        ),
        None => bench(ctx, Purpose::Watch, "Watching a run", Html::default()),
    }
}
