//! Renders a lesson while the page is built, so that the page carries no Markdown parser.

use anyhow::{Context as _, Result, bail};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd, html};

/// The prose of a lesson file as HTML. Raw HTML is shown as text; each fenced `beat` block becomes
/// `<div data-beat="N"></div>`, counted from 0, where the page puts the beat.
pub(super) fn render(source: &str) -> Result<String> {
    let rest = source
        .strip_prefix("---\n")
        .context("a lesson begins with a line of ---")?;
    let (_, prose) = rest
        .split_once("\n---\n")
        .context("the front matter ends with a line of ---")?;
    let mut events = Vec::new();
    let mut in_beat = false;
    let mut beats = 0_u32;
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "what needs no change passes as it is, also what a newer parser knows"
    )]
    for event in Parser::new_ext(prose, Options::ENABLE_TABLES) {
        let next = match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info)))
                if info.split_whitespace().next() == Some("beat") =>
            {
                in_beat = true;
                beats += 1;
                Event::Html(format!("<div data-beat=\"{}\"></div>\n", beats - 1).into())
            }
            Event::End(TagEnd::CodeBlock) if in_beat => {
                in_beat = false;
                continue;
            }
            _ if in_beat => continue,
            Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
            Event::Start(Tag::Link { ref dest_url, .. } | Tag::Image { ref dest_url, .. })
                if !leads_where_it_may(dest_url) =>
            {
                bail!("a link to {dest_url}: https and relative ones are allowed");
            }
            other => other,
        };
        events.push(next);
    }
    let mut out = String::new();
    html::push_html(&mut out, events.into_iter());
    Ok(out)
}

/// The sentence that lists show below a lesson's title.
pub(super) fn summary(source: &str) -> Result<&str> {
    let mut front = source.split("\n---\n").next().unwrap_or(source).lines();
    let found = front.find_map(|line| line.strip_prefix("summary:"));
    found
        .map(str::trim)
        .filter(|summary| !summary.is_empty())
        .context("the front matter has no summary")
}

/// A lesson links to the page itself or to documentation; never to a script.
fn leads_where_it_may(url: &str) -> bool {
    url.starts_with("https://") || !url.contains(':')
}

#[cfg(test)]
mod tests {
    use super::{render, summary};

    #[test]
    fn beats_become_places_and_prose_becomes_html() {
        let made = render("---\ntitle: T\n---\nHello *you*.\n\n```beat\ndo: send\n```\n\n```beat\nsay: x\n```\n\n```c\nint x;\n```\n").unwrap();
        assert!(made.contains("<p>Hello <em>you</em>.</p>"));
        assert!(made.contains("<div data-beat=\"0\"></div>\n<div data-beat=\"1\"></div>"));
        assert!(made.contains("int x;") && !made.contains("do: send"));
    }

    #[test]
    fn a_summary_is_that_of_the_front_matter() {
        let file = "---\ntitle: T\nsummary: One sentence: this.\n---\nsummary: not this\n";
        assert_eq!(summary(file).unwrap(), "One sentence: this.");
        assert!(summary("---\ntitle: T\n---\nsummary: not this\n").is_err());
        assert!(summary("---\nsummary:\n---\n").is_err());
    }

    #[test]
    fn raw_html_is_shown_and_not_obeyed() {
        let made =
            render("---\ntitle: T\n---\n<script>alert(1)</script>\n\na <b onclick=x>b</b>\n")
                .unwrap();
        assert!(!made.contains("<script") && !made.contains("<b "));
        assert!(made.contains("&lt;script&gt;"));
    }

    #[test]
    fn a_link_to_a_script_is_refused() {
        assert!(render("---\ntitle: T\n---\n[x](javascript:alert)\n").is_err());
        assert!(render("---\ntitle: T\n---\n[x](https://man7.org/) [y](lab/pipe)\n").is_ok());
        assert!(render("no front matter").is_err());
    }
}
