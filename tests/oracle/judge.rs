//! That `--check` can fail: all that lessons promise is worth as much as its exit code.

use harness::Cli;
use std::fs;

/// Plays one beat of those lines after a first message; the exit code, and what was printed.
async fn judged(beat: &[&str], more: &[&str]) -> (Option<i32>, String) {
    let cli = Cli::new();
    let file = cli.place.tmp.join("lesson.md");
    let text = format!(
        "---\ntitle: T\nsummary: S\nrun: pipe\n---\nText.\n\n```beat\ndo: send writer text=hello\n{}\nsay: It came.\n```\n",
        beat.join("\n")
    );
    fs::write(&file, text).expect("a file in our own folder");
    let file = file.to_str().expect("a plain path");
    let args = ["run", "--script", file];
    let output = cli.run(args.iter().chain(more)).await;
    (output.status.code(), output.stdout)
}

#[tokio::test]
async fn what_comes_as_promised_passes() {
    let beat = ["expect: message.received reader complete=1"];
    let (code, said) = judged(&beat, &["--check"]).await;
    assert_eq!(code, Some(0), "{said}");
}

/// Played with `--check`, that beat fails, and says why.
async fn fails(beat: &[&str], why: &str) {
    let (code, said) = judged(beat, &["--check"]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains(why), "{said}");
}

#[tokio::test]
async fn what_is_promised_and_does_not_come_fails() {
    // With the run, the wait for it is over.
    let beat = ["do: stop", "expect: message.received reader complete=2"];
    fails(&beat, "FAIL  not seen: message.received").await;
}

#[tokio::test]
async fn what_must_not_come_and_comes_fails() {
    let beat = [
        "expect: message.received reader complete=1",
        "absent: message.received reader",
    ];
    fails(&beat, "FAIL  seen, and must not be").await;
}

#[tokio::test]
async fn a_step_that_is_refused_fails() {
    let beat = [
        "do: resume reader",
        "expect: message.received reader complete=1",
    ];
    fails(&beat, "refused: reader is not frozen").await;
}

#[tokio::test]
async fn without_a_check_nothing_is_judged() {
    let beat = ["do: resume reader"];
    let (code, said) = judged(&beat, &[]).await;
    assert_eq!(code, Some(0), "{said}");
}
