//! The matrix of the contract: how many claims each variant keeps, by the languages of its roles, with X-ray and without.
//!
//! It is made from the names of the tests, `rust_to_python::traced::pipe_fifo::what_is_sent_arrives`, as they pass; the
//! README holds the last one between two marks, so that it cannot say what was not tested.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result, bail};

use super::verdict::Verdict;
use crate::workspace;

/// Around the table in the README.
const MARKS: [&str; 2] = ["<!-- matrix -->\n", "<!-- end of matrix -->"];

/// The columns: part of a test's name, and its heading.
const COLUMNS: &[(&str, &str)] = &[
    ("rust::traced", "Rust"),
    ("rust::reported", "Rust, no X-ray"),
    ("python::traced", "Python"),
    ("python::reported", "Python, no X-ray"),
    ("rust_to_python::traced", "Rust → Python"),
    ("python_to_rust::traced", "Python → Rust"),
];

/// Entries as they stand in names of tests, and in links.
const ENTRIES: &[(&str, &str)] = &[
    ("file", "file"),
    ("pipe", "pipe"),
    ("queue", "queue"),
    ("memory", "shared-memory"),
    ("signal", "signal"),
    ("socket", "socket"),
    ("zeromq", "zeromq"),
    ("rpc", "rpc"),
];

/// The claims of each variant in each column, and whether they passed when they were last tried.
#[derive(Debug, Default)]
pub(super) struct Matrix {
    cells: Mutex<BTreeMap<(String, usize), BTreeMap<String, bool>>>,
}

impl Matrix {
    /// Keeps in mind what a test runner says in this line of how a claim went; what it says again counts once.
    pub(super) fn look(&self, line: &str) {
        let Some(verdict) = Verdict::of(line) else {
            return;
        };
        let Some((column, variant)) = place(verdict.name) else {
            return;
        };
        let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        let claims = cells.entry((variant, column)).or_default();
        claims.insert(verdict.name.to_owned(), verdict.passed);
    }

    /// As a table of Markdown; a cell is the number of claims kept.
    pub(super) fn table(&self) -> String {
        let cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        let mut variants: Vec<_> = cells.keys().map(|(variant, _)| variant.clone()).collect();
        variants.dedup();
        let mut table = String::from("| claims kept |");
        for (_, heading) in COLUMNS {
            let _to_a_string = write!(table, " {heading} |");
        }
        table.push_str("\n| --- |");
        table.push_str(&" ---: |".repeat(COLUMNS.len()));
        table.push('\n');
        for variant in variants {
            let _to_a_string = write!(table, "| {variant} |");
            for column in 0..COLUMNS.len() {
                let text = match cells.get(&(variant.clone(), column)) {
                    None => "–".to_owned(),
                    Some(claims) => {
                        let kept = claims.values().filter(|passed| **passed).count();
                        if kept == claims.len() {
                            kept.to_string()
                        } else {
                            format!("{kept} of {}", claims.len())
                        }
                    }
                };
                let _to_a_string = write!(table, " {text} |");
            }
            table.push('\n');
        }
        table
    }

    /// The README must show this table; with `write` it is put there.
    pub(super) fn in_readme(&self, write: bool) -> Result<()> {
        let path = workspace::root().join("README.md");
        let readme = fs::read_to_string(&path).context("README.md")?;
        let [begin, end] = MARKS;
        let parts = readme.split_once(begin).and_then(|(before, rest)| {
            let (shown, after) = rest.split_once(end)?;
            Some((before, shown, after))
        });
        let Some((before, shown, after)) = parts else {
            bail!("the README has no place for the matrix, between {begin:?} and {end:?}");
        };
        let table = self.table();
        if shown == table {
            return Ok(());
        }
        if write {
            let whole = format!("{before}{begin}{table}{end}{after}");
            return fs::write(&path, whole).context("README.md");
        }
        bail!(
            "the README shows another matrix; `cargo xtask test --step conformance --write-matrix` puts this one there"
        )
    }
}

/// The column and the variant that a test is about.
fn place(name: &str) -> Option<(usize, String)> {
    let (pair, rest) = name.split_once("::")?;
    let (xray, rest) = rest.split_once("::")?;
    let module = rest.split_once("::")?.0;
    let column = COLUMNS
        .iter()
        .position(|(column, _)| column.split_once("::") == Some((pair, xray)))?;
    let (entry, id) = ENTRIES
        .iter()
        .find_map(|(entry, id)| Some((module.strip_prefix(entry)?.strip_prefix('_')?, id)))?;
    Some((column, format!("{id}/{}", entry.replace('_', "-"))))
}

#[cfg(test)]
mod tests {
    use super::Matrix;

    #[test]
    fn claims_are_counted_by_variant_and_column() {
        let matrix = Matrix::default();
        for line in [
            "        PASS [   0.153s] ( 50/130) ipc-tests::conformance rust::reported::pipe_fifo::one",
            "        PASS [   0.153s] ( 51/130) ipc-tests::conformance rust::reported::pipe_fifo::two",
            "        FAIL [   0.153s] ( 52/130) ipc-tests::conformance python_to_rust::traced::memory_shm::one",
            "  TRY 1 FAIL [   0.153s] ( 53/130) ipc-tests::conformance rust::reported::pipe_fifo::three",
            "    test rust::reported::pipe_fifo::three ... FAILED",
            "  TRY 2 PASS [   0.153s] ( 53/130) ipc-tests::conformance rust::reported::pipe_fifo::three",
            "test rust::traced::pipe_fifo::one ... ok",
            "  TRY 1 FAIL [   0.153s] ( 54/130) ipc-tests::conformance python::traced::pipe_fifo::four",
            "  TRY 2 FAIL [   0.153s] ( 54/130) ipc-tests::conformance python::traced::pipe_fifo::four",
            "     Summary [   0.9s] 6 tests run: 4 passed (1 flaky), 2 failed, 0 skipped",
            "   FLAKY 2/2 [   0.153s] ( 53/130) ipc-tests::conformance rust::reported::pipe_fifo::three",
            "        FAIL [   0.153s] ( 52/130) ipc-tests::conformance python_to_rust::traced::memory_shm::one",
            "  TRY 2 FAIL [   0.153s] ( 54/130) ipc-tests::conformance python::traced::pipe_fifo::four",
            "        PASS [   0.1s] (1/1) ipc-tests::conformance the_contract_is_kept",
        ] {
            matrix.look(line);
        }
        let table = matrix.table();
        assert!(
            table.contains("| pipe/fifo | 1 | 3 | 0 of 1 | – |"),
            "{table}"
        );
        assert!(
            table.contains("| shared-memory/shm | – | – | – | – | – | 0 of 1 |"),
            "{table}"
        );
    }
}
