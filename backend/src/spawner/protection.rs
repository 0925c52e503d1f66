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
    /// Why every run would be root's, where that is so: there are none then.
    pub only_root: Option<Refused>,
}

impl Protection {
    /// In a sentence, for people who run a server.
    pub fn reason(&self) -> String {
        if let Some(refused) = &self.only_root {
            return self.root(refused);
        }
        match (self.level, self.own_users) {
            (Level::Full, true) => {
                "each run has a box of its own, with a user, files, names, processes and a network that nobody else has"
                    .to_owned()
            }
            (Level::Full, false) => {
                "each run has a box of its own, with files, names, processes and a network that nobody else has; all boxes \
                 are one user to the kernel, which counts pipe pages for all of them together: start the server as root, or \
                 give it CAP_SETUID, CAP_SETGID and CAP_KILL, for a user each"
                    .to_owned()
            }
            (Level::Basic, own_users) => {
                let user = if own_users { ", and a user for each run" } else { "" };
                format!("limits and a call filter for each process{user}, but no boxes{}", self.why_basic())
            }
        }
    }

    /// Why there are no boxes, behind a sentence that says so.
    fn why_basic(&self) -> String {
        match &self.refused {
            Some(refused) => format!(": this host does not permit {refused}; {}", refused.hint()),
            None => ", as it was asked for".to_owned(),
        }
    }

    /// That nothing can begin.
    fn root(&self, refused: &Refused) -> String {
        let boxes = match &self.refused {
            // One reason for both.
            Some(why) if why == refused => String::new(),
            _ => self.why_basic(),
        };
        format!(
            "there are no boxes{boxes}; without boxes, what runs here would be root, as this server is, and can become nobody \
             else: {refused}. Start it as a user who owns nothing, or {}",
            refused.hint()
        )
    }
}
