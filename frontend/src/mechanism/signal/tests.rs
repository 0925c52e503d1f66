use super::{Board, Count, Does, Picture};
use serde_json::{Value, json};
use shared::{
    event::Event,
    state::{RunState, apply},
};

/// A run that is told event by event.
struct Told(RunState);

impl Told {
    fn new(variant: &str) -> Self {
        let mut told = Self(RunState::default());
        told.tell(json!({"source": "run", "kind": "run.started", "entry": "signal", "variant": variant, "params": {},
            "xray": true, "host": "Linux 6.1", "mono_ns": 0}));
        for (pid, worker) in [(2, "receiver"), (3, "sender")] {
            told.tell(
                json!({"source": "process", "kind": "process.started", "worker": worker, "pid": pid,
                "host_pid": pid, "role": worker, "parent": 1}),
            );
        }
        told
    }

    fn tell(&mut self, mut event: Value) -> &mut Self {
        event["seq"] = (self.0.seq + 1).into();
        event["at_ns"] = 0.into();
        let event: Event = serde_json::from_value(event).unwrap();
        apply(&mut self.0, &event);
        self
    }

    fn send(&mut self, msg: u64, key: i64, text: &str) -> &mut Self {
        self.tell(json!({"source": "report", "kind": "message.sending", "worker": "sender", "msg": msg, "fd": -1,
            "len": text.len(), "preview": {"text": text, "len": text.len()}, "key": key}));
        self.tell(json!({"source": "report", "kind": "message.sent", "worker": "sender", "msg": msg, "n": 0}))
    }

    fn board(&self) -> Board {
        let Picture::Board(board) = Picture::of(&self.0) else {
            panic!("signals have a board")
        };
        board
    }

    fn count(&self) -> Count {
        let Picture::Count(count) = Picture::of(&self.0) else {
            panic!("a counter has none")
        };
        *count
    }
}

#[test]
fn before_the_start_all_lamps_are_dark() {
    let run = RunState {
        entry: "signal".to_owned(),
        variant: "signals".to_owned(),
        ..RunState::default()
    };
    let Picture::Board(board) = Picture::of(&run) else {
        panic!("signals have a board")
    };
    assert_eq!(
        (board.lamps.len(), board.known, board.rows.len()),
        (31, false, 6)
    );
    assert!(board.pending().is_empty());
    assert_eq!(board.lamps[8].does, Does::Always);
}

#[test]
fn a_lamp_shows_what_the_kernel_says() {
    let mut told = Told::new("signals");
    told.tell(
        json!({"source": "gauge", "kind": "process.signals", "worker": "receiver", "masks": {
        "pending": "0000000200000200", "blocked": "0000000200010200", "ignored": "0000000000001000",
        "caught": "0000000200000200"}}),
    );
    let board = told.board();
    assert_eq!(
        board.lamps[9].words(),
        "SIGUSR1, 10: pending, blocked, handler"
    );
    assert_eq!(board.lamps[12].does, Does::Ignored);
    assert_eq!(board.lamps[14].words(), "SIGTERM, 15: default");
    let lit: Vec<_> = board
        .pending()
        .iter()
        .map(|lamp| lamp.name.clone())
        .collect();
    assert_eq!(lit, ["SIGUSR1", "SIGRTMIN"]);
}

#[test]
fn tokens_wait_at_their_lamp_until_they_arrive_or_are_lost() {
    let mut told = Told::new("signals");
    for msg in 1..=3 {
        told.send(msg, 10, "");
    }
    told.send(4, 34, "7");
    let row = |told: &Told, at: usize| told.board().rows[at].clone();
    assert_eq!(row(&told, 0).tokens.len(), 3);
    assert_eq!(row(&told, 3).tokens[0].value.as_deref(), Some("7"));
    assert_eq!(
        row(&told, 0).tokens[0].letter,
        Some('A'),
        "the cast begins with the sender"
    );
    for msg in [2, 3] {
        told.tell(json!({"source": "gauge", "kind": "message.lost", "object": "signals:[receiver]", "msg": msg,
            "from": 0, "to": 0}));
    }
    told.tell(
        json!({"source": "report", "kind": "process.said", "worker": "receiver", "what": "handled",
        "about": {"number": 10, "times": 1}}),
    );
    told.tell(
        json!({"source": "report", "kind": "message.received", "worker": "receiver", "len": 0,
        "complete": [1], "tie": "certain", "parts": [{"msg": 1, "from": 0, "to": 0}]}),
    );
    let usr1 = row(&told, 0);
    assert_eq!(
        (usr1.tokens.len(), usr1.lost, usr1.handled, usr1.arrived),
        (0, 2, 1, 1)
    );
    assert!(row(&told, 3).queues() && !usr1.queues());
}

#[test]
fn a_signal_that_is_no_row_gets_one_when_it_is_sent() {
    let mut told = Told::new("signals");
    told.send(1, 9, "");
    assert_eq!(told.board().rows.last().unwrap().lamp.name, "SIGKILL");
}

#[test]
fn a_counter_has_its_digits_and_its_bench() {
    let mut told = Told::new("eventfd");
    told.tell(json!({"source": "call", "kind": "object.created", "object": "eventfd:[5]", "object_type": "eventfd"}));
    told.tell(json!({"source": "gauge", "kind": "gauge", "object": "eventfd:[5]", "readings": [{"figure": "value",
        "value": 9_007_199_254_740_991_u64, "origin": "LIVE", "how": "fdinfo: 18446744073709551614"}]}));
    told.tell(
        json!({"source": "gauge", "kind": "process.state", "worker": "receiver", "state": "asleep",
        "because": "event"}),
    );
    told.send(1, 3, "3");
    let count = told.count();
    assert_eq!(count.digits, "18446744073709551614");
    assert_eq!(count.bench.len(), 1);
    assert_eq!(count.added[0].value, "3");
    assert!(!count.semaphore && !count.removed);
}
