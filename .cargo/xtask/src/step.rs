//! Steps: what is being done, said before, and how long it took, said after.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, IsTerminal as _, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use crate::workspace;

/// Says a line to the person at the terminal. Results go to standard output, so all else goes beside it.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stderr().lock();
    // Nobody is listening any more; the work goes on.
    drop(writeln!(
        out,
        "{}",
        paint("1;36", "xtask", &format!("  {line}"))
    ));
}

/// Tells a result, on standard output.
pub(crate) fn tell(line: &str) {
    drop(writeln!(std::io::stdout().lock(), "{line}"));
}

/// Says why a command failed, each cause on its own line.
pub(crate) fn fail(why: &anyhow::Error) {
    let mut out = std::io::stderr().lock();
    drop(writeln!(
        out,
        "{}",
        paint("1;31", "xtask", &format!("  failed: {why}"))
    ));
    for cause in why.chain().skip(1) {
        drop(writeln!(out, "         because: {cause}"));
    }
}

fn paint(color: &str, word: &str, rest: &str) -> String {
    let wanted = std::env::var_os("CARGO_TERM_COLOR").is_none_or(|when| when != "never");
    if wanted && std::io::stderr().is_terminal() {
        format!("\u{1b}[{color}m{word}\u{1b}[0m{rest}")
    } else {
        format!("{word}{rest}")
    }
}

/// Does `work` under a name, and says how long it took.
pub(crate) fn timed<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    say(&format!("{name} …"));
    let begun = Instant::now();
    let done = work().with_context(|| format!("step `{name}`"))?;
    say(&format!("{name}: {:.1} s", begun.elapsed().as_secs_f64()));
    Ok(done)
}

/// A program to run at the top of the workspace, without standard input.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    #[expect(
        clippy::disallowed_methods,
        reason = "the rule is for the server; this is the one place where xtask starts programs"
    )]
    let mut command = Command::new(name);
    command.current_dir(workspace::root()).stdin(Stdio::null());
    command
}

/// Cargo of the toolchain that runs us.
pub(crate) fn cargo() -> Command {
    let mut cargo = program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // An environment that points elsewhere would embed another page than the one just built.
    cargo.env_remove("IPC_PAGE_DIR");
    cargo
}

/// Runs to the end; anything but success is an error that names the command.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start {}", named(command)))?;
    if !status.success() {
        bail!("`{}` ended with {status}", named(command));
    }
    Ok(())
}

/// What a program writes on standard output, when it succeeds.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {}", named(command)))?;
    if !output.status.success() {
        bail!("`{}` ended with {}", named(command), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs to the end, passes on every line as it comes, and shows each to `look`, without its colors.
pub(crate) fn watched(command: &mut Command, look: impl Fn(&str) + Sync) -> Result<()> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", named(command)))?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    std::thread::scope(|scope| {
        scope.spawn(|| out.map(|out| pass_on(out, &mut std::io::stdout(), &look)));
        scope.spawn(|| err.map(|err| pass_on(err, &mut std::io::stderr(), &look)));
    });
    let status = child.wait().context("cannot wait for it")?;
    if !status.success() {
        bail!("`{}` ended with {status}", named(command));
    }
    Ok(())
}

fn pass_on(stream: impl Read, to: &mut impl Write, look: &impl Fn(&str)) {
    let mut lines = BufReader::new(stream);
    let mut line = Vec::new();
    while lines
        .read_until(b'\n', &mut line)
        .is_ok_and(|read| read > 0)
    {
        drop(to.write_all(&line));
        look(&without_colors(&String::from_utf8_lossy(&line)));
        line.clear();
    }
}

/// The line without the escape sequences that color it.
fn without_colors(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut escaped = false;
    for letter in line.trim_end().chars() {
        match (escaped, letter) {
            (false, '\u{1b}') => escaped = true,
            (false, _) => plain.push(letter),
            (true, _) => escaped = !letter.is_ascii_alphabetic(),
        }
    }
    plain
}

/// The command as one would type it.
fn named(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str());
    std::iter::once(program)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::without_colors;

    #[test]
    fn colors_are_taken_off_a_line() {
        assert_eq!(
            without_colors("\u{1b}[32;1m     Summary\u{1b}[0m [1s] 3 tests\n"),
            "     Summary [1s] 3 tests"
        );
    }
}
