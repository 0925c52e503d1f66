//! Renders the lessons while the page is built, so that the page carries no Markdown parser.
//!
//! Writes `$OUT_DIR/lessons.rs`, which is one expression of the type `&[Lesson]`, sorted by entry and then in the order
//! of the files' `order`. The page defines `Lesson` and includes it:
//!
//! ```ignore
//! pub struct Lesson { entry: &'static str, id: &'static str, title: &'static str, minutes: u32,
//!                     html: &'static str, source: &'static str }
//! pub static LESSONS: &[Lesson] = include!(concat!(env!("OUT_DIR"), "/lessons.rs"));
//! ```
//!
//! A lesson is `lessons/<entry>/<id>.md`: front matter between two lines of `---` with `title` and `minutes`, then prose
//! with fenced `beat` blocks. The prose becomes `html`; each block becomes `<div data-beat="N"></div>`, counted from 0.
//! `source` is the file as it is: what its beats say, `shared::scenario` reads at run time.

#![expect(
    clippy::print_stdout,
    reason = "cargo reads what a build script prints"
)]

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd, html};

/// One lesson file, read.
struct Lesson {
    entry: String,
    id: String,
    title: String,
    summary: String,
    minutes: u32,
    order: u32,
    html: String,
    source: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=lessons");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let mut lessons = Vec::new();
    for entry in entries(Path::new("lessons"), |path| path.is_dir())? {
        for file in entries(&entry, |path| {
            path.extension().is_some_and(|end| end == "md")
        })? {
            let lesson = read(&entry, &file).map_err(|why| format!("{}: {why}", file.display()))?;
            lessons.push(lesson);
        }
    }
    lessons.sort_by(|a, b| (&a.entry, a.order, &a.id).cmp(&(&b.entry, b.order, &b.id)));

    let mut table = String::from("&[\n");
    for Lesson {
        entry,
        id,
        title,
        minutes,
        html,
        source,
        ..
    } in &lessons
    {
        writeln!(
            table,
            "    Lesson {{ entry: {entry:?}, id: {id:?}, title: {title:?}, minutes: {minutes}, \
             html: {html:?}, source: {source:?} }},"
        )?;
    }
    table.push_str("]\n");
    fs::write(out.join("lessons.rs"), table)?;

    let mut titles = String::from("&[\n");
    for Lesson {
        entry,
        id,
        title,
        summary,
        minutes,
        ..
    } in &lessons
    {
        writeln!(
            titles,
            "    Lesson {{ entry: {entry:?}, id: {id:?}, title: {title:?}, summary: {summary:?}, \
             minutes: {minutes} }},"
        )?;
    }
    titles.push_str("]\n");
    fs::write(out.join("lesson_titles.rs"), titles)?;
    Ok(())
}

/// What `dir` holds, as far as it is `wanted`, sorted.
fn entries(dir: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>, String> {
    let describe = |why: std::io::Error| format!("{}: {why}", dir.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).map_err(describe)? {
        let path = entry.map_err(describe)?.path();
        if wanted(&path) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Reads a lesson, or says in one sentence what is wrong with it.
fn read(entry: &Path, file: &Path) -> Result<Lesson, Box<dyn Error>> {
    let source = fs::read_to_string(file)?;
    let rest = source
        .strip_prefix("---\n")
        .ok_or("a lesson begins with a line of ---")?;
    let (front, prose) = rest
        .split_once("\n---\n")
        .ok_or("the front matter ends with a line of ---")?;
    let field = |name: &str| {
        front.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key.trim() == name).then(|| value.trim().trim_matches('"').to_owned())
        })
    };
    Ok(Lesson {
        entry: name(entry)?,
        id: name(file)?,
        title: field("title").ok_or("the front matter has no title")?,
        summary: field("summary").ok_or("the front matter has no summary")?,
        minutes: field("minutes")
            .ok_or("the front matter has no minutes")?
            .parse()?,
        order: field("order").map_or(Ok(u32::MAX), |order| order.parse())?,
        html: render(prose)?,
        source,
    })
}

/// A file's name without its ending, which is its id in addresses.
fn name(path: &Path) -> Result<String, &'static str> {
    let name = path
        .file_stem()
        .and_then(|name| name.to_str())
        .ok_or("a name that is not UTF-8")?;
    Ok(name.to_owned())
}

/// Prose to HTML. Raw HTML is shown as text; a beat becomes the place where the page puts it.
fn render(prose: &str) -> Result<String, String> {
    let mut events = Vec::new();
    let mut in_beat = false;
    let mut beats = 0_u32;
    for event in Parser::new_ext(prose, Options::ENABLE_TABLES) {
        let next = match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info)))
                if info.split_whitespace().next() == Some("beat") =>
            {
                in_beat = true;
                beats += 1;
                Event::Html(format!("<div data-beat=\"{}\"></div>\n", beats - 1).into())
            }
            Event::End(TagEnd::CodeBlock) if in_beat => {
                in_beat = false;
                continue;
            }
            _ if in_beat => continue,
            Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
            Event::Start(Tag::Link { ref dest_url, .. } | Tag::Image { ref dest_url, .. })
                if !leads_where_it_may(dest_url) =>
            {
                return Err(format!(
                    "a link to {dest_url}: https and relative ones are allowed"
                ));
            }
            other => other,
        };
        events.push(next);
    }
    let mut out = String::new();
    html::push_html(&mut out, events.into_iter());
    Ok(out)
}

/// A lesson links to the page itself or to documentation; never to a script.
fn leads_where_it_may(url: &str) -> bool {
    url.starts_with("https://") || !url.contains(':')
}
