//! Small pieces of markup that are used again and again, each compiled once.

use yew::prelude::*;

/// A button with words on it.
#[inline(never)]
pub fn button(class: &'static str, id: Option<&'static str>, says: &'static str, onclick: Callback<MouseEvent>) -> Html {
    html! { <button type="button" {class} {id} {onclick}>{ says }</button> }
}

/// A button with a sign on it, and what a screen reader calls it.
#[inline(never)]
pub fn icon_button(class: &'static str, name: &'static str, sign: Html, onclick: Callback<MouseEvent>) -> Html {
    html! { <button type="button" {class} aria-label={name} {onclick}>{ sign }</button> }
}

/// A paragraph.
#[inline(never)]
pub fn para(class: &'static str, text: String) -> Html {
    html! { <p {class}>{ text }</p> }
}

/// An option of a list.
#[inline(never)]
pub fn option(value: String, label: String, selected: bool) -> Html {
    html! { <option {value} {selected}>{ label }</option> }
}
