//! How well runs are kept apart here, and why not better.

use crate::sandbox::{Level, Refused};
use serde::{Deserialize, Serialize};

/// What the spawner found when it tried to make a box.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protection {
    /// How far it goes.
    pub level: Level,
    /// Each box has a user id that no other has.
    pub own_users: bool,
    /// Why there are no boxes, where they were wanted.
    pub refused: Option<Refused>,
}

impl Protection {
    /// In a sentence, for people who run a server.
    pub fn reason(&self) -> String {
        match (self.level, &self.refused) {
            (Level::Full, _) if self.own_users => {
                "each run has a box of its own, with a user, files, names, processes and a network that nobody else has"
                    .to_owned()
            }
            (Level::Full, _) => {
                "each run has a box of its own, with files, names, processes and a network that nobody else has; all boxes \
                 are one user to the kernel, which counts pipe pages for all of them together: start the server as root, or \
                 give it CAP_SETUID and CAP_SETGID, for a user each"
                    .to_owned()
            }
            (Level::Basic, Some(refused)) => format!(
                "limits and a call filter for each process, but no boxes: this host does not permit {refused}; {}",
                refused.hint()
            ),
            (Level::Basic, None) => {
                "limits and a call filter for each process, but no boxes, as it was asked for".to_owned()
            }
        }
    }
}
