//! What wins, and where it is said to be from.

use super::{Layers, Origin, Settings, base_path};
use anyhow::Result;
use clap::{Args, Command, FromArgMatches};
use std::{ffi::OsString, fs, path::Path};

fn command() -> Command {
    Settings::augment_args(Command::new("serve")).args_override_self(true)
}

/// What `given` and a file make together, as `serve` reads them.
fn read(given: &[&str], file: Option<&Path>) -> Result<(Settings, Layers)> {
    let given: Vec<_> = [&["serve"], given]
        .concat()
        .iter()
        .map(OsString::from)
        .collect();
    let layers = Layers::new(&command().get_matches_from(&given), file)?;
    let all = given.into_iter().chain(layers.arguments.iter().cloned());
    let settings = Settings::from_arg_matches(&command().get_matches_from(all))?;
    Ok((settings, layers))
}

#[test]
fn a_printed_file_is_read_back_and_a_flag_wins() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    let given = [
        "--port=0",
        "--allow-origin=https://a,https://b",
        "--trusted-proxy=127.0.0.1,10.0.0.0/8",
        "--log-format=json",
        "--runs-per-address=150",
        "--open-files=200",
        "--dev",
    ];
    let (before, layers) = read(&given, None).unwrap();
    let printed = before.to_file(&layers.origins).unwrap();
    fs::write(&file, &printed).unwrap();
    let (again, layers) = read(&[], Some(&file)).unwrap();
    let bare = |text: String| {
        let lines = text
            .lines()
            .map(|line| line.split(" #").next().unwrap().trim_end());
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(bare(again.to_file(&layers.origins).unwrap()), bare(printed));
    let (flagged, layers) =
        read(&["--port=4711", "--allow-origin=https://c"], Some(&file)).unwrap();
    assert_eq!((flagged.port, flagged.limits.runs_per_address), (4711, 150));
    assert_eq!(flagged.allow_origin, ["https://c"]);
    assert_eq!(flagged.limits.of_box.open_files, 200);
    let origin = |name: &str| layers.origins[name];
    assert_eq!(
        [origin("port"), origin("runs-per-address"), origin("page")],
        [Origin::Flag, Origin::File, Origin::Default]
    );
}

#[test]
fn each_value_is_printed_with_its_origin() {
    let (settings, layers) = read(&["--port=4711", "--class"], None).unwrap();
    let printed = settings.to_file(&layers.origins).unwrap();
    let line = |name: &str| {
        let found = printed
            .lines()
            .find(|line| line.starts_with(&format!("{name} = ")));
        let words = found
            .unwrap_or_else(|| panic!("no {name} in\n{printed}"))
            .split_whitespace();
        words.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("port"), "port = 4711 # flag");
    assert_eq!(line("class"), "class = true # flag");
    assert_eq!(line("runs-per-address"), "runs-per-address = 150 # class");
    assert_eq!(line("idle-ms"), "idle-ms = 3600000 # class");
    assert_eq!(line("cpu-seconds"), "cpu-seconds = 30 # default");
    assert!(
        printed.lines().all(|line| line.contains(" # ")),
        "{printed}"
    );
}

#[test]
fn a_class_is_less_than_what_is_said_in_particular() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    fs::write(&file, "class = true\nidle-ms = 5\n").unwrap();
    let (settings, layers) = read(&["--runs-per-address=7"], Some(&file)).unwrap();
    let limits = settings.limits;
    assert_eq!(
        (
            limits.runs_per_address,
            limits.idle_ms,
            limits.starts_per_second
        ),
        (7, 5, 30)
    );
    assert_eq!(layers.origins["starts-per-second"], Origin::Class);
    let (settings, _) = read(&["--class=false"], Some(&file)).unwrap();
    assert_eq!(settings.limits.starts_per_second, 1, "a flag takes it back");
}

#[test]
fn a_setting_that_is_none_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    for (text, word) in [
        ("speed = 3", "speed"),
        ("config = \"x\"", "config"),
        ("a b", "TOML"),
    ] {
        fs::write(&file, text).unwrap();
        let refused = read(&[], Some(&file)).unwrap_err();
        assert!(format!("{refused:#}").contains(word), "{refused:#}");
    }
}

#[test]
fn a_prefix_always_has_both_slashes() {
    for (given, expected) in [("/", "/"), ("", "/"), ("play", "/play/"), ("/a/b", "/a/b/")] {
        assert_eq!(base_path(given).unwrap(), expected);
    }
    for bad in ["/../x", "/a b", "/\"><"] {
        base_path(bad).unwrap_err();
    }
}
