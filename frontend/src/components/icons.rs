//! Small drawings that stand beside a word, never instead of one. Drawn here, so that they look the same in every font.

use yew::prelude::*;

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Asleep: a moon.
    Moon,
    /// Running: a triangle.
    Run,
    /// Between calls, waiting for the learner: a ring with a dot.
    Ready,
    /// Frozen: a snowflake.
    Ice,
    /// Killed: a cross.
    Dead,
    /// Ended by itself: a square, as at the end of a proof.
    Ended,
    /// Not there yet: a dotted ring.
    Starting,
    /// It has worked: a check mark.
    Check,
    /// Needs a cure: a triangle with a mark.
    Warning,
    /// Worth knowing: an i in a ring.
    Info,
    /// More to choose from: three dots.
    More,
}

/// An icon of the size of the text around it, hidden from screen readers.
pub fn glyph(icon: Icon) -> Html {
    html! {
        <svg class="glyph-icon" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{ drawing(icon) }</svg>
    }
}

fn drawing(icon: Icon) -> Html {
    match icon {
        Icon::Moon => solid("M13.6 10.2A6.2 6.2 0 0 1 5.8 2.4a6.2 6.2 0 1 0 7.8 7.8z"),
        Icon::Run => solid("M4 2.5v11l9.5-5.5z"),
        Icon::Ready => html! {
            <>{ line("M8 2.2a5.8 5.8 0 1 1 0 11.6a5.8 5.8 0 1 1 0-11.6z") }{ solid("M8 5.8a2.2 2.2 0 1 1 0 4.4a2.2 2.2 0 1 1 0-4.4z") }</>
        },
        Icon::Ice => line(
            "M8 1.5v13M2.4 4.8l11.2 6.4M2.4 11.2l11.2-6.4M6 2.6l2 1.8 2-1.8M6 13.4l2-1.8 2 1.8",
        ),
        Icon::Dead => line("M3.5 3.5l9 9M12.5 3.5l-9 9"),
        Icon::Ended => line("M3.5 3.5h9v9h-9z"),
        Icon::Starting => html! {
            <path d="M8 2.2a5.8 5.8 0 1 1 0 11.6a5.8 5.8 0 1 1 0-11.6z" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="2 2.5" />
        },
        Icon::Check => line("M2.8 8.6l3.4 3.6 7-8"),
        Icon::Warning => {
            html! { <>{ line("M8 2.2l6.3 11.3H1.7z") }{ line("M8 6.5v3.2M8 11.4v.3") }</> }
        }
        Icon::Info => html! {
            <>{ line("M8 2.2a5.8 5.8 0 1 1 0 11.6a5.8 5.8 0 1 1 0-11.6z") }{ line("M8 7.4v3.4M8 5v.3") }</>
        },
        Icon::More => solid(
            "M1.5 8a1.6 1.6 0 1 1 3.2 0a1.6 1.6 0 1 1-3.2 0M6.4 8a1.6 1.6 0 1 1 3.2 0a1.6 1.6 0 1 1-3.2 0M11.3 8a1.6 1.6 0 1 1 3.2 0a1.6 1.6 0 1 1-3.2 0",
        ),
    }
}

fn solid(d: &'static str) -> Html {
    html! { <path d={d} fill="currentColor" /> }
}

fn line(d: &'static str) -> Html {
    html! { <path d={d} fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" /> }
}
