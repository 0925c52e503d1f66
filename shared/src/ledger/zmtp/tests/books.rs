use super::published;
use crate::{
    event::{Part, Tie},
    ids::{MsgId, ObjectId, WorkerId},
    ledger::zmtp::{Announced, Got, Zmtp},
};

/// A publisher or pusher, and connections from it.
struct Play {
    books: Zmtp,
    sent: MsgId,
}

fn id(name: &str) -> WorkerId {
    WorkerId::new(name)
}

fn wire(name: &str) -> ObjectId {
    ObjectId::new(format!("socket:[{name}]"))
}

impl Play {
    fn new(fan_out: bool, hwm: usize) -> Self {
        Self {
            books: Zmtp::new(fan_out, hwm),
            sent: 0,
        }
    }

    /// Greeting and READY on the connection to `to`.
    fn connect(&mut self, to: &str) {
        for bytes in &published()[..3] {
            let moved = bytes.len() as u64;
            let (plan, lost) = self.books.wrote(&id("a"), &wire(to), bytes, moved);
            assert!(plan.first.is_none() && lost.is_empty());
            self.books.arrived(&id(to), &wire(to), &plan.parts);
        }
    }

    fn send(&mut self, text: &str) -> MsgId {
        self.sent += 1;
        let said = Announced {
            msg: self.sent,
            len: text.len() as u64,
            bytes: text.as_bytes(),
            key: None,
        };
        self.books.sending(&id("a"), said);
        self.books.sent(&id("a"), self.sent, true);
        self.sent
    }

    /// The I/O thread writes these messages in one call; those that are passed over for ever.
    fn write(&mut self, to: &str, texts: &[&str]) -> (Vec<Part>, Vec<MsgId>) {
        let bytes: Vec<u8> = texts.iter().flat_map(|text| frame(text)).collect();
        let (plan, lost) = self
            .books
            .wrote(&id("a"), &wire(to), &bytes, bytes.len() as u64);
        self.books.arrived(&id(to), &wire(to), &plan.parts);
        (plan.parts, lost.into_iter().map(|one| one.msg).collect())
    }

    fn take(&mut self, who: &str, text: &str, traced: bool) -> (Vec<MsgId>, Tie, Vec<MsgId>) {
        let got = Got {
            len: text.len() as u64,
            bytes: text.as_bytes(),
            key: None,
        };
        let (tied, lost) = self.books.received(&id(who), got, traced);
        (
            tied.complete,
            tied.tie,
            lost.into_iter().map(|one| one.msg).collect(),
        )
    }

    fn waiting(&self, shelf: &str) -> Vec<MsgId> {
        let receivers = [id("b"), id("c")];
        let shelves = self.books.shelves(&[id("a")], &receivers, true);
        let found = shelves.into_iter().find(|one| one.id.as_str() == shelf);
        found
            .unwrap()
            .items
            .into_iter()
            .filter_map(|item| item.msg)
            .collect()
    }
}

fn frame(text: &str) -> Vec<u8> {
    let mut frame = vec![0, u8::try_from(text.len()).unwrap()];
    frame.extend(text.as_bytes());
    frame
}

#[test]
fn one_call_is_parts_of_many_messages_with_protocol_between() {
    let mut play = Play::new(false, 1000);
    play.connect("b");
    let (one, two) = (play.send("one"), play.send("four"));
    assert_eq!(play.waiting("out:a"), [one, two]);
    let (parts, _) = play.write("b", &["one", "four"]);
    let whole = |msg, to| Part {
        msg: Some(msg),
        from: 0,
        to,
    };
    assert_eq!((parts[1], parts[3]), (whole(one, 3), whole(two, 4)));
    assert!(parts[0].msg.is_none() && parts[2].msg.is_none());
    assert_eq!(
        (play.waiting("out:a"), play.waiting("in:b")),
        (vec![], vec![one, two])
    );
    assert_eq!(
        play.take("b", "one", true),
        (vec![one], Tie::Certain, vec![])
    );
    assert_eq!(play.waiting("in:b"), [two]);
}

#[test]
fn a_send_that_was_cut_short_goes_on_where_it_was() {
    let mut play = Play::new(false, 1000);
    play.connect("b");
    let msg = play.send("hello");
    let bytes = frame("hello");
    let (plan, _) = play.books.wrote(&id("a"), &wire("b"), &bytes, 4);
    assert_eq!(
        plan.parts[1],
        Part {
            msg: Some(msg),
            from: 0,
            to: 2
        }
    );
    let (plan, _) = play.books.wrote(&id("a"), &wire("b"), &bytes[4..], 3);
    assert_eq!(
        plan.parts,
        [Part {
            msg: Some(msg),
            from: 2,
            to: 5
        }]
    );
}

#[test]
fn each_of_several_pullers_has_its_own() {
    let mut play = Play::new(false, 1000);
    play.connect("b");
    play.connect("c");
    // They say the same, and are two.
    let (one, two) = (play.send("same"), play.send("same"));
    play.write("c", &["same"]);
    play.write("b", &["same"]);
    assert_eq!(play.take("b", "same", true).0, [two]);
    assert_eq!(play.take("c", "same", true).0, [one]);
}

#[test]
fn every_subscriber_gets_the_same() {
    let mut play = Play::new(true, 1000);
    play.connect("b");
    play.connect("c");
    let msg = play.send("news");
    for who in ["b", "c"] {
        play.write(who, &["news"]);
        assert_eq!(
            play.take(who, "news", true),
            (vec![msg], Tie::Certain, vec![])
        );
    }
}

#[test]
fn what_was_published_before_there_was_a_connection_is_lost() {
    let mut play = Play::new(true, 1000);
    let early = play.send("0");
    let nobody = play
        .books
        .nobody_there(&id("a"), early, &[id("b"), id("c")]);
    let who: Vec<_> = nobody.iter().map(|one| one.receiver.as_str()).collect();
    assert_eq!(who, ["b", "c"]);
    play.connect("b");
    let late = play.send("1");
    let nobody = play.books.nobody_there(&id("a"), late, &[id("b"), id("c")]);
    assert_eq!(nobody.len(), 1, "one of them is connected now");
    // It is told once.
    assert_eq!(play.write("b", &["1"]).1, Vec::<MsgId>::new());
}

#[test]
fn what_a_full_shelf_threw_away_is_found_by_what_came_after_it() {
    let mut play = Play::new(true, 2);
    play.connect("b");
    let sent: Vec<MsgId> = (0..5).map(|n| play.send(&n.to_string())).collect();
    // There was room for two; then the reader woke, and the publisher sent one more.
    assert_eq!(play.write("b", &["0", "1"]).1, Vec::<MsgId>::new());
    assert_eq!(play.write("b", &["4"]).1, sent[2..4]);
    assert_eq!(play.take("b", "0", true).1, Tie::Certain);
}

#[test]
fn of_messages_that_say_the_same_nobody_knows_which_were_thrown_away() {
    let mut play = Play::new(true, 1);
    play.connect("b");
    for _ in 0..3 {
        play.send("same");
    }
    play.write("b", &["same"]);
    let (complete, tie, _) = play.take("b", "same", true);
    assert_eq!((complete, tie), (vec![1], Tie::Ambiguous));
}

#[test]
fn without_calls_words_have_to_do() {
    let mut play = Play::new(true, 1000);
    let (one, two) = (play.send("one"), play.send("two"));
    // The first did not come, and will not, now that the second has.
    assert_eq!(
        play.take("b", "two", false),
        (vec![two], Tie::Certain, vec![one])
    );
    assert_eq!(
        play.take("c", "one", false),
        (vec![one], Tie::Certain, vec![])
    );
    assert_eq!(play.take("c", "nothing of ours", false).1, Tie::Unknown);
}

#[test]
fn who_is_gone_takes_its_shelf_along() {
    let mut play = Play::new(false, 1000);
    play.connect("b");
    let (written, kept) = (play.send("written"), play.send("kept"));
    play.write("b", &["written"]);
    let lost = play.books.left(&id("a"), &[id("b")], true);
    assert_eq!(lost.iter().map(|one| one.msg).collect::<Vec<_>>(), [kept]);
    // And what had come to the other, but was not taken, with that one.
    let lost = play.books.left(&id("b"), &[id("a")], true);
    assert_eq!(
        lost.iter().map(|one| one.msg).collect::<Vec<_>>(),
        [written]
    );
}

#[test]
fn what_was_refused_is_on_no_shelf() {
    let mut play = Play::new(false, 1000);
    let said = Announced {
        msg: 7,
        len: 2,
        bytes: b"no",
        key: None,
    };
    play.books.sending(&id("a"), said);
    play.books.sent(&id("a"), 7, false);
    assert_eq!(play.waiting("out:a"), Vec::<MsgId>::new());
    assert_eq!(play.books.left(&id("a"), &[id("b")], true), []);
}
