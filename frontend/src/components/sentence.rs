//! The sentence that says what is going on: a learner who reads nothing else understands.

use super::icons::{Icon, glyph};
use shared::{
    diagnosis::{Tone, sentence},
    state::RunState,
};
use yew::prelude::*;

/// The sentence on top.
pub fn say(run: &RunState) -> Html {
    let said = sentence(run);
    let (class, icon) = match said.tone {
        Tone::Calm => ("calm", Icon::Ready),
        Tone::Moon => ("moon", Icon::Moon),
        Tone::Ice => ("ice", Icon::Ice),
        Tone::Warning => ("warning", Icon::Warning),
        Tone::Dead => ("dead", Icon::Dead),
        Tone::Ok => ("ok", Icon::Check),
    };
    html! {
        <p class={classes!("say", class)}>
            { glyph(icon) }
            <span><strong>{ kernel_words(&said.headline) }</strong>{ " " }<span class="detail">{ kernel_words(&said.detail) }</span></span>
        </p>
    }
}

/// Text with the kernel's words, which stand in backticks, in their own type.
pub fn kernel_words(text: &str) -> Html {
    let parts = text.split('`').enumerate().map(|(at, part)| {
        if at % 2 == 1 {
            html! { <code translate="no">{ part.to_owned() }</code> }
        } else {
            html! { { part.to_owned() } }
        }
    });
    html! { <>{ for parts }</> }
}
