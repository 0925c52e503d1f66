//! One folder a mechanism, one file a role. The page shows these files: they are the programs that run.
//!
//! # How to add a mechanism
//!
//! 1. `shared/src/mechanism/NAME/`: the entry of the catalog (variants, parameters, acts), its parameters as a type, its
//!    acts as a type (`#[serde(tag = "do")]`), and its cast, called by [`shared::mechanism::cast`]. The first of the cast is
//!    `parent`.
//! 2. `backend/src/mechanism/NAME/mod.rs`: `pub(crate) fn play(variant, params) -> Result<Box<dyn Mechanism>, Failure>`
//!    and its line in `play`. `Mechanism::perform` is the life of the parent: it makes the objects and forks the
//!    others, the `n`th of the cast with `Worker::fork(n, role)`, each of which has a file of its own.
//! 3. A role takes its commands with `Worker::command` until there is none any more: [`Command::Send`], and acts of the
//!    entry, which [`Command::order`] turns into its own type. Around each send it says `sending` and `sent`; what it
//!    received, stored, loaded, and anything else that nobody but itself could know, it says with the methods of [`Worker`].
//!    It makes its calls through [`crate::sys::calls`], closes what it does not need, and takes every path, name and key
//!    from [`Names`]. The parent's loop must carry out [`Command::Wait`] by `wait4` and `Worker::reaped`.
//! 4. A role in Python: the file `ROLE.py` beside, and in the parent `Born::Python => me.become_python(…)`; named by
//!    `Mechanism::in_python`.
//! 5. What the kernel says of its objects: `supervisor/objects/NAME.rs`, see there.
//!
//! [`Command::Send`]: crate::worker::wire::Command::Send
//! [`Command::Wait`]: crate::worker::wire::Command::Wait
//! [`Command::order`]: crate::worker::wire::Command::order

pub mod file;
pub mod memory;
pub mod pipe;
pub mod queue;
pub mod rpc;
pub mod signal;
pub mod socket;
pub mod zeromq;

use crate::worker::{Language, Names, Worker};
use shared::{
    catalog::{self, Entry},
    command::Values,
    failure::{Code, Failure},
    mechanism::Member,
};
use std::{collections::BTreeMap, fmt::Debug};

/// What a mechanism's variant does, ready to be performed.
pub(crate) trait Mechanism: Debug + Send {
    /// The first worker's life, and within it, after a fork, that of each other. Returns the exit status.
    fn perform(&self, me: Worker, names: &Names) -> i32;

    /// Whether that role can be played in Python.
    fn in_python(&self, role: &str) -> bool {
        let _none_yet = role;
        false
    }

    /// A module of Python that roles in it import and the standard library lacks: `zmq`.
    fn module(&self) -> Option<&'static str> {
        None
    }

    /// Messages are frames of ZeroMQ, which other threads send and receive, several at once.
    fn speaks_zmtp(&self) -> bool {
        false
    }

    /// The lesson uses names: the run has a folder of its own for files.
    fn has_names(&self) -> bool {
        true
    }

    /// The lesson maps memory that others see: who has what mapped is looked at, too.
    fn maps_memory(&self) -> bool {
        false
    }

    /// The parent can be told something when all others are gone: it stays until the run is ended.
    fn parent_acts(&self) -> bool {
        false
    }

    /// A role that has ended can be forked once more: the parent carries out [`Command::Fork`] by `Worker::fork_again`. The
    /// entry has an act `restart`, which the supervisor sees to, and the parent stays until the run is ended.
    ///
    /// [`Command::Fork`]: crate::worker::wire::Command::Fork
    fn can_restart(&self) -> bool {
        false
    }

    /// That role lives on the second machine. Where any does, the run has two, joined by a cable that can be pulled: the entry
    /// has the acts `pull-cable` and `plug-cable`, which the supervisor sees to, and [`Names::address`]`(0)` is the first
    /// machine's end of it.
    fn elsewhere(&self, role: &str) -> bool {
        let _one_machine = role;
        false
    }

    /// The lesson has POSIX message queues: those of the run are looked for by name.
    fn has_queues(&self) -> bool {
        false
    }

    /// The lesson has System V objects: those with keys of the run are looked for.
    fn has_numbers(&self) -> bool {
        false
    }

    /// What a role says that it sends, a thread of its own sends some time after, in the same order.
    fn sends_later(&self) -> bool {
        false
    }

    /// The lesson is about signals: masks and pending signals of every worker are looked at.
    fn shows_signals(&self) -> bool {
        false
    }
}

/// An entry with its parameters checked, ready to be performed.
#[derive(Debug)]
pub(crate) struct Play {
    /// The entry.
    pub(crate) entry: &'static Entry,
    /// Its variant.
    pub(crate) variant: &'static str,
    /// All workers. The first is made by the supervisor and forks the others, which are numbered from 1.
    pub(crate) cast: Vec<Member>,
    /// What each of them is written in.
    pub(crate) languages: Vec<Language>,
    /// The parameters as given.
    pub(crate) params: Values,
    /// What they do.
    pub(crate) mechanism: Box<dyn Mechanism>,
}

/// The mechanism of an entry, by its id in the catalog.
fn play(entry: &str, variant: &str, params: &Values) -> Result<Box<dyn Mechanism>, Failure> {
    match entry {
        "file" => file::play(variant, params),
        "pipe" => pipe::play(variant, params),
        "queue" => queue::play(variant, params),
        "rpc" => rpc::play(variant, params),
        "shared-memory" => memory::play(variant, params),
        "signal" => signal::play(variant, params),
        "socket" => socket::play(variant, params),
        "zeromq" => zeromq::play(variant, params),
        _ => Err(not_built(entry)),
    }
}

/// The refusal of what is announced only.
pub(crate) fn not_built(what: &str) -> Failure {
    Failure::new(
        Code::NotSupported,
        format!("{what} is not built yet"),
        "try Pipe",
    )
}

impl Play {
    /// The play of an entry; everything is checked again, since it came through a socket.
    ///
    /// # Errors
    /// `bad_param` or `not_supported`, as the catalog says.
    pub(crate) fn new(
        entry: &str,
        variant: &str,
        params: &Values,
        roles: &BTreeMap<String, String>,
    ) -> Result<Self, Failure> {
        let entry = catalog::entry(entry)?;
        let variant = entry.variant(Some(variant))?.id;
        let mechanism = play(entry.id, variant, params)?;
        let cast = shared::mechanism::cast(entry.id, variant, params);
        let languages = languages(entry, &cast, roles, mechanism.as_ref())?;
        Ok(Self {
            entry,
            variant,
            cast,
            languages,
            params: params.clone(),
            mechanism,
        })
    }

    /// Whether that worker sends messages.
    pub(crate) fn sends(&self, worker: usize) -> bool {
        self.cast.get(worker).is_some_and(|member| member.sends)
    }
}

/// What everybody is written in: as said of the worker, or else of its role.
fn languages(
    entry: &Entry,
    cast: &[Member],
    roles: &BTreeMap<String, String>,
    mechanism: &dyn Mechanism,
) -> Result<Vec<Language>, Failure> {
    let mut known: Vec<&str> = cast
        .iter()
        .skip(1)
        .flat_map(|member| [member.role, member.id.as_str()])
        .collect();
    known.sort_unstable();
    known.dedup();
    for (name, language) in roles {
        if !known.contains(&name.as_str()) {
            return Err(Failure::bad_param(
                "roles",
                format!("{} has no role \"{name}\" here", entry.id),
                format!("use: {}", known.join(", ")),
            ));
        }
        if Language::of(language).is_none() {
            return Err(Failure::bad_param(
                "roles",
                format!("a role cannot be written in \"{language}\""),
                "use rust or python",
            ));
        }
    }
    cast.iter()
        .map(|member| {
            let named = roles.get(member.id.as_str()).or(roles.get(member.role));
            let language = named
                .and_then(|name| Language::of(name))
                .unwrap_or_default();
            if language == Language::Python && !mechanism.in_python(member.role) {
                return Err(Failure::new(
                    Code::NotSupported,
                    format!("there is no {} of {} in Python", member.role, entry.title),
                    "use rust",
                )
                .field("roles"));
            }
            Ok(language)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Language, Play};
    use shared::{command::Values, failure::Code};
    use std::collections::BTreeMap;

    fn play(writers: u64, roles: &[(&str, &str)]) -> Result<Play, shared::failure::Failure> {
        let params = Values::from([("writers".to_owned(), writers.into())]);
        let named = roles
            .iter()
            .map(|(role, language)| ((*role).to_owned(), (*language).to_owned()));
        Play::new(
            "pipe",
            "anonymous",
            &params,
            &named.collect::<BTreeMap<_, _>>(),
        )
    }

    #[test]
    fn a_language_is_that_of_the_worker_or_else_of_its_role() {
        let play = play(2, &[("writer", "python"), ("writer-2", "rust")]).unwrap();
        let languages: Vec<_> = play
            .cast
            .iter()
            .map(|member| member.id.as_str())
            .zip(play.languages)
            .collect();
        assert_eq!(
            languages,
            [
                ("parent", Language::Rust),
                ("writer", Language::Python),
                ("writer-2", Language::Rust),
                ("reader", Language::Rust)
            ]
        );
    }

    #[test]
    fn nobody_else_and_nothing_else_is_taken() {
        for (role, language) in [
            ("parent", "python"),
            ("writer-2", "python"),
            ("somebody", "rust"),
            ("writer", "cobol"),
        ] {
            let refused = play(1, &[(role, language)]).unwrap_err();
            assert_eq!(refused.code, Code::BadParam, "{role} {language}");
            assert_eq!(refused.field.as_deref(), Some("roles"));
        }
    }
}
