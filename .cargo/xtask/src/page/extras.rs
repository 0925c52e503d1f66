//! What the page fetches only when somebody opens it: lessons, and the source of the roles that run.
//!
//! `lessons/<entry>/<id>.html` is the prose, `.md` beside it the file with its beats, `summaries.txt` one sentence of each;
//! `lessons/claims.jsonl` is what the tutorial says, checked. `source/<mechanism>/[<variant>/]<role>.rs` and `.py` are the very code that runs, and
//! `source/index.txt` lists them, one a line. Trunk gets them by a hook, `cargo xtask extras`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::{bundle, digest, lesson};
use crate::workspace;

/// Writes them into the folder of a page.
pub(super) fn write(page: &Path) -> Result<()> {
    let root = workspace::root();
    let lessons = root.join("frontend/lessons");
    let mut summaries: BTreeMap<PathBuf, String> = BTreeMap::new();
    for file in bundle::files(&lessons)? {
        let source = fs::read_to_string(&file)?;
        let to = page.join("lessons").join(file.strip_prefix(&lessons)?);
        if file.extension().is_none_or(|end| end != "md") {
            put(&to, &source)?;
            continue;
        }
        let html = lesson::render(&source).with_context(|| file.display().to_string())?;
        put(&to, &source)?;
        put(&to.with_extension("html"), &html)?;
        let id = to.file_stem().unwrap_or_default().to_string_lossy();
        let summary = lesson::summary(&source).with_context(|| file.display().to_string())?;
        let of_entry = summaries.entry(to.with_file_name("summaries.txt"));
        of_entry
            .or_default()
            .push_str(&format!("{id}: {summary}\n"));
    }
    for (file, text) in summaries {
        put(&file, &text)?;
    }
    let mut index = String::new();
    for (place, file) in sources()? {
        put(
            &page.join("source").join(&place),
            &fs::read_to_string(file)?,
        )?;
        index.push_str(&place);
        index.push('\n');
    }
    put(&page.join("source/index.txt"), &index)?;
    Ok(())
}

/// The code of the roles, by its place below `source`: what lies in a mechanism's folder, and the library that roles in
/// Python have.
fn sources() -> Result<Vec<(String, PathBuf)>> {
    let roles = workspace::root().join("backend/src/mechanism");
    let mut found = Vec::new();
    for file in bundle::files(&roles)? {
        let place = file.strip_prefix(&roles)?;
        let nested = place.components().count() > 1;
        // `mod.rs` says which roles there are; it is none.
        if nested && !place.ends_with("mod.rs") {
            found.push((place.to_string_lossy().into_owned(), file));
        }
    }
    let library = workspace::root().join("backend/src/worker/python/playground.py");
    if library.is_file() {
        found.push(("python/playground.py".to_owned(), library));
    }
    Ok(found)
}

/// For Trunk's hook: into the page that it is making.
pub(crate) fn into_trunk() -> Result<()> {
    let page = std::env::var_os("TRUNK_STAGING_DIR").context("only Trunk calls this, as a hook")?;
    write(Path::new(&page))
}

/// Tells two states of all of it apart.
pub(super) fn digest_of_all() -> Result<String> {
    let of = |folder: &str| bundle::digest_of_folder(&workspace::root().join(folder));
    let both = format!(
        "{} {} {}",
        of("frontend/lessons")?,
        of("backend/src/mechanism")?,
        of("backend/src/worker/python")?
    );
    Ok(digest(both.as_bytes()))
}

fn put(file: &Path, text: &str) -> Result<()> {
    let folder = file.parent().context("a file lies in a folder")?;
    fs::create_dir_all(folder)?;
    fs::write(file, text).with_context(|| file.display().to_string())
}
