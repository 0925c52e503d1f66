//! The sentence that says what is going on: a learner who reads nothing else understands.

use super::icons::{Glyph, Icon};
use shared::{
    diagnosis::{Tone, sentence},
    state::RunState,
};
use std::rc::Rc;
use yew::prelude::*;

/// What the sentence is about.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct SentenceProps {
    /// The run; a default one before it starts.
    pub state: Rc<RunState>,
}

/// The sentence on top.
#[component]
pub fn Sentence(props: &SentenceProps) -> Html {
    let said = sentence(&props.state);
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
            <Glyph {icon} />
            <span><strong>{ kernel_words(&said.headline) }</strong>{ " " }{ kernel_words(&said.detail) }</span>
        </p>
    }
}

/// Text with the kernel's words, which stand in backticks, in their own type.
pub fn kernel_words(text: &str) -> Html {
    let parts = text.split('`').enumerate().map(|(at, part)| {
        if at % 2 == 1 { html! { <code translate="no">{ part.to_owned() }</code> } } else { html! { { part.to_owned() } } }
    });
    html! { <>{ for parts }</> }
}
