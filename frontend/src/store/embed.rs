//! Embeds: what the page around one is told, and what the embed builder writes down.

use super::{Effect, Store};
use crate::route::{EmbedOptions, Lab, Route};

/// Heights of an iframe before its page has told its own, pixels: a stage with its sentence, a timeline, a log.
const HEIGHTS: [(&str, u32); 3] = [("stage", 630), ("timeline", 260), ("log", 420)];

/// What is chosen on the page of the builder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Builder {
    /// Entry of the catalog.
    pub entry: String,
    /// What is shown.
    pub options: EmbedOptions,
    /// The page that it will stand in.
    pub site: String,
    /// Headers of this server that decide who may show it in a frame, as they were fetched.
    pub headers: Option<Headers>,
}

/// Headers that decide who may show a page in a frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers {
    /// `Content-Security-Policy`.
    pub policy: String,
    /// `X-Frame-Options`, which a proxy may have added.
    pub frame_options: String,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            entry: "pipe".to_owned(),
            options: EmbedOptions::default(),
            site: String::new(),
            headers: None,
        }
    }
}

impl Builder {
    /// The address of what is chosen.
    pub fn address(&self) -> String {
        let lab = Lab {
            entry: self.entry.clone(),
            ..Lab::default()
        };
        let options = Box::new(self.options.clone());
        Route::Embed { lab, options }.address()
    }

    /// Shows a view, or not.
    pub fn toggle(&mut self, view: &str) {
        let views = &mut self.options.views;
        if views.is_empty() {
            views.push("stage".to_owned());
        }
        match views.iter().position(|known| known == view) {
            Some(at) => drop(views.remove(at)),
            None => views.push(view.to_owned()),
        }
    }

    /// A view is shown; the stage if none was chosen.
    pub fn shows(&self, view: &str) -> bool {
        shows(&self.options, view)
    }

    fn height(&self) -> u32 {
        let of = |(view, height): &(&str, u32)| self.shows(view).then_some(*height);
        HEIGHTS.iter().filter_map(of).sum()
    }

    /// What is written into a page, by the name of what makes the page. `link` is the whole address.
    pub fn snippets(&self, link: &str) -> [(&'static str, String); 3] {
        let (height, title) = (self.height(), format!("IPC Playground: {}", self.entry));
        let link = link.replace('&', "&amp;");
        let frame = format!(
            "<iframe src=\"{link}\" title=\"{title}\" width=\"100%\" height=\"{height}\" loading=\"lazy\" style=\"border:0\"></iframe>"
        );
        let listen = "<script>\naddEventListener(\"message\", ({ data, source }) => {\n  if (data?.source !== \"ipc-playground\" || data.type !== \"height\") return;\n  for (const frame of document.querySelectorAll(\"iframe\"))\n    if (frame.contentWindow === source) frame.height = data.height;\n});\n</script>";
        [
            ("HTML", format!("{frame}\n{listen}")),
            ("mdBook", format!("\n{frame}\n")),
            (
                "Docusaurus (MDX)",
                format!(
                    "<iframe src=\"{link}\" title=\"{title}\" width=\"100%\" height={{{height}}} loading=\"lazy\" style={{{{border: 0}}}} />"
                ),
            ),
        ]
    }

    /// Why a browser will not show it on the chosen page, or not to everybody; `own` is the origin of this page.
    pub fn refusals(&self, own: &str) -> Vec<String> {
        let Some(site) = origin(&self.site) else {
            return Vec::new();
        };
        let mut refusals = Vec::new();
        if site.starts_with("https:") && own.starts_with("http:") && !is_loopback(own) {
            refusals.push("A page over https shows none over http: put this server behind https, as the README says.".to_owned());
        }
        if is_loopback(own) && !is_loopback(&site) {
            refusals.push(format!(
                "{own} is this machine alone: readers elsewhere reach nothing there."
            ));
        }
        let Some(headers) = &self.headers else {
            return refusals;
        };
        if !allows(&headers.policy, own, &site) {
            refusals.push(format!("The frame-ancestors of this server do not name {site}: start it with --allow-embed {site}"));
        }
        let options = headers.frame_options.to_ascii_lowercase();
        // Where frame-ancestors is there, browsers look at nothing else.
        if !headers.policy.contains("frame-ancestors") && !options.is_empty() {
            refusals.push(format!(
                "A proxy adds X-Frame-Options: {options}; take that away for /embed."
            ));
        }
        refusals
    }
}

/// A view is shown; the stage if none is named.
pub fn shows(options: &EmbedOptions, view: &str) -> bool {
    options.views.iter().any(|word| word == view) || (options.views.is_empty() && view == "stage")
}

/// Scheme, host and port of an address.
fn origin(address: &str) -> Option<String> {
    let (scheme, rest) = address.trim().split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let known = matches!(scheme, "http" | "https") && !host.is_empty();
    known.then(|| format!("{scheme}://{host}").to_ascii_lowercase())
}

/// This machine, as it calls itself.
pub fn is_loopback(origin: &str) -> bool {
    let host = origin.split_once("://").map_or(origin, |parts| parts.1);
    ["localhost", "127.", "[::1]"]
        .iter()
        .any(|name| host.starts_with(name))
}

/// Whether a policy lets a site show a page of `own` in a frame.
fn allows(policy: &str, own: &str, site: &str) -> bool {
    let ancestors = policy
        .split(';')
        .filter_map(|part| part.trim().strip_prefix("frame-ancestors"))
        .next();
    let Some(ancestors) = ancestors else {
        return true;
    };
    ancestors.split_whitespace().any(|source| match source {
        "*" => true,
        "'self'" => site == own,
        source => {
            let source = source.trim_end_matches('/').to_ascii_lowercase();
            let any_host = source.split_once("*.").is_some_and(|(scheme, host)| {
                site.starts_with(scheme) && site.ends_with(&format!(".{host}"))
            });
            let any_site = source.ends_with(':') && site.starts_with(&source);
            source == site || any_host || any_site
        }
    })
}

impl Store {
    /// Tells the page around an embed which beat is reached, and when all is over.
    pub(crate) fn tell_host(&mut self) -> Vec<Effect> {
        if !matches!(self.route, Route::Embed { .. }) {
            return Vec::new();
        }
        let (beat, of, done) = match (&self.player, &self.run) {
            (Some(player), _) if self.shows_recording() => {
                let markers = player.markers();
                let beat = markers
                    .iter()
                    .filter(|marker| marker.place <= player.place());
                (beat.count(), markers.len(), player.place() == player.len())
            }
            (_, Some(run)) => match &self.play {
                // What is run again on the way to a beat is not news.
                Some(play) if play.is_rewinding() => return Vec::new(),
                Some(play) => (
                    play.beat + 1,
                    play.scenario.beats.len(),
                    play.is_over() || run.state.finished.is_some(),
                ),
                None => (0, 0, run.state.finished.is_some()),
            },
            (_, None) => return Vec::new(),
        };
        let before = std::mem::replace(&mut self.host_told, (beat, done));
        let mut effects = Vec::new();
        if beat > 0 && beat != before.0 {
            effects.push(Effect::Post(format!(r#""beat","beat":{beat},"of":{of}"#)));
        }
        if done && !before.1 {
            effects.push(Effect::Post(r#""done""#.to_owned()));
        }
        effects
    }
}

#[cfg(test)]
mod tests {
    use super::{Builder, Headers};

    fn built(site: &str, policy: &str) -> Builder {
        Builder {
            site: site.to_owned(),
            headers: Some(Headers {
                policy: policy.to_owned(),
                frame_options: String::new(),
            }),
            ..Builder::default()
        }
    }

    #[test]
    fn what_a_header_will_refuse_is_told_before() {
        const OWN: &str = "https://play.example.org";
        for (site, policy, refused) in [
            (
                "https://play.example.org/page",
                "default-src 'self'; frame-ancestors 'self'",
                false,
            ),
            (
                "https://docs.example.org/ch1?x#y",
                "frame-ancestors 'self'",
                true,
            ),
            (
                "https://docs.example.org",
                "frame-ancestors 'self' https://docs.example.org",
                false,
            ),
            (
                "https://docs.example.org",
                "frame-ancestors https://*.example.org",
                false,
            ),
            (
                "https://example.org",
                "frame-ancestors https://*.example.org",
                true,
            ),
            ("https://docs.example.org", "frame-ancestors https:", false),
            ("http://docs.example.org", "frame-ancestors https:", true),
            ("http://docs.example.org", "default-src 'self'", false),
            ("not an address", "frame-ancestors 'none'", false),
        ] {
            let refusals = built(site, policy).refusals(OWN);
            assert_eq!(
                !refusals.is_empty(),
                refused,
                "{site} {policy} {refusals:?}"
            );
        }
    }

    #[test]
    fn mixed_content_a_proxy_and_this_machine_are_told() {
        let told = |site, own| built(site, "").refusals(own).join(" ");
        assert!(told("https://a.org", "http://b.org").contains("https"));
        assert!(told("https://a.org", "http://127.0.0.1:8080").contains("this machine"));
        assert_eq!(told("http://localhost:3000", "http://localhost:8080"), "");
        let mut proxied = built("https://a.org", "");
        proxied.headers = Some(Headers {
            frame_options: "DENY".to_owned(),
            ..Headers::default()
        });
        assert!(
            proxied
                .refusals("https://b.org")
                .join(" ")
                .contains("X-Frame-Options: deny")
        );
    }

    #[test]
    fn a_snippet_has_the_address_as_html_wants_it() {
        let mut builder = Builder::default();
        builder.toggle("timeline");
        builder.options.theme = Some("dark".to_owned());
        assert_eq!(
            builder.address(),
            "embed/pipe?view=stage,timeline&theme=dark"
        );
        let snippets = builder.snippets("https://b.org/embed/pipe?view=stage,timeline&theme=dark");
        for (name, text) in &snippets {
            assert!(
                text.contains("stage,timeline&amp;theme=dark") && text.contains("890"),
                "{name}: {text}"
            );
        }
    }
}
