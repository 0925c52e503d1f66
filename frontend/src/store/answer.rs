//! What the server says, taken into account.

use super::{Connection, Effect, Fetched, Lost, Request, Selected, Session, Store, run::Folded};
use shared::{
    command::{ClientMessage, Data, ServerMessage},
    event::Event,
    failure::{Code, Failure},
    ids::{RequestId, RunId, Seq},
};
use std::rc::Rc;

/// Most holes remembered for the log to name.
const KEEP_LAGGED: usize = 32;

impl Store {
    pub(crate) fn answer(&mut self, message: ServerMessage) -> Vec<Effect> {
        match message {
            ServerMessage::Hello {
                server,
                token,
                protection,
                limits,
                grace_ms,
                python,
                no_python,
                ..
            } => {
                self.session = Some(Session {
                    token,
                    server,
                    protection,
                    limits,
                    grace_ms,
                    python,
                    no_python,
                });
                self.connection = Connection::Ready;
                let mut effects = vec![Effect::Flush];
                effects.extend(self.invite_again());
                effects.extend(self.ask_to_watch());
                effects
            }
            ServerMessage::Ack { re, run, .. } => self.ack(re, run),
            ServerMessage::Rejected { re, failure } => self.rejected(re, failure),
            ServerMessage::Snapshot {
                run,
                started_unix_ms,
                state,
                oldest,
                seq,
                ..
            } => {
                self.watch_run(&run, &state);
                let Some(view) = self.view_of(&run) else {
                    return Vec::new();
                };
                let folded = view.snapshot(*state, started_unix_ms);
                let mut effects = self.folded(folded);
                // The state is whole; the log asks for what it missed, as far as the journal still has it.
                let after = self
                    .look_back(folded.applied.0, seq)
                    .map_or(seq, |after| after.max(oldest.saturating_sub(1)));
                if after < seq {
                    effects.push(self.ask_again(run, after, seq));
                }
                effects
            }
            ServerMessage::Events { run, events } => self.events(&run, events),
            ServerMessage::Lagged { run, from, to } => {
                let Some(view) = self.view_of(&run) else {
                    return Vec::new();
                };
                view.lagged.push(Lost { from, to });
                if view.lagged.len() > KEEP_LAGGED {
                    view.lagged.remove(0);
                }
                Vec::new()
            }
            ServerMessage::Bytes {
                re,
                from,
                total,
                data,
            } => {
                self.bytes(re, from, total, &data);
                Vec::new()
            }
            ServerMessage::Watchers { run, key, count } => {
                self.watchers(run, key, count);
                Vec::new()
            }
            ServerMessage::Place { run, at } => self.presenter_moved(&run, at),
            ServerMessage::Closing { failure, retry_ms } => {
                self.notice(failure);
                vec![Effect::Retry(retry_ms)]
            }
        }
    }

    /// The run of that name, if it is this page's: the one that is being started takes the first name it is told.
    fn view_of(&mut self, id: &RunId) -> Option<&mut super::RunView> {
        self.run.as_mut().filter(|run| run.id.as_ref() == Some(id))
    }

    fn ack(&mut self, re: RequestId, run: Option<RunId>) -> Vec<Effect> {
        let now = self.now_ms;
        if let Some(play) = &mut self.play {
            play.answered(re, now);
        }
        match self.close(re) {
            Some(Request::Start(number)) => {
                let mut effects = Vec::new();
                // A run that was replaced before it was named is not wanted any more.
                if let Some(id) = run.clone().filter(|_| self.requests.start != number) {
                    let stop = self.request(Request::Stop);
                    effects.push(Effect::Send(ClientMessage::Stop { id: stop, run: id }));
                } else if let Some(view) = &mut self.run {
                    view.id = run;
                    effects.extend(self.invite_again());
                    for intent in std::mem::take(&mut self.requests.after_start) {
                        effects.extend(self.want(intent).1);
                    }
                }
                effects
            }
            Some(Request::Act(verb, _)) => {
                self.forgive(&verb);
                Vec::new()
            }
            Some(Request::Watch) => {
                if let Some(watching) = &mut self.watching {
                    watching.refused = None;
                }
                Vec::new()
            }
            Some(
                Request::Send
                | Request::Stop
                | Request::Fetch(_)
                | Request::Replay(..)
                | Request::Invite,
            )
            | None => Vec::new(),
        }
    }

    fn rejected(&mut self, re: Option<RequestId>, failure: Failure) -> Vec<Effect> {
        if let (Some(play), Some(re)) = (&mut self.play, re) {
            play.refused(re);
        }
        match re.and_then(|re| self.close(re)) {
            Some(Request::Start(number)) => {
                if self.requests.start == number {
                    self.requests.after_start.clear();
                    if let Some(run) = &mut self.run {
                        run.lose(failure.clone());
                    }
                    if let Some(play) = self.play.as_mut().filter(|play| play.is_busy()) {
                        play.fail();
                    }
                }
            }
            Some(Request::Fetch(selected)) => {
                if let Some(run) = self.run.as_mut().filter(|run| run.fetched.of == selected) {
                    run.fetched = Fetched {
                        of: selected,
                        ..Fetched::default()
                    };
                }
            }
            Some(Request::Replay(..)) => {
                // The journal has them no more: what is missing of the state comes with a snapshot.
                let waits = self.run.as_mut().is_some_and(|run| {
                    run.forget_asked();
                    run.is_behind()
                });
                return if waits {
                    vec![Effect::Reconnect]
                } else {
                    Vec::new()
                };
            }
            // Ending what has ended is no news.
            Some(Request::Stop) if matches!(failure.code, Code::RunOver | Code::UnknownRun) => {
                return Vec::new();
            }
            Some(Request::Watch) => {
                if let Some(watching) = &mut self.watching {
                    watching.refused = Some(failure.clone());
                }
                if let Some(run) = &mut self.run {
                    run.lose(failure);
                }
                return Vec::new();
            }
            Some(Request::Send | Request::Act(..) | Request::Stop | Request::Invite) => {}
            None => {
                if matches!(
                    failure.code,
                    Code::UnknownRun | Code::WrongToken | Code::RunOver
                ) && let Some(run) = &mut self.run
                {
                    run.lose(failure.clone());
                }
            }
        }
        if let (Code::RunOver | Code::UnknownRun, Some(run)) = (failure.code, &mut self.run)
            && re.is_some()
        {
            run.lose(failure.clone());
        }
        self.notice(failure);
        Vec::new()
    }

    fn events(&mut self, run: &RunId, events: Vec<Event>) -> Vec<Effect> {
        let Some(view) = self.view_of(run) else {
            return Vec::new();
        };
        let folded = view.fold(events);
        self.folded(folded)
    }

    /// What a fold leads to: the lesson sees the new events, a gap is asked for.
    fn folded(&mut self, folded: Folded) -> Vec<Effect> {
        let now = self.now_ms;
        if let (Some(play), Some(run)) = (&mut self.play, &self.run) {
            for event in run
                .events
                .between(folded.applied.0 + 1, folded.applied.1 + 1)
            {
                play.see(event, now);
            }
        }
        if folded.hopeless {
            return vec![Effect::Reconnect];
        }
        let Some((after, until)) = folded.gap else {
            return Vec::new();
        };
        let Some(id) = self.run.as_ref().and_then(|run| run.id.clone()) else {
            return Vec::new();
        };
        vec![self.ask_again(id, after, until)]
    }

    fn ask_again(&mut self, run: RunId, after: Seq, until: Seq) -> Effect {
        let id = self.request(Request::Replay(after, until));
        Effect::Send(ClientMessage::Replay {
            id,
            run,
            after,
            until,
        })
    }

    fn bytes(&mut self, re: RequestId, from: u64, total: u64, data: &Data) {
        let Some(Request::Fetch(selected)) = self.close(re) else {
            return;
        };
        let Some(run) = self
            .run
            .as_mut()
            .filter(|run| run.fetched.of == selected && selected != Selected::Nothing)
        else {
            return;
        };
        run.fetched.pending = false;
        match data.bytes() {
            Ok(bytes) => {
                let known = Rc::make_mut(&mut run.fetched.bytes);
                known.truncate(usize::try_from(from).unwrap_or_default());
                known.extend(bytes);
                run.fetched.total = total;
            }
            Err(failure) => self.notice(failure),
        }
    }
}
