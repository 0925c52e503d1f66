//! The table: one line a variant and place, sizes beside each other; printed, and put into the README where that is asked for.
//!
//! Set `IPC_BENCH_README` to a file to have the table put into it, between its two marks.

use crate::{
    figures::{Goal, say},
    rows::Variant,
    tool::{Row, clock_ns},
};
use anyhow::{Context as _, Result};
use harness::program;
use std::{fmt::Write as _, fs};

const HEAD: &str = "\
| variant | where | round trip, 64 B: p50 | p90 | p99 | max | n | <1 µs … ≥1 ms | / C: 64 B · 4 KiB | × Python: 64 B · 4 KiB | 1 KiB p50 | 4 KiB | 64 KiB | 1 MiB | one way 64 B | largest |
| --- | --- | ---: | ---: | ---: | ---: | ---: | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
";

/// Columns after the first size, one each.
const LARGER: [usize; 4] = [1024, 4096, 65_536, 1 << 20];

/// A figure of one variant, place and size.
#[derive(Debug)]
pub(crate) struct Cell {
    pub(crate) row: Row,
    /// Nanoseconds a payload, one way.
    pub(crate) flow: Option<f64>,
    /// How many times the time of C, and whether that is too many.
    pub(crate) beside_c: Option<String>,
    /// How many times as fast as Python.
    pub(crate) beside_python: Option<String>,
}

/// A table that is being made.
#[derive(Debug)]
pub(crate) struct Table {
    text: String,
    line: Option<Line>,
    /// When it began, and what else the machine did then.
    began: String,
    /// What other guests had taken of this machine's time when it began.
    stolen: u64,
}

/// A line: the smallest size in full, the others' middle.
#[derive(Debug)]
struct Line {
    name: &'static str,
    place: &'static str,
    first: String,
    beside: [Vec<String>; 2],
    larger: [Option<f64>; 4],
    flow: Option<f64>,
    /// Bytes a message and nanoseconds a message of the largest size with a rate.
    rate: Option<(usize, f64)>,
}

impl Table {
    /// An empty one.
    pub(crate) fn begin() -> Result<Self> {
        Ok(Self {
            text: HEAD.to_owned(),
            line: None,
            began: format!("{}, with a load of {} before it began", today()?, load()?),
            stolen: stolen_ticks()?,
        })
    }

    /// A figure; those of one variant and place must come one after the other, the smallest size first.
    pub(crate) fn put(
        &mut self,
        variant: &Variant,
        place: &'static str,
        size: usize,
        promised: bool,
        cell: Cell,
    ) {
        let place = if variant.two { place } else { "one process" };
        let same = |line: &Line| line.name == variant.name && line.place == place;
        let row = cell.row;
        if !self.line.as_ref().is_some_and(same) {
            self.write_line();
            say(&format!(
                "  {:<28} {place:<12} {:>9} {:>9} {:>9}  {}",
                variant.name,
                us(row.p50),
                us(row.p99),
                us(row.max),
                row.graph
            ));
            let times = [row.p50, row.p90, row.p99, row.max].map(us).join(" | ");
            self.line = Some(Line {
                name: variant.name,
                place,
                first: format!("{times} | {} | {}", row.n, row.graph),
                beside: [Vec::new(), Vec::new()],
                larger: [None; 4],
                flow: cell.flow,
                rate: None,
            });
        }
        if let Some(line) = &mut self.line {
            if let Some(at) = LARGER.iter().position(|larger| *larger == size) {
                line.larger[at] = Some(row.p50);
            }
            if promised {
                line.beside[0].extend(cell.beside_c);
                line.beside[1].extend(cell.beside_python);
            }
            line.rate = cell.flow.filter(|_| size > 64).map(|ns| (size, ns));
        }
    }

    fn write_line(&mut self) {
        let Some(line) = self.line.take() else { return };
        let none = || "–".to_owned();
        let larger = line.larger.map(|p50| p50.map_or_else(none, us)).join(" | ");
        let beside = line.beside.map(|ratios| match ratios.as_slice() {
            [] => none(),
            some => some.join(" · "),
        });
        #[expect(clippy::cast_precision_loss, reason = "at most a mebibyte")]
        let rate = line.rate.map_or_else(none, |(size, ns)| {
            format!("{:.0} MB/s", size as f64 * 1000.0 / ns)
        });
        let flow = line
            .flow
            .map_or_else(none, |ns| format!("{:.0} k/s", 1_000_000.0 / ns));
        // Writing to a string cannot fail.
        let _written = writeln!(
            self.text,
            "| {} | {} | {} | {} | {larger} | {flow} | {rate} |",
            line.name,
            line.place,
            line.first,
            beside.join(" | "),
        );
    }

    /// Prints it, and puts it into the README if that is asked for.
    pub(crate) fn end(mut self, goals: &[Goal]) -> Result<()> {
        self.write_line();
        say(&self.text);
        let host = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let stolen = (stolen_ticks()? - self.stolen) * 10;
        let kept = goals.iter().filter(|goal| goal.kept()).count();
        let note = format!(
            "MEASURED by `cargo xtask bench --write-table table` on {}, on {cores} cores of {}, Linux {}; X-ray off, processes \
             pinned as said and, as root, before all others (nice −20); a look at the clock is {:.0} ns; meanwhile other guests took {stolen} ms of this machine's time. \
             {kept} of {} promises are kept; the others say MISSED.\n\n",
            self.began,
            processor(),
            host.trim(),
            clock_ns(),
            goals.len(),
        );
        say(&note);
        match std::env::var("IPC_BENCH_README") {
            Ok(readme) => write_into(&readme, &format!("{note}{}", self.text)),
            Err(_) => Ok(()),
        }
    }
}

/// Today, as date(1) says it.
fn today() -> Result<String> {
    let said = program::command("date").args(["-u", "+%F %R UTC"]).output();
    let said = said.context("date")?.stdout;
    Ok(String::from_utf8_lossy(&said).trim().to_owned())
}

/// How many processes wanted to run in the last minute, on average: proc_loadavg(5).
fn load() -> Result<String> {
    let said = fs::read_to_string("/proc/loadavg").context("/proc/loadavg")?;
    let first = said.split_whitespace().next();
    Ok(first.context("no load")?.to_owned())
}

/// What the processor is called: proc_cpuinfo(5).
fn processor() -> String {
    let said = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = said
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    name.map_or("an unnamed processor", |(_, name)| name)
        .to_owned()
}

fn us(ns: f64) -> String {
    format!("{:.2} µs", ns / 1000.0)
}

/// Time in which this machine wanted to run and another one did: hundredths of a second, proc_stat(5).
fn stolen_ticks() -> Result<u64> {
    let stat = fs::read_to_string("/proc/stat").context("/proc/stat")?;
    let ticks = stat.split_whitespace().nth(8).context("no steal time")?;
    Ok(ticks.parse()?)
}

/// Puts the table between its two marks.
fn write_into(path: &str, table: &str) -> Result<()> {
    const MARKS: [&str; 2] = ["<!-- bench -->\n", "<!-- end of bench -->"];
    let text = fs::read_to_string(path).with_context(|| path.to_owned())?;
    let (before, rest) = text
        .split_once(MARKS[0])
        .context("no place for the table")?;
    let (_, after) = rest.split_once(MARKS[1]).context("no end of the table")?;
    fs::write(
        path,
        format!("{before}{}{table}{}{after}", MARKS[0], MARKS[1]),
    )
    .with_context(|| path.to_owned())
}
