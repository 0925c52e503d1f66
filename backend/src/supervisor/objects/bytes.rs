//! The content of a file or of memory, told when it changed.

use super::Scene;
use shared::event::{Kind, MAX_WINDOW, Source, Wrote};

/// Writers that are named at once, an event being at most 8 KiB: the first in order of place.
const MAX_WRITERS: usize = 32;

/// The part of an object that is shown, and what was last told of it.
#[derive(Debug, Default)]
pub(in crate::supervisor) struct Window {
    told: Option<(u64, Vec<u8>, u64, Vec<Wrote>)>,
}

impl Window {
    /// Most bytes that are shown.
    pub(in crate::supervisor) const LEN: usize = MAX_WINDOW;

    /// Tells `bytes`, which are at `at` of an object of `total` bytes, and who wrote them, if any of that changed.
    pub(in crate::supervisor) fn tell(
        &mut self,
        scene: &mut Scene<'_>,
        at: u64,
        bytes: &[u8],
        total: u64,
        writers: Vec<Wrote>,
    ) {
        let shown = bytes.get(..Self::LEN).unwrap_or(bytes);
        let mut writers = writers;
        writers.truncate(MAX_WRITERS);
        let now = (at, shown.to_vec(), total, writers);
        if self.told.as_ref() == Some(&now) {
            return;
        }
        scene.stir();
        scene.tell(
            Source::Gauge,
            Kind::ObjectBytes {
                at,
                hex: hex(shown),
                total,
                writers: now.3.clone(),
            },
        );
        self.told = Some(now);
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // A String takes whatever is written to it.
            let _never_fails = write!(text, "{byte:02x}");
            text
        })
}
