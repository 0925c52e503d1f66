//! The page finds the source of every role that a catalog's entry can run.

use frontend::store::source::files;
use shared::{catalog::ENTRIES, command::Values, mechanism::cast, state::RunState};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../backend/src/mechanism")
}

/// What `source/index.txt` of the page says.
fn index() -> String {
    fn collect(root: &Path, folder: &Path, lines: &mut Vec<String>) {
        for entry in fs::read_dir(folder).expect("a folder of the workspace") {
            let path = entry.expect("it can be listed").path();
            if path.is_dir() {
                collect(root, &path, lines);
            } else {
                let place = path.strip_prefix(root).expect("it was found there");
                lines.push(place.to_str().expect("a plain name").to_owned());
            }
        }
    }
    let mut lines = Vec::new();
    collect(&folder(), &folder(), &mut lines);
    lines.sort();
    lines.join("\n")
}

#[test]
fn every_role_of_every_variant_has_its_source_in_both_languages() {
    let index = index();
    let mut missing = Vec::new();
    for entry in ENTRIES.iter().filter(|entry| entry.built) {
        for variant in entry.variants {
            let run = RunState {
                entry: entry.id.to_owned(),
                variant: variant.id.to_owned(),
                ..RunState::default()
            };
            let members = cast(entry.id, variant.id, &Values::new());
            let python: BTreeMap<String, String> = members
                .iter()
                .filter(|member| member.role != "parent")
                .map(|member| (member.role.to_owned(), "python".to_owned()))
                .collect();
            for (roles, end) in [(BTreeMap::new(), "rs"), (python, "py")] {
                let found = files(&index, &run, &roles);
                for member in &members {
                    let parent = member.role == "parent";
                    let end = if parent { "rs" } else { end };
                    let name = format!("{}.{end}", member.role);
                    if !found.iter().any(|file| file.name == name) {
                        missing.push(format!("{}/{}: {name}", entry.id, variant.id));
                    }
                }
            }
        }
    }
    assert!(missing.is_empty(), "no source of {missing:?}");
}

/// An embed begins with a recording, and works without a server: each entry has one.
#[test]
fn every_entry_has_a_recording_to_begin_with() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../static/recordings");
    for entry in ENTRIES.iter().filter(|entry| entry.built) {
        let file = folder.join(format!("{}-hello.jsonl", entry.id));
        let text = fs::read_to_string(&file).unwrap_or_else(|why| panic!("{}: {why}", entry.id));
        let recording = frontend::store::Player::read(entry.id, &text).unwrap();
        assert_eq!(recording.state().entry, entry.id);
    }
}
