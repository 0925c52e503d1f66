//! A WebSocket without manners: it can say anything, and shows exactly what comes back.

use crate::{TestServer, wait::PATIENCE};
use futures_util::{SinkExt as _, StreamExt as _};
use shared::command::{ClientMessage, ServerMessage};
use std::net::SocketAddr;
use tokio::{
    net::{TcpSocket, TcpStream},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        self, Message,
        client::IntoClientRequest as _,
        http::{HeaderMap, StatusCode},
        protocol::WebSocketConfig,
    },
};

/// What the server said, or did.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// A message of the protocol.
    Message(Box<ServerMessage>),
    /// A close frame.
    Closed {
        /// Its code, 1005 if it had none.
        code: u16,
        /// Its sentence.
        reason: String,
    },
    /// The connection is gone without a word.
    Gone,
}

/// How the handshake ended when it was refused.
#[derive(Debug)]
pub struct Refusal {
    /// The status of the answer.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its text.
    pub body: String,
}

/// One connection.
#[derive(Debug)]
pub struct Raw {
    socket: WebSocketStream<TcpStream>,
}

impl Raw {
    /// Connects as the server's own page would.
    ///
    /// # Panics
    /// If the server refuses.
    pub async fn connect(server: &TestServer) -> Self {
        let origin = format!("http://{}", server.address);
        Self::knock(server.address, &[("origin", &origin)], None)
            .await
            .expect("the page's own origin is welcome")
    }

    /// Connects with a receive buffer so small that a reader who pauses is noticed at once.
    ///
    /// # Panics
    /// If the server refuses.
    pub async fn narrow(server: &TestServer, bytes: u32) -> Self {
        let origin = format!("http://{}", server.address);
        Self::knock(server.address, &[("origin", &origin)], Some(bytes))
            .await
            .expect("the page's own origin is welcome")
    }

    /// Tries to connect with these headers.
    ///
    /// # Errors
    /// What the server answered instead.
    ///
    /// # Panics
    /// If it does not answer.
    pub async fn knock(
        address: SocketAddr,
        headers: &[(&str, &str)],
        buffer: Option<u32>,
    ) -> Result<Self, Refusal> {
        let mut request = format!("ws://{address}/api/ws")
            .into_client_request()
            .expect("a good address");
        for (name, value) in headers {
            let name =
                tungstenite::http::HeaderName::from_bytes(name.as_bytes()).expect("a good name");
            request
                .headers_mut()
                .insert(name, value.parse().expect("a good value"));
        }
        let tcp = TcpSocket::new_v4().expect("a socket");
        if let Some(bytes) = buffer {
            tcp.set_recv_buffer_size(bytes)
                .expect("a small buffer is always possible");
        }
        let tcp = tcp.connect(address).await.expect("the server listens");
        // A frame that a test makes too large must be refused by the server, not by us.
        let config = WebSocketConfig::default()
            .max_message_size(None)
            .max_frame_size(None);
        let shake = client_async_with_config(request, tcp, Some(config));
        match timeout(PATIENCE, shake).await.expect("the server answers") {
            Ok((socket, _)) => Ok(Self { socket }),
            Err(tungstenite::Error::Http(answer)) => Err(Refusal {
                status: answer.status(),
                headers: answer.headers().clone(),
                body: answer
                    .body()
                    .as_deref()
                    .map(String::from_utf8_lossy)
                    .unwrap_or_default()
                    .into_owned(),
            }),
            Err(other) => panic!("no answer to the handshake: {other}"),
        }
    }

    /// Says something. A server that has hung up does not hear it, which is for [`Raw::hear`] to find out.
    pub async fn say(&mut self, message: Message) {
        drop(self.socket.send(message).await);
    }

    /// Says a text.
    pub async fn say_text(&mut self, text: impl Into<String>) {
        self.say(Message::text(text.into())).await;
    }

    /// Says a message of the protocol.
    pub async fn say_message(&mut self, message: &ClientMessage) {
        self.say_text(serde_json::to_string(message).expect("messages become JSON"))
            .await;
    }

    /// Sends bytes as they are, past the WebSocket.
    pub async fn say_bytes(&mut self, bytes: &[u8]) {
        use tokio::io::AsyncWriteExt as _;
        drop(self.socket.get_mut().write_all(bytes).await);
    }

    /// The next thing that the server says.
    ///
    /// # Panics
    /// If it says nothing for [`PATIENCE`], or something that is not of the protocol.
    pub async fn hear(&mut self) -> Heard {
        timeout(PATIENCE, self.listen())
            .await
            .expect("the server says something")
    }

    /// The next thing that the server says, however long that takes.
    ///
    /// # Panics
    /// If it is not of the protocol.
    pub async fn listen(&mut self) -> Heard {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    let message = serde_json::from_str(&text).unwrap_or_else(|error| {
                        panic!("not of the protocol: {error}\n{}", text.as_str())
                    });
                    return Heard::Message(Box::new(message));
                }
                Some(Ok(Message::Close(frame))) => {
                    let (code, reason) = frame.map_or((1005, String::new()), |frame| {
                        (frame.code.into(), frame.reason.as_str().to_owned())
                    });
                    return Heard::Closed { code, reason };
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(other @ (Message::Binary(_) | Message::Frame(_)))) => {
                    panic!("all frames are text, not {other:?}")
                }
                Some(Err(_)) | None => return Heard::Gone,
            }
        }
    }

    /// Says goodbye.
    pub async fn close(mut self) {
        drop(self.socket.close(None).await);
        while !matches!(self.hear().await, Heard::Closed { .. } | Heard::Gone) {}
    }
}
