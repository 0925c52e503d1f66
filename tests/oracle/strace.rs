//! Reads what strace writes.

use std::collections::BTreeMap;

/// One call of one process, in the order of entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) pid: i32,
    pub(crate) name: String,
    /// Arguments as printed; those after an `<unfinished ...>` are added when it is resumed.
    pub(crate) args: String,
    /// What stands behind `=`; empty where the call never returned.
    pub(crate) result: String,
}

impl Line {
    /// The first argument, where it is a number: the descriptor of most calls.
    pub(crate) fn fd(&self) -> Option<i32> {
        let end = self
            .args
            .find(|letter: char| !letter.is_ascii_digit())
            .unwrap_or(self.args.len());
        self.args[..end].parse().ok()
    }
}

/// Reads the output of `strace -f -o FILE`, where every line begins with a process id.
pub(crate) fn read(output: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut open: BTreeMap<i32, usize> = BTreeMap::new();
    for text in output.lines() {
        let Some((pid, text)) = text.trim_start().split_once(' ') else {
            continue;
        };
        let Ok(pid) = pid.parse() else { continue };
        let text = text.trim_start();
        if let Some(rest) = text.strip_prefix("<... ") {
            let Some(line) = open.remove(&pid).and_then(|at| lines.get_mut(at)) else {
                continue;
            };
            let (_, rest) = rest.split_once("resumed>").unwrap_or_default();
            let (args, result) = rest.rsplit_once(" = ").unwrap_or_default();
            line.args.push_str(args.trim().trim_end_matches(')'));
            line.result = result.trim().to_owned();
            continue;
        }
        // Signals (`---`) and exits (`+++`) are no calls.
        let Some((name, rest)) = text
            .split_once('(')
            .filter(|(name, _)| name.bytes().all(is_name))
        else {
            continue;
        };
        let (args, result) = match rest.strip_suffix("<unfinished ...>") {
            Some(args) => {
                open.insert(pid, lines.len());
                (args.trim_end(), "")
            }
            None => rest
                .rsplit_once(" = ")
                .map_or((rest, ""), |(args, result)| {
                    (args.trim_end().trim_end_matches(')'), result.trim())
                }),
        };
        let (name, args, result) = (name.to_owned(), args.to_owned(), result.to_owned());
        lines.push(Line {
            pid,
            name,
            args,
            result,
        });
    }
    lines
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[test]
fn calls_are_put_together_from_their_halves() {
    let lines = read(
        "7 write(4, \"a = b\", 5) = 5\n8 read(3,  <unfinished ...>\n7 exit_group(0) = ?\n7 +++ exited with 0 +++\n\
         8 <... read resumed>\"a = b\", 4096) = 5\n8 --- SIGPIPE {si_signo=SIGPIPE} ---\n8 read(3,  <unfinished ...>\n",
    );
    let short: Vec<_> = lines
        .iter()
        .map(|line| (line.pid, &*line.name, line.fd(), &*line.result))
        .collect();
    let expected = [
        (7, "write", Some(4), "5"),
        (8, "read", Some(3), "5"),
        (7, "exit_group", Some(0), "?"),
        (8, "read", Some(3), ""),
    ];
    assert_eq!(short, expected);
}
