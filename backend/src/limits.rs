//! What the processes of one run may use. Each name is that of the setting, of the limit in `limit.hit`, and of what the page
//! puts into words.
//!
//! Set once, before the spawner is forked; all below it inherit the value with their memory.

use clap::{Args, value_parser};
use serde::Serialize;
use std::sync::OnceLock;

/// Limits of one run's processes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Args)]
#[serde(rename_all = "kebab-case")]
#[command(next_help_heading = "Limits of the processes of one run")]
pub struct BoxLimits {
    /// Processes and threads of a run, where its box has a user of its own.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_PROCESSES", default_value_t = Self::default().processes,
        value_parser = value_parser!(u64).range(LEAST_PROCESSES..))]
    pub processes: u64,
    /// Seconds of processor time a process; then it gets SIGXCPU.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_CPU_SECONDS", default_value_t = Self::default().cpu_seconds,
        value_parser = value_parser!(u64).range(1..))]
    pub cpu_seconds: u64,
    /// Bytes of address space a process.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_MEMORY_BYTES", default_value_t = Self::default().memory_bytes,
        value_parser = value_parser!(u64).range(LEAST_MEMORY..))]
    pub memory_bytes: u64,
    /// Descriptors a process; the last 66 are the playground's own.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_OPEN_FILES", default_value_t = Self::default().open_files,
        value_parser = value_parser!(u64).range(LEAST_FILES..))]
    pub open_files: u64,
    /// Bytes of a file.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_FILE_BYTES", default_value_t = Self::default().file_bytes)]
    pub file_bytes: u64,
    /// Bytes in POSIX message queues.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_MQUEUE_BYTES", default_value_t = Self::default().mqueue_bytes)]
    pub mqueue_bytes: u64,
    /// Bytes in /tmp, where the box has one of its own.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_TMP_BYTES", default_value_t = Self::default().tmp_bytes,
        value_parser = value_parser!(u64).range(PAGE..))]
    pub tmp_bytes: u64,
    /// Files in /tmp, where the box has one of its own.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_TMP_FILES", default_value_t = Self::default().tmp_files,
        value_parser = value_parser!(u64).range(LEAST_NAMES..))]
    pub tmp_files: u64,
    /// Bytes in /dev/shm, where the box has one of its own.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_SHM_BYTES", default_value_t = Self::default().shm_bytes,
        value_parser = value_parser!(u64).range(PAGE..))]
    pub shm_bytes: u64,
    /// Objects in /dev/shm, where the box has one of its own.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_SHM_FILES", default_value_t = Self::default().shm_files,
        value_parser = value_parser!(u64).range(LEAST_NAMES..))]
    pub shm_files: u64,
    /// Bytes that a process may print; the rest is counted.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_OUTPUT_BYTES", default_value_t = Self::default().output_bytes)]
    pub output_bytes: u64,
}

/// Bytes that a pipe may hold where all runs are one user to the kernel, which makes every new pipe of theirs small when they
/// have too much in pipes together: F_SETPIPE_SZ of fcntl(2) for more fails with EPERM, as for more than the kernel allows.
pub const PIPE_BYTES: u64 = 256 << 10;

/// Supervisor, parent and the most roles that an entry has; fewer, and no run begins.
const LEAST_PROCESSES: u64 = 16;
/// This program and a Python are mapped in it.
const LEAST_MEMORY: u64 = 256 << 20;
/// Up to 127, the descriptor on which a worker gets its commands.
const LEAST_FILES: u64 = 128;
/// A tmpfs has whole pages.
const PAGE: u64 = 4096;
/// What lessons make at once.
const LEAST_NAMES: u64 = 32;

impl Default for BoxLimits {
    fn default() -> Self {
        Self {
            processes: 64,
            cpu_seconds: 30,
            memory_bytes: 1 << 30,
            open_files: 128,
            file_bytes: 16 << 20,
            mqueue_bytes: 1 << 20,
            tmp_bytes: 16 << 20,
            tmp_files: 1024,
            shm_bytes: 16 << 20,
            shm_files: 256,
            output_bytes: 256 << 10,
        }
    }
}

impl BoxLimits {
    /// Each by its name.
    pub fn by_name(&self) -> [(&'static str, u64); 11] {
        [
            ("processes", self.processes),
            ("cpu_seconds", self.cpu_seconds),
            ("memory_bytes", self.memory_bytes),
            ("open_files", self.open_files),
            ("file_bytes", self.file_bytes),
            ("mqueue_bytes", self.mqueue_bytes),
            ("tmp_bytes", self.tmp_bytes),
            ("tmp_files", self.tmp_files),
            ("shm_bytes", self.shm_bytes),
            ("shm_files", self.shm_files),
            ("output_bytes", self.output_bytes),
        ]
    }
}

static IN_FORCE: OnceLock<BoxLimits> = OnceLock::new();

/// Puts limits in force, for this process and all it will fork. What was set first stays.
pub fn set(limits: BoxLimits) {
    let _first_counts = IN_FORCE.set(limits);
}

/// The limits in force.
pub fn in_force() -> &'static BoxLimits {
    IN_FORCE.get_or_init(BoxLimits::default)
}
