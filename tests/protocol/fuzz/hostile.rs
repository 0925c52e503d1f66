//! A box that was taken over, and whoever asks over the network, against the real lab and the real server.

use super::{corpus, fuzz};
use backend::{
    config::Settings,
    http::{self, App},
    lab::{Boxes, Lab, Limits, Link, Order, Token},
    link::{FromBox, Setup, ToBox},
    ws::Host,
};
use clap::{Args as _, Command, FromArgMatches as _};
use futures_util::future::BoxFuture;
use harness::http::{get, shout};
use shared::{codec, failure::Failure};
use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{net::TcpListener, runtime::Runtime, sync::watch, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// For one run to its end; it takes no time at all.
const PATIENCE: Duration = Duration::from_secs(10);

/// Makes boxes that say what they were given, whatever it is.
struct Hostile(Arc<Mutex<Vec<FromBox>>>);

struct Says(VecDeque<FromBox>);

impl Boxes for Hostile {
    fn start(&self, _: Setup) -> BoxFuture<'_, Result<Box<dyn Link>, Failure>> {
        let frames = self
            .0
            .lock()
            .map(|frames| frames.clone())
            .unwrap_or_default();
        Box::pin(async move {
            let link: Box<dyn Link> = Box::new(Says(frames.into()));
            Ok(link)
        })
    }
}

impl Link for Says {
    fn send<'a>(&'a self, _: &'a ToBox) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async { Ok(()) })
    }

    fn next(&mut self) -> BoxFuture<'_, Option<FromBox>> {
        Box::pin(async { Some(self.0.pop_front().unwrap_or(FromBox::Gone { status: -9 })) })
    }
}

/// Frames of a good supervisor, one a line.
fn frames() -> String {
    let events = corpus::recording();
    let events = events
        .lines()
        .filter_map(|line| codec::decode_event(line).ok())
        .map(|event| FromBox::Events {
            events: vec![event],
        });
    let mut lines: Vec<_> = events
        .map(|frame| serde_json::to_string(&frame).expect("it becomes JSON"))
        .collect();
    lines.pop();
    lines.extend(corpus::from_box());
    lines.join("\n")
}

#[test]
fn a_box_that_was_taken_over_ends_its_own_run_and_nothing_else() {
    let runtime = Runtime::new().expect("a runtime");
    let said = Arc::new(Mutex::new(Vec::new()));
    let lab = {
        let _inside = runtime.enter();
        Lab::new(Hostile(Arc::clone(&said)), Limits::terminal(), Vec::new())
    };
    fuzz(&[frames()], |input| {
        let frames = String::from_utf8_lossy(input)
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        *said.lock().expect("nobody panicked with it") = frames;
        runtime.block_on(async {
            let order = Order {
                entry: "pipe".to_owned(),
                ..Order::default()
            };
            let started = lab.start(&Token::random(), None, order).await;
            let run = started.expect("a run").run;
            timeout(PATIENCE, run.over()).await.expect("the run ends");
            let (last, state) = run.read(|journal| (journal.last(), journal.state().clone()));
            assert_eq!(state.seq, last);
            assert!(state.finished.is_some(), "the last word is the server's");
        });
    });
    assert_eq!(lab.counters()["runs"], 0);
}

/// Requests as browsers, programs and proxies send them.
fn requests() -> Vec<String> {
    let head = "HTTP/1.1\r\nhost: localhost\r\n";
    let handshake = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
                     sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    vec![
        format!("GET / {head}accept-encoding: br, gzip;q=0\r\nif-none-match: \"a\", \"b\"\r\n\r\n"),
        format!("GET /api/health {head}x-forwarded-for: 192.0.2.7, [2001:db8::7]:80\r\n\r\n"),
        format!("GET /metrics {head}x-forwarded-for: unknown\r\nx-forwarded-for: 10.1.2.3:4\r\n\r\n"),
        format!("GET /api/ws {head}{handshake}origin: http://localhost\r\n\r\n"),
        format!("GET /api/ws {head}{handshake}origin: null\r\n\r\n"),
        format!("GET /api/runs/5f0c1d2e3a4b/journal {head}authorization: Bearer 0123456789abcdef0123456789abcdef\r\n\r\n"),
        format!("GET /api/source/pipe/writer.rs {head}\r\n"),
        format!("GET /lab/pipe/fifo?capacity=4096 {head}accept: text/html\r\n\r\n"),
        format!("POST /api/catalog {head}content-length: 5\r\n\r\nhello"),
        "GET / HTTP/1.1\r\nhost: [::1]:8080\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n".to_owned(),
    ]
}

/// A server of this process.
pub(super) async fn serve(boxes: impl Boxes, limits: Limits) -> SocketAddr {
    let lab = Lab::new(boxes, limits, Vec::new());
    let arguments = ["serve", "--trusted-proxy", "127.0.0.1,10.0.0.0/8"];
    let arguments = Settings::augment_args(Command::new("serve")).get_matches_from(arguments);
    let settings = Settings::from_arg_matches(&arguments).expect("good settings");
    let (farewell, told) = watch::channel(None);
    let host = Host {
        lab,
        farewell: told,
        protection: "basic",
        protection_reason: "no box is made here".into(),
        sessions: TaskTracker::new(),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("it listens");
    let server = http::serve(
        App::new(host, &settings),
        listener,
        CancellationToken::new(),
    );
    TaskTracker::new().spawn(async move {
        server.await;
        drop(farewell);
    });
    address
}

#[test]
fn what_is_asked_over_http_is_answered_or_ended() {
    let runtime = Runtime::new().expect("a runtime");
    let boxes = Hostile(Arc::default());
    let address = runtime.block_on(serve(boxes, Limits::default()));
    fuzz(&requests(), |input| {
        let heard = runtime.block_on(shout(address, input));
        let heard = String::from_utf8_lossy(&heard);
        assert!(!heard.contains(" 500 "), "{heard}");
    });
    let health = runtime.block_on(get(address, "/api/health"));
    assert_eq!(health.status, 200);
}
