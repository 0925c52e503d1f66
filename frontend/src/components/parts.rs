//! Small pieces of markup that are used again and again, each compiled once.
//!
//! What may be there or not is `{ option.unwrap_or_default() }` in markup, which keeps a place for it. `{ option }` and
//! `{ for option }` have none when they are empty: all elements before are made anew when it comes, and lose the focus.

use crate::mechanism::short_name;
use yew::prelude::*;

/// A page without a stage: its heading takes the focus when the page is turned to.
#[inline(never)]
pub fn page(class: &'static str, title: &str, inside: Vec<Html>) -> Html {
    html! {
        <main {class} id="main" tabindex="-1"><h1 tabindex="-1">{ title.to_owned() }</h1>{ for inside }</main>
    }
}

/// A button with words on it.
#[inline(never)]
pub fn button(
    class: &'static str,
    id: Option<&'static str>,
    says: &'static str,
    onclick: Callback<MouseEvent>,
) -> Html {
    html! { <button type="button" {class} {id} {onclick}>{ says }</button> }
}

/// A button with a sign on it, and what a screen reader calls it.
#[inline(never)]
pub fn icon_button(
    class: &'static str,
    name: &'static str,
    sign: Html,
    onclick: Callback<MouseEvent>,
) -> Html {
    html! { <button type="button" {class} aria-label={name} {onclick}>{ sign }</button> }
}

/// A button that is pressed while what it stands for is chosen.
#[inline(never)]
pub fn chosen_button(
    class: &'static str,
    says: String,
    on: bool,
    onclick: Callback<MouseEvent>,
) -> Html {
    let pressed = if on { "true" } else { "false" };
    html! { <button type="button" {class} aria-pressed={pressed} {onclick}>{ says }</button> }
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

/// An element of a class with what is in it. For parts that have no other attribute: a literal element costs a
/// quarter of a kilobyte each time it is written.
#[inline(never)]
pub fn el(tag: &'static str, class: &str, inside: Vec<Html>) -> Html {
    let class = (!class.is_empty()).then(|| class.to_owned());
    html! { <@{tag} {class}>{ for inside }</@> }
}

/// An element of a class with words in it.
#[inline(never)]
pub fn words(tag: &'static str, class: &str, text: impl Into<String>) -> Html {
    el(tag, class, vec![Html::from(text.into())])
}

/// The sign of an entry, beside its name.
#[inline(never)]
pub fn sign(glyph: &'static str) -> Html {
    html! { <span class="glyph" aria-hidden="true">{ glyph }</span> }
}

/// Words of the kernel, which nobody should translate.
#[inline(never)]
pub fn code(text: String) -> Html {
    html! { <code translate="no">{ text }</code> }
}

/// A name in the file system on its tag; in full where somebody points at it.
#[inline(never)]
pub fn name_tag(name: &str) -> Html {
    let short = code(short_name(name));
    html! { <span class="name-tag" title={name.to_owned()}>{ short }</span> }
}

/// Several classes as one text; those that are empty do not count.
#[inline(never)]
pub fn join(classes: &[&str]) -> String {
    let mut all = String::new();
    for class in classes.iter().filter(|class| !class.is_empty()) {
        if !all.is_empty() {
            all.push(' ');
        }
        all.push_str(class);
    }
    all
}
