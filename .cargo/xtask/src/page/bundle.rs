//! Puts the parts of the page into one folder, under names that change with their content.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::module::Module;
use super::{compress, digest, extras, html};

/// Makes the page beside `page`, and swaps it in.
pub(super) fn bundle(module: &Module, template: &str, page: &Path) -> Result<()> {
    let fresh = page.with_extension("new");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    fs::create_dir_all(&fresh)?;

    let js = format!("frontend-{}.js", digest(&module.js));
    let wasm = format!("frontend-{}.wasm", digest(&module.wasm));
    let start = html::boot(&js, &wasm);
    let boot = format!("boot-{}.js", digest(start.as_bytes()));
    fs::write(fresh.join(&js), &module.js)?;
    fs::write(fresh.join(&wasm), &module.wasm)?;
    fs::write(fresh.join(&boot), start)?;
    let root = crate::workspace::root();
    copy_folder(&root.join("static"), &fresh.join("static"))?;
    extras::write(&fresh)?;
    compress::beside_each(&files(&fresh)?)?;
    // Last, and never compressed here: the server writes the base into it.
    fs::write(
        fresh.join("index.html"),
        html::render(template, &boot, &js, &wasm)?,
    )?;

    if page.exists() {
        fs::remove_dir_all(page)?;
    }
    fs::rename(&fresh, page).context("cannot put the new page in its place")
}

/// Tells two states of a folder apart.
pub(super) fn digest_of_folder(folder: &Path) -> Result<String> {
    let mut all = String::new();
    for file in files(folder)? {
        all.push_str(&file.to_string_lossy());
        all.push_str(&digest(&fs::read(&file)?));
    }
    Ok(digest(all.as_bytes()))
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    for file in files(from)? {
        let copy = to.join(file.strip_prefix(from)?);
        fs::create_dir_all(copy.parent().unwrap_or(to))?;
        fs::copy(&file, &copy).with_context(|| file.display().to_string())?;
    }
    Ok(())
}

/// All files below a folder, sorted. Names that begin with a dot are an editor's, not the page's.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if entry.path().is_dir() {
            found.extend(files(&entry.path())?);
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}
