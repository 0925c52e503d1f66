//! The README promises commands; each is asked for its help, and has to know the flags it is shown with.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::{step, workspace};

/// Asks the server for every command of its that the README shows.
pub(super) fn commands_exist(server: &Path) -> Result<()> {
    let readme = fs::read_to_string(workspace::root().join("README.md")).context("README.md")?;
    let shown = commands(&readme, "ipc-playground");
    if shown.is_empty() {
        bail!("the README shows no command of the server");
    }
    for words in shown {
        let Some(command) = words.first().filter(|word| !word.starts_with('-')) else {
            continue;
        };
        let help = step::output(step::program(server).args([command.as_str(), "--help"]))
            .with_context(|| format!("the README shows `ipc-playground {command}`"))?;
        let flags = words
            .iter()
            .take_while(|word| *word != "--")
            .filter(|word| word.starts_with("--"));
        for flag in flags {
            if !help.contains(flag.as_str()) {
                bail!(
                    "the README shows `ipc-playground {command} {flag}`, which the command does not know"
                );
            }
        }
    }
    Ok(())
}

/// The words after `program` in every line and code span of a README that begins with it.
pub(crate) fn commands(readme: &str, program: &str) -> Vec<Vec<String>> {
    let lines = readme.lines().flat_map(|line| line.split('`'));
    let rest = lines.filter_map(|code| code.trim().strip_prefix(program));
    // A path, or another program whose name goes on.
    let whole = rest.filter(|rest| rest.starts_with(' '));
    let words = |code: &str| {
        let code = code.split(" #").next().unwrap_or(code);
        let word = |word: &str| word.trim_matches(['[', ']', '…', '\'', '"']).to_owned();
        code.split_whitespace().map(word).collect::<Vec<_>>()
    };
    whole.map(words).collect()
}

#[cfg(test)]
mod tests {
    use super::commands;

    #[test]
    fn commands_are_found_in_blocks_and_in_spans() {
        let readme = "Use `tool run x [--flag]` or\n```sh\ntool serve --port 80  # note\n```\nThe tool does it. `tool-other x`";
        assert_eq!(
            commands(readme, "tool"),
            [vec!["run", "x", "--flag"], vec!["serve", "--port", "80"]]
        );
    }
}
