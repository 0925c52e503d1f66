//! A list of tabs, one of which is chosen: arrows move, the chosen one alone is a tab stop.

use crate::{
    ctx::Ctx,
    dom,
    store::{Action, UiAction},
};
use web_sys::Element;
use yew::prelude::*;

/// Tabs that lead to values of one type.
#[derive(Debug)]
pub struct Tabs<'a, T> {
    /// Begins the id of each tab, `ID-lesson`, and of its panel, `ID-lesson-panel`.
    pub id: &'static str,
    /// What they are tabs of.
    pub label: &'static str,
    /// Id, label and value of each.
    pub tabs: &'a [(&'static str, String, T)],
    /// The one that is chosen.
    pub on: T,
    /// What choosing one does.
    pub pick: fn(T) -> UiAction,
    /// Classes.
    pub class: &'static str,
    /// The panel all tabs lead to, where they share one.
    pub panel: Option<&'static str>,
}

impl<T: Copy + PartialEq> Tabs<'_, T> {
    /// The list.
    pub fn view(&self, ctx: &Ctx) -> Html {
        let actions: Vec<(String, UiAction)> = self
            .tabs
            .iter()
            .map(|(id, _, value)| (format!("#{}-{id}", self.id), (self.pick)(*value)))
            .collect();
        let at = self
            .tabs
            .iter()
            .position(|tab| tab.2 == self.on)
            .unwrap_or_default();
        let dispatch = ctx.dispatch.clone();
        let onkeydown = Callback::from(move |event: KeyboardEvent| {
            let last = actions.len().saturating_sub(1);
            let to = match event.key().as_str() {
                "ArrowRight" if at < last => at + 1,
                "ArrowRight" | "Home" => 0,
                "ArrowLeft" if at > 0 => at - 1,
                "ArrowLeft" | "End" => last,
                _ => return,
            };
            event.prevent_default();
            if let Some((selector, action)) = actions.get(to) {
                dispatch.emit(Action::Ui(*action));
                dom::focus(selector);
            }
        });
        let tab = |(id, label, value): &(&'static str, String, T)| {
            let on = *value == self.on;
            let panel = self
                .panel
                .map_or_else(|| format!("{}-{id}-panel", self.id), str::to_owned);
            html! {
                <button type="button" role="tab" id={format!("{}-{id}", self.id)} aria-selected={pressed(on)}
                    aria-controls={on.then_some(panel)} tabindex={if on { "0" } else { "-1" }}
                    onclick={ctx.ui((self.pick)(*value))}>{ label.clone() }</button>
            }
        };
        html! {
            <div class={self.class} role="tablist" aria-label={self.label} {onkeydown}>{ for self.tabs.iter().map(tab) }</div>
        }
    }
}

/// `true` or `false` for attributes that must say either.
pub fn pressed(on: bool) -> &'static str {
    if on { "true" } else { "false" }
}

/// Moves the focus within a list by arrows: to the next or the one before among the children of `list` that fit.
pub fn rove(list: &Element, selector: &str, by: isize) {
    let Some(now) = dom::document().and_then(|document| document.active_element()) else {
        return;
    };
    let Ok(items) = list.query_selector_all(selector) else {
        return;
    };
    let item = |at: u32| {
        items
            .item(at)
            .and_then(|item| wasm_bindgen::JsCast::dyn_into::<Element>(item).ok())
    };
    let at = (0..items.length()).find(|at| item(*at).is_some_and(|item| item == now));
    let to = match at {
        None => 0,
        Some(at) if by > 0 => (at + 1).min(items.length().saturating_sub(1)),
        Some(at) => at.saturating_sub(1),
    };
    if let Some(item) = item(to) {
        dom::focus_on(&item);
    }
}
