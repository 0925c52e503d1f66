//! One file a page. Each begins with an `h1` that takes the focus when the page is turned to.

mod builder;
mod embed;
mod glossary;
mod home;
mod learn;
mod missing;
mod replay;
mod watch;

use crate::{
    components::{
        bench::{Purpose, bench},
        keys::key_list,
        parts::{page, words},
    },
    ctx::Ctx,
    lessons,
    route::Route,
};
use yew::prelude::*;

/// The page of the place where the learner is.
pub fn view(ctx: &Ctx) -> Html {
    match &ctx.store.route {
        Route::Home => home::home(ctx),
        Route::Learn { checked: false } => learn::learn(ctx),
        Route::Learn { checked: true } => learn::checked(ctx),
        Route::Compare => learn::compare(ctx),
        Route::Lesson { entry, lesson, .. } => match lessons::lesson(entry, lesson) {
            Some(lesson) => bench(ctx, Purpose::Lesson(lesson), lesson.title, Html::default()),
            None => missing::missing(ctx, &format!("There is no lesson “{lesson}” of {entry}.")),
        },
        Route::Lab(lab) => match shared::catalog::entry(&lab.entry) {
            Ok(entry) if entry.built => bench(ctx, Purpose::Lab, entry.title, Html::default()),
            Ok(entry) => missing::coming(ctx, entry.title, entry.question),
            Err(failure) => missing::missing(ctx, &format!("{}.", failure.message)),
        },
        Route::Replay { .. } => bench(ctx, Purpose::Replay, "Replay", replay::open(ctx)),
        Route::Embed { options, .. } => embed::embed(ctx, options),
        Route::Watch { .. } => watch::watch(ctx),
        Route::Builder => builder::builder(ctx),
        Route::Glossary => glossary::glossary(),
        Route::Keys => {
            let intro = "Everything can be done with Tab, the arrow keys, Enter and Space. No single key but ? acts on the whole page.";
            page(
                "page narrow",
                "Keys",
                vec![words("p", "", intro), key_list()],
            )
        }
        Route::Coming { title, .. } => missing::coming(ctx, title, ""),
        Route::Missing { path } => missing::missing(ctx, &format!("There is no page at “{path}”.")),
    }
}
