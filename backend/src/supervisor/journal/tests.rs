//! Frames and bounds.

use super::{Fact, Journal};
use crate::{
    link::{FromBox, MAX_FRAME},
    sys::socket,
};
use rustix::net::RecvFlags;
use shared::event::{Event, Kind, Source};
use std::os::fd::OwnedFd;

fn journal() -> (Journal, OwnedFd) {
    let (supervisor, server) = socket::frames().unwrap();
    rustix::io::ioctl_fionbio(&supervisor, true).unwrap();
    (Journal::new(supervisor), server)
}

fn printed(text: &str) -> Fact {
    let kind = Kind::ProcessOutput {
        stream: "stdout".to_owned(),
        text: text.to_owned(),
    };
    Fact::new(Source::Process, kind)
}

/// All events that are in the socket, each frame within its bound.
fn arrived(server: &OwnedFd) -> Vec<Event> {
    let mut buffer = vec![0; 2 * MAX_FRAME];
    let mut all = Vec::new();
    while let Ok(received) = socket::receive(server, &mut buffer, RecvFlags::DONTWAIT) {
        assert!(received.len <= MAX_FRAME, "{}", received.len);
        let frame = serde_json::from_slice(&buffer[..received.len]).unwrap();
        let FromBox::Events { events } = frame else {
            panic!("{frame:?}")
        };
        all.extend(events);
    }
    all
}

#[test]
fn many_events_share_a_frame_and_none_is_cut() {
    let (mut journal, server) = journal();
    for _ in 0..100 {
        journal.tell(printed(&"x".repeat(1000)));
    }
    assert!(journal.flush());
    let seqs: Vec<_> = arrived(&server).iter().map(|event| event.seq).collect();
    assert_eq!(seqs, (1..=100).collect::<Vec<_>>());
}

#[test]
fn when_too_much_waits_calls_are_counted_and_ends_are_told() {
    const CALLS: u64 = 5_000;
    let (mut journal, server) = journal();
    for _ in 0..CALLS {
        journal.tell_if_room("calls", printed(&"x".repeat(1000)));
    }
    journal.tell(Fact::new(
        Source::Process,
        Kind::ProcessExited {
            code: Some(0),
            signal: None,
        },
    ));
    let mut events = Vec::new();
    loop {
        let all = journal.flush();
        events.extend(arrived(&server));
        if all {
            break;
        }
    }
    let calls = events
        .iter()
        .filter(|event| matches!(event.kind, Kind::ProcessOutput { .. }))
        .count() as u64;
    assert!(calls > 0 && calls < CALLS, "{calls}");
    assert!(
        events
            .iter()
            .any(|event| matches!(event.kind, Kind::ProcessExited { .. }))
    );
    assert_eq!(journal.counts.skipped, CALLS - calls);
    let told = Kind::Skipped {
        what: "calls".to_owned(),
        count: CALLS - calls,
    };
    assert!(events.iter().any(|event| event.kind == told));
    let seqs: Vec<_> = events.iter().map(|event| event.seq).collect();
    assert_eq!(
        seqs,
        (1..=events.len() as u64).collect::<Vec<_>>(),
        "gap-free"
    );
}

#[test]
fn a_server_that_does_not_read_costs_bounded_memory() {
    let (mut journal, server) = journal();
    for _ in 0..20_000 {
        journal.tell_if_room("output", printed(&"x".repeat(1000)));
        journal.flush();
    }
    assert!(journal.queued <= super::MAX_QUEUE, "{}", journal.queued);
    assert!(journal.counts.skipped > 0);
    drop(server);
    // Processes that other tests have forked may hold copies of it for a moment.
    let begun = std::time::Instant::now();
    while !journal.flush() && begun.elapsed().as_secs() < 10 {
        std::thread::yield_now();
    }
    assert!(journal.deaf);
}
