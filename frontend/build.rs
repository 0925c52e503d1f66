//! Lists the lessons while the page is built: their names, and nothing of what they say. Their summaries are fetched when
//! a list shows them, their prose when one is opened (`.cargo/xtask/src/page/extras.rs` writes both).
//!
//! Writes `$OUT_DIR/lesson_titles.rs`, which is one expression of the type `&[Lesson]`, by entry and then by the `order` of
//! the files. A lesson is `lessons/<entry>/<id>.md`, and begins with front matter between two lines of `---`.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// What the front matter of a lesson says.
struct Lesson {
    entry: String,
    id: String,
    title: String,
    minutes: u32,
    order: u32,
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=lessons");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let mut lessons = Vec::new();
    for entry in children(Path::new("lessons"))?
        .iter()
        .filter(|path| path.is_dir())
    {
        let is_lesson = |path: &&PathBuf| path.extension().is_some_and(|end| end == "md");
        for file in children(entry)?.iter().filter(is_lesson) {
            lessons.push(read(entry, file).map_err(|why| format!("{}: {why}", file.display()))?);
        }
    }
    lessons.sort_by(|a, b| (&a.entry, a.order, &a.id).cmp(&(&b.entry, b.order, &b.id)));

    let mut table = String::from("&[\n");
    for Lesson {
        entry,
        id,
        title,
        minutes,
        ..
    } in &lessons
    {
        writeln!(
            table,
            "    Lesson {{ entry: {entry:?}, id: {id:?}, title: {title:?}, minutes: {minutes} }},"
        )?;
    }
    table.push_str("]\n");
    fs::write(out.join("lesson_titles.rs"), table)?;
    Ok(())
}

fn children(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let describe = |why: std::io::Error| format!("{}: {why}", folder.display());
    let entries = fs::read_dir(folder).map_err(describe)?;
    entries
        .map(|entry| entry.map(|entry| entry.path()).map_err(describe))
        .collect()
}

/// Reads the front matter of a lesson, or says in one sentence what is wrong with it.
fn read(entry: &Path, file: &Path) -> Result<Lesson, Box<dyn Error>> {
    let source = fs::read_to_string(file)?;
    let rest = source
        .strip_prefix("---\n")
        .ok_or("a lesson begins with a line of ---")?;
    let (front, _) = rest
        .split_once("\n---\n")
        .ok_or("the front matter ends with a line of ---")?;
    let field = |name: &str| {
        let fields = front.lines().filter_map(|line| line.split_once(':'));
        let mut values = fields
            .filter(|(key, _)| key.trim() == name)
            .map(|(_, value)| value.trim().to_owned());
        values
            .next()
            .ok_or(format!("the front matter has no {name}"))
    };
    Ok(Lesson {
        entry: name(entry)?,
        id: name(file)?,
        title: field("title")?,
        minutes: field("minutes")?.parse()?,
        order: field("order")?.parse()?,
    })
}

/// A file's name without its ending, which is its id in addresses.
fn name(path: &Path) -> Result<String, &'static str> {
    let name = path.file_stem().and_then(|name| name.to_str());
    name.map(str::to_owned).ok_or("a name that is not UTF-8")
}
