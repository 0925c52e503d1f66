//! What tests wait for again and again; each panics where it takes longer than `PATIENCE`.

use super::Client;
use shared::{
    os::Signal,
    state::{Finished, Life},
};

impl Client {
    /// Waits until the run has so many processes.
    pub async fn everybody(&mut self, count: usize) {
        let what = format!("{count} processes");
        self.until(&what, |state| state.workers.len() == count)
            .await;
    }

    /// Waits until that signal has ended a worker.
    pub async fn killed_by(&mut self, worker: &str, signal: Signal) {
        let killed = Life::Killed { signal };
        self.until(&format!("{worker} killed by {signal}"), |state| {
            let worker = state.worker(&worker.into());
            worker.is_some_and(|worker| worker.life == killed)
        })
        .await;
    }

    /// Waits until the run is over; how it ended.
    pub async fn ended(&mut self) -> Finished {
        self.until("the end of the run", |state| state.finished.is_some())
            .await;
        self.state().finished.clone().expect("just seen")
    }
}
