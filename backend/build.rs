//! Puts the built page into the server, and the source of the roles.
//!
//! Writes `$OUT_DIR/page.rs`, which is one expression of the type `&[(&str, &str, &[u8])]`: the path of each file below
//! the page (`static/css/app.css`, and `….br`, `….gz` beside it where there are such), its entity tag, and its bytes,
//! sorted by path. The server includes it with `include!(concat!(env!("OUT_DIR"), "/page.rs"))`.
//!
//! The page is taken from `IPC_PAGE_DIR`, else from `target/page`, where `cargo xtask page` puts it. Without one a
//! placeholder says how to make it, so that a fresh clone compiles.
//!
//! Writes `$OUT_DIR/sources.rs`, which is one expression of the type `&[(&str, &str)]`: each file in a mechanism's folder,
//! by its place there (`queue/posix/producer.py`), with its text.

use std::collections::hash_map::DefaultHasher;
use std::error::Error;
use std::fmt::Write as _;
use std::hash::Hasher as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// What a server without a page answers. It has no script and no style, so that every policy allows it.
const PLACEHOLDER: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><base href=\"/\">\
<title>IPC Playground</title></head><body><h1>IPC Playground</h1><p>This server was built without its page. \
<code>cargo xtask serve</code> builds both; the terminal commands and the protocol work without it.</p></body></html>";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=IPC_PAGE_DIR");
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let page = match env::var_os("IPC_PAGE_DIR") {
        Some(dir) => PathBuf::from(dir),
        None => target_dir(&out)?.join("page"),
    };
    // A watched path that is missing would rebuild the server at every call, so there is always a folder to watch.
    fs::create_dir_all(&page)?;
    println!("cargo::rerun-if-changed={}", page.display());

    let mut paths = Vec::new();
    if page.join("index.html").is_file() {
        collect(&page, &page, &mut paths)?;
        paths.sort();
    }
    let mut table = String::from("&[\n");
    for path in &paths {
        let file = page.join(path);
        let tag = tag(&fs::read(&file)?);
        writeln!(
            table,
            "    ({path:?}, {tag:?}, include_bytes!({:?})),",
            file.canonicalize()?
        )?;
    }
    if paths.is_empty() {
        let tag = tag(PLACEHOLDER.as_bytes());
        writeln!(
            table,
            "    (\"index.html\", {tag:?}, {PLACEHOLDER:?}.as_bytes()),"
        )?;
    }
    table.push_str("]\n");
    fs::write(out.join("page.rs"), table)?;
    fs::write(out.join("sources.rs"), sources()?)?;
    Ok(())
}

/// The very files that run, so that nobody has to keep a list.
fn sources() -> Result<String, Box<dyn Error>> {
    println!("cargo::rerun-if-changed=src/mechanism");
    let root = Path::new("src/mechanism");
    let mut paths = Vec::new();
    collect(root, root, &mut paths)?;
    paths.sort();
    let mut table = String::from("&[\n");
    // A file beside the folders, and the list of a folder's roles, is no role.
    for path in paths
        .iter()
        .filter(|path| path.contains('/') && !path.ends_with("/mod.rs"))
    {
        let file = root.join(path).canonicalize()?;
        writeln!(table, "    ({path:?}, include_str!({file:?})),")?;
    }
    table.push_str("]\n");
    Ok(table)
}

/// `OUT_DIR` is `<target>/[<triple>/]<profile>/build/<package>/out`. The page lies in the top of the same target folder,
/// which the tag file of cargo marks.
fn target_dir(out: &Path) -> Result<PathBuf, String> {
    let root = out
        .ancestors()
        .find(|dir| dir.join("CACHEDIR.TAG").is_file());
    root.map(Path::to_path_buf)
        .ok_or_else(|| format!("no target folder above {}", out.display()))
}

/// All files below `dir`, as paths relative to `root` with forward slashes.
fn collect(root: &Path, dir: &Path, into: &mut Vec<String>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, into)?;
        } else {
            let name = path
                .strip_prefix(root)?
                .to_str()
                .ok_or("a file of the page has a name that is not UTF-8")?;
            into.push(name.to_owned());
        }
    }
    Ok(())
}

/// An entity tag in its quotes, as HTTP wants it.
fn tag(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    format!("\"{:016x}\"", hasher.finish())
}
