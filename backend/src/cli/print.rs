//! How events look in the terminal.

use super::{feed::Sink, terminal, words::words};
use crate::lab::Run;
use anyhow::Result;
use shared::event::{Event, Kind, Source};
use std::io::{IsTerminal, stdout};

/// One event a line: JSON as on the socket, or columns for people.
#[derive(Debug)]
pub(super) struct Printer {
    json: bool,
    color: bool,
    headed: bool,
}

impl Printer {
    pub(super) fn new(json: bool) -> Self {
        let color = !json && stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self {
            json,
            color,
            headed: false,
        }
    }

    /// A line that is no event. Where programs read, only what went wrong is said, and not to them.
    pub(super) fn remark(&self, text: &str, tone: Tone) -> Result<()> {
        if self.json {
            if tone == Tone::Bad {
                terminal::complain(text.trim());
            }
            return Ok(());
        }
        terminal::say(&format!("{}\n", self.paint(text, tone)))
    }

    fn paint(&self, text: &str, tone: Tone) -> String {
        if !self.color || tone == Tone::Plain {
            return text.to_owned();
        }
        format!("\x1b[{}m{text}\x1b[0m", tone.code())
    }
}

/// What a color means; each line says the same in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Faint,
    Strong,
    Good,
    Bad,
}

impl Tone {
    fn code(self) -> &'static str {
        match self {
            Self::Plain => "0",
            Self::Faint => "2",
            Self::Strong => "1",
            Self::Good => "32",
            Self::Bad => "31",
        }
    }
}

impl Sink for Printer {
    fn event(&mut self, event: &Event, line: &str, _run: &Run) -> Result<()> {
        if self.json {
            return terminal::say(&format!("{line}\n"));
        }
        if !self.headed {
            self.headed = true;
            self.remark(HEAD, Tone::Faint)?;
        }
        let text = format!("{} {}", columns(event), words(event));
        self.remark(&text, tone(event))
    }
}

const HEAD: &str = "how we know: ━ system call seen  ▷ the process said so  ┈ and its memory agrees  ◌ read from the kernel  ● about a process  · the run
    time ms     pid worker           what";

fn columns(event: &Event) -> String {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a run of a day of nanoseconds is below 2^53"
    )]
    let at_ms = event.at_ns as f64 / 1e6;
    let pid = event.pid.map(|pid| pid.to_string()).unwrap_or_default();
    let who = event
        .worker
        .as_ref()
        .map(|worker| worker.as_str().to_owned());
    let who = who
        .or_else(|| {
            event
                .object
                .as_ref()
                .map(|object| object.as_str().to_owned())
        })
        .unwrap_or_default();
    let glyph = match event.source {
        Source::Call => '━',
        Source::Report => '▷',
        Source::Memory => '┈',
        Source::Gauge => '◌',
        Source::Process => '●',
        Source::Run => '·',
    };
    format!("{at_ms:11.3} {pid:>7} {who:<14} {glyph}")
}

fn tone(event: &Event) -> Tone {
    match &event.kind {
        Kind::ProcessExited {
            signal: Some(_), ..
        }
        | Kind::MessageLost { .. }
        | Kind::LimitHit { .. } => Tone::Bad,
        Kind::CallReturned { errno: Some(_), .. } | Kind::MessageSent { errno: Some(_), .. } => {
            Tone::Bad
        }
        Kind::MessageReceived { .. } | Kind::MemoryLoaded { .. } => Tone::Good,
        Kind::RunStarted { .. } | Kind::RunFinished { .. } | Kind::ProcessStarted { .. } => {
            Tone::Strong
        }
        Kind::Gauge { .. }
        | Kind::ProcessState { .. }
        | Kind::CallEntered { .. }
        | Kind::ObjectItems { .. }
        | Kind::ObjectBytes { .. }
        | Kind::ProcessSignals { .. }
        | Kind::ObjectState { .. } => Tone::Faint,
        Kind::ProcessExited { .. }
        | Kind::ProcessOutput { .. }
        | Kind::ProcessSaid { .. }
        | Kind::MemoryStored { .. }
        | Kind::ProcessSignaled { .. }
        | Kind::ObjectCreated { .. }
        | Kind::ObjectRemoved {}
        | Kind::MessageSending { .. }
        | Kind::MessageSent { .. }
        | Kind::CallInterrupted { .. }
        | Kind::CallReturned { .. }
        | Kind::Skipped { .. }
        | Kind::CommandWaiting { .. }
        | Kind::CommandDone { .. }
        | Kind::Unknown => Tone::Plain,
    }
}
