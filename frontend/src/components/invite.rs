//! Showing a run to others: the watch link with its QR code, and on the other side what a watcher has instead of controls.

use super::parts::{button, el, para, words};
use crate::{
    ctx::Ctx,
    dom,
    mechanism::count,
    qr::qr,
    store::{Action, UiAction, Watching},
};
use yew::prelude::*;

/// Light modules around the code: less, and some cameras do not find it.
const QUIET: usize = 4;

/// What the dialog says: the link, how many watch, and what they see.
pub(super) fn invite(ctx: &Ctx) -> Html {
    let Some(address) = ctx.store.watch_link() else {
        return words("p", "soft", "Asking the server for a link…");
    };
    let link = dom::link(&address);
    let copy = {
        let (dispatch, link) = (ctx.dispatch.clone(), link.clone());
        Callback::from(move |_: MouseEvent| {
            dom::copy(&link);
            dispatch.emit(Action::Ui(UiAction::Copied(true)));
        })
    };
    let copied = if ctx.store.ui.copied {
        "Link copied"
    } else {
        "Copy link"
    };
    let count =
        html! { <p class="watchers" data-test="watchers" role="status">{ watchers(ctx) }</p> };
    let local = dom::is_loopback().then(|| {
        para(
            "notice info",
            "This address leads to the server on this machine only; others need its address in the network.".to_owned(),
        )
    });
    let mut inside = vec![
        para("mono link", link.clone()),
        button("", Some("copy-link"), copied, copy),
        count,
        words(
            "p",
            "soft",
            "Whoever opens it sees this run and follows your beat and what you look at. Nobody can do anything to it, and nobody is asked for a name. The link ends with its run; a new run of yours takes it over.",
        ),
    ];
    inside.extend(local);
    el("div", "invite", vec![picture(&link), el("div", "", inside)])
}

/// How many watch, in words.
pub(super) fn watchers(ctx: &Ctx) -> String {
    match ctx.store.invite.as_ref().map(|invite| invite.count) {
        None => String::new(),
        Some(0) => "Nobody watches yet".to_owned(),
        Some(1) => "1 watches".to_owned(),
        Some(many) => format!("{} watch", count(many)),
    }
}

/// The code as an image: dark on light in either theme, since cameras expect that.
fn picture(link: &str) -> Html {
    let Some(qr) = qr(link) else {
        return html! {};
    };
    let size = qr.size + 2 * QUIET;
    html! {
        <svg class="qr" role="img" aria-label="QR code of the link" viewBox={format!("-{QUIET} -{QUIET} {size} {size}")} shape-rendering="crispEdges">
            <path d={qr.path()} />
        </svg>
    }
}

/// The bar of a watcher.
pub(super) fn watch_bar(ctx: &Ctx, watching: &Watching) -> Html {
    let (says, back) = if watching.follows {
        (
            "You watch. The presenter leads; choose anything to look around.",
            None,
        )
    } else {
        (
            "You look around. The run goes on.",
            Some(button(
                "main small",
                Some("follow"),
                "Back to the presenter",
                ctx.emits(Action::Follow),
            )),
        )
    };
    let mut inside = vec![words("span", "", says), words("span", "spacer", "")];
    inside.extend(back);
    html! { <div class="runbar" role="status" data-test="watching">{ for inside }</div> }
}
