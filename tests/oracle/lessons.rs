//! The five lessons of the pipe, beat by beat, under our tracer and under strace.

use crate::{
    calls::{self, Call},
    strace,
};
use harness::{Cli, program};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// One lesson under strace, which stops every call of every process.
const UNDER_STRACE: Duration = Duration::from_secs(60);

/// All scenarios of the pipe, in order.
fn lessons() -> Vec<PathBuf> {
    let folder = program::workspace().join("frontend/lessons/pipe");
    let entries = fs::read_dir(&folder).expect("the lessons of the pipe");
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|kind| kind == "md"));
    files.sort();
    assert!(
        files.len() >= 5,
        "first message, frozen reader, forgotten end, dead reader, PIPE_BUF: {files:?}"
    );
    files
}

/// The lesson of that file name.
fn lesson(word: &str) -> PathBuf {
    let lessons = lessons();
    let named = |file: &&PathBuf| file.file_stem().is_some_and(|stem| stem == word);
    lessons
        .iter()
        .find(named)
        .unwrap_or_else(|| panic!("no lesson {word} in {lessons:?}"))
        .clone()
}

async fn check(file: &Path, more: &[&str]) {
    let mut args = vec![
        "run",
        "--script",
        file.to_str().expect("a plain path"),
        "--check",
    ];
    args.extend(more);
    Cli::new().run(args).await.ok();
}

/// `view`: what of a role's calls must be equal.
async fn compare(file: &Path, view: fn(&[Call]) -> Vec<Call>) {
    let file = file.to_str().expect("a plain path");
    let ours = Cli::new()
        .run(["run", "--script", file, "--json"])
        .await
        .ok()
        .events();
    let mut cli = Cli::new();
    cli.limit = UNDER_STRACE;
    let log = cli.place.tmp.join("strace");
    let observing = [
        "-f",
        "-s",
        "8",
        "-o",
        log.to_str().expect("a plain path"),
        "--",
    ];
    let untraced = cli.place.under(
        "strace",
        observing,
        ["run", "--script", file, "--no-xray", "--json"],
    );
    let events = cli.finish(untraced).await.ok().events();
    let lines = strace::read(&fs::read_to_string(&log).expect("strace wrote its log"));
    let (mine, theirs) = (calls::ours(&ours), calls::theirs(&lines, &events));
    assert!(
        mine.len() >= 3,
        "parent, writer and reader make calls: {mine:?}"
    );
    for (role, calls) in &theirs {
        let mine = &view(mine.get(role).map(Vec::as_slice).unwrap_or_default());
        let calls = &view(calls);
        assert_eq!(
            mine,
            calls,
            "{role} of {file}\n{}",
            calls::beside(mine, calls)
        );
    }
    assert!(
        mine.keys().eq(theirs.keys()),
        "the same roles: {:?} {:?}",
        mine.keys(),
        theirs.keys()
    );
}

/// Makes the tests of one lesson.
macro_rules! lessons {
    ($($name:ident = $word:literal, $view:expr;)*) => {
        $(mod $name {
            #[tokio::test]
            async fn keeps_its_promises_with_xray() {
                super::check(&super::lesson($word), &[]).await;
            }

            #[tokio::test]
            async fn keeps_its_promises_without() {
                super::check(&super::lesson($word), &["--no-xray"]).await;
            }

            #[tokio::test]
            async fn makes_the_calls_that_strace_sees() {
                super::compare(&super::lesson($word), $view).await;
            }
        })*

        #[test]
        fn every_lesson_is_checked() {
            let words = [$($word),*];
            let unchecked: Vec<_> = lessons()
                .into_iter()
                .filter(|file| !words.iter().any(|word| file.file_stem().is_some_and(|stem| stem == *word)))
                .collect();
            assert!(unchecked.is_empty(), "add a line for {unchecked:?}");
        }
    };
}

lessons! {
    first_message = "first-message", <[_]>::to_vec;
    fifo_open = "fifo-open", <[_]>::to_vec;
    flood = "flood", crate::calls::merged;
    forgotten_end = "forgotten-end", <[_]>::to_vec;
    reader_dies = "reader-dies", <[_]>::to_vec;
    reader_dies_ignored = "reader-dies-ignored", <[_]>::to_vec;
    two_writers = "two-writers", <[_]>::to_vec;
}
