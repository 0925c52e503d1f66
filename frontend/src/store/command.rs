//! What is asked of the server: commands for the run, a new run, bytes, its recording.

use super::{Effect, Fetched, Request, RunView, Selected, Store};
use crate::intent::Intent;
use shared::{
    command::ClientMessage,
    failure::{Code, Failure},
    ids::{RequestId, Seq},
};

/// Bytes fetched of a call or message at a time; what the protocol allows.
const FETCH: u64 = 32 * 1024;

impl Store {
    /// A command for the run; one that sends starts the run first.
    pub(crate) fn command(&mut self, intent: Intent) -> (Option<RequestId>, Vec<Effect>) {
        let run = self.run.as_ref().filter(|run| run.is_running());
        let Some(run) = run else {
            if matches!(intent, Intent::Send { .. }) {
                let effects = self.restart();
                if self.is_running() {
                    self.requests.after_start.push(intent);
                }
                return (None, effects);
            }
            if !matches!(intent, Intent::Stop) {
                self.notice(Failure::new(
                    Code::RunOver,
                    "there is no run",
                    "press Send or Start",
                ));
            }
            return (None, Vec::new());
        };
        let Some(id) = run.id.clone() else {
            self.requests.after_start.push(intent);
            return (None, Vec::new());
        };
        let (re, message) = match intent {
            Intent::Send {
                worker,
                data,
                times,
                args,
            } => {
                let re = self.request(Request::Send);
                (
                    re,
                    ClientMessage::Send {
                        id: re,
                        run: id,
                        worker,
                        data,
                        times: Some(times),
                        args,
                    },
                )
            }
            Intent::Act { worker, verb, args } => {
                let re = self.request(Request::Act(verb.clone(), worker.clone()));
                (
                    re,
                    ClientMessage::Act {
                        id: re,
                        run: id,
                        worker,
                        object: None,
                        verb,
                        args,
                    },
                )
            }
            Intent::Stop
            | Intent::Start
            | Intent::Variant(_)
            | Intent::Param(..)
            | Intent::Language(..)
            | Intent::Xray(_)
            | Intent::SelectCall(_)
            | Intent::SelectMessage(_)
            | Intent::Deselect => {
                let re = self.request(Request::Stop);
                (re, ClientMessage::Stop { id: re, run: id })
            }
        };
        (Some(re), vec![Effect::Send(message)])
    }

    /// A new run as the draft says; the one before is ended.
    pub(crate) fn restart(&mut self) -> Vec<Effect> {
        if let Some(wrong) = self.draft.wrong.first() {
            let failure = wrong.failure.clone().field(wrong.param.clone());
            self.notice(failure);
            return Vec::new();
        }
        let mut effects = vec![Effect::Connect];
        if self.is_running() {
            effects.extend(self.command(Intent::Stop).1);
        }
        self.requests.after_start.clear();
        self.notices.clear();
        self.requests.start += 1;
        let id = self.request(Request::Start(self.requests.start));
        let draft = &self.draft;
        effects.push(Effect::Send(ClientMessage::Start {
            id,
            entry: draft.entry.clone(),
            variant: Some(draft.variant_id().to_owned()),
            params: draft.params.clone(),
            roles: draft.roles.clone(),
            xray: draft.xray,
        }));
        self.run = Some(RunView::starting(draft));
        effects
    }

    pub(crate) fn submit(&mut self) -> Vec<Effect> {
        let told = self
            .draft
            .data()
            .and_then(|data| Ok((data, self.draft.send_args()?)));
        match told {
            Ok(((data, times), args)) => {
                let worker = self.draft.sender();
                self.want(Intent::Send {
                    worker,
                    data,
                    times,
                    args,
                })
                .1
            }
            Err(failure) => {
                self.notice(failure);
                Vec::new()
            }
        }
    }

    pub(crate) fn fetch(&mut self, selected: Selected) -> Vec<Effect> {
        let Some((run, id)) = self
            .run
            .as_mut()
            .and_then(|run| run.id.clone().map(|id| (run, id)))
        else {
            return Vec::new();
        };
        if run.fetched.of != selected {
            run.fetched = Fetched {
                of: selected,
                ..Fetched::default()
            };
        }
        let from = run.fetched.bytes.len() as u64;
        if run.fetched.pending || (run.fetched.total > 0 && from >= run.fetched.total) {
            return Vec::new();
        }
        run.fetched.pending = true;
        let (call, message) = match selected {
            Selected::Call(call) => (Some(call), None),
            Selected::Message(msg) => (None, Some(msg)),
            Selected::Nothing => return Vec::new(),
        };
        let re = self.request(Request::Fetch(selected));
        vec![Effect::Send(ClientMessage::Fetch {
            id: re,
            run: id,
            call,
            message,
            from,
            len: FETCH,
        })]
    }

    pub(crate) fn journal(&self, lines: Option<Vec<Seq>>) -> Vec<Effect> {
        let id = self.run.as_ref().and_then(|run| run.id.as_ref());
        let Some((id, session)) = id.zip(self.session.as_ref()) else {
            return Vec::new();
        };
        vec![Effect::Journal {
            path: format!("api/runs/{id}/journal"),
            token: session.token.clone(),
            lines,
        }]
    }
}
