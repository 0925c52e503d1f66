//! What processes are doing, by looking: soon after something was seen, and then ever more seldom.

use super::Supervisor;
use crate::gauge::Doing;
use shared::event::{Kind, ProcState, Source};
use std::time::{Duration, Instant};

/// A call that lasts longer than this is worth a look: most are back much sooner, and a learner sees no earlier.
pub(super) const SOON: Duration = Duration::from_millis(5);
/// First and longest pause between two looks where nothing else tells of a change.
const PACE: (Duration, Duration) = (Duration::from_millis(50), Duration::from_millis(500));
/// Without X-ray: as long as this after SIGSTOP was sent, a process that is seen running is one that is about to stop. On a
/// busy machine its processor may take several ticks of the scheduler to hear of it.
pub(super) const STOPPING: Duration = Duration::from_millis(100);
/// How often, and how far apart, a process is looked at that was told to stop: 2 ms in all, which nobody notices. A process
/// in a call that cannot be interrupted takes longer, and is looked at later.
const STOP_LOOKS: u32 = 20;
const STOP_PAUSE: Duration = Duration::from_micros(100);

impl Supervisor {
    /// Something was seen of a worker: whether it sleeps is known in a moment.
    pub(super) fn look_soon(&mut self, worker: usize) {
        let hand = &mut self.crew[worker];
        hand.look = Some(Instant::now() + SOON);
        hand.pace = PACE.0;
    }

    /// When the next look is due.
    pub(super) fn next_look(&self) -> Option<Instant> {
        self.crew
            .hands
            .iter()
            .filter_map(|hand| hand.look)
            .chain(self.objects.next())
            .min()
    }

    pub(super) fn look_at_workers(&mut self) {
        let now = Instant::now();
        for worker in 0..self.crew.hands.len() {
            if self.crew[worker].look.is_some_and(|look| look <= now) {
                self.look(worker, now);
            }
        }
    }

    fn look(&mut self, worker: usize, now: Instant) {
        let traced = self.tracer.traces();
        // Where a thread waits for another of its own process, no call is shown.
        let threads = self.play.mechanism.sends_later();
        let hand = &mut self.crew[worker];
        hand.look = None;
        let Some(mut doing) = hand
            .gauge
            .as_ref()
            .and_then(|gauge| gauge.read(hand.frozen))
        else {
            return;
        };
        if traced && doing.state == ProcState::Zombie {
            // Its end is about to be told.
            return;
        }
        if doing.state == ProcState::Asleep
            && hand.main_call().is_none()
            && hand.because().is_some()
        {
            doing.because = hand.because();
        }
        if !traced {
            let stops = hand.stops_by.is_some_and(|until| now < until);
            if hand.frozen && stops && doing.state != ProcState::Frozen {
                // SIGSTOP is on its way to the processor it runs on: what was seen is older than the order.
                hand.look = Some(now + SOON);
                return;
            }
            hand.frozen = doing.state == ProcState::Frozen;
        }
        let changed = hand.doing.as_ref() != Some(&doing);
        let unseen = threads && hand.main_call().is_none();
        if !traced || unseen || doing.state == ProcState::Running {
            // Nothing else will tell when this changes.
            hand.pace = if changed {
                PACE.0
            } else {
                (hand.pace * 2).min(PACE.1)
            };
            hand.look = Some(now + hand.pace);
        }
        let asleep = doing.state == ProcState::Asleep;
        if changed {
            self.tell_state(worker, doing);
        }
        if traced && asleep {
            let call = self.tracer.open_call(self.crew[worker].host).cloned();
            if let Some(call) = call {
                self.asleep_in(worker, &call);
            }
        }
        self.look_at_signals(worker);
    }

    /// Without X-ray: a signal that stops a process, or lets it go on, does so in a moment; then its state is known before
    /// the order counts as carried out.
    #[expect(
        clippy::disallowed_methods,
        reason = "the kernel tells a stop to the parent and to a tracer, and we are neither"
    )]
    pub(super) fn see_it_stop(&mut self, worker: usize, stops: bool) {
        for _ in 0..STOP_LOOKS {
            let hand = &self.crew[worker];
            let doing = hand.gauge.as_ref().and_then(|gauge| gauge.read(true));
            if doing.is_some_and(|doing| (doing.state == ProcState::Frozen) == stops) {
                break;
            }
            std::thread::sleep(STOP_PAUSE);
        }
        self.look(worker, Instant::now());
    }

    pub(super) fn tell_state(&mut self, worker: usize, doing: Doing) {
        let hand = &mut self.crew[worker];
        let kind = Kind::ProcessState {
            state: doing.state,
            because: doing.because,
            wchan: doing.wchan.clone(),
        };
        hand.doing = Some(doing);
        let state = hand.fact(Source::Gauge, kind);
        self.journal.tell(state);
    }
}
