//! Which code leads to which run.

use super::{Audience, Key, Viewer, lock, tries::Tries};
use crate::lab::{Lab, Run};
use shared::{
    failure::{Code, Failure},
    ids::{RunId, Seq},
};
use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, Mutex},
    time::Instant,
};

/// All that can be watched. There is at most one for each run, and it goes with its run.
#[derive(Debug, Default)]
pub(in crate::lab) struct Audiences {
    known: Mutex<BTreeMap<Key, Arc<Audience>>>,
    tries: Mutex<Tries>,
}

/// Somebody watches.
#[derive(Debug)]
pub struct Joined {
    /// What is watched.
    pub audience: Arc<Audience>,
    /// The run that is shown now.
    pub run: Arc<Run>,
    /// Events that must be read from the journal before the viewer is asked: after, up to and with.
    pub missing: Option<(Seq, Seq)>,
    /// All that comes after them.
    pub viewer: Viewer,
}

impl Audiences {
    fn by_key(&self, key: &str) -> Option<Arc<Audience>> {
        let key = Key::parse(key)?;
        lock(&self.known).get(&key).cloned()
    }

    /// The run was forgotten, and so is its code.
    pub(in crate::lab) fn close(&self, run: &RunId) {
        lock(&self.known).retain(|_, audience| {
            let stays = !audience.shows(run);
            if !stays {
                audience.closed.cancel();
            }
            stays
        });
    }

    /// Connections that watch anything.
    pub(in crate::lab) fn watchers(&self) -> u64 {
        lock(&self.known)
            .values()
            .map(|audience| audience.count())
            .sum()
    }
}

impl Lab {
    /// Lets others watch a run of whoever asks. With the code of an earlier run of the same owner, those who watch that one
    /// go on to this one.
    ///
    /// # Errors
    /// `not_supported` where nobody may watch.
    pub fn show(&self, run: &Arc<Run>, key: Option<&str>) -> Result<Arc<Audience>, Failure> {
        let limits = self.limits();
        if limits.watchers == 0 {
            return Err(Failure::new(
                Code::NotSupported,
                "this server lets nobody watch",
                "whoever runs it can start it with --watchers 500",
            ));
        }
        let audiences = &self.inner.audiences;
        let mut known = lock(&audiences.known);
        if let Some(same) = known.values().find(|audience| audience.shows(run.id())) {
            return Ok(Arc::clone(same));
        }
        let earlier = key
            .and_then(Key::parse)
            .and_then(|key| known.get(&key))
            .filter(|audience| audience.owner == *run.owner());
        if let Some(audience) = earlier {
            audience.run.send_replace(Arc::clone(run));
            return Ok(Arc::clone(audience));
        }
        let audience = Audience::new(Arc::clone(run), limits.watchers, limits.queue_bytes);
        known.insert(audience.key.clone(), Arc::clone(&audience));
        drop(known);
        self.inner.tasks.spawn(Arc::clone(&audience).broadcast());
        Ok(audience)
    }

    /// Where the owner of a run is, for those who watch it.
    ///
    /// # Errors
    /// `not_supported` if the run is not shown to anybody.
    pub fn shown(&self, run: &RunId) -> Result<Arc<Audience>, Failure> {
        let known = lock(&self.inner.audiences.known);
        let found = known.values().find(|audience| audience.shows(run));
        found.cloned().ok_or_else(|| {
            Failure::new(
                Code::NotSupported,
                "nobody can watch this run yet",
                "say watch for it first",
            )
        })
    }

    /// Watches what a code leads to; `known` is a run and its last event that is known already.
    ///
    /// # Errors
    /// `unknown_run` for a code that leads nowhere, `limit_hit` when too many watch or too many codes were wrong.
    pub fn join(
        &self,
        key: &str,
        known: Option<(&RunId, Seq)>,
        address: Option<IpAddr>,
    ) -> Result<Joined, Failure> {
        let (audiences, now) = (&self.inner.audiences, Instant::now());
        lock(&audiences.tries).check(address, now)?;
        let Some(audience) = audiences.by_key(key) else {
            lock(&audiences.tries).wrong(address, now);
            let failure = Failure::new(
                Code::UnknownRun,
                "this code leads to no run",
                "ask for the link again: it ends with its run",
            );
            return Err(failure.field("key"));
        };
        Viewer::join(audience, known)
    }
}
