//! Under which conditions a fault is tried.

use harness::{Account, TestServer, World, client::Plan, procfs::Process, server::send, wait};
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use shared::state::RunState;
use std::time::Duration;

/// The longest that anything of a run may live after its supervisor, spawner or server died.
const ALL_GONE: Duration = Duration::from_secs(3);

/// Who runs the server, and whether it traces.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub(crate) account: Account,
    pub(crate) xray: bool,
}

impl Case {
    /// A server with a run whose processes are all there, some of them asleep in calls.
    pub(crate) async fn world(self, args: &[&str]) -> World {
        let mut world = World::with(self.account, args).await;
        world.client.start(self.plan(json!({"writers": 2}))).await;
        world.client.until("all four processes", complete).await;
        world.client.flood("writer", 4096, 3).await;
        world
            .client
            .until("three messages on the other side", |state| {
                state.counts.received == 3
            })
            .await;
        world
    }

    /// A pipe for this case.
    pub(crate) fn plan(self, params: Value) -> Plan {
        Plan::new("pipe", "anonymous", params, self.xray)
    }
}

/// All processes of a run of [`Case::world`] have come.
pub(crate) fn complete(state: &RunState) -> bool {
    state.workers.len() == 4
}

/// The process id, outside, of a worker.
pub(crate) fn host_pid(world: &World, worker: &str) -> i32 {
    world.client.worker(worker).host_pid
}

/// Kills with SIGKILL.
pub(crate) fn kill(pid: i32) {
    send(pid, Signal::SIGKILL);
}

/// Waits until nothing that the server ever started lives any more. Zombies of orphans are left to whoever adopted them.
pub(crate) async fn all_gone(server: &TestServer, before: &[Process]) {
    assert!(
        before.len() >= 6,
        "spawner, supervisor and four workers were there: {before:?}"
    );
    let nobody = || {
        let mut alive = server.family();
        alive.extend(before.iter().filter_map(|process| {
            // The same id and the same name: ids are not used again so soon.
            harness::procfs::process(process.pid).filter(|now| now.name == process.name)
        }));
        alive.retain(|process| !"ZX".contains(process.state));
        alive.is_empty().then_some(())
    };
    wait::within(
        ALL_GONE,
        "the end of everything the server had started",
        nobody,
    )
    .await;
}
