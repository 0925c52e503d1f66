//! The bench in front of a listener: connections that the kernel has made and nobody has accepted yet. listen(2).

use super::{Who, figure, holders, local};
use crate::mechanism::pipe::Figure;
use shared::{
    event::Wait,
    state::{Object, RunState},
};

/// More seats than this are a number only.
const MOST_SEATS: u64 = 32;

/// A listening socket and those who wait to be accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bench {
    /// What the kernel calls it: `listener:[4711]`.
    pub id: String,
    /// Where it listens.
    pub address: Option<String>,
    /// Who accepts here.
    pub owners: Vec<Who>,
    /// Connections that wait; `max` is what listen() was given.
    pub waiting: Option<Figure>,
    /// Processes whose connect() has not been answered.
    pub knocking: Vec<Who>,
    /// It is gone.
    pub removed: bool,
}

impl Bench {
    /// Taken seats and all seats, where these are few enough to be drawn. The kernel lets in one more than listen() says: it
    /// refuses when more than that wait already.
    pub fn seats(&self) -> Option<(u64, u64)> {
        let waiting = self.waiting.as_ref().filter(|_| !self.removed)?;
        let all = waiting.max + 1;
        (all <= MOST_SEATS).then_some((waiting.value.min(all), all))
    }

    /// Nobody else is let in.
    pub fn full(&self) -> bool {
        self.seats().is_some_and(|(taken, all)| taken >= all)
    }
}

/// The listener of a run: the newest that lives, else the newest.
pub(super) fn bench(run: &RunState) -> Option<Bench> {
    let all = || {
        let objects = run.objects.iter().rev();
        objects.filter(|object| object.object_type == "listener")
    };
    let found = all().find(|one| !one.removed).or_else(|| all().next())?;
    Some(Bench {
        id: found.id.to_string(),
        address: local(found.socket.as_ref()).or_else(|| name(found)),
        owners: holders(run, found),
        waiting: figure(found, "waiting"),
        knocking: knocking(run),
        removed: found.removed,
    })
}

fn name(object: &Object) -> Option<String> {
    object.names.first().or(object.name.as_ref()).cloned()
}

fn knocking(run: &RunState) -> Vec<Who> {
    let asleep = run.workers.iter();
    let asleep = asleep.filter(|one| one.alive() && one.because == Some(Wait::Connect));
    asleep.map(|one| (one.letter, one.id.clone())).collect()
}
