//! The journal of a run as a file.

use super::Run;
use futures_util::{Stream, StreamExt as _, stream};
use shared::{
    ids::Seq,
    recording::{FORMAT, Header, VERSION},
    state::RunState,
};
use std::{io, sync::Arc};

/// Bytes of a recording that are copied at once, and one event more: so much memory a download takes, however slow it is.
pub(crate) const PIECE: usize = 64 * 1024;

impl Run {
    /// First line of a recording that begins with event `oldest`, with its line end.
    pub fn recording_header(&self, oldest: Seq, base: Option<&RunState>) -> String {
        let header = Header {
            format: FORMAT.to_owned(),
            version: VERSION,
            server: crate::NAME.to_owned(),
            run: self.id().clone(),
            started_unix_ms: self.started_unix_ms(),
            oldest,
            base: base.cloned().map(Box::new),
        };
        serde_json::to_string(&header).expect("a header can be JSON: all keys are text") + "\n"
    }

    /// The whole recording as it is now, in pieces that are read when they are wanted: all that the journal still has, and
    /// the fold of what it has not.
    ///
    /// # Errors
    /// A piece is one when the run, going on, has dropped its events before they were read; nothing follows then.
    pub fn recording(self: Arc<Self>) -> impl Stream<Item = io::Result<String>> + Send + 'static {
        let (header, before, until) = self.read(|journal| {
            let base = (journal.oldest() > 1).then(|| journal.base());
            let header = self.recording_header(journal.oldest(), base);
            (header, journal.oldest() - 1, journal.last())
        });
        let lines = stream::try_unfold(before, move |after| {
            let piece = self.lines_of(after, until);
            async move { piece }
        });
        stream::iter([Ok(header)]).chain(lines)
    }

    /// The next lines of a recording, and how far they go.
    fn lines_of(&self, after: Seq, until: Seq) -> io::Result<Option<(String, Seq)>> {
        if after >= until {
            return Ok(None);
        }
        self.read(|journal| {
            if journal.oldest() > after + 1 {
                let why = format!("event {} was dropped before it was read", after + 1);
                return Err(io::Error::other(why));
            }
            Ok(Some(journal.lines(after, until, PIECE)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::PIECE;
    use crate::lab::{Limits, Token, fake};
    use futures_util::StreamExt as _;
    use shared::event::{MAX_EVENT, Outcome};
    use std::sync::Arc;

    #[tokio::test]
    async fn a_large_recording_is_never_in_memory_as_a_whole() {
        let limits = Limits {
            journal_events: 4_000,
            ..Limits::default()
        };
        let (lab, mut boxes) = fake::lab(limits);
        let (started, mut supervisor) = fake::start(&lab, &mut boxes, &Token::random()).await;
        supervisor.events(5_000).await;
        supervisor.end(Outcome::Completed).await;
        started.run.over().await;
        let mut pieces = std::pin::pin!(started.run.recording().skip(1));
        let (mut text, mut count) = (0, 0);
        while let Some(piece) = pieces.next().await {
            let piece = piece.unwrap();
            assert!(
                piece.len() <= PIECE + MAX_EVENT,
                "{} bytes at once",
                piece.len()
            );
            (text, count) = (text + piece.lines().count(), count + 1);
        }
        assert_eq!(text, 4_000);
        assert!(count > 1, "more than one piece");
    }

    #[tokio::test]
    async fn a_recording_whose_run_is_faster_than_its_reader_ends_with_an_error_and_not_with_a_hole()
     {
        let limits = Limits {
            journal_events: 1_000,
            ..Limits::default()
        };
        let (lab, mut boxes) = fake::lab(limits);
        let (started, mut supervisor) = fake::start(&lab, &mut boxes, &Token::random()).await;
        supervisor.events(1_000).await;
        let mut seen = started.run.subscribe();
        seen.wait_for(|last| *last >= 1_000).await.unwrap();
        let mut pieces = std::pin::pin!(Arc::clone(&started.run).recording());
        pieces.next().await.unwrap().unwrap();
        supervisor.events(500).await;
        seen.wait_for(|last| *last >= 1_500).await.unwrap();
        let error = pieces.next().await.unwrap().unwrap_err();
        assert!(error.to_string().contains("dropped"), "{error}");
        assert!(pieces.next().await.is_none(), "nothing follows");
    }
}
