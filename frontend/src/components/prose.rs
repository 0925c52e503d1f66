//! The prose of a lesson, rendered to HTML while the page was built. Nothing of it comes from a learner.

use yew::prelude::*;

/// The prose, without the places of its beats: they are listed below it, as far as they were seen.
pub fn prose(html: &str) -> Html {
    html! { <div class="prose">{ Html::from_html_unchecked(AttrValue::from(without_beats(html))) }</div> }
}

fn without_beats(html: &str) -> String {
    let mut parts = html.split("<div data-beat=\"");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(part.split_once("</div>").map_or("", |rest| rest.1));
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn places_of_beats_are_taken_out() {
        let html = "<p>One.</p><div data-beat=\"0\"></div>\n<p>Two.</p><div data-beat=\"1\"></div>";
        assert_eq!(super::without_beats(html), "<p>One.</p>\n<p>Two.</p>");
    }
}
