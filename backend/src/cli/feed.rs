//! The events of one run as they come, for the terminal.

use crate::lab::Run;
use anyhow::{Context, Result, bail};
use shared::{
    event::{Event, Kind, Part},
    ids::Seq,
};
use std::{cell::Cell, fs::File, io::Write, path::Path, sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

/// Bytes of events taken from the journal at once.
const PIECE: usize = 256 * 1024;

/// What is done with each event.
pub(super) trait Sink {
    /// `line` is the event as it stands in a recording.
    fn event(&mut self, event: &Event, line: &str, run: &Run) -> Result<()>;
}

/// Takes the events of a run, one after the other, from the first.
pub(super) struct Feed<S> {
    pub(super) run: Arc<Run>,
    pub(super) sink: S,
    seen: Seq,
    changed: watch::Receiver<Seq>,
    record: Option<File>,
}

impl<S: Sink> Feed<S> {
    /// Records into that file, if one is given.
    pub(super) fn new(run: Arc<Run>, sink: S, record: Option<&Path>) -> Result<Self> {
        let create = |path: &Path| -> Result<File> {
            let mut file =
                File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
            file.write_all(run.recording_header(1, None).as_bytes())?;
            Ok(file)
        };
        let record = record.map(create).transpose()?;
        let mut changed = run.subscribe();
        changed.mark_changed();
        Ok(Self {
            run,
            sink,
            seen: 0,
            changed,
            record,
        })
    }

    /// The run has ended and everything was taken.
    pub(super) fn is_over(&self) -> bool {
        self.run.is_finished() && self.seen == self.run.read(crate::lab::Journal::last)
    }

    /// Takes what there is now; how many.
    fn take(&mut self, see: &mut impl FnMut(&Event)) -> Result<usize> {
        let (oldest, (lines, last)) = self
            .run
            .read(|journal| (journal.oldest(), journal.lines(self.seen, Seq::MAX, PIECE)));
        if oldest > self.seen + 1 {
            bail!(
                "the terminal is too slow: events {} to {} are lost",
                self.seen + 1,
                oldest - 1
            );
        }
        if let Some(file) = &mut self.record {
            file.write_all(lines.as_bytes())
                .context("cannot write the recording")?;
        }
        for line in lines.lines() {
            let event: Event =
                serde_json::from_str(line).context("an event of the journal cannot be read")?;
            self.sink.event(&event, line, &self.run)?;
            see(&event);
        }
        let taken = last - self.seen;
        self.seen = last;
        Ok(usize::try_from(taken).unwrap_or(usize::MAX))
    }

    /// Takes events until `enough`, the end of the run, or that time; whether it was enough.
    pub(super) async fn until(
        &mut self,
        limit: Duration,
        mut see: impl FnMut(&Event),
        mut enough: impl FnMut(&Run) -> bool,
    ) -> Result<bool> {
        let deadline = Instant::now() + limit;
        loop {
            self.changed.mark_unchanged();
            while self.take(&mut see)? > 0 {}
            if enough(&self.run) {
                return Ok(true);
            }
            let over = Arc::clone(&self.run);
            if self.is_over() || timeout_at(deadline, self.next(&over)).await.is_err() {
                return Ok(false);
            }
        }
    }

    async fn next(&mut self, run: &Run) {
        tokio::select! {
            _ = self.changed.changed() => {}
            () = run.over(), if !run.is_finished() => {}
        }
    }

    /// Takes events until none came for `quiet` that tells anything new, at most for `limit`.
    pub(super) async fn settle(
        &mut self,
        quiet: Duration,
        limit: Duration,
        mut see: impl FnMut(&Event),
    ) -> Result<()> {
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline && !self.is_over() {
            let news = Cell::new(false);
            let watch = |event: &Event| {
                news.set(news.get() || is_news(&event.kind, &event.parts));
                see(event);
            };
            self.until(quiet, watch, |_| news.get()).await?;
            if !news.get() {
                break;
            }
        }
        Ok(())
    }
}

/// A process that looks again and again, and finds nothing, tells nothing new.
fn is_news(kind: &Kind, parts: &[Part]) -> bool {
    let looks = matches!(
        kind,
        Kind::CallEntered { .. }
            | Kind::CallInterrupted { .. }
            | Kind::CallReturned { .. }
            | Kind::ProcessState { .. }
    );
    !looks || !parts.is_empty()
}
