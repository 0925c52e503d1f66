use super::{Picture, number, printed, spaced};
use shared::{
    event::{Event, Kind, Mapping, Source, Wrote},
    ids::{ObjectId, WorkerId},
    state::RunState,
};

/// A run of two with a guard, whose memory holds those bytes from the start.
fn run(guard: &str, bytes: &[u8], writers: &[(u64, u64, &str)]) -> RunState {
    let mut run = RunState::default();
    let mut seq = 0;
    let mut tell = |worker: Option<(&str, i32)>, object: Option<&str>, kind: Kind| {
        seq += 1;
        shared::state::apply(
            &mut run,
            &Event {
                seq,
                at_ns: seq,
                source: Source::Gauge,
                worker: worker.map(|(id, _)| WorkerId::new(id)),
                pid: worker.map(|(_, pid)| pid),
                host_pid: worker.map(|(_, pid)| pid),
                task: None,
                object: object.map(ObjectId::new),
                parts: Vec::new(),
                re: None,
                kind,
            },
        );
    };
    tell(
        None,
        None,
        Kind::RunStarted {
            entry: "shared-memory".to_owned(),
            variant: "shm".to_owned(),
            params: [("guard".to_owned(), guard.into())].into(),
            xray: true,
            xray_off: None,
            host: String::new(),
            mono_ns: 0,
        },
    );
    for (role, pid) in [("parent", 6), ("writer", 7), ("reader", 8)] {
        let started = Kind::ProcessStarted {
            role: role.to_owned(),
            parent: 6,
            language: None,
        };
        tell(Some((role, pid)), None, started);
    }
    let object = Some("memory:[50]");
    let made = Kind::ObjectCreated {
        object_type: "memory".to_owned(),
        name: None,
    };
    tell(None, object, made);
    let mapping = |worker: &str, address: &str| Mapping {
        worker: WorkerId::new(worker),
        address: address.to_owned(),
        len: 4096,
    };
    let mut state = Kind::held_by(Vec::new());
    if let Kind::ObjectState { mappings, .. } = &mut state {
        mappings.push(mapping("writer", "0x7e1000000000"));
        mappings.push(mapping("reader", "0x7e2000000000"));
    }
    tell(None, object, state);
    let wrote = |(from, to, worker): &(u64, u64, &str)| Wrote {
        from: *from,
        to: *to,
        worker: Some(WorkerId::new(*worker)),
        msg: None,
        at: 0,
    };
    let content = Kind::ObjectBytes {
        at: 0,
        hex: spaced(bytes).replace(' ', ""),
        total: 4096,
        writers: writers.iter().map(wrote).collect(),
    };
    tell(None, object, content);
    run
}

fn page(guard: &str, bytes: &[u8], writers: &[(u64, u64, &str)]) -> super::Page {
    let picture = Picture::of(&run(guard, bytes, writers));
    picture.pages.first().cloned().unwrap()
}

#[test]
fn two_addresses_lead_to_one_page() {
    let page = page("none", &[0; 256], &[]);
    let addresses: Vec<_> = page
        .addresses
        .iter()
        .map(|one| (one.letter, one.address.as_str()))
        .collect();
    assert_eq!(
        addresses,
        [(Some('A'), "0x7e1000000000"), (Some('B'), "0x7e2000000000")]
    );
    assert_eq!((page.cells.len(), page.guard), (8, None));
    assert_eq!(page.total, 4096);
}

#[test]
fn a_cell_says_who_stored_last_and_a_torn_record_is_mixed() {
    let mut bytes = [0; 192];
    bytes[64..96].fill(b'B');
    bytes[96..128].fill(b'A');
    let writers = [(64, 96, "reader"), (96, 128, "writer")];
    let torn = page("none", &bytes, &writers);
    assert!(torn.mixed);
    assert_eq!(torn.cells[0].writers, ['B']);
    assert_eq!(torn.cells[7].writers, ['A']);
    assert_eq!(torn.cells[0].text, "BBBBBBBB");
    assert_eq!(torn.cells[0].number, None);
    let whole = page("none", &bytes, &[(64, 128, "reader")]);
    assert!(!whole.mixed);
}

#[test]
fn what_is_behind_the_record_is_shown_as_far_as_there_is_anything() {
    let mut bytes = [0; 1024];
    bytes[150] = 7;
    let page = page("none", &bytes, &[]);
    assert_eq!(page.cells.len(), 11);
    assert_eq!(page.cells.last().map(|cell| cell.at), Some(144));
    bytes[1000] = 1;
    assert_eq!(self::page("none", &bytes, &[]).cells.len(), 16);
}

#[test]
fn the_word_of_a_guard_is_said_in_words() {
    let mut bytes = [0; 128];
    let says = |guard: &str, bytes: &[u8]| page(guard, bytes, &[]).guard.unwrap();
    assert_eq!(says("mutex", &bytes).means, "free");
    bytes[0] = 2;
    bytes[8] = 7;
    let mutex = says("mutex", &bytes);
    assert_eq!(mutex.raw, "2");
    assert_eq!(
        mutex.means,
        "writer has it (thread 7) · others sleep for it"
    );
    assert_eq!(mutex.holder, Some('A'));
    bytes[..4].copy_from_slice(&0x8000_0008_u32.to_le_bytes());
    let robust = says("robust", &bytes);
    assert_eq!(
        (robust.raw.as_str(), robust.holder),
        ("0x80000008", Some('B'))
    );
    bytes[..8].copy_from_slice(&[0, 0, 0, 0, 1, 0, 0, 0]);
    assert_eq!(says("semaphore", &bytes).means, "0 free · 1 asleep");
    bytes[0] = 5;
    assert!(says("seqlock", &bytes).means.starts_with("odd"));
}

#[test]
fn numbers_are_numbers_and_text_is_text() {
    assert_eq!(number(&10_i64.to_le_bytes()), Some(10));
    assert_eq!(number(&(-1_i64).to_le_bytes()), Some(-1));
    assert_eq!(number(b"AAAAAAAA"), None);
    assert_eq!(number(&[0; 8]), Some(0));
    assert_eq!(number(b"rld\0\0\0\0\0"), None);
    assert_eq!(printed(b"a\0b"), "a·b");
}
