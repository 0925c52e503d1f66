//! `strace -ff` from outside, around a run without any tracer of ours: the pipe is real, and so are its processes.

use crate::strace;
use harness::Cli;
use shared::event::{Event, Kind};
use std::{fs, time::Duration};

/// A run under strace, which stops every call of every process.
const UNDER_STRACE: Duration = Duration::from_secs(60);

/// A word that nothing else writes.
const WORD: &str = "xylophone";

async fn observe(target: &str) -> (Vec<Event>, Vec<strace::Line>) {
    let mut cli = Cli::new();
    cli.limit = UNDER_STRACE;
    let prefix = cli.place.tmp.join("strace");
    let observing = [
        "-ff",
        "-s",
        "64",
        "-o",
        prefix.to_str().expect("a plain path"),
        "--",
    ];
    let run = ["run", target, "--no-xray", "--json", "--send", WORD];
    let events = cli
        .finish(cli.place.under("strace", observing, run))
        .await
        .ok()
        .events();
    let mut lines = Vec::new();
    for file in fs::read_dir(&cli.place.tmp)
        .expect("our own folder")
        .flatten()
    {
        // One file a process, named by its id; its lines have none.
        let Some(pid) = file
            .path()
            .extension()
            .and_then(|pid| pid.to_str())
            .map(str::to_owned)
        else {
            continue;
        };
        let text = fs::read_to_string(file.path()).expect("strace wrote it");
        lines.extend(strace::read(
            &text
                .lines()
                .map(|line| format!("{pid} {line}\n"))
                .collect::<String>(),
        ));
    }
    (events, lines)
}

/// The process of that name, outside.
fn host_pid(events: &[Event], worker: &str) -> i32 {
    let started = |event: &&Event| {
        matches!(event.kind, Kind::ProcessStarted { .. })
            && event
                .worker
                .as_ref()
                .is_some_and(|id| id.as_str() == worker)
    };
    events
        .iter()
        .find(started)
        .and_then(|event| event.host_pid)
        .expect("it was started")
}

async fn is_real(target: &str, made_by: &str) {
    let (events, lines) = observe(target).await;
    let quoted = format!("\"{WORD}\"");
    let pid_of = |name: &str, with: &str| {
        let mut found = lines
            .iter()
            .filter(|line| line.name == name && line.args.contains(with));
        let line = found
            .next()
            .unwrap_or_else(|| panic!("nobody calls {name} with {with}"));
        assert!(found.next().is_none(), "{name} with {with} happens once");
        line
    };
    let (write, read) = (pid_of("write", &quoted), pid_of("read", &quoted));
    assert_eq!(write.pid, host_pid(&events, "writer"));
    assert_eq!(read.pid, host_pid(&events, "reader"));
    assert_ne!(write.pid, read.pid);
    assert_eq!((write.result.as_str(), read.result.as_str()), ("9", "9"));
    let parent = host_pid(&events, "parent");
    assert!(
        lines
            .iter()
            .any(|line| line.pid == parent && line.name == made_by && line.result == "0"),
        "{made_by}"
    );
    let sent = events.iter().any(|event| {
        matches!(
            event.kind,
            Kind::MessageSent {
                n: 9,
                errno: None,
                ..
            }
        )
    });
    let received = events
        .iter()
        .any(|event| matches!(event.kind, Kind::MessageReceived { len: 9, .. }));
    assert!(sent && received, "{events:?}");
}

#[tokio::test]
async fn an_anonymous_pipe_is_made_by_pipe2_and_carries_the_word() {
    is_real("pipe", "pipe2").await;
}

#[tokio::test]
async fn a_fifo_is_made_by_mknodat_and_carries_the_word() {
    is_real("pipe/fifo", "mknodat").await;
}

#[tokio::test]
async fn where_another_tracer_is_first_a_run_says_so_and_goes_on_with_reports() {
    let mut cli = Cli::new();
    cli.limit = UNDER_STRACE;
    let run = ["run", "pipe", "--json", "--send", WORD];
    let observed = cli
        .place
        .under("strace", ["-f", "-o", "/dev/null", "--"], run);
    let events = cli.finish(observed).await.ok().events();
    let Some(Kind::RunStarted { xray, xray_off, .. }) = events.first().map(|event| &event.kind)
    else {
        panic!("run.started is the first event: {events:?}");
    };
    assert!(
        !xray && xray_off.as_ref().is_some_and(|why| why.contains(' ')),
        "why not, in words: {xray_off:?}"
    );
    assert!(
        events
            .iter()
            .any(|event| matches!(event.kind, Kind::MessageReceived { len: 9, .. })),
        "{events:?}"
    );
}
