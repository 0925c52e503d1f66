//! Whoever has a session, and whoever writes the file of settings.

use super::{corpus, fuzz, hostile::serve};
use backend::{
    config::{Layers, Settings},
    lab::{Boxes, Limits, Link},
    link::{FromBox, Setup, ToBox},
};
use clap::{Args as _, Command, FromArgMatches as _};
use futures_util::future::BoxFuture;
use harness::raw::{Heard, Raw};
use serde_json::{Value, json};
use shared::{
    command::{Data, Effect, ServerMessage},
    event::Counts,
    failure::Failure,
};
use std::{cell::RefCell, ffi::OsString, fs, net::SocketAddr};
use tokio::{
    runtime::Runtime,
    sync::{
        Mutex,
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    },
};

/// Sayings after which there is another run: most runs are stopped by then.
const SAYINGS: u32 = 100;
/// A request that is refused whatever was said before it.
const LAST: u64 = 4_242_424_242;

/// Makes boxes that do what they are told.
struct Willing;

struct Does {
    say: UnboundedSender<FromBox>,
    said: Mutex<UnboundedReceiver<FromBox>>,
}

impl Boxes for Willing {
    fn start(&self, _: Setup) -> BoxFuture<'_, Result<Box<dyn Link>, Failure>> {
        let (say, said) = unbounded_channel();
        let said = Mutex::new(said);
        Box::pin(async move {
            let link: Box<dyn Link> = Box::new(Does { say, said });
            Ok(link)
        })
    }
}

impl Link for Does {
    fn send<'a>(&'a self, frame: &'a ToBox) -> BoxFuture<'a, Result<(), Failure>> {
        let answers = match frame {
            ToBox::Send { re: Some(re), .. } | ToBox::Act { re: Some(re), .. } => {
                vec![FromBox::Ack {
                    re: *re,
                    effect: Effect::Done,
                }]
            }
            ToBox::Fetch { re, .. } => vec![FromBox::Bytes {
                re: *re,
                from: 0,
                total: 0,
                data: Data::of(b""),
            }],
            ToBox::Stop { outcome } => vec![
                FromBox::End {
                    outcome: *outcome,
                    message: None,
                    counts: Counts::default(),
                },
                FromBox::Gone { status: 0 },
            ],
            ToBox::Begin(_) | ToBox::Send { re: None, .. } | ToBox::Act { re: None, .. } => {
                Vec::new()
            }
        };
        for answer in answers {
            // Nobody listens to a box that is over.
            self.say.send(answer).ok();
        }
        Box::pin(async { Ok(()) })
    }

    fn next(&mut self) -> BoxFuture<'_, Option<FromBox>> {
        Box::pin(async { self.said.get_mut().recv().await })
    }
}

/// One connection, and the run that it is about.
struct Session {
    raw: Raw,
    run: String,
    sayings: u32,
}

impl Session {
    async fn open(address: SocketAddr) -> Self {
        let raw = Raw::knock(address, &[], None).await;
        let mut session = Self {
            raw: raw.expect("anybody may come"),
            run: "r".to_owned(),
            sayings: 0,
        };
        let hello = json!({"type": "hello", "protocol": 1}).to_string();
        session.raw.say_text(hello).await;
        session.hears().await;
        session
    }

    async fn hears(&mut self) -> ServerMessage {
        match self.raw.hear().await {
            Heard::Message(message) => *message,
            other => panic!("the session ended: {other:?}"),
        }
    }

    /// Says something, and hears whatever comes of it.
    async fn says(&mut self, text: String) {
        self.raw.say_text(text).await;
        let last = json!({"type": "stop", "id": LAST, "run": "none"}).to_string();
        self.raw.say_text(last).await;
        loop {
            let message = self.hears().await;
            if let ServerMessage::Rejected { re, failure } = message {
                assert!(failure.message.contains(' ') && !failure.hint.is_empty());
                if re == Some(LAST) {
                    return;
                }
            }
        }
    }

    /// Another run; the one before is ended.
    async fn another(&mut self) {
        self.sayings = SAYINGS;
        let stop = json!({"type": "stop", "id": 1, "run": self.run}).to_string();
        self.says(stop).await;
        let start = json!({"type": "start", "id": LAST, "entry": "pipe"}).to_string();
        self.raw.say_text(start).await;
        self.run = loop {
            match self.hears().await {
                ServerMessage::Ack {
                    re: LAST,
                    run: Some(run),
                    ..
                } => break run.to_string(),
                ServerMessage::Rejected {
                    re: Some(LAST),
                    failure,
                } => panic!("no other run: {failure}"),
                _ => {}
            }
        };
    }
}

#[test]
fn whatever_a_session_says_is_answered_and_the_session_lives() {
    let runtime = Runtime::new().expect("a runtime");
    let limits = Limits {
        commands_per_second: 0,
        starts_per_second: 0,
        runs_per_address: 0,
        idle_ms: 1_000,
        keep_ms: 0,
        ..Limits::default()
    };
    let address = runtime.block_on(serve(Willing, limits));
    let session = RefCell::new(runtime.block_on(Session::open(address)));
    fuzz(&corpus::client(), |input| {
        let Ok(text) = std::str::from_utf8(input) else {
            return;
        };
        let mut session = session.borrow_mut();
        runtime.block_on(async {
            if session.sayings == 0 {
                session.another().await;
            }
            session.sayings -= 1;
            let run = format!(r#""run":"{}""#, session.run);
            session.says(text.replace(r#""run":"r""#, &run)).await;
        });
    });
}

/// Settings as `serve` reads them from a file.
fn settings(text: &[u8]) -> Result<(), String> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("settings.toml");
    fs::write(&file, text).expect("a file");
    let command = || Settings::augment_args(Command::new("serve")).args_override_self(true);
    let given = command().get_matches_from(["serve"]);
    let layers = Layers::new(&given, Some(&file)).map_err(|error| format!("{error:#}"))?;
    let all = std::iter::once(OsString::from("serve")).chain(layers.arguments);
    let matches = command().try_get_matches_from(all);
    let matches = matches.map_err(|error| error.to_string())?;
    let settings = Settings::from_arg_matches(&matches).map_err(|error| error.to_string())?;
    let printed = settings.to_file(&layers.origins);
    printed.map(drop).map_err(|error| error.to_string())
}

#[test]
fn a_file_of_settings_is_taken_or_refused_in_words() {
    let all = "port = 0\nclass = true\nlisten = \"::\"\nallow-host = [\"a\", \"b\"]\ntrusted-proxy = [\"10.0.0.0/8\"]\n\
               base-path = \"/play\"\nlog-format = \"json\"\nruns-per-address = 7\nisolation = \"basic\"\n";
    settings(all.as_bytes()).expect("these are good");
    fuzz(&[all], |input| {
        if let Err(refused) = settings(input) {
            assert!(refused.contains(' '), "{refused}");
        }
    });
}

#[test]
fn what_the_server_says_is_understood_or_refused_in_words() {
    let state = json!(shared::state::RunState::default());
    let place = json!({"lesson": "pipe/flood", "beat": 2});
    let failure = json!({"code": "bad_param", "message": "no", "hint": "ask"});
    let said: [Value; 8] = [
        json!({"type": "hello", "protocol": 1, "server": "s", "token": "t", "protection": "full", "limits": {"runs": 4},
            "grace_ms": 5}),
        json!({"type": "ack", "re": 2, "run": "r", "message": 1, "effect": "queued"}),
        json!({"type": "rejected", "re": null, "failure": failure}),
        json!({"type": "snapshot", "run": "r", "seq": 3, "at_ns": 5, "started_unix_ms": 7, "oldest": 1, "state": state}),
        json!({"type": "lagged", "run": "r", "from": 1, "to": 9}),
        json!({"type": "bytes", "re": 4, "from": 0, "total": 5, "data": {"base64": "aGVsbG8="}}),
        json!({"type": "watchers", "run": "r", "key": "k", "count": 3}),
        json!({"type": "place", "run": "r", "at": place}),
    ];
    let mut said: Vec<_> = said.iter().map(Value::to_string).collect();
    let events = corpus::recording();
    let events: Vec<_> = events.lines().skip(1).collect();
    said.push(format!(
        r#"{{"type":"events","run":"r","events":[{}]}}"#,
        events.join(",")
    ));
    fuzz(&said, |input| {
        let text = String::from_utf8_lossy(input);
        if let Err(refused) = shared::codec::decode_server(&text) {
            assert!(!refused.message.is_empty() && !refused.hint.is_empty());
        }
    });
}
