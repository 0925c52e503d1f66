//! The files of the roles that take part, and the lines they are in. The texts are fetched when somebody looks at them.

use super::{Effect, Store, Tab};
use crate::{
    lessons::{self, LESSONS},
    mechanism::seats,
    route::Route,
};
use shared::state::{RunState, Worker};
use std::collections::BTreeMap;

/// The list of all sources, relative to the page: one path a line, below `source/`.
pub const INDEX: &str = "source/index.txt";
/// What the tutorial says, checked: one claim a line.
pub const CLAIMS: &str = "lessons/claims.jsonl";
/// The library that roles in Python use.
const LIBRARY: &str = "python/playground.py";

/// A file, and who is where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Relative to the page: `source/pipe/writer.py`.
    pub path: String,
    /// `writer.py`.
    pub name: String,
    /// Whose role it is: `writer, writer-2`.
    pub who: String,
    /// Processes whose line is known.
    pub at: Vec<At>,
}

/// A process in a line of its role's source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// Its letter.
    pub letter: Option<char>,
    /// The line, from 1.
    pub line: u32,
    /// It is there now; otherwise its last call was.
    pub now: bool,
}

/// The line that a process is in, or was in with its last call.
pub fn line(run: &RunState, worker: &Worker) -> Option<At> {
    let at = |line: u32, now: bool| At {
        letter: worker.letter,
        line,
        now,
    };
    if let Some(open) = &worker.now {
        return open.line.map(|line| at(line, true));
    }
    let last = run.call(worker.last?)?;
    last.line.map(|line| at(line, false))
}

/// What a role's file is called: `writer.py`.
pub fn name(role: &str, language: Option<&str>) -> String {
    let end = if language == Some("python") {
        "py"
    } else {
        "rs"
    };
    format!("{role}.{end}")
}

/// The files of all who take part, in the order of their letters, the parent's last. `chosen` are the languages of the next
/// run, for those who are still to come.
pub fn files(index: &str, run: &RunState, chosen: &BTreeMap<String, String>) -> Vec<File> {
    let mut files: Vec<File> = Vec::new();
    let places = seats::places(run);
    let (parent, others): (Vec<_>, Vec<_>) =
        places.iter().partition(|place| place.role == "parent");
    let mut python = false;
    for place in others.into_iter().chain(parent) {
        let language = match place.worker {
            Some(worker) => worker.language.as_deref(),
            None => [place.role.as_str(), place.id.as_str()]
                .iter()
                .find_map(|name| chosen.get(*name))
                .map(String::as_str),
        };
        python |= language == Some("python");
        let name = name(&place.role, language);
        let Some(path) = find(index, &run.entry, &run.variant, &name) else {
            continue;
        };
        let at = place.worker.and_then(|worker| line(run, worker));
        match files.iter_mut().find(|file| file.path == path) {
            Some(file) => {
                file.who.push_str(", ");
                file.who.push_str(place.id.as_str());
                file.at.extend(at);
            }
            None => files.push(File {
                path,
                name,
                who: place.id.to_string(),
                at: at.into_iter().collect(),
            }),
        }
    }
    if python && index.lines().any(|line| line == LIBRARY) {
        files.push(File {
            path: format!("source/{LIBRARY}"),
            name: "playground.py".to_owned(),
            who: "what the Python roles import".to_owned(),
            at: Vec::new(),
        });
    }
    files
}

/// The folder of a variant, where several share one.
fn family<'a>(entry: &str, variant: &'a str) -> &'a str {
    match (entry, variant) {
        ("socket", "udp" | "unix-datagram") => "datagram",
        ("socket", "socketpair") => "pair",
        ("socket", _) => "stream",
        _ => variant,
    }
}

/// Where a role's file is: in the folder of its variant, or in that of its mechanism, or anywhere below that.
fn find(index: &str, entry: &str, variant: &str, name: &str) -> Option<String> {
    let folder = if entry == "shared-memory" {
        "memory"
    } else {
        entry
    };
    let exact = [
        format!("{folder}/{}/{name}", family(entry, variant)),
        format!("{folder}/{name}"),
    ];
    let below = |line: &&str| {
        line.strip_prefix(folder)
            .and_then(|rest| rest.strip_suffix(name))
            .is_some_and(|rest| rest.starts_with('/') && rest.ends_with('/'))
    };
    let found = exact
        .iter()
        .find_map(|path| index.lines().find(|line| line == path))
        .or_else(|| index.lines().find(below))?;
    Some(format!("source/{found}"))
}

impl Store {
    /// Asks for the texts that are looked at and are not here yet.
    pub(super) fn missing_texts(&mut self) -> Vec<Effect> {
        let mut wanted = Vec::new();
        if self.route == (Route::Learn { checked: true }) {
            wanted.push(CLAIMS.to_owned());
        }
        if let Route::Lab(lab) = &self.route
            && LESSONS.iter().any(|lesson| lesson.entry == lab.entry)
        {
            wanted.push(lessons::summaries(&lab.entry));
        }
        let bench = self.route.entry().is_some() || matches!(self.route, Route::Replay { .. });
        if bench && self.ui.tab == Tab::Source {
            wanted.push(INDEX.to_owned());
            if let Some(index) = self.text(INDEX) {
                let files = files(&index, &self.shown().state, &self.draft.roles);
                wanted.extend(files.into_iter().map(|file| file.path));
            }
        }
        wanted.retain(|path| !self.requests.texts.contains(path));
        self.requests.texts.extend(wanted.iter().cloned());
        wanted.into_iter().map(Effect::Text).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{files, find};
    use crate::{
        route::Route,
        store::{Action, Effect, Store},
    };
    use shared::state::RunState;

    const INDEX: &str = "memory/guarded/writer.rs\npipe/parent.rs\npipe/reader.rs\npipe/writer.py\npipe/writer.rs\n\
                         python/playground.py\nqueue/posix/producer.py\nqueue/sysv/producer.py\nsocket/datagram/client.rs\n\
                         socket/relay.rs\nsocket/stream/client.rs\n";

    #[test]
    fn a_role_s_file_is_that_of_its_variant() {
        let at = |entry, variant, name| find(INDEX, entry, variant, name);
        assert_eq!(
            at("queue", "sysv", "producer.py").as_deref(),
            Some("source/queue/sysv/producer.py")
        );
        assert_eq!(
            at("pipe", "fifo", "writer.rs").as_deref(),
            Some("source/pipe/writer.rs")
        );
        assert_eq!(
            at("shared-memory", "shm", "writer.rs").as_deref(),
            Some("source/memory/guarded/writer.rs")
        );
        for (variant, name, path) in [
            ("tcp", "client.rs", "stream/client.rs"),
            ("udp", "client.rs", "datagram/client.rs"),
            ("udp", "relay.rs", "relay.rs"),
        ] {
            let found = at("socket", variant, name);
            assert_eq!(found, Some(format!("source/socket/{path}")));
        }
        assert_eq!(at("pipe", "fifo", "er.rs"), None);
    }

    #[test]
    fn the_summaries_of_an_entry_s_lessons_are_fetched_once_where_a_list_shows_them() {
        let mut store = Store::default();
        let wanted = Effect::Text("lessons/pipe/summaries.txt".to_owned());
        let effects = store.reduce(Action::Arrived(Route::lab("pipe")));
        assert!(effects.contains(&wanted), "{effects:?}");
        let effects = store.reduce(Action::Arrived(Route::lab("pipe")));
        assert!(!effects.contains(&wanted), "{effects:?}");
        let effects = store.reduce(Action::Arrived(Route::lab("deadlock")));
        let text = |effect: &Effect| matches!(effect, Effect::Text(_));
        assert!(!effects.iter().any(text), "it has no lessons: {effects:?}");
    }

    #[test]
    fn the_files_of_the_next_run_are_those_of_its_cast_and_languages() {
        let run = RunState {
            entry: "pipe".into(),
            variant: "fifo".into(),
            params: [("writers".to_owned(), 2.into())].into(),
            ..RunState::default()
        };
        let roles = [("writer".to_owned(), "python".to_owned())].into();
        let names: Vec<_> = files(INDEX, &run, &roles)
            .into_iter()
            .map(|file| format!("{}: {}", file.name, file.who))
            .collect();
        assert_eq!(
            names,
            [
                "writer.py: writer, writer-2",
                "reader.rs: reader",
                "parent.rs: parent",
                "playground.py: what the Python roles import"
            ]
        );
    }
}
