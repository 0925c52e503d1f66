use super::{Picture, Standing};
use serde_json::{Value, json};
use shared::{
    event::Event,
    state::{RunState, apply},
};

const OLD: &str = "file:[12]";
const NEW: &str = "file:[13]";

fn run(events: &[Value]) -> RunState {
    let mut run = RunState::default();
    let mut all = vec![
        json!({"kind": "run.started", "entry": "file", "variant": "append", "params": {}, "xray": true, "host": "",
            "mono_ns": 0}),
    ];
    for worker in ["parent", "writer", "reader"] {
        all.push(json!({"kind": "process.started", "role": worker, "parent": 1, "worker": worker, "pid": 2,
            "host_pid": 2}));
    }
    for object in [OLD, NEW] {
        all.push(json!({"kind": "object.created", "object_type": "file", "object": object}));
    }
    all.extend_from_slice(events);
    for (seq, mut event) in (1..).zip(all) {
        event["seq"] = seq.into();
        event["at_ns"] = 0.into();
        event["source"] = "gauge".into();
        let event: Event = serde_json::from_value(event).unwrap();
        apply(&mut run, &event);
    }
    run
}

fn size(object: &str, size: u64, links: u64) -> Value {
    json!({"kind": "gauge", "object": object, "readings": [
        {"figure": "size", "value": size, "origin": "LIVE", "how": "stat"},
        {"figure": "links", "value": links, "origin": "LIVE", "how": "stat"}]})
}

#[test]
fn the_file_with_the_name_comes_first_and_the_old_one_last() {
    let run = run(&[
        json!({"kind": "object.state", "object": OLD, "holders": [{"worker": "reader", "fd": 3, "end": "read"}]}),
        size(OLD, 5, 0),
        json!({"kind": "object.state", "object": NEW, "holders": [], "names": ["/run/shared_data.txt"]}),
        size(NEW, 5, 1),
    ]);
    let picture = Picture::of(&run);
    let standing: Vec<_> = picture
        .files
        .iter()
        .map(|file| (file.number.as_str(), file.standing, file.links))
        .collect();
    assert_eq!(
        standing,
        [
            ("13", Standing::Named, Some(1)),
            ("12", Standing::Nameless, Some(0))
        ]
    );
}

#[test]
fn a_file_that_is_made_beside_is_said_to_be_that() {
    let run = run(&[
        json!({"kind": "object.removed", "object": OLD}),
        json!({"kind": "object.state", "object": NEW, "holders": [], "names": ["/run/shared_data.txt.new1"]}),
    ]);
    let picture = Picture::of(&run);
    assert_eq!(picture.files.len(), 1, "what is gone is not drawn");
    assert_eq!(picture.files[0].standing, Standing::Beside);
}

#[test]
fn bytes_are_told_by_who_wrote_them() {
    let run = run(&[
        json!({"kind": "object.state", "object": NEW, "holders": [], "names": ["/run/shared_data.txt"],
            "offsets": [{"worker": "reader", "fd": 3, "pos": 100}],
            "locks": [{"worker": "writer", "kind": "ofd", "mode": "exclusive", "from": 0, "to": 10}]}),
        json!({"kind": "object.bytes", "object": NEW, "at": 0, "hex": "686f0a787800", "total": 6,
            "writers": [{"from": 0, "to": 3, "worker": "writer", "msg": 1}, {"from": 3, "to": 6}]}),
        size(NEW, 6, 1),
    ]);
    let file = Picture::of(&run).files.remove(0);
    let text: Vec<_> = file
        .text
        .iter()
        .map(|run| (run.letter, run.text.as_str()))
        .collect();
    assert_eq!(text, [(Some('A'), "ho↵"), (None, "xx")]);
    let blocks: Vec<_> = file.blocks.iter().map(|b| (b.from, b.to, b.msg)).collect();
    assert_eq!(blocks, [(0, 3, Some(1)), (3, 6, None)]);
    assert_eq!((file.span, file.place(64)), (128, 50_000));
    assert_eq!(
        file.brackets[0].words(),
        "writer has F_OFD_SETLK, exclusive, bytes 0 to 9"
    );
    assert_eq!(file.carets[0].letter, Some('B'));
}

#[test]
fn a_long_file_has_a_line_for_each_page() {
    let run = run(&[size(NEW, 10_000, 1)]);
    let file = Picture::of(&run).files.pop().unwrap();
    assert_eq!((file.span, file.pages.len()), (16_384, 3));
}

#[test]
fn of_a_mapped_page_the_part_is_shown_that_is_used() {
    let run = run(&[
        json!({"kind": "object.state", "object": NEW, "holders": [], "names": ["/run/shared_data.txt"],
            "mappings": [{"worker": "writer", "address": "0x7f0000000000", "len": 4096}]}),
        json!({"kind": "object.bytes", "object": NEW, "at": 0, "hex": "686900000000", "total": 4096,
            "writers": [{"from": 0, "to": 2, "worker": "writer", "msg": 1}, {"from": 2, "to": 6}]}),
        size(NEW, 4096, 1),
    ]);
    let file = Picture::of(&run).files.remove(0);
    assert_eq!((file.span, file.zeros_follow()), (64, true));
    assert_eq!(file.mapped.len(), 1);
}
