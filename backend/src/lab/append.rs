//! How events get into the journal: checked, formatted once, and without keeping those who read it waiting.

use super::{Run, lock};
use shared::{
    event::{Event, Kind, MAX_EVENT},
    ids::Seq,
};
use std::sync::atomic::Ordering;
use tokio::task::yield_now;

/// How often the task of a run lets others go first. A reader that waits for the lock is there after some ten microseconds;
/// a thousand turns are more than that, and still nothing against the time that a frame of events takes.
const TURNS: usize = 1000;

impl Run {
    /// Takes the next events of the supervisor. A worker may have taken it over, so nothing it says is taken on trust.
    ///
    /// # Errors
    /// Why an event cannot be; those before it were taken.
    pub(super) fn append(&self, events: &[Event]) -> Result<(), String> {
        let mut last = self.read(super::Journal::last);
        let mut lines = Vec::with_capacity(events.len());
        let mut done = Ok(());
        for event in events {
            match acceptable(event, last) {
                Ok(json) => lines.push(json),
                Err(why) => {
                    done = Err(why);
                    break;
                }
            }
            last = event.seq;
        }
        let mut facts = lock(&self.facts);
        for (event, json) in events.iter().zip(&lines) {
            let is_birth = matches!(event.kind, Kind::ProcessStarted { .. });
            if is_birth && facts.journal.state().workers.is_empty() {
                self.counters.first_process.took(self.asked.elapsed());
            }
            facts.journal.append(event, json);
        }
        drop(facts);
        let taken = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        self.counters.events.add(taken);
        done
    }

    /// Wakes the sessions and lets them go first.
    ///
    /// Under a flood the next frame is always there already, so the task of the run would never stop: the sessions that it
    /// woke would not get this thread, and those that wait for the lock on another would not get that. They would see nothing
    /// for seconds, then have missed everything.
    pub(super) async fn tell_readers(&self) {
        self.last.send_replace(self.read(super::Journal::last));
        for _ in 0..TURNS {
            yield_now().await;
            if self.readers.load(Ordering::Relaxed) == 0 {
                return;
            }
        }
    }
}

/// The event's JSON, if it can be the one after `last`.
fn acceptable(event: &Event, last: Seq) -> Result<String, String> {
    if event.seq != last + 1 {
        return Err(format!("event {} after event {last}", event.seq));
    }
    if matches!(event.kind, Kind::RunStarted { .. }) != (last == 0) {
        return Err("run.started must be the first event, and only that".to_owned());
    }
    if matches!(event.kind, Kind::RunFinished { .. }) {
        return Err("run.finished is not for a supervisor to say".to_owned());
    }
    let json = serde_json::to_string(event).map_err(|error| error.to_string())?;
    if json.len() > MAX_EVENT {
        return Err(format!("an event of {} bytes", json.len()));
    }
    Ok(json)
}
