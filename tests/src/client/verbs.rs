//! What a client can ask for, one method a verb; those that begin with `try_` may be refused.

use super::{Ack, Client};
use crate::wait::PATIENCE;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde_json::Value;
use shared::{
    command::{ClientMessage, Data, Values},
    failure::{Code, Failure},
    ids::{CallId, RunId},
};
use std::collections::BTreeMap;
use tokio::time::Instant;

/// What to start.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Entry of the catalog.
    pub entry: String,
    /// Variant of the entry.
    pub variant: String,
    /// Parameters that differ from their default.
    pub params: Values,
    /// Language of a role or worker where it is not Rust.
    pub roles: BTreeMap<String, String>,
    /// Trace the system calls.
    pub xray: bool,
}

impl Plan {
    /// An entry with parameters, given as a JSON object.
    ///
    /// # Panics
    /// If they are no object.
    pub fn new(entry: &str, variant: &str, params: Value, xray: bool) -> Self {
        let params = serde_json::from_value(params).expect("parameters are an object");
        Self {
            entry: entry.to_owned(),
            variant: variant.to_owned(),
            params,
            roles: BTreeMap::new(),
            xray,
        }
    }
}

impl Client {
    /// Starts a run; the verbs below are about it from now on.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn start(&mut self, plan: Plan) -> RunId {
        let ack = self.try_start(plan).await.expect("the run starts");
        self.run = ack.run.expect("an ack of start names the run");
        self.until("the first event of the run", |state| state.seq > 0)
            .await;
        self.run.clone()
    }

    /// Tries to start a run.
    ///
    /// # Errors
    /// What the server refused it with.
    pub async fn try_start(&mut self, plan: Plan) -> Result<Ack, Failure> {
        let Plan {
            entry,
            variant,
            params,
            roles,
            xray,
        } = plan;
        let variant = Some(variant);
        self.request(|id, _| ClientMessage::Start {
            id,
            entry,
            variant,
            params,
            roles,
            xray,
        })
        .await
    }

    /// Has a worker send a text.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn send_text(&mut self, worker: &str, text: &str) -> Ack {
        self.send(
            worker,
            Data::Text {
                text: text.to_owned(),
            },
            1,
        )
        .await
    }

    /// Has a worker send `times` messages of `len` equal bytes.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn flood(&mut self, worker: &str, len: u64, times: u32) -> Ack {
        self.send(
            worker,
            Data::Fill {
                fill: "61".to_owned(),
                len,
            },
            times,
        )
        .await
    }

    /// Has a worker send.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn send(&mut self, worker: &str, data: Data, times: u32) -> Ack {
        self.try_send(worker, data, times)
            .await
            .expect("the message is taken")
    }

    /// Tries to have a worker send.
    ///
    /// # Errors
    /// What the server refused it with.
    pub async fn try_send(&mut self, worker: &str, data: Data, times: u32) -> Result<Ack, Failure> {
        self.try_send_with(worker, data, times, Values::new()).await
    }

    /// Tries to have a worker send, with what the entry's messages have beside their payload.
    ///
    /// # Errors
    /// What the server refused it with.
    pub async fn try_send_with(
        &mut self,
        worker: &str,
        data: Data,
        times: u32,
        args: Values,
    ) -> Result<Ack, Failure> {
        let worker = Some(worker.into());
        self.request(|id, run| ClientMessage::Send {
            id,
            run,
            worker,
            data,
            times: Some(times),
            args,
        })
        .await
    }

    /// Does something to a worker; arguments as a JSON object.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn act(&mut self, verb: &str, worker: &str, args: Value) -> Ack {
        let taken = self.try_act(verb, worker, args).await;
        taken.unwrap_or_else(|failure| {
            panic!("{verb} {worker} is refused: {failure}\n{}", self.tail())
        })
    }

    /// Tries to do something to a worker.
    ///
    /// # Errors
    /// What the server refused it with.
    ///
    /// # Panics
    /// If the arguments are no object.
    pub async fn try_act(&mut self, verb: &str, worker: &str, args: Value) -> Result<Ack, Failure> {
        let (verb, worker, object) = (verb.to_owned(), Some(worker.into()), None);
        let args = serde_json::from_value(args).expect("arguments are an object");
        self.request(|id, run| ClientMessage::Act {
            id,
            run,
            worker,
            object,
            verb,
            args,
        })
        .await
    }

    /// Ends the run and waits until nothing of it is left, says the server. It may have ended by itself in this moment.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn stop(&mut self) {
        if let Err(failure) = self.try_stop().await {
            assert_eq!(failure.code, Code::RunOver, "stop is taken: {failure}");
        }
        self.ended().await;
    }

    /// Asks for the end of the run.
    ///
    /// # Errors
    /// What the server refused it with.
    pub async fn try_stop(&mut self) -> Result<Ack, Failure> {
        self.request(|id, run| ClientMessage::Stop { id, run })
            .await
    }

    /// All bytes that a call moved.
    ///
    /// # Panics
    /// If the server refuses, or does not say them all.
    pub async fn bytes_of(&mut self, call: CallId) -> Vec<u8> {
        let mut all = Vec::new();
        loop {
            let (from, id) = (u64::try_from(all.len()).expect("short"), self.last + 1);
            let asked = |id, run| ClientMessage::Fetch {
                id,
                run,
                call: Some(call),
                message: None,
                from,
                len: 32 * 1024,
            };
            self.ask(asked).await;
            let deadline = Instant::now() + PATIENCE;
            while !self.bytes.contains_key(&id) {
                if let Some(Err(failure)) = self.replies.remove(&id) {
                    panic!("the bytes of call {call} are refused: {failure}");
                }
                self.step(deadline, "the bytes of a call").await;
            }
            let (total, data) = self.bytes.remove(&id).expect("just seen");
            let got = decode(&data);
            all.extend_from_slice(&got);
            if got.is_empty() || all.len() >= usize::try_from(total).expect("short") {
                return all;
            }
        }
    }
}

/// The bytes that a payload stands for.
///
/// # Panics
/// If it is not well written.
pub fn decode(data: &Data) -> Vec<u8> {
    match data {
        Data::Text { text } => text.clone().into_bytes(),
        Data::Base64 { base64 } => BASE64.decode(base64).expect("base64"),
        Data::Fill { fill, len } => {
            vec![
                u8::from_str_radix(fill, 16).expect("two hex digits");
                usize::try_from(*len).expect("it fits")
            ]
        }
    }
}
