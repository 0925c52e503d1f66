//! `/lab/pipe/fifo?capacity=4096`: free play.

use crate::{
    components::bench::{Bench, Purpose},
    hooks::use_store,
};
use yew::prelude::*;

/// The lab.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct LabProps {
    pub(super) topics: bool,
}

/// Free play with one entry.
#[component]
pub(super) fn LabPage(props: &LabProps) -> Html {
    let ctx = use_store();
    html! { <Bench purpose={Purpose::Lab} title={ctx.store.route.title()} topics={props.topics} /> }
}
