//! The picture of the pipe says byte for byte what the run says.

mod scenes;

use frontend::mechanism::{
    pipe::{Picture, remainder},
    seats,
};
use serde_json::json;
use shared::{event::Origin, state::RunState};

fn scene(name: &str) -> RunState {
    scenes::all()
        .into_iter()
        .find(|one| one.0 == name)
        .expect("a scene of that name")
        .1
}

#[test]
fn bytes_lie_from_the_read_end_in_the_order_of_their_writes() {
    let picture = Picture::of(&scene("four-writers"));
    let order: String = picture
        .blocks
        .iter()
        .filter_map(|block| block.letter)
        .collect();
    assert_eq!(
        order, "ABCDABCDA",
        "the last is of a write that has not returned"
    );
    assert!(
        picture
            .blocks
            .windows(2)
            .all(|pair| pair[0].to == pair[1].from),
        "no gap, no overlap"
    );
    assert_eq!(
        (picture.blocks[0].from, picture.blocks.last().unwrap().to),
        (0, 65_536)
    );
    assert_eq!(
        picture.boundaries,
        [4096, 13_096, 16_096, 28_096, 32_192, 36_288, 45_288]
    );
}

#[test]
fn what_does_not_fit_waits_with_its_writer() {
    let run = scene("four-writers");
    assert_eq!(
        remainder(&run, &run.workers[1]),
        Some(30_000 - (65_536 - 46_288))
    );
    let run = scene("full");
    assert_eq!(
        remainder(&run, &run.workers[1]),
        Some(4096),
        "up to 4,096 bytes go in as one piece"
    );
    let run = scene("empty");
    assert_eq!(remainder(&run, &run.workers[1]), None);
}

#[test]
fn a_reading_that_is_older_than_the_last_call_is_not_called_live() {
    let mut scene = scenes::Scene::pair("anonymous", &json!({}));
    scene
        .writes("writer", 1, "hello")
        .gauge(5, 1)
        .reads("reader", 1, 0, 2, "he");
    let picture = Picture::of(&scene.state());
    assert_eq!(
        (picture.bytes.value, picture.bytes.origin),
        (3, Origin::Model)
    );
    assert!(!picture.full());
}

#[test]
fn a_pipe_can_be_full_by_its_pages() {
    let picture = Picture::of(&scene("pages"));
    assert!(picture.full() && picture.full_by_pages());
    let picture = Picture::of(&scene("full"));
    assert!(picture.full() && !picture.full_by_pages());
}

#[test]
fn places_are_counted_from_the_right_where_bytes_leave() {
    let mut picture = Picture::of(&scene("empty"));
    let places = [0, 32_768, 65_536, 70_000].map(|place| picture.percent(place));
    assert!(
        places
            .iter()
            .zip([100.0, 50.0, 0.0, 0.0])
            .all(|(found, right)| (found - right).abs() < 1e-9),
        "{places:?}"
    );
    assert_eq!(
        picture.ticks(),
        ((1..16).map(|page| page * 4096).collect(), 1)
    );
    picture.bytes.max = 1_048_576;
    let (ticks, each) = picture.ticks();
    assert_eq!(
        (ticks.len(), each),
        (63, 4),
        "a mebibyte has a line for every fourth page"
    );
    picture.bytes.max = 4096;
    assert_eq!(picture.ticks().0, Vec::<u64>::new());
}

#[test]
fn who_holds_an_end_and_who_waits_for_one_stands_at_its_mouth() {
    let picture = Picture::of(&scene("fifo-waits"));
    assert_eq!(picture.write.opening, ["writer".into()]);
    assert!(
        picture.read.opening.is_empty() && !picture.write.closed,
        "nobody had it open yet"
    );
    let picture = Picture::of(&scene("dead-reader"));
    assert!(picture.read.closed && picture.write.closed);
    let picture = Picture::of(&scene("forgotten-end"));
    assert!(
        picture
            .write
            .forgotten
            .unwrap()
            .starts_with("Only the reader itself")
    );
    assert_eq!(picture.read.forgotten, None);
}

#[test]
fn the_processes_to_come_are_those_that_the_parameters_ask_for() {
    let params = [("writers".to_owned(), json!(3))].into();
    let run = RunState {
        entry: "pipe".to_owned(),
        params,
        ..RunState::default()
    };
    let names: Vec<_> = seats::places(&run)
        .into_iter()
        .map(|one| {
            let letter = one.letter.map(String::from).unwrap_or_default();
            format!("{letter}{} {:?}", one.id, one.seat)
        })
        .collect();
    assert_eq!(
        names,
        [
            "parent Below",
            "Awriter Left",
            "Bwriter-2 Left",
            "Cwriter-3 Left",
            "Dreader Right"
        ]
    );
    assert_eq!(
        seats::senders(&run),
        ["writer".into(), "writer-2".into(), "writer-3".into()]
    );
}
