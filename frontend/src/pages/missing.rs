//! Pages that are not there: never were, or not yet.

use crate::{components::link::Link, route::Route};
use yew::prelude::*;

/// What is missing.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct MissingProps {
    pub(super) what: AttrValue,
}

/// No such page.
#[component]
pub(super) fn Missing(props: &MissingProps) -> Html {
    html! {
        <main class="page narrow" id="main" tabindex="-1">
            <h1 tabindex="-1">{ "No such page" }</h1>
            <p>{ props.what.clone() }</p>
            <p><Link to={Route::Home}>{ "To the beginning" }</Link>{ " · " }<Link to={Route::lab("pipe")}>{ "To the pipe" }</Link></p>
        </main>
    }
}

/// What is announced.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct ComingProps {
    pub(super) title: AttrValue,
    pub(super) what: AttrValue,
}

/// Announced, not built.
#[component]
pub(super) fn Coming(props: &ComingProps) -> Html {
    html! {
        <main class="page narrow" id="main" tabindex="-1">
            <h1 tabindex="-1">{ props.title.clone() }</h1>
            if !props.what.is_empty() { <p class="question">{ props.what.clone() }</p> }
            <p class="notice info">{ "This is coming. It is not built yet, and nothing here pretends that it is." }</p>
            <p>{ "What works today: " }<Link to={Route::lab("pipe")}>{ "the pipe" }</Link>{ ", with its " }<Link to={Route::Learn}>{ "lessons" }</Link>{ "." }</p>
        </main>
    }
}
