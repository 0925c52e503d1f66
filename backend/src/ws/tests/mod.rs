//! What a session promises, over a real socket, against boxes that a test plays.

mod abuse;
mod conversation;
mod silence;
mod watching;

use super::{Farewell, Host};
use crate::{
    config::Settings,
    http::{self, App},
    lab::{
        Limits,
        fake::{FakeBox, lab},
    },
};
use clap::{Args, Command, FromArgMatches};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{mpsc, watch},
    time::timeout,
};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Far more than anything here takes.
const PATIENCE: Duration = Duration::from_secs(10);

struct World {
    address: SocketAddr,
    boxes: mpsc::UnboundedReceiver<FakeBox>,
    farewell: watch::Sender<Option<Farewell>>,
}

impl World {
    async fn new(limits: Limits) -> Self {
        let (lab, boxes) = lab(limits.clone());
        let (farewell, told) = watch::channel(None);
        let arguments = Settings::augment_args(Command::new("serve")).get_matches_from(["serve"]);
        let settings = Settings {
            limits,
            ..Settings::from_arg_matches(&arguments).unwrap()
        };
        let host = Host {
            lab,
            farewell: told,
            protection: "basic",
            protection_reason: "because".into(),
            sessions: TaskTracker::new(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = http::serve(
            App::new(host, &settings),
            listener,
            CancellationToken::new(),
        );
        TaskTracker::new().spawn(server);
        Self {
            address,
            boxes,
            farewell,
        }
    }

    /// A client that has not said hello.
    async fn stranger(&self) -> Client {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (socket, _) = client_async(format!("ws://{}/api/ws", self.address), stream)
            .await
            .unwrap();
        Client { socket }
    }

    async fn client(&self) -> (Client, String) {
        let mut client = self.stranger().await;
        client.say(json!({"type": "hello", "protocol": 1})).await;
        let hello = client.hear().await;
        assert_eq!(
            (&hello["type"], &hello["protection"]),
            (&json!("hello"), &json!("basic"))
        );
        (client, hello["token"].as_str().unwrap().to_owned())
    }

    /// A client with a run, and the run's box.
    async fn running(&mut self) -> (Client, String, String, FakeBox) {
        let (mut client, token) = self.client().await;
        client
            .say(json!({"type": "start", "id": 1, "entry": "pipe"}))
            .await;
        let ack = client.hear().await;
        assert_eq!((&ack["type"], &ack["re"]), (&json!("ack"), &json!(1)));
        let snapshot = client.hear().await;
        assert_eq!(
            (&snapshot["type"], &snapshot["seq"]),
            (&json!("snapshot"), &json!(0))
        );
        let run = ack["run"].as_str().unwrap().to_owned();
        (client, token, run, self.boxes.recv().await.unwrap())
    }
}

struct Client {
    socket: WebSocketStream<TcpStream>,
}

impl Client {
    async fn say(&mut self, message: Value) {
        self.send(Message::text(message.to_string())).await;
    }

    async fn send(&mut self, message: Message) {
        self.socket.send(message).await.unwrap();
    }

    /// The next message; null when the connection has ended.
    async fn hear(&mut self) -> Value {
        loop {
            match timeout(PATIENCE, self.socket.next())
                .await
                .expect("an answer in time")
            {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(Some(frame)))) => {
                    return json!({"closed": u16::from(frame.code)});
                }
                _ => return Value::Null,
            }
        }
    }

    /// The code of the next refusal.
    async fn refused(&mut self) -> (Value, Value) {
        let message = self.hear().await;
        assert_eq!(message["type"], "rejected", "{message}");
        assert!(
            message["failure"]["message"]
                .as_str()
                .is_some_and(|words| words.len() > 5)
        );
        (message["re"].clone(), message["failure"]["code"].clone())
    }

    /// Why the connection ends: the code in words, and the close code.
    async fn closed(&mut self) -> (Value, Value) {
        loop {
            let message = self.hear().await;
            if message["type"] == "closing" {
                return (
                    message["failure"]["code"].clone(),
                    self.hear().await["closed"].clone(),
                );
            }
            assert!(
                message["type"].is_string(),
                "ended without a word: {message}"
            );
        }
    }

    /// The numbers of the next events, `count` of them.
    async fn events(&mut self, count: usize) -> Vec<u64> {
        let mut seen = Vec::new();
        while seen.len() < count {
            let message = self.hear().await;
            assert_eq!(message["type"], "events", "{message}");
            seen.extend(
                message["events"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|event| event["seq"].as_u64().unwrap()),
            );
        }
        seen
    }
}
