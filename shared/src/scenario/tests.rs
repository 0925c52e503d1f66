//! What is read, what is refused, and what a beat sees.

use super::{Command, Expect, Step, Watch, parse};
use crate::{
    command::{Data, Values},
    diagnosis::testing::Story,
    ids::WorkerId,
    os::Signal,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const FORGOTTEN: &str = "\
---
title: The forgotten write end
run: pipe/anonymous forgotten=reader-write
minutes: 3
---
Prose for the learner.

```beat
do: send writer text=\"hello there\" times=2
do: close writer end=write
say: The writer closed its end,
  and still the reader waits.
ask: What does the reader's next read() do?
- returns 0: end-of-file
- sleeps for ever *
expect: process.state reader because=pipe_empty
absent: call.returned reader name=read ret=0
```
";

#[test]
fn a_scenario_is_read() {
    let scenario = parse(FORGOTTEN).unwrap();
    assert_eq!(
        (scenario.title.as_str(), scenario.minutes),
        ("The forgotten write end", Some(3))
    );
    assert_eq!(scenario.variant.as_deref(), Some("anonymous"));
    assert_eq!(
        scenario.params.get("forgotten"),
        Some(&json!("reader-write"))
    );
    let [beat] = scenario.beats.as_slice() else {
        panic!("{:?}", scenario.beats)
    };
    assert_eq!(
        beat.say,
        "The writer closed its end, and still the reader waits."
    );
    assert_eq!(beat.ask.as_ref().unwrap().answer, 1);
    let [send, close] = beat.steps.as_slice() else {
        panic!("{:?}", beat.steps)
    };
    let data = Data::Text {
        text: "hello there".to_owned(),
    };
    let worker = Some(WorkerId::from("writer"));
    assert_eq!(
        send.command().unwrap(),
        Command::Send {
            worker,
            data,
            times: 2,
            args: crate::command::Values::new(),
        }
    );
    assert_eq!(close.to_string(), "close writer end=write");
    assert_eq!(
        beat.absent[0].to_string(),
        "call.returned reader name=read ret=0"
    );
}

#[test]
fn what_is_wrong_is_said_with_its_line_and_a_cure() {
    let change = |from: &str, to: &str| parse(&FORGOTTEN.replace(from, to)).unwrap_err();
    for (from, to, line, word) in [
        ("---\ntitle", "title", 1, "front matter"),
        ("run: pipe/anonymous", "run: pip/anonymous", 3, "\"pip\""),
        ("pipe/anonymous", "pipe/named", 3, "fifo"),
        ("forgotten=reader-write", "forgotten=me", 3, "parent-write"),
        ("minutes: 3", "minutes: three", 4, "number"),
        ("minutes: 3", "colour: red", 4, "colour"),
        ("do: send writer", "do: sent writer", 9, "sent"),
        ("text=\"hello there\"", "text=\"hello", 9, "quote"),
        ("text=\"hello there\"", "", 9, "payload"),
        ("times=2", "times=0", 9, "times"),
        (
            "close writer end=write",
            "close writer end=middle",
            10,
            "middle",
        ),
        ("close writer", "close", 10, "whom"),
        ("say: ", "sag: ", 11, "not understood"),
        (
            "- sleeps for ever *",
            "- sleeps for ever",
            13,
            "0 are right",
        ),
        ("process.state", "process.stat", 16, "process.stat"),
        ("ret=0", "ret>=none", 17, "not a number"),
    ] {
        let error = change(from, to);
        assert_eq!(error.line, line, "{error}");
        assert!(error.to_string().contains(word), "{error}");
    }
    assert!(change("```beat", "```text").message.contains("no beat"));
}

#[test]
fn every_lesson_can_be_played() {
    let lessons = concat!(env!("CARGO_MANIFEST_DIR"), "/../frontend/lessons");
    let mut played = 0;
    for entry in std::fs::read_dir(lessons).unwrap() {
        let folder = entry.unwrap().path();
        for file in std::fs::read_dir(folder).into_iter().flatten() {
            let path = file.unwrap().path();
            let read = parse(&std::fs::read_to_string(&path).unwrap());
            let scenario = read.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert!(
                scenario.beats.iter().any(|beat| beat.ask.is_some()),
                "{} asks nothing",
                path.display()
            );
            played += 1;
        }
    }
    assert!(played >= 5);
}

#[test]
fn a_read_is_not_a_writers_business() {
    let step: Step = "read writer len=5".parse().unwrap();
    let refused = step
        .check(crate::catalog::entry("pipe").unwrap(), "anonymous")
        .unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("worker"));
    let step: Step = "freeze writer-2".parse().unwrap();
    step.check(crate::catalog::entry("pipe").unwrap(), "anonymous")
        .unwrap();
}

/// A watch for some facts, over all events of a story.
fn watched(expect: &[&str], absent: &[&str], story: &Story) -> super::Verdict {
    let read = |lines: &[&str]| {
        lines
            .iter()
            .map(|line| line.parse::<Expect>().unwrap())
            .collect()
    };
    let mut beat = parse(FORGOTTEN).unwrap().beats.remove(0);
    (beat.expect, beat.absent) = (read(expect), read(absent));
    let mut watch = Watch::new(&beat);
    story.events.iter().for_each(|event| watch.see(event));
    watch.verdict()
}

#[test]
fn a_beat_is_met_by_what_it_names() {
    let mut story = Story::pipe();
    story
        .gauge("bytes", 65_536, 65_536)
        .enters("writer", "write", 4096)
        .sleeps_full("writer");
    story
        .writes("writer", 1, 5)
        .killed("writer", Signal::SIGPIPE);
    let facts = [
        "gauge bytes=65,536",
        "process.state writer because=pipe_full",
        "call.returned writer name=write ret>=5 ret<=5 parts=1",
        "object.state write_ends=1 read_ends=1",
        "process.exited signal=SIGPIPE",
        "run.started params.writers=1",
    ];
    assert!(watched(&facts, &[], &story).met);
    for wrong in [
        "gauge bytes=5",
        "process.exited reader signal=SIGPIPE",
        "call.returned errno=EPIPE",
    ] {
        assert_eq!(watched(&[wrong], &[], &story).missing.len(), 1, "{wrong}");
    }
}

#[test]
fn what_must_not_be_seen_is_told() {
    let mut story = Story::pipe();
    let absent = ["call.returned reader name=read ret=0"];
    assert!(watched(&[], &absent, &story).met);
    story
        .enters("reader", "read", 4096)
        .returns("reader", "read", 0, 4096);
    let verdict = watched(&[], &absent, &story);
    assert!(!verdict.met && verdict.violated.len() == 1);
}

#[test]
fn a_fact_expected_twice_must_happen_twice() {
    let mut story = Story::pipe();
    let twice = ["call.returned writer ret=5"; 2];
    story.writes("writer", 1, 5);
    assert_eq!(watched(&twice, &[], &story).missing.len(), 1);
    story.writes("writer", 2, 5);
    assert!(watched(&twice, &[], &story).met);
}

/// Values as they can stand in a line.
fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<u64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reading_never_panics(source in "(---\n|run: pipe\n|```beat\n|do: |say: |ask: |- |\\*\n|expect: |```\n|\\PC{0,20}|\n){0,40}") {
        let _read = parse(&source);
    }

    #[test]
    fn a_step_is_read_back(
        verb in "[a-z]{1,8}",
        worker in proptest::option::of("(writer|reader|parent)(-[2-4])?"),
        args in proptest::collection::btree_map(prop_oneof!["[a-z]{1,6}", Just("fill".to_owned())], value(), 0..4),
    ) {
        // Payloads are always text.
        let is_text = |name: &String| ["text", "hex", "base64", "fill"].contains(&name.as_str());
        let args: Values = args.into_iter().filter(|(name, value)| !is_text(name) || value.is_string()).collect();
        let step = Step { verb, worker: worker.map(WorkerId::new), args };
        prop_assert_eq!(step.to_string().parse::<Step>().unwrap(), step);
    }
}
