//! Names in the file system that a run uses: all in one private folder of its own.

use shared::ids::RunId;
use std::{
    env, fs, io,
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::PathBuf,
};

/// Paths of one run. No role has a literal.
#[derive(Clone, Debug)]
pub struct Names {
    folder: PathBuf,
}

impl Names {
    /// The names of a run; nothing is made yet.
    pub fn new(run: &RunId) -> Self {
        // What a path must not contain is left out; a run's id has none of it.
        let id: String = run
            .as_str()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(64)
            .collect();
        Self {
            folder: base().join(format!("ipc-playground-{id}")),
        }
    }

    /// Makes the folder, for this user alone.
    ///
    /// # Errors
    /// What the kernel says; somebody else's folder of that name counts as existing.
    pub fn prepare(&self) -> io::Result<()> {
        fs::DirBuilder::new().mode(0o700).create(&self.folder)
    }

    /// Where a FIFO of the run is.
    pub fn fifo(&self) -> PathBuf {
        self.folder.join("fifo")
    }

    /// Removes the folder with all that is in it; it does not matter if there is none.
    pub fn remove(&self) {
        // Only what this user made itself: in a shared folder, anybody could have taken the name.
        let ours = fs::symlink_metadata(&self.folder)
            .is_ok_and(|meta| meta.is_dir() && meta.uid() == nix::unistd::geteuid().as_raw());
        if ours {
            // Supervisor and spawner both do this; the second finds nothing.
            let _removed = fs::remove_dir_all(&self.folder);
        }
    }
}

/// The user's own folder for what lives as long as a session, if there is one; else the temporary folder.
fn base() -> PathBuf {
    let private = env::var_os("XDG_RUNTIME_DIR")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute() && path.is_dir());
    private.unwrap_or_else(env::temp_dir)
}
