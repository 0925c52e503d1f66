//! Layouts of small stories.

use super::{Axis, COLUMN, Layout, Span};
use crate::store::{EventLog, testing};
use shared::{
    event::{Event, Kind, Part, ProcState, Source, Wait},
    state::{RunState, apply},
};
use std::rc::Rc;

fn born(seq: u64, role: &str) -> Event {
    testing::of(
        seq,
        Some(role),
        Kind::ProcessStarted {
            role: role.into(),
            parent: 1,
            language: None,
        },
    )
}

fn entered(seq: u64, who: &str, name: &str) -> Event {
    let kind = Kind::CallEntered {
        name: name.into(),
        args: vec![],
        fd: Some(4),
        len: Some(5),
        msg: None,
        data: None,
        line: None,
    };
    testing::of(seq, Some(who), kind)
}

fn returned(seq: u64, call: u64, who: &str, name: &str, ret: i64) -> Event {
    let kind = Kind::CallReturned {
        call,
        name: name.into(),
        args: vec!["4".into(), "\"hello\"".into(), "5".into()],
        fd: Some(4),
        ret: Some(ret),
        errno: None,
        msg: None,
        data: None,
        took_ns: 1_000,
        interrupted: 0,
        key: None,
        into: None,
    };
    testing::of(seq, Some(who), kind)
}

fn layout(events: Vec<Event>, axis: Axis) -> Layout {
    let (mut state, mut log) = (
        RunState {
            xray: true,
            ..RunState::default()
        },
        EventLog::default(),
    );
    for event in events {
        apply(&mut state, &event);
        state.xray = true;
        log.insert(Rc::new(event));
    }
    Layout::new(&state, &log, state.seq, axis, 1)
}

#[test]
fn calls_stand_in_order_and_repeats_are_one_bar() {
    let mut events = vec![
        born(1, "writer"),
        born(2, "reader"),
        entered(3, "reader", "read"),
    ];
    for at in 0..3 {
        events.push(entered(4 + 2 * at, "writer", "write"));
        events.push(returned(5 + 2 * at, 4 + 2 * at, "writer", "write", 5));
    }
    let layout = layout(events, Axis::Order);
    let bars: Vec<_> = layout
        .bars
        .iter()
        .map(|bar| (bar.lane, bar.label.as_str(), bar.span))
        .collect();
    assert_eq!(
        bars,
        [(1, "in read 5", Span::Open), (0, "write 5 ×3", Span::Call)]
    );
    assert_eq!(layout.width, 2 * COLUMN, "what is merged takes no room");
    assert!(
        layout.bars[0].width > layout.bars[1].width,
        "an open call goes on to the right edge"
    );
}

#[test]
fn lanes_are_in_the_order_of_letters_and_the_parent_s_is_the_last() {
    let parent = testing::of(
        1,
        Some("parent"),
        Kind::ProcessStarted {
            role: "parent".into(),
            parent: 1,
            language: None,
        },
    );
    let events = vec![
        parent,
        born(2, "reader"),
        born(3, "writer"),
        entered(4, "parent", "wait4"),
        entered(5, "writer", "write"),
    ];
    let layout = layout(events, Axis::Order);
    let lanes: Vec<_> = layout.lanes.iter().map(|lane| lane.letter).collect();
    assert_eq!(lanes, [Some('A'), Some('B'), None]);
    let of = |name: &str| {
        let bar = layout.bars.iter().find(|bar| bar.label.contains(name));
        let lane = bar.and_then(|bar| layout.lanes.get(bar.lane));
        lane.map(|lane| lane.worker.to_string())
    };
    assert_eq!(of("wait4").as_deref(), Some("parent"));
    assert_eq!(of("write").as_deref(), Some("writer"));
}

#[test]
fn a_pause_gets_a_labeled_break_and_sleep_is_told() {
    let mut late = returned(6, 3, "reader", "read", 5);
    late.at_ns = 1_204_000_000;
    let asleep = Kind::ProcessState {
        state: ProcState::Asleep,
        because: Some(Wait::PipeEmpty),
        wchan: None,
    };
    let events = vec![
        born(1, "writer"),
        born(2, "reader"),
        entered(3, "reader", "read"),
        testing::of(4, Some("reader"), asleep),
        late,
    ];
    let events = events
        .into_iter()
        .enumerate()
        .map(|(at, event)| Event {
            seq: at as u64 + 1,
            ..event
        })
        .collect();
    let order = layout(events, Axis::Order);
    assert_eq!(order.gaps.len(), 1);
    assert_eq!(order.gaps[0].label, "⋯ 1.203 s ⋯");
    assert_eq!(
        (order.bars[0].span, order.bars[0].label.as_str()),
        (Span::Slept, "read 5")
    );
}

#[test]
fn a_message_ties_its_two_calls() {
    let part = Part {
        msg: Some(1),
        from: 0,
        to: 5,
    };
    let preview = shared::event::Preview {
        text: Some("hello".into()),
        base64: None,
        len: 5,
    };
    let sending = Kind::MessageSending {
        msg: 1,
        fd: 4,
        len: 5,
        preview,
        key: None,
    };
    let mut write = returned(6, 5, "writer", "write", 5);
    write.parts = vec![part];
    write.source = Source::Call;
    let mut read = returned(7, 3, "reader", "read", 5);
    read.parts = vec![part];
    read.source = Source::Call;
    let mut events = vec![
        born(1, "writer"),
        born(2, "reader"),
        entered(3, "reader", "read"),
        testing::of(4, Some("writer"), sending),
    ];
    events.extend([entered(5, "writer", "write"), write, read]);
    for event in &mut events {
        event.object = Some("pipe:[1]".into());
    }
    let layout = layout(events, Axis::Order);
    for tie in &layout.ties {
        assert_eq!((tie.msg, tie.from.0, tie.to.0), (1, 0, 1));
        assert!(
            tie.from.1 < tie.to.1,
            "an arrow does not go back in time: {tie:?}"
        );
        assert_eq!(tie.label, "#1 “hello”");
    }
}

#[test]
fn a_store_and_a_load_are_tied_as_memory_and_threads_keep_their_calls_apart() {
    let part = Part {
        msg: Some(1),
        from: 0,
        to: 5,
    };
    let preview = shared::event::Preview {
        text: Some("hello".into()),
        base64: None,
        len: 5,
    };
    let sending = Kind::MessageSending {
        msg: 1,
        fd: -1,
        len: 5,
        preview: preview.clone(),
        key: None,
    };
    let stored = Kind::MemoryStored {
        msg: Some(1),
        at: 0,
        len: 5,
        preview: preview.clone(),
    };
    let loaded = Kind::MemoryLoaded {
        at: 0,
        len: 5,
        preview,
        complete: vec![1],
        tie: shared::event::Tie::Certain,
    };
    let mut stored = testing::of(4, Some("writer"), stored);
    let mut loaded = testing::of(5, Some("reader"), loaded);
    for event in [&mut stored, &mut loaded] {
        event.source = Source::Memory;
        event.parts = vec![part];
        event.object = Some("memory:[1]".into());
    }
    // The feeder is in a call of its own while the main thread makes another.
    let mut other = entered(6, "writer", "futex");
    other.task = Some(77);
    let layout = layout(
        vec![
            born(1, "writer"),
            born(2, "reader"),
            testing::of(3, Some("writer"), sending),
            stored,
            loaded,
            other,
            entered(7, "writer", "write"),
            returned(8, 7, "writer", "write", 5),
        ],
        Axis::Order,
    );
    assert_eq!(layout.ties.len(), 1);
    assert_eq!(layout.ties[0].source, Source::Memory);
    let spans: Vec<_> = layout
        .bars
        .iter()
        .map(|bar| (bar.label.as_str(), bar.span))
        .collect();
    assert!(spans.contains(&("store 5", Span::Memory)), "{spans:?}");
    assert!(spans.contains(&("in futex 5", Span::Open)), "{spans:?}");
    assert!(spans.contains(&("write 5", Span::Call)), "{spans:?}");
}
