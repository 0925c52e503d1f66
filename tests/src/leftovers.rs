//! What is left of a run: nothing, if the playground keeps its word.

use crate::{TestServer, procfs, wait};
use shared::ids::RunId;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

/// How long the system may take to let go after `run.finished`: closing descriptors is not instant.
const LET_GO: Duration = Duration::from_secs(3);

/// Folders in which names of a run could stay behind.
const SHARED_FOLDERS: [&str; 3] = ["/dev/shm", "/dev/mqueue", "/tmp"];

/// What there was before a run.
#[derive(Clone, Debug)]
pub struct Leftovers {
    before: Facts,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Facts {
    /// Process ids with their names; a zombie is as bad as a living one.
    processes: BTreeSet<(i32, String)>,
    /// Descriptors of the server, by kind.
    server: BTreeMap<String, usize>,
    /// Descriptors of the spawner, by kind.
    spawner: BTreeMap<String, usize>,
    /// Names in the server's own temporary folder.
    names: BTreeSet<PathBuf>,
}

impl Facts {
    fn of(server: &TestServer) -> Self {
        Self {
            processes: server
                .family()
                .into_iter()
                .map(|process| (process.pid, process.name))
                .collect(),
            server: procfs::descriptors(server.pid()),
            spawner: procfs::descriptors(server.spawner().pid),
            names: procfs::names_below(&server.place.tmp).into_iter().collect(),
        }
    }
}

impl Leftovers {
    /// Notes what there is. A server that has just started still opens things; wait until it serves.
    pub fn before(server: &TestServer) -> Self {
        Self {
            before: Facts::of(server),
        }
    }

    /// Checks that there is nothing else now than there was before.
    ///
    /// # Panics
    /// If something stays: a process, a zombie, a descriptor, a name.
    pub async fn none(&self, server: &TestServer, runs: &[RunId]) {
        let begun = Instant::now();
        let clean = || {
            let now = Facts::of(server);
            let stray = names_of(runs);
            let clean = stray.is_empty() && self.before.covers(&now);
            (clean || begun.elapsed() > LET_GO).then_some((clean, now, stray))
        };
        let (clean, now, stray) = wait::until("a look at what is left", clean).await;
        assert!(
            clean,
            "something of {runs:?} is left: {stray:?}\nbefore {:#?}\nnow {now:#?}",
            self.before
        );
    }
}

impl Facts {
    /// There is nothing now that there was not before; less is fine.
    fn covers(&self, now: &Self) -> bool {
        let fewer = |before: &BTreeMap<String, usize>, now: &BTreeMap<String, usize>| {
            now.iter()
                .all(|(kind, count)| count <= before.get(kind).unwrap_or(&0))
        };
        now.processes.is_subset(&self.processes)
            && now.names.is_subset(&self.names)
            && fewer(&self.server, &now.server)
            && fewer(&self.spawner, &now.spawner)
    }
}

/// Names in shared folders that carry the id of one of these runs.
pub fn names_of(runs: &[RunId]) -> Vec<PathBuf> {
    let entries = SHARED_FOLDERS
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flatten()
        .flatten();
    let ours = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        runs.iter().any(|run| name.contains(run.as_str()))
    };
    entries.map(|entry| entry.path()).filter(ours).collect()
}
