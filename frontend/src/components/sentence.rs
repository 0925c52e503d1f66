//! The sentence that says what is going on: a learner who reads nothing else understands.

use super::{
    icons::{Icon, glyph},
    parts::{code, el},
};
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
    let headline = el("strong", "", vec![kernel_words(&said.headline)]);
    let detail = el("span", "detail", vec![kernel_words(&said.detail)]);
    let says = el("span", "", vec![headline, " ".into(), detail]);
    el("p", &format!("say {class}"), vec![glyph(icon), says])
}

/// Text with the kernel's words, which stand in backticks, in their own type.
pub fn kernel_words(text: &str) -> Html {
    let parts = text.split('`').enumerate().map(|(at, part)| {
        if at % 2 == 1 {
            code(part.to_owned())
        } else {
            part.to_owned().into()
        }
    });
    html! { <>{ for parts }</> }
}
