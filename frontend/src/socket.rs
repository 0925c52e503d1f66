//! A WebSocket that comes back. Each message is handed to the browser at most once, in order; what does not fit into the
//! queue while the server is away is dropped and counted, never repeated.
//!
//! It knows nothing of what is said: it is told when `hello` was answered ([`Socket::flush`]) and then lets go the queue.

use crate::dom;
use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use std::collections::VecDeque;
use wasm_bindgen::JsCast;
use web_sys::{CloseEvent, MessageEvent, WebSocket};
use yew::Callback;

/// Messages held while the server is away: more is a learner pressing in vain.
const KEEP: usize = 64;
/// Pauses between tries, milliseconds: soon at first, so that a hiccup is not noticed, at last bearable for a server that
/// starts again under a hundred pages.
const PAUSES: [u32; 6] = [150, 400, 1_000, 2_000, 5_000, 10_000];
/// Close codes that no new try can cure, RFC 6455 and the protocol's own: policy, protocol version.
const FOR_GOOD: [u16; 2] = [1008, 4406];

/// What the socket tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It is open: say `hello`.
    Opened,
    /// Text arrived.
    Text(String),
    /// It is down and tries again.
    Lost {
        /// Tries since it was last open.
        attempt: u32,
        /// Milliseconds until the next one.
        retry_ms: u32,
    },
    /// It is down for good.
    Closed {
        /// The close code.
        code: u16,
        /// The reason given with it.
        reason: String,
    },
    /// So many messages were dropped.
    Dropped(u64),
}

/// The socket of the page.
#[derive(Debug)]
pub struct Socket {
    tell: Callback<Told>,
    again: Callback<()>,
    open: Option<Open>,
    /// The server has answered `hello`.
    ready: bool,
    queue: VecDeque<String>,
    attempt: u32,
    /// The server said when to come back, or that there is no use.
    retry: Option<Option<u64>>,
    timer: Option<Timeout>,
}

#[derive(Debug)]
struct Open {
    socket: WebSocket,
    _listeners: [EventListener; 3],
}

impl Drop for Open {
    fn drop(&mut self) {
        drop(self.socket.close());
    }
}

impl Socket {
    /// A socket that is not connected. `again` is called when it is time for [`Socket::connect`].
    pub fn new(tell: Callback<Told>, again: Callback<()>) -> Self {
        Self {
            tell,
            again,
            open: None,
            ready: false,
            queue: VecDeque::new(),
            attempt: 0,
            retry: None,
            timer: None,
        }
    }

    /// Connects, unless it is connected or connecting.
    pub fn connect(&mut self) {
        if self.open.is_some() {
            return;
        }
        self.timer = None;
        self.retry = None;
        let Ok(socket) = WebSocket::new(&dom::socket_url()) else {
            let told = self.lost(0, "the address of the server cannot be used");
            self.tell.emit(told);
            return;
        };
        let tell = self.tell.clone();
        let opened = EventListener::new(&socket, "open", move |_| tell.emit(Told::Opened));
        let tell = self.tell.clone();
        let said = EventListener::new(&socket, "message", move |event| {
            let text = event
                .dyn_ref::<MessageEvent>()
                .and_then(|event| event.data().as_string());
            // The protocol has no binary frames; what is none of ours is ignored.
            if let Some(text) = text {
                tell.emit(Told::Text(text));
            }
        });
        let tell = self.tell.clone();
        let closed = EventListener::once(&socket, "close", move |event| {
            let event = event.dyn_ref::<CloseEvent>();
            let (code, reason) = event.map_or((1006, String::new()), |event| {
                (event.code(), event.reason())
            });
            tell.emit(Told::Closed { code, reason });
        });
        self.open = Some(Open {
            socket,
            _listeners: [opened, said, closed],
        });
    }

    /// The socket closed: decides whether and when to try again, and what to tell of it.
    pub fn lost(&mut self, code: u16, reason: &str) -> Told {
        self.open = None;
        self.ready = false;
        let asked = self.retry.take();
        if FOR_GOOD.contains(&code) || asked == Some(None) {
            return Told::Closed {
                code,
                reason: reason.to_owned(),
            };
        }
        let step = usize::try_from(self.attempt)
            .unwrap_or(usize::MAX)
            .min(PAUSES.len() - 1);
        let pause = PAUSES.get(step).copied().unwrap_or(10_000);
        let pause = asked
            .flatten()
            .and_then(|ms| u32::try_from(ms).ok())
            .unwrap_or(pause);
        let pause = jitter(pause, js_sys::Math::random());
        self.attempt += 1;
        let again = self.again.clone();
        self.timer = Some(Timeout::new(pause, move || again.emit(())));
        Told::Lost {
            attempt: self.attempt,
            retry_ms: pause,
        }
    }

    /// Says something as soon as `hello` was answered.
    pub fn send(&mut self, text: String) {
        if self.ready {
            self.say(&text);
        } else if self.queue.len() < KEEP {
            self.queue.push_back(text);
        } else {
            self.tell.emit(Told::Dropped(1));
        }
    }

    /// Says something at once: `hello`.
    pub fn say(&self, text: &str) {
        if let Some(open) = &self.open {
            // Fails only while connecting, when nobody calls this.
            drop(open.socket.send_with_str(text));
        }
    }

    /// `hello` was answered: lets go the queue.
    pub fn flush(&mut self) {
        self.ready = true;
        self.attempt = 0;
        while let Some(text) = self.queue.pop_front() {
            self.say(&text);
        }
    }

    /// Drops the connection and makes a new one.
    pub fn reconnect(&mut self) {
        self.open = None;
        self.ready = false;
        self.connect();
    }

    /// The server will close: come back after so many milliseconds, or not at all.
    pub fn retry(&mut self, after_ms: Option<u64>) {
        self.retry = Some(after_ms);
    }
}

/// Between half of a pause and all of it, so that pages do not come back in step.
fn jitter(pause: u32, random: f64) -> u32 {
    let half = pause / 2;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "random is in 0..1, half fits"
    )]
    let more = (f64::from(half) * random) as u32;
    half + more.min(half)
}

#[cfg(test)]
mod tests {
    use super::jitter;

    #[test]
    fn pauses_are_spread_and_never_longer() {
        assert_eq!(
            (jitter(1_000, 0.0), jitter(1_000, 0.999), jitter(0, 0.5)),
            (500, 999, 0)
        );
    }
}
