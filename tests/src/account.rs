//! Who runs the program: we, or somebody without any privilege.

use std::{os::unix::process::CommandExt as _, path::Path, process::Command};

/// An id that no account has: a process under it owns nothing and may do nothing special.
const NOBODY_AT_ALL: u32 = 61_234;

/// Who runs the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// The user that runs the tests; root in a CI container.
    Ours,
    /// A user without privileges.
    Plain,
}

impl Account {
    /// We may become anybody.
    pub fn can_change() -> bool {
        nix::unistd::geteuid().is_root()
    }

    /// Lets a command run under this account; where we are not root, [`Account::Plain`] is what we are already.
    pub fn apply(self, command: &mut Command) {
        if self == Self::Plain && Self::can_change() {
            command.uid(NOBODY_AT_ALL).gid(NOBODY_AT_ALL);
        }
    }

    /// Gives a file or folder to this account.
    ///
    /// # Panics
    /// If the system refuses.
    pub fn give(self, path: &Path) {
        if self == Self::Plain && Self::can_change() {
            std::os::unix::fs::chown(path, Some(NOBODY_AT_ALL), Some(NOBODY_AT_ALL))
                .expect("root may give away");
        }
    }
}
