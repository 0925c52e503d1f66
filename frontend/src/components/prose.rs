//! The prose of a lesson, rendered to HTML while the page was built. Nothing of it comes from a learner.

use super::beats::beat;
use crate::{
    ctx::Ctx,
    store::{Phase, Play},
};
use yew::prelude::*;

/// Where a beat stands in the prose.
const PLACE: &str = "<div data-beat=\"";

/// The prose with its beats between, as far as they were seen: what follows a beat often gives away what it shows.
pub fn prose(ctx: &Ctx, html: &str, play: Option<&Play>) -> Html {
    let seen = play.map_or(0, |play| play.beat + usize::from(play.phase == Phase::Done));
    let here = play.map_or(0, |play| play.beat);
    let part = |(at, text): (usize, &str)| {
        html! {
            <>
                if at > 0 { { play.map(|play| beat(ctx, play, at - 1)).unwrap_or_default() } }
                { Html::from_html_unchecked(AttrValue::from(text.to_owned())) }
            </>
        }
    };
    let all = parts(html);
    let hidden = all.len() > seen + 1;
    html! {
        <div class="prose">
            { for all.iter().copied().enumerate().take(seen + 1).map(part) }
            if hidden { { play.map(|play| beat(ctx, play, here)).filter(|_| here >= seen).unwrap_or_default() } }
            if hidden { <p class="soft">{ "The rest of this page comes with the beats." }</p> }
        </div>
    }
}

/// The prose before, between and after its beats.
fn parts(html: &str) -> Vec<&str> {
    let mut pieces = html.split(PLACE);
    let first = pieces.next().unwrap_or_default();
    let rest = pieces.map(|piece| piece.split_once("</div>").map_or("", |rest| rest.1));
    std::iter::once(first).chain(rest).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn prose_falls_into_parts_at_its_beats() {
        let html = "<p>One.</p><div data-beat=\"0\"></div>\n<p>Two.</p><div data-beat=\"1\"></div>";
        assert_eq!(super::parts(html), ["<p>One.</p>", "\n<p>Two.</p>", ""]);
    }
}
