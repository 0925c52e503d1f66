//! What a session does with each message of its client.

use super::{feed::Feed, session::Session, watching::DONE};
use crate::lab::{Command, Done, Follower, Order, run_over};
use futures_util::FutureExt;
use shared::{
    codec,
    command::{ClientMessage, ServerMessage},
    event::Outcome,
    failure::{Code, Failure},
    ids::{RequestId, RunId},
};
use std::time::Duration;
use tokio::time::timeout;

/// Making a box takes a millisecond; a spawner that takes so long hangs.
const START: Duration = Duration::from_secs(5);
/// Commands whose answer the session awaits.
const UNANSWERED: usize = 64;

impl Session {
    /// Obeys or refuses.
    pub(super) async fn hear(&mut self, text: &str) {
        let decoded = codec::decode_client(text);
        let allowed = self.rate.take(std::time::Instant::now());
        let (re, result) = match (decoded, allowed) {
            (Ok(message), Ok(())) => (number(&message), self.obey(message).await),
            (Ok(message), Err(failure)) => (number(&message), Err(failure)),
            (Err(refused), Ok(())) => (refused.re, Err(refused.failure)),
            (Err(refused), Err(failure)) => (refused.re, Err(failure)),
        };
        match result {
            Ok(Some(message)) => self.say(&message).await,
            Ok(None) => {}
            Err(failure) => self.refuse(re, failure).await,
        }
    }

    /// Says why something is not done.
    pub(super) async fn refuse(&mut self, re: Option<RequestId>, failure: Failure) {
        self.host.lab.counted().refused(&failure);
        self.say(&ServerMessage::Rejected { re, failure }).await;
    }

    /// The answer, if it is there already.
    async fn obey(&mut self, message: ClientMessage) -> Result<Option<ServerMessage>, Failure> {
        match message {
            ClientMessage::Hello { .. } => Err(Failure::new(
                Code::BadMessage,
                "hello was said already",
                "open another connection",
            )),
            ClientMessage::Start {
                id,
                entry,
                variant,
                params,
                roles,
                xray,
            } => {
                self.start(
                    id,
                    Order {
                        entry,
                        variant,
                        params,
                        roles,
                        xray,
                    },
                )
                .await
            }
            ClientMessage::Send {
                id,
                run,
                worker,
                data,
                times,
                args,
            } => self.command(
                id,
                run,
                Command::Send {
                    worker,
                    data,
                    times: times.unwrap_or(1),
                    args,
                },
            ),
            ClientMessage::Act {
                id,
                run,
                worker,
                object: _,
                verb,
                args,
            } => self.command(id, run, Command::Act { worker, verb, args }),
            ClientMessage::Fetch {
                id,
                run,
                call,
                message,
                from,
                len,
            } => match (call, message) {
                (Some(call), None) => self.command(id, run, Command::Fetch { call, from, len }),
                (None, Some(message)) => {
                    let done = self.find_to_read(&run)?.payload(message, from, len).await;
                    Ok(Some(answer(id, run, Ok(done?))))
                }
                (Some(_), Some(_)) | (None, None) => Err(Failure::bad_param(
                    "call",
                    "fetch is for a call or for a message",
                    "name one of the two",
                )),
            },
            ClientMessage::Replay {
                id,
                run,
                after,
                until,
            } => {
                let found = self.find_to_read(&run)?;
                self.replay(&found, after, until).await;
                Ok(Some(answer(id, run, Ok(DONE))))
            }
            ClientMessage::Stop { id, run } => self.stop(id, run),
            ClientMessage::Watch {
                id,
                run,
                key,
                after,
            } => self.watch(id, run, key, after).await,
            ClientMessage::Place { id, run, at } => self.place(id, &run, at),
        }
    }

    fn promise(
        &mut self,
        answer: impl Future<Output = ServerMessage> + Send + 'static,
    ) -> Result<(), Failure> {
        if self.answers.len() >= UNANSWERED {
            let message = format!("{UNANSWERED} commands have no answer yet");
            return Err(Failure::new(
                Code::WorkerBusy,
                message,
                "wait until some of them are done",
            ));
        }
        self.answers.push(answer.boxed());
        Ok(())
    }

    async fn start(
        &mut self,
        re: RequestId,
        order: Order,
    ) -> Result<Option<ServerMessage>, Failure> {
        let start = self.host.lab.start(&self.token, self.peer.address, order);
        let started = timeout(START, start).await.unwrap_or_else(|_| {
            Err(Failure::new(
                Code::Internal,
                "no processes could be started in time",
                "try again, the server is busy",
            ))
        })?;
        let run = started.run.id().clone();
        self.say(&answer(re, run, Ok(DONE))).await;
        let limits = self.host.lab.limits();
        let follower = Follower::new(
            started.run,
            None,
            limits.queue_bytes,
            limits.events_per_second,
        );
        self.feed(Feed::Run(follower)).await;
        drop(started.attached);
        Ok(None)
    }

    fn command(
        &mut self,
        re: RequestId,
        run: RunId,
        command: Command,
    ) -> Result<Option<ServerMessage>, Failure> {
        let receiver = self.find(&run)?.request(re, command)?;
        self.promise(async move {
            let lost = |_| Err(run_over());
            answer(re, run, receiver.await.unwrap_or_else(lost))
        })?;
        Ok(None)
    }

    fn stop(&mut self, re: RequestId, id: RunId) -> Result<Option<ServerMessage>, Failure> {
        let run = self.find(&id)?;
        if run.is_finished() {
            return Err(run_over());
        }
        run.end(Outcome::Stopped);
        self.promise(async move {
            run.over().await;
            answer(re, id, Ok(DONE))
        })?;
        Ok(None)
    }
}

pub(super) fn answer(re: RequestId, run: RunId, done: Result<Done, Failure>) -> ServerMessage {
    match done {
        Ok(Done::Ack { message, effect }) => ServerMessage::Ack {
            re,
            run: Some(run),
            message,
            effect,
        },
        Ok(Done::Bytes { from, total, data }) => ServerMessage::Bytes {
            re,
            from,
            total,
            data,
        },
        Err(failure) => ServerMessage::Rejected {
            re: Some(re),
            failure,
        },
    }
}

fn number(message: &ClientMessage) -> Option<RequestId> {
    match message {
        ClientMessage::Hello { .. } => None,
        ClientMessage::Start { id, .. }
        | ClientMessage::Send { id, .. }
        | ClientMessage::Act { id, .. }
        | ClientMessage::Fetch { id, .. }
        | ClientMessage::Replay { id, .. }
        | ClientMessage::Stop { id, .. }
        | ClientMessage::Watch { id, .. }
        | ClientMessage::Place { id, .. } => Some(*id),
    }
}
