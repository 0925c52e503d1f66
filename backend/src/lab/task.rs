//! The task of one run: the only one that talks to its box.

use super::{
    Lab, Link, Run, lock,
    run::{Command, Done, Request, run_over},
    slots::Slot,
    stopping::Stopping,
};
use crate::{
    counters::Counted,
    link::{FromBox, ToBox},
    worker::Names,
};
use shared::{
    event::{Counts, Event, Kind, Outcome, Source},
    failure::{Code, Failure},
    ids::{MsgId, RequestId},
};
use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until, timeout},
};

/// A supervisor reads its socket in every turn of its loop; one that does not for so long hangs.
const SEND_TIMEOUT: Duration = Duration::from_secs(1);
/// Commands whose answer is awaited. A supervisor answers each at once.
const PENDING: usize = 256;

type Reply = oneshot::Sender<Result<Done, Failure>>;

pub(super) struct Task {
    lab: Lab,
    run: Arc<Run>,
    link: Box<dyn Link>,
    requests: mpsc::Receiver<Request>,
    /// Clients number their requests themselves, so two may use the same number: answered in order.
    pending: HashMap<RequestId, VecDeque<Pending>>,
    waiting: usize,
    next_message: MsgId,
    end: Option<End>,
    /// The box was told to stop, and has until then.
    stopping: Option<Stopping>,
    /// Why the run cannot go on, found by us.
    broken: Option<String>,
    /// Given back when nothing of the run exists any more.
    held: (Slot, Counted),
}

struct Pending {
    reply: Reply,
    /// First message and how many, of a `send`.
    messages: Option<(MsgId, u32)>,
}

struct End {
    outcome: Outcome,
    message: Option<String>,
    counts: Counts,
}

enum Happened {
    Frame(Option<FromBox>),
    Request(Request),
    /// A session came or went, or the run is to end, or a time is up.
    Look,
}

impl Task {
    pub(super) fn new(
        lab: Lab,
        run: Arc<Run>,
        link: Box<dyn Link>,
        requests: mpsc::Receiver<Request>,
        held: (Slot, Counted),
    ) -> Self {
        Self {
            lab,
            run,
            link,
            requests,
            pending: HashMap::new(),
            waiting: 0,
            next_message: 1,
            end: None,
            stopping: None,
            broken: None,
            held,
        }
    }

    #[tracing::instrument(name = "run", skip_all, fields(run = %self.run.id()))]
    pub(super) async fn work(mut self) {
        loop {
            let due = self.due();
            // Not biased: a flood of events must not keep a freeze waiting.
            let happened = tokio::select! {
                frame = self.link.next() => Happened::Frame(frame),
                Some(request) = self.requests.recv() => Happened::Request(request),
                () = self.run.touched.notified() => Happened::Look,
                () = sleep_until(due) => Happened::Look,
            };
            match happened {
                Happened::Frame(None | Some(FromBox::Gone { .. })) => break,
                Happened::Frame(Some(frame)) => {
                    self.hear(frame).await;
                    if let Some(stopping) = &mut self.stopping {
                        stopping.heard();
                    }
                }
                Happened::Request(request) => self.ask(request).await,
                Happened::Look => {
                    if self
                        .stopping
                        .is_some_and(|stopping| stopping.due() <= Instant::now())
                    {
                        tracing::error!("the supervisor did not stop in time");
                        self.broken.get_or_insert_with(|| {
                            "the supervisor did not stop in time".to_owned()
                        });
                        break;
                    }
                }
            }
            if let Some(outcome) = self.why_stop().filter(|_| self.stopping.is_none()) {
                self.stopping = Some(Stopping::now());
                let _gone_already = self.tell(&ToBox::Stop { outcome }).await;
            }
        }
        self.finish().await;
    }

    /// When to look again at the clock.
    fn due(&self) -> Instant {
        let limits = self.lab.limits();
        let facts = lock(&self.run.facts);
        let idle = facts.active + limits.idle();
        let abandoned = (facts.sessions == 0).then(|| facts.left + limits.grace());
        self.stopping.map_or_else(
            || abandoned.map_or(idle, |abandoned| abandoned.min(idle)),
            Stopping::due,
        )
    }

    fn why_stop(&self) -> Option<Outcome> {
        let limits = self.lab.limits();
        let now = Instant::now();
        let facts = lock(&self.run.facts);
        if self.broken.is_some() {
            Some(Outcome::Failed)
        } else if let Some(outcome) = self.run.ending() {
            Some(outcome)
        } else if facts.sessions == 0 && facts.left + limits.grace() <= now {
            Some(Outcome::Abandoned)
        } else {
            (facts.active + limits.idle() <= now).then_some(Outcome::Idle)
        }
    }

    async fn tell(&self, frame: &ToBox) -> Result<(), Failure> {
        timeout(SEND_TIMEOUT, self.link.send(frame))
            .await
            .unwrap_or_else(|_| {
                Err(Failure::new(
                    Code::WorkerBusy,
                    "the supervisor of this run does not listen",
                    "end the run, start another",
                ))
            })
    }

    async fn ask(&mut self, Request { re, command, reply }: Request) {
        if self.waiting >= PENDING {
            let busy = Failure::new(
                Code::WorkerBusy,
                format!("{PENDING} commands have no answer yet"),
                "wait a moment",
            );
            let _asker_left = reply.send(Err(busy));
            return;
        }
        let (frame, messages) = match command {
            Command::Send {
                worker,
                data,
                times,
                args,
            } => {
                let first = self.next_message;
                self.next_message += u64::from(times);
                lock(&self.run.facts).payloads.keep(first, times, &data);
                (
                    ToBox::Send {
                        re: Some(re),
                        worker,
                        first,
                        times,
                        data,
                        args,
                    },
                    Some((first, times)),
                )
            }
            Command::Act { worker, verb, args } => (
                ToBox::Act {
                    re: Some(re),
                    worker,
                    verb,
                    args,
                },
                None,
            ),
            Command::Fetch { call, from, len } => (
                ToBox::Fetch {
                    re,
                    call,
                    from,
                    len,
                },
                None,
            ),
        };
        self.waiting += 1;
        self.pending
            .entry(re)
            .or_default()
            .push_back(Pending { reply, messages });
        if let Err(failure) = self.tell(&frame).await {
            self.answer(Some(re), |_| Err(failure));
        }
    }

    fn answer(
        &mut self,
        re: Option<RequestId>,
        done: impl FnOnce(Option<MsgId>) -> Result<Done, Failure>,
    ) {
        let Some(re) = re else { return };
        let Some(waiting) = self.pending.get_mut(&re) else {
            return;
        };
        let Some(pending) = waiting.pop_front() else {
            return;
        };
        if waiting.is_empty() {
            self.pending.remove(&re);
        }
        self.waiting -= 1;
        let result = done(pending.messages.map(|(first, _)| first));
        if let (Err(_), Some((first, times))) = (&result, pending.messages)
            && self.next_message == first + u64::from(times)
        {
            // Nothing was sent, so the next message takes the number.
            self.next_message = first;
            lock(&self.run.facts).payloads.take_back(first);
        }
        let _asker_left = pending.reply.send(result);
    }

    async fn hear(&mut self, frame: FromBox) {
        match frame {
            FromBox::Events { events } => self.append(&events).await,
            FromBox::Ack { re, effect } => {
                self.answer(Some(re), |message| Ok(Done::Ack { message, effect }));
            }
            FromBox::Refused { re, failure } => self.answer(re, |_| Err(failure)),
            FromBox::Bytes {
                re,
                from,
                total,
                data,
            } => {
                self.answer(Some(re), |_| Ok(Done::Bytes { from, total, data }));
            }
            FromBox::End {
                outcome,
                message,
                counts,
            } => {
                self.end = Some(End {
                    outcome,
                    message,
                    counts,
                });
            }
            FromBox::Gone { .. } => {}
        }
    }

    async fn append(&mut self, events: &[Event]) {
        if self.broken.is_some() {
            return;
        }
        if let Err(why) = self.run.append(events) {
            tracing::error!(why, "the supervisor said something impossible");
            self.broken = Some(format!("the supervisor said something impossible: {why}"));
        }
        self.lab.keep_within_budget(&self.run);
        self.run.tell_readers().await;
    }

    async fn finish(mut self) {
        if self.end.is_none() {
            // Its supervisor died. Should the spawner have died as well, nobody else is left who knows the names.
            Names::new(self.run.id()).remove();
        }
        let last = {
            let mut facts = lock(&self.run.facts);
            let event = self.finished(
                facts.journal.last() + 1,
                &facts.journal.state().counts,
                facts.journal.state().at_ns,
            );
            if let Kind::RunFinished { outcome, .. } = event.kind {
                self.run.counters.ended(outcome);
            }
            let json =
                serde_json::to_string(&event).expect("an event can be JSON: all keys are text");
            facts.journal.append(&event, &json);
            facts.finished = Some(Instant::now());
            facts.journal.last()
        };
        self.requests.close();
        while let Ok(request) = self.requests.try_recv() {
            let _asker_left = request.reply.send(Err(run_over()));
        }
        let Self {
            lab,
            run,
            link,
            pending,
            held,
            ..
        } = self;
        for waiting in pending.into_values().flatten() {
            let _asker_left = waiting.reply.send(Err(run_over()));
        }
        drop(link);
        drop(held);
        run.over.cancel();
        run.last.send_replace(last);
        tracing::info!(events = last, "run finished");
        lab.make_room();
        tokio::time::sleep(lab.limits().keep()).await;
        lab.forget(run.id());
    }

    /// The last event, the only one that the server writes itself.
    fn finished(&self, seq: u64, folded: &Counts, last_at_ns: u64) -> Event {
        let elapsed = self
            .run
            .began
            .elapsed()
            .as_nanos()
            .try_into()
            .unwrap_or(u64::MAX);
        let (outcome, message, counts) = match (&self.broken, &self.end) {
            (Some(why), _) => (Outcome::Failed, Some(why.clone()), folded),
            (None, Some(end)) => (end.outcome, end.message.clone(), &end.counts),
            (None, None) => {
                let why = "the supervisor of the run was killed; all its processes went with it";
                (Outcome::SupervisorDied, Some(why.to_owned()), folded)
            }
        };
        Event {
            seq,
            at_ns: last_at_ns.max(elapsed),
            source: Source::Run,
            worker: None,
            pid: None,
            host_pid: None,
            task: None,
            object: None,
            parts: Vec::new(),
            re: None,
            kind: Kind::RunFinished {
                outcome,
                message,
                counts: Counts {
                    events: seq,
                    ..counts.clone()
                },
            },
        }
    }
}
