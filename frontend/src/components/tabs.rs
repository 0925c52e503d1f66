//! A list of tabs, one of which is chosen: arrows move, the chosen one alone is a tab stop.

use crate::dom;
use web_sys::Element;
use yew::prelude::*;

/// Tabs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct TabsProps {
    /// Begins the id of each tab, `ID-lesson`, and of its panel, `ID-lesson-panel`.
    pub id: AttrValue,
    /// What they are tabs of.
    pub label: AttrValue,
    /// Id and label of each.
    pub tabs: Vec<(AttrValue, AttrValue)>,
    /// The one that is chosen.
    pub on: AttrValue,
    /// Another one is chosen.
    pub onpick: Callback<AttrValue>,
    /// More classes.
    #[prop_or_default]
    pub class: Classes,
    /// The panel all tabs lead to, where they share one.
    #[prop_or_default]
    pub panel: Option<AttrValue>,
}

/// A list of tabs.
#[component]
pub fn Tabs(props: &TabsProps) -> Html {
    let onkeydown = {
        let props = props.clone();
        Callback::from(move |event: KeyboardEvent| {
            let last = props.tabs.len().saturating_sub(1);
            let at = props.tabs.iter().position(|tab| tab.0 == props.on).unwrap_or_default();
            let to = match event.key().as_str() {
                "ArrowRight" => if at == last { 0 } else { at + 1 },
                "ArrowLeft" => if at == 0 { last } else { at - 1 },
                "Home" => 0,
                "End" => last,
                _ => return,
            };
            event.prevent_default();
            if let Some((id, _)) = props.tabs.get(to) {
                props.onpick.emit(id.clone());
                dom::focus(&format!("#{}-{id}", props.id));
            }
        })
    };
    let tab = |(id, label): &(AttrValue, AttrValue)| {
        let on = *id == props.on;
        let onclick = {
            let (onpick, id) = (props.onpick.clone(), id.clone());
            Callback::from(move |_: MouseEvent| onpick.emit(id.clone()))
        };
        let panel = props.panel.clone().unwrap_or_else(|| format!("{}-{id}-panel", props.id).into());
        html! {
            <button type="button" role="tab" id={format!("{}-{id}", props.id)} aria-selected={if on { "true" } else { "false" }}
                aria-controls={on.then_some(panel)} tabindex={if on { "0" } else { "-1" }} {onclick}>{ label.clone() }</button>
        }
    };
    html! {
        <div class={classes!("tabs", props.class.clone())} role="tablist" aria-label={props.label.clone()} {onkeydown}>
            { for props.tabs.iter().map(tab) }
        </div>
    }
}

/// Moves the focus within a list by arrows: to the next or the one before among the children of `list` that fit.
pub fn rove(list: &Element, selector: &str, by: i32) {
    let Some(now) = dom::document().and_then(|document| document.active_element()) else { return };
    let Ok(items) = list.query_selector_all(selector) else { return };
    let all: Vec<Element> =
        (0..items.length()).filter_map(|at| wasm_bindgen::JsCast::dyn_into(items.item(at)?).ok()).collect();
    let at = all.iter().position(|item| *item == now);
    let to = match (at, by) {
        (None, _) => 0,
        (Some(at), by) if by > 0 => (at + 1).min(all.len().saturating_sub(1)),
        (Some(at), _) => at.saturating_sub(1),
    };
    if let Some(item) = all.get(to) {
        dom::focus_on(item);
    }
}
