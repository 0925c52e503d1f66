//! A link to another place of the page: a real address, followed without loading the page anew.

use crate::{dom, hooks::use_store, route::Route, store::Action};
use yew::prelude::*;

/// A link.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct LinkProps {
    /// Where it leads.
    pub to: Route,
    /// Classes.
    #[prop_or_default]
    pub class: Classes,
    /// The page the learner is on.
    #[prop_or_default]
    pub current: bool,
    /// What it says.
    pub children: Html,
    /// Also called when it is followed.
    #[prop_or_default]
    pub onfollow: Callback<()>,
}

/// A link within the page. With a key that opens a tab or a window it is an ordinary link.
#[component]
pub fn Link(props: &LinkProps) -> Html {
    let ctx = use_store();
    let onclick = {
        let (to, dispatch, onfollow) = (props.to.clone(), ctx.dispatch.clone(), props.onfollow.clone());
        Callback::from(move |event: MouseEvent| {
            if event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key() || event.button() != 0 {
                return;
            }
            event.prevent_default();
            onfollow.emit(());
            dispatch.emit(Action::Go(to.clone()));
        })
    };
    html! {
        <a href={dom::absolute(&props.to.address())} class={props.class.clone()} {onclick} aria-current={props.current.then_some("page")}>
            { props.children.clone() }
        </a>
    }
}

/// A link that jumps to a place of the page and moves the focus there. `<base href>` would lead a plain `#place` away.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct SkipProps {
    /// Id of the place.
    pub to: AttrValue,
    /// What it says.
    pub children: Html,
}

/// A skip link, seen when it has the focus.
#[component]
pub fn Skip(props: &SkipProps) -> Html {
    let ctx = use_store();
    let onclick = {
        let to = props.to.clone();
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            dom::focus(&format!("#{to}"));
        })
    };
    let href = format!("{}#{}", dom::absolute(&ctx.store.route.address()), props.to);
    html! { <a class="skip" {href} {onclick}>{ props.children.clone() }</a> }
}
