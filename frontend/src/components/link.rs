//! Links to other places of the page: real addresses, followed without loading the page anew.

use crate::{ctx::Ctx, dom, route::Route, store::Action};
use yew::prelude::*;

/// A link within the page. With a key that opens a tab or a window it is an ordinary link.
pub fn link(ctx: &Ctx, to: &Route, class: &'static str, says: Html) -> Html {
    anchor(ctx, to, class, false, says)
}

/// A link that is words alone.
#[inline(never)]
pub fn text_link(ctx: &Ctx, to: &Route, says: &'static str) -> Html {
    anchor(ctx, to, "", false, html! { { says } })
}

/// A link in a list of places, one of which is this one.
pub fn anchor(ctx: &Ctx, to: &Route, class: &'static str, current: bool, says: Html) -> Html {
    let href = dom::absolute(&to.address());
    let onclick = {
        let (to, dispatch) = (to.clone(), ctx.dispatch.clone());
        Callback::from(move |event: MouseEvent| {
            if event.ctrl_key()
                || event.meta_key()
                || event.shift_key()
                || event.alt_key()
                || event.button() != 0
            {
                return;
            }
            event.prevent_default();
            dispatch.emit(Action::Go(to.clone()));
        })
    };
    let class = (!class.is_empty()).then_some(class);
    html! { <a {href} {class} {onclick} aria-current={current.then_some("page")}>{ says }</a> }
}

/// A link, seen when it has the focus, that moves the focus to a place of this page; in a form, to its first control.
/// `<base href>` would lead a plain `#place` away.
pub fn skip(ctx: &Ctx, to: &'static str, says: &'static str) -> Html {
    let onclick = Callback::from(move |event: MouseEvent| {
        event.prevent_default();
        dom::focus(&format!(
            "form#{to} :is(input, select, button), #{to}:not(form)"
        ));
    });
    let href = format!("{}#{to}", dom::absolute(&ctx.store.route.address()));
    html! { <a class="skip" {href} {onclick}>{ says }</a> }
}
