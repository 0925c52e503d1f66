//! What the page fetches only when somebody opens it: lessons, and the source of the roles that run.
//!
//! `lessons/<mechanism>/<id>.html` is the prose, `.md` beside it the file with its beats, and `source/<mechanism>/<role>.rs`
//! the very code that runs. Trunk gets them by a hook, `cargo xtask extras`.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::{bundle, digest, lesson};
use crate::workspace;

/// Writes them into the folder of a page.
pub(super) fn write(page: &Path) -> Result<()> {
    let root = workspace::root();
    let lessons = root.join("frontend/lessons");
    for file in bundle::files(&lessons)? {
        let source = fs::read_to_string(&file)?;
        let to = page.join("lessons").join(file.strip_prefix(&lessons)?);
        let html = lesson::render(&source).with_context(|| file.display().to_string())?;
        put(&to, &source)?;
        put(&to.with_extension("html"), &html)?;
    }
    let roles = root.join("backend/src/mechanism");
    for file in bundle::files(&roles)? {
        let place = file.strip_prefix(&roles)?;
        // A file of a mechanism's folder is a role; one beside the folders is not.
        if place.components().count() > 1 {
            put(
                &page.join("source").join(place),
                &fs::read_to_string(&file)?,
            )?;
        }
    }
    Ok(())
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
        "{} {}",
        of("frontend/lessons")?,
        of("backend/src/mechanism")?
    );
    Ok(digest(both.as_bytes()))
}

fn put(file: &Path, text: &str) -> Result<()> {
    let folder = file.parent().context("a file lies in a folder")?;
    fs::create_dir_all(folder)?;
    fs::write(file, text).with_context(|| file.display().to_string())
}
