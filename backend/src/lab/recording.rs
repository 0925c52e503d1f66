//! The journal of a run as a file.

use super::Run;
use shared::{
    ids::Seq,
    recording::{FORMAT, Header, VERSION},
    state::RunState,
};

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

    /// The whole recording as it is now: all that the journal still has, and the fold of what it has not.
    pub fn recording(&self) -> String {
        self.read(|journal| {
            let base = (journal.oldest() > 1).then(|| journal.base());
            let mut text = self.recording_header(journal.oldest(), base);
            text.push_str(&journal.lines(0, usize::MAX).0);
            text
        })
    }
}
