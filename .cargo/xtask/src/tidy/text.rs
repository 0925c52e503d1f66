//! Rules about what a file says.

use super::{none, sources};

/// A longer file is two files. Tables are excepted by name.
const MOST_LINES: usize = 400;
const TABLES: &[&str] = &[];

/// The only folders that may do what the compiler cannot check.
const UNSAFE_FOLDERS: &[&str] = &[
    "backend/src/sys/",
    "backend/src/sandbox/",
    "backend/src/tracer/",
];

/// How far above the block its reason may begin: a long one is a paragraph.
const REASON_WITHIN_LINES: usize = 8;

#[test]
fn no_file_is_longer_than_400_lines() {
    let rust = sources().into_iter().filter(|file| file.ends_with(".rs"));
    let long = rust.filter_map(|file| {
        let lines = file.text.lines().count();
        let breach = lines > MOST_LINES && !TABLES.contains(&file.path.as_str());
        breach.then(|| format!("{}: {lines} lines", file.path))
    });
    none(long, "cut these files in two");
}

#[test]
fn unsafe_code_is_where_it_may_be_and_says_why_it_is_sound() {
    let mut breaches = Vec::new();
    for file in sources().iter().filter(|file| file.ends_with(".rs")) {
        let lines: Vec<_> = file.text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            if !opens_unsafe(line) {
                continue;
            }
            let place = format!("{}:{}", file.path, at + 1);
            if !UNSAFE_FOLDERS
                .iter()
                .any(|folder| file.path.starts_with(folder))
            {
                breaches.push(format!(
                    "{place}: unsafe outside of sys, sandbox and tracer"
                ));
            }
            let above = &lines[at.saturating_sub(REASON_WITHIN_LINES)..=at];
            let reasoned =
                |line: &&str| line.contains("// SAFETY:") || line.contains("/// # Safety");
            if !above.iter().any(reasoned) && !line.contains("unsafe extern") {
                breaches.push(format!("{place}: no `// SAFETY:` above"));
            }
        }
    }
    none(breaches, "unsafe");
}

/// Whether code on this line begins something unsafe; comments and lint names do not.
fn opens_unsafe(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    [
        "unsafe {",
        "unsafe fn",
        "unsafe impl",
        "unsafe extern",
        "unsafe trait",
    ]
    .iter()
    .any(|word| code.contains(word) && !code.contains(&format!("\"{word}")))
}

#[test]
fn nothing_is_left_to_be_done() {
    // Written apart, or this file would breach its own rule.
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("X", "XX:"),
        concat!("to", "do!("),
        concat!("unimple", "mented!("),
    ];
    let mut breaches = Vec::new();
    for file in sources()
        .iter()
        .filter(|file| !file.ends_with("package-lock.json"))
    {
        for (at, line) in file.text.lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark)) {
                breaches.push(format!("{}:{}", file.path, at + 1));
            }
        }
    }
    none(breaches, "do it, or leave it out");
}

#[test]
fn no_test_is_skipped_without_a_reason() {
    let bare = concat!("#[ign", "ore]");
    let rust = sources().into_iter().filter(|file| file.ends_with(".rs"));
    let skipped = rust
        .filter(|file| file.text.contains(bare))
        .map(|file| file.path);
    none(
        skipped,
        "write #[ignore = \"why\"], or better, assert what happens today",
    );
}

#[test]
fn no_registry_is_named() {
    // Where packages come from is the business of whoever builds. Cargo writes its index into the lock file itself.
    let hosts = [
        concat!("registry.", "npmjs"),
        concat!("static.", "crates"),
        concat!("index.", "crates"),
        concat!("py", "pi.org"),
        concat!("files.", "pythonhosted"),
        concat!("deb.", "debian"),
    ];
    let named = sources()
        .into_iter()
        .filter(|file| hosts.iter().any(|host| file.text.contains(host)));
    none(
        named.map(|file| file.path),
        "the host of a package registry is named",
    );
}

#[test]
fn the_page_asks_no_other_host() {
    let mut breaches = Vec::new();
    // What a process said in a recording is shown and never loaded.
    let served = |path: &str| {
        path.starts_with("static/") && !path.starts_with("static/recordings/")
            || path == "frontend/index.html"
    };
    for file in sources()
        .iter()
        .filter(|file| served(&file.path) && !file.ends_with(".txt"))
    {
        for (at, line) in file.text.lines().enumerate() {
            // A namespace is a name and is not loaded.
            let loads =
                line.contains("://") && !line.contains("xmlns") && !line.contains("www.w3.org");
            if loads {
                breaches.push(format!("{}:{}", file.path, at + 1));
            }
        }
    }
    none(breaches, "the page contacts a host of another");
}
