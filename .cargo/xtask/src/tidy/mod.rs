//! What must hold of the sources and no compiler checks. Each rule is a test, so a breach shows by name.

mod layout;
mod text;

use std::fs;
use std::path::{Path, PathBuf};

use crate::workspace;

/// Folders that are made, not written.
const MADE: &[&str] = &["target", "node_modules", ".git", "corpus", "artifacts"];

/// A file of the repository, with its path from the top.
#[derive(Debug)]
struct Source {
    path: String,
    text: String,
}

impl Source {
    fn ends_with(&self, ending: &str) -> bool {
        self.path.ends_with(ending)
    }
}

/// All that is text.
fn sources() -> Vec<Source> {
    let mut paths = Vec::new();
    collect(workspace::root(), &mut paths);
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).ok()?;
        let path = path.strip_prefix(workspace::root()).unwrap();
        Some(Source {
            path: path.to_str().unwrap().to_owned(),
            text,
        })
    };
    paths.into_iter().filter_map(read).collect()
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_symlink() || MADE.contains(&name) {
            continue;
        }
        if path.is_dir() {
            collect(&path, into);
        } else {
            into.push(path);
        }
    }
}

/// Fails with all breaches at once, each on its line.
#[track_caller]
fn none(breaches: impl IntoIterator<Item = String>, rule: &str) {
    let breaches: Vec<_> = breaches.into_iter().collect();
    assert!(breaches.is_empty(), "{rule}:\n  {}", breaches.join("\n  "));
}
