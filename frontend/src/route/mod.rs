//! Addresses: the same words as in the terminal and the protocol. `run pipe/fifo --set capacity=4096` is
//! `/lab/pipe/fifo?capacity=4096`.
//!
//! Paths here are relative to the `<base href>` the server fills in, so that a path prefix changes nothing.

mod query;
#[cfg(test)]
mod tests;

use crate::lessons;
use query::{Query, decode, encode};
use shared::command::Values;
use std::{collections::BTreeMap, fmt::Write as _};

/// Ids that were renamed: old path, new path. They lead on for ever.
const MOVED: &[(&str, &str)] = &[("pipes", "lab/pipe"), ("lab/pipes", "lab/pipe")];

/// Announced pages: path and title.
const COMING: &[(&str, &str)] = &[
    ("programs", "Programs"),
    ("s", "Shared scenarios"),
    ("r", "Stored recordings"),
    ("about", "About this host"),
];

/// Where a learner is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Route {
    /// One pipe at once, and the catalog.
    #[default]
    Home,
    /// The path of lessons, or what the tutorial says, checked: `/learn/checked`.
    Learn {
        /// The claims.
        checked: bool,
    },
    /// What each can do: `/compare`.
    Compare,
    /// One lesson: `/learn/pipe/forgotten-end`.
    Lesson {
        /// Entry of the catalog.
        entry: String,
        /// Name of the lesson.
        lesson: String,
        /// Large type, one beat at a time.
        present: bool,
    },
    /// Free play: `/lab/pipe/fifo?capacity=4096`.
    Lab(Lab),
    /// The player: `/replay?src=…`.
    Replay {
        /// Where the recording is; absent: wait for a file.
        src: Option<String>,
    },
    /// One view without the frame of the page: `/embed/pipe/fifo?view=stage`.
    Embed {
        /// What is prepared.
        lab: Lab,
        /// What is shown and whether it is live.
        options: Box<EmbedOptions>,
    },
    /// Somebody else's run, read-only: `/w/CODE`.
    Watch {
        /// The code of the link.
        code: String,
    },
    /// How to embed: `/embed-builder`.
    Builder,
    /// Words.
    Glossary,
    /// Keys.
    Keys,
    /// Announced, not built.
    Coming {
        /// Its path.
        path: String,
        /// Its title.
        title: &'static str,
    },
    /// No such page.
    Missing {
        /// The path asked for.
        path: String,
    },
}

/// An entry, prepared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lab {
    /// Entry of the catalog.
    pub entry: String,
    /// Its variant; the first if absent.
    pub variant: Option<String>,
    /// Parameters that differ from their default, unchecked.
    pub params: Values,
    /// `?roles=writer:python`: languages of roles, where they are not Rust.
    pub roles: BTreeMap<String, String>,
    /// `?xray=off`.
    pub xray_off: bool,
    /// Large type, one beat at a time.
    pub present: bool,
}

/// How an embed looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmbedOptions {
    /// `stage`, `timeline`, `log`; all that are named.
    pub views: Vec<String>,
    /// `light`, `dark`; else what the system says.
    pub theme: Option<String>,
    /// What the roles are written in, `python` for example; a lesson says that itself.
    pub lang: Option<String>,
    /// Name of a lesson of the entry: its beats instead of free play.
    pub lesson: Option<String>,
    /// Real processes after a click instead of a recording.
    pub live: bool,
    /// Nothing but the recording.
    pub recorded: bool,
    /// The recording begins at this marker, the lesson at this beat, from 1; absent: at the beginning.
    pub beat: Option<u32>,
    /// The recording; the entry's own if absent.
    pub src: Option<String>,
}

impl Route {
    /// Reads a path (without the prefix) and a query (without `?`).
    pub fn parse(path: &str, query: &str) -> Self {
        let path = path.trim_matches('/');
        let path = MOVED
            .iter()
            .find(|moved| moved.0 == path)
            .map_or(path, |moved| moved.1);
        let parts: Vec<String> = path.split('/').map(decode).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let mut query = Query::parse(query);
        match parts.as_slice() {
            [""] | ["index.html"] => Self::Home,
            ["learn"] => Self::Learn { checked: false },
            ["learn", "checked"] => Self::Learn { checked: true },
            ["compare"] => Self::Compare,
            ["learn", entry, lesson] => Self::Lesson {
                entry: (*entry).to_owned(),
                lesson: (*lesson).to_owned(),
                present: query.flag("present"),
            },
            ["lab", entry, rest @ ..] if rest.len() < 2 => {
                Self::Lab(query.lab(entry, rest.first()))
            }
            ["replay"] => Self::Replay {
                src: query.take("src"),
            },
            ["embed", entry, rest @ ..] if rest.len() < 2 => {
                let mut options = Box::new(EmbedOptions {
                    views: query
                        .take("view")
                        .map(|v| v.split(',').map(str::to_owned).collect())
                        .unwrap_or_default(),
                    theme: query.take("theme"),
                    lang: query.take("lang"),
                    lesson: query
                        .take("lesson")
                        .filter(|id| lessons::lesson(entry, id).is_some()),
                    beat: query.take("beat").and_then(|beat| beat.parse().ok()),
                    src: query.take("src"),
                    ..EmbedOptions::default()
                });
                options.set_mode(&query.take("mode").unwrap_or_default());
                Self::Embed {
                    lab: query.lab(entry, rest.first()),
                    options,
                }
            }
            ["w", code] => Self::Watch {
                code: (*code).to_owned(),
            },
            ["embed-builder"] => Self::Builder,
            ["glossary"] => Self::Glossary,
            ["keys"] => Self::Keys,
            [first, ..] => match COMING.iter().find(|coming| coming.0 == *first) {
                Some((_, title)) => Self::Coming {
                    path: path.to_owned(),
                    title,
                },
                None => Self::Missing {
                    path: path.to_owned(),
                },
            },
            [] => Self::Home,
        }
    }

    /// The address, relative to the base.
    pub fn address(&self) -> String {
        match self {
            Self::Home => String::new(),
            Self::Learn { checked: false } => "learn".to_owned(),
            Self::Learn { checked: true } => "learn/checked".to_owned(),
            Self::Compare => "compare".to_owned(),
            Self::Lesson {
                entry,
                lesson,
                present,
            } => {
                format!(
                    "learn/{}/{}{}",
                    encode(entry),
                    encode(lesson),
                    if *present { "?present" } else { "" }
                )
            }
            Self::Lab(lab) => lab.address("lab", Vec::new()),
            Self::Replay { src: None } => "replay".to_owned(),
            Self::Replay { src: Some(src) } => format!("replay?src={}", encode(src)),
            Self::Embed { lab, options } => lab.address("embed", options.pairs()),
            Self::Watch { code } => format!("w/{}", encode(code)),
            Self::Builder => "embed-builder".to_owned(),
            Self::Glossary => "glossary".to_owned(),
            Self::Keys => "keys".to_owned(),
            Self::Coming { path, .. } | Self::Missing { path } => path.clone(),
        }
    }

    /// The lab of an entry as it is by itself.
    pub fn lab(entry: &str) -> Self {
        Self::Lab(Lab {
            entry: entry.to_owned(),
            ..Lab::default()
        })
    }

    /// What stands in the title bar before the name of the product.
    pub fn title(&self) -> String {
        let entry_title = |id: &str| {
            shared::catalog::entry(id)
                .map_or(id, |entry| entry.title)
                .to_owned()
        };
        match self {
            Self::Home => "Watch real processes talk".to_owned(),
            Self::Learn { checked: false } => "Learn".to_owned(),
            Self::Learn { checked: true } => "Tutorial, checked".to_owned(),
            Self::Compare => "What each can do".to_owned(),
            Self::Lesson { entry, lesson, .. } => lessons::lesson(entry, lesson).map_or_else(
                || "No such lesson".to_owned(),
                |lesson| format!("{} · {}", lesson.title, entry_title(entry)),
            ),
            Self::Lab(lab) | Self::Embed { lab, .. } => entry_title(&lab.entry),
            Self::Replay { .. } => "Replay".to_owned(),
            Self::Watch { .. } => "Watching a run".to_owned(),
            Self::Builder => "Embed a stage".to_owned(),
            Self::Glossary => "Glossary".to_owned(),
            Self::Keys => "Keys".to_owned(),
            Self::Coming { title, .. } => format!("{title} (coming)"),
            Self::Missing { .. } => "No such page".to_owned(),
        }
    }

    /// The entry whose stage is on the page.
    pub fn entry(&self) -> Option<&str> {
        if let Self::Lab(Lab { entry, .. }) | Self::Lesson { entry, .. } = self {
            Some(entry)
        } else {
            None
        }
    }

    /// The lesson that is on the page: its entry and name.
    pub fn lesson(&self) -> Option<(&str, &str)> {
        if let Self::Lesson { entry, lesson, .. } = self {
            Some((entry, lesson))
        } else if let Self::Embed { lab, options } = self {
            Some((&lab.entry, options.lesson.as_deref()?))
        } else {
            None
        }
    }

    /// The same place with or without the presenter view; absent where there is none.
    pub fn presenting(&self, present: bool) -> Option<Self> {
        if let Self::Lab(lab) = self {
            Some(Self::Lab(Lab {
                present,
                ..lab.clone()
            }))
        } else if let Self::Lesson { entry, lesson, .. } = self {
            Some(Self::Lesson {
                entry: entry.clone(),
                lesson: lesson.clone(),
                present,
            })
        } else {
            None
        }
    }

    /// Whether the page shows large type and one beat at a time.
    pub fn presents(&self) -> bool {
        matches!(
            self,
            Self::Lesson { present: true, .. } | Self::Lab(Lab { present: true, .. })
        )
    }

    /// The same place for its title and focus: only the query differs.
    pub fn same_page(&self, other: &Self) -> bool {
        let page = |route: &Self| route.address().split('?').next().map(str::to_owned);
        page(self) == page(other)
    }
}

impl Lab {
    fn address(&self, first: &str, mut pairs: Vec<(String, String)>) -> String {
        let mut address = format!("{first}/{}", encode(&self.entry));
        if let Some(variant) = &self.variant {
            let _infallible = write!(address, "/{}", encode(variant));
        }
        for (name, value) in &self.params {
            pairs.push((
                name.clone(),
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned),
            ));
        }
        if !self.roles.is_empty() {
            let roles: Vec<_> = self
                .roles
                .iter()
                .map(|(role, language)| format!("{role}:{language}"))
                .collect();
            pairs.push(("roles".to_owned(), roles.join(",")));
        }
        if self.xray_off {
            pairs.push(("xray".to_owned(), "off".to_owned()));
        }
        let mut words: Vec<_> = pairs
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        if self.present {
            words.push("present".to_owned());
        }
        if words.is_empty() {
            address
        } else {
            format!("{address}?{}", words.join("&"))
        }
    }
}

impl EmbedOptions {
    /// The word for whether it is live; none for a recording with the real thing on request.
    pub fn mode(&self) -> Option<&'static str> {
        match (self.live, self.recorded) {
            (true, _) => Some("live"),
            (false, true) => Some("replay"),
            (false, false) => None,
        }
    }

    /// Takes such a word; `replay,live` is what no word is.
    pub fn set_mode(&mut self, mode: &str) {
        (self.live, self.recorded) = (mode.starts_with("live"), mode == "replay");
    }

    /// It begins with a recording. Lessons have none of their own: one begins as it is before it was started.
    pub fn replays(&self) -> bool {
        !self.live && (self.recorded || self.lesson.is_none() || self.src.is_some())
    }

    fn pairs(&self) -> Vec<(String, String)> {
        let view = (!self.views.is_empty()).then(|| self.views.join(","));
        let mode = self.mode().map(str::to_owned);
        let beat = self.beat.map(|beat| beat.to_string());
        [
            ("view", view),
            ("theme", self.theme.clone()),
            ("lang", self.lang.clone()),
            ("lesson", self.lesson.clone()),
            ("mode", mode),
            ("beat", beat),
            ("src", self.src.clone()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
    }
}
