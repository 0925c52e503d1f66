//! A lesson, beat by beat: each step is a real command, each fact is really seen before a beat counts as done.

use crate::intent::Intent;
use shared::{
    event::Event,
    failure::Failure,
    ids::RequestId,
    place::Place,
    scenario::{Command, Scenario, Step, UnderWay, Verdict, Watch},
};
use std::rc::Rc;

pub use shared::place::Phase;

/// Quiet time before the first step, so that what is left of the beat before is not taken for this one, milliseconds.
const BETWEEN_MS: f64 = 50.0;
/// Quiet time after which a step has had its effect, milliseconds: the supervisor reports within a few.
const QUIET_MS: f64 = 120.0;
/// Time after which what must not be seen has not been seen, milliseconds.
const SETTLED_MS: f64 = 500.0;
/// Some runs are never quiet, as where somebody looks again and again: then a step has had its effect after so long.
const RESTLESS_MS: f64 = 400.0;
/// A step whose messages are still under way is not waited for any longer: the next one may be what they need.
const STEP_MS: f64 = 2_000.0;
/// A step or a beat that takes longer than this is told as missed, milliseconds.
const PATIENCE_MS: f64 = 10_000.0;

/// A lesson that is played.
#[derive(Clone, Debug)]
pub struct Play {
    /// Entry of the catalog.
    pub entry: String,
    /// Name of the lesson.
    pub lesson: String,
    /// What happens.
    pub scenario: Rc<Scenario>,
    /// The beat that is played, from 0.
    pub beat: usize,
    /// How far it is.
    pub phase: Phase,
    /// What the learner predicted for this beat.
    pub chosen: Option<usize>,
    /// Expected and not seen, once the beat was missed.
    pub verdict: Option<Verdict>,
    /// A run was started for it.
    pub started: bool,
    /// Beats before this one are run again, quickly and without questions.
    until: usize,
    step: usize,
    waiting: Option<RequestId>,
    watch: Option<Watch>,
    /// Messages of the step that was taken last.
    under_way: Option<UnderWay>,
    since_ms: f64,
    quiet_since_ms: f64,
    /// When all that is expected had been seen.
    met_ms: Option<f64>,
}

/// What a learner does with a lesson.
#[derive(Clone, Debug, PartialEq)]
pub enum PlayAction {
    /// Open it: nothing runs yet.
    Open {
        /// Entry of the catalog.
        entry: String,
        /// Name of the lesson.
        lesson: String,
    },
    /// Close it; the run goes on.
    Close,
    /// Begin this beat, or go on to the next.
    Next,
    /// Back to the end of the beat before: a new run of all beats up to it.
    Back,
    /// This beat afresh: a new run of all beats before it.
    Again,
    /// Predict.
    Choose(usize),
}

impl Play {
    /// A lesson at its beginning.
    pub fn new(entry: &str, lesson: &str, scenario: Scenario) -> Self {
        Self {
            entry: entry.to_owned(),
            lesson: lesson.to_owned(),
            scenario: Rc::new(scenario),
            beat: 0,
            phase: Phase::Ready,
            chosen: None,
            verdict: None,
            started: false,
            until: 0,
            step: 0,
            waiting: None,
            watch: None,
            under_way: None,
            since_ms: 0.0,
            quiet_since_ms: 0.0,
            met_ms: None,
        }
    }

    /// As the presenter has it whom this page follows; nothing is done here.
    pub(crate) fn show(&mut self, at: &Place) {
        let index = |n: Option<u32>| n.and_then(|n| usize::try_from(n).ok());
        let last = self.scenario.beats.len().saturating_sub(1);
        self.beat = index(at.beat).unwrap_or_default().min(last);
        self.phase = at.phase.unwrap_or(Phase::Ready);
        self.chosen = index(at.chosen);
        self.started = true;
    }

    /// All beats were seen through.
    pub fn is_over(&self) -> bool {
        self.phase == Phase::Done && self.beat + 1 >= self.scenario.beats.len()
    }

    /// The beats before the wanted one are being run again.
    pub fn is_rewinding(&self) -> bool {
        self.beat < self.until
    }

    /// Time matters to it now.
    pub fn is_busy(&self) -> bool {
        matches!(self.phase, Phase::Doing | Phase::Watching)
    }

    /// To the beginning, with a new run, up to beat `until`, which then is ready.
    pub(crate) fn rewind(&mut self, until: usize) {
        let fresh = Self {
            scenario: Rc::clone(&self.scenario),
            until,
            ..Self::new(&self.entry, &self.lesson, Scenario::clone(&self.scenario))
        };
        *self = fresh;
    }

    /// Begins the current beat.
    pub(crate) fn begin(&mut self, now_ms: f64) {
        self.phase = Phase::Doing;
        self.step = 0;
        self.waiting = None;
        self.verdict = None;
        self.watch = self.scenario.beats.get(self.beat).map(Watch::new);
        self.under_way = None;
        self.met_ms = None;
        self.since_ms = now_ms;
        self.quiet_since_ms = now_ms;
    }

    /// Goes on to the next beat, if there is one.
    pub(crate) fn advance(&mut self) -> bool {
        let more = self.beat + 1 < self.scenario.beats.len();
        if more {
            self.beat += 1;
            self.phase = Phase::Ready;
            self.chosen = None;
            self.verdict = None;
        }
        more
    }

    /// The current beat asks before it shows.
    pub fn asks(&self) -> bool {
        self.scenario
            .beats
            .get(self.beat)
            .is_some_and(|beat| beat.ask.is_some())
    }

    /// The step that may be taken now.
    pub(crate) fn due(&self, now_ms: f64) -> Option<Step> {
        let (quiet, passed) = (now_ms - self.quiet_since_ms, now_ms - self.since_ms);
        let rest = if self.step == 0 { BETWEEN_MS } else { QUIET_MS };
        let sent = self.under_way.as_ref().is_none_or(UnderWay::is_over);
        let had = quiet >= rest || (sent && passed >= RESTLESS_MS) || passed >= STEP_MS;
        (self.phase == Phase::Doing && self.waiting.is_none() && had).then_some(())?;
        self.scenario
            .beats
            .get(self.beat)?
            .steps
            .get(self.step)
            .cloned()
    }

    /// The step was said to the server. With the first one the beat begins: what was seen before is not of it.
    pub(crate) fn took(&mut self, step: &Step, re: Option<RequestId>, now_ms: f64, xray: bool) {
        if self.step == 0 {
            let watch = self.scenario.beats.get(self.beat).map(Watch::new);
            self.watch = watch.map(|watch| if xray { watch } else { watch.without_calls() });
        }
        self.under_way = match step.command() {
            Ok(Command::Send { worker, times, .. }) => Some(UnderWay::new(worker, times)),
            Ok(Command::Act { .. } | Command::Stop) | Err(_) => None,
        };
        self.step += 1;
        self.waiting = re;
        self.since_ms = now_ms;
        self.quiet_since_ms = now_ms;
    }

    /// The server answered a request.
    pub(crate) fn answered(&mut self, re: RequestId, now_ms: f64) {
        if self.waiting == Some(re) {
            self.waiting = None;
            self.quiet_since_ms = now_ms;
        }
    }

    /// The server refused a step: the beat cannot go on.
    pub(crate) fn refused(&mut self, re: RequestId) {
        if self.waiting == Some(re) {
            self.waiting = None;
            self.fail();
        }
    }

    /// An event was folded.
    pub(crate) fn see(&mut self, event: &Event, now_ms: f64) {
        if self.is_busy() {
            self.quiet_since_ms = now_ms;
            if let Some(watch) = &mut self.watch {
                watch.see(event);
            }
            if let Some(under_way) = &mut self.under_way {
                under_way.see(event);
            }
        }
    }

    /// Time passed: all steps taken, all facts seen, or patience at an end. True if the phase changed.
    pub(crate) fn tick(&mut self, now_ms: f64) -> bool {
        let before = self.phase;
        let quiet = now_ms - self.quiet_since_ms;
        let Some(beat) = self.scenario.beats.get(self.beat) else {
            return false;
        };
        if self.phase == Phase::Doing && self.waiting.is_none() && self.step >= beat.steps.len() {
            self.phase = Phase::Watching;
        }
        if self.phase == Phase::Watching {
            let verdict = self.watch.as_ref().map(Watch::verdict);
            let seen = verdict
                .as_ref()
                .is_none_or(|verdict| verdict.missing.is_empty());
            if seen && self.met_ms.is_none() {
                self.met_ms = Some(now_ms);
            }
            let since = self.met_ms.map_or(0.0, |met| now_ms - met);
            let settled = if beat.absent.is_empty() {
                quiet >= QUIET_MS || since >= RESTLESS_MS
            } else {
                since >= SETTLED_MS
            };
            if verdict
                .as_ref()
                .is_some_and(|verdict| !verdict.violated.is_empty())
            {
                self.miss();
            } else if seen && settled {
                self.phase = Phase::Done;
            }
        }
        if self.is_busy() && now_ms - self.since_ms > PATIENCE_MS {
            self.miss();
        }
        before != self.phase
    }

    /// It could not be done at all; a notice says why.
    pub(crate) fn fail(&mut self) {
        self.miss();
        self.verdict = None;
    }

    /// What was expected did not come.
    pub(crate) fn miss(&mut self) {
        self.phase = Phase::Missed;
        self.until = 0;
        self.verdict = self.watch.as_ref().map(Watch::verdict);
    }
}

/// What a step wishes, as if it had been pressed.
///
/// # Errors
/// `bad_param` if it cannot be carried out; lessons are checked while they are tested.
pub(crate) fn intent(step: &Step) -> Result<Intent, Failure> {
    Ok(match step.command()? {
        Command::Send {
            worker,
            data,
            times,
            args,
        } => Intent::Send {
            worker,
            data,
            times,
            args,
        },
        Command::Act { worker, verb, args } => Intent::Act { worker, verb, args },
        Command::Stop => Intent::Stop,
    })
}
