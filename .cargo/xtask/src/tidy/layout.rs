//! Rules about what must be there: the parts of a mechanism, and what the README promises.

use std::fs;

use clap::CommandFactory as _;

use super::none;
use crate::test::{SUITES, readme_commands};
use crate::{Cli, workspace};

/// Every mechanism that is built has its four parts: types, roles, stage, lessons.
#[test]
fn a_mechanism_has_all_its_parts() {
    let root = workspace::root();
    let folder = root.join("shared/src/mechanism");
    let mut missing = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if name == "mod" {
            continue;
        }
        // Lessons lie under the entry's id, which is longer where a folder's name is short.
        let entry = if name == "memory" {
            "shared-memory"
        } else {
            name
        };
        let parts = [
            format!("backend/src/mechanism/{name}/mod.rs"),
            format!("frontend/src/mechanism/{name}.rs"),
            format!("frontend/lessons/{entry}"),
        ];
        let absent = |part: &String| {
            !root.join(part).exists() && !root.join(part.replace(".rs", "/mod.rs")).exists()
        };
        missing.extend(
            parts
                .into_iter()
                .filter(absent)
                .map(|part| format!("{name}: {part}")),
        );
        let lessons = fs::read_dir(root.join("frontend/lessons").join(entry));
        if lessons.is_ok_and(|mut lessons| lessons.next().is_none()) {
            missing.push(format!("{name}: a lesson"));
        }
    }
    none(missing, "parts of a mechanism are missing");
}

#[test]
fn the_commands_that_the_readme_shows_exist() {
    let readme = fs::read_to_string(workspace::root().join("README.md")).unwrap();
    let shown = readme_commands(&readme, "cargo xtask");
    assert!(!shown.is_empty(), "the README shows no command");
    let cli = Cli::command();
    let unknown = shown
        .into_iter()
        .filter_map(|words| words.into_iter().next())
        .filter(|name| cli.find_subcommand(name).is_none());
    none(unknown, "the README shows commands that do not exist");
}

/// A test program that `cargo xtask test` does not know would never be run.
#[test]
fn every_test_program_is_a_step() {
    let manifest = fs::read_to_string(workspace::root().join("tests/Cargo.toml")).unwrap();
    let programs = manifest.split("[[test]]").skip(1).map(|part| {
        let (_, name) = part.split_once("name = \"").unwrap();
        name.split_once('"').unwrap().0.to_owned()
    });
    let mut programs: Vec<_> = programs.collect();
    let mut steps = SUITES.to_vec();
    programs.sort();
    steps.sort_unstable();
    assert_eq!(programs, steps);
}

/// The visible top level is fixed; what configures tools has a dot name.
#[test]
fn the_top_level_is_the_agreed_one() {
    const VISIBLE: &[&str] = &[
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE",
        "README.md",
        "Trunk.toml",
        "backend",
        "frontend",
        "shared",
        "static",
        "target",
        "tests",
    ];
    let names = fs::read_dir(workspace::root()).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let other = names.filter(|name| !name.starts_with('.') && !VISIBLE.contains(&name.as_str()));
    none(other, "more than agreed at the top");
}
