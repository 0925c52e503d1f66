//! Limits in words, by the name of their setting.

use crate::os::{Errno, Signal};

/// What the limit allows, and what the program got when it wanted more: `at most 128 descriptors a process; it got EMFILE`.
pub fn words(limit: &str, value: u64, errno: Option<Errno>, signal: Option<Signal>) -> String {
    let (many, of) = match limit {
        "processes" => (value.to_string(), "processes and threads in a run"),
        "cpu_seconds" => (format!("{value} s"), "of processor time for a process"),
        "memory_bytes" => (bytes(value), "of address space for a process"),
        "open_files" => (value.to_string(), "descriptors for a process"),
        "file_bytes" => (bytes(value), "in a file"),
        "mqueue_bytes" => (bytes(value), "in the message queues of a user"),
        "tmp_bytes" => (bytes(value), "in /tmp"),
        "tmp_files" => (value.to_string(), "files in /tmp"),
        "shm_bytes" => (bytes(value), "in /dev/shm"),
        "shm_files" => (value.to_string(), "names in /dev/shm"),
        "pipe_bytes" => (
            bytes(value),
            "in a pipe: all runs here are one user, and share",
        ),
        "output_bytes" => (bytes(value), "of output of a process are shown"),
        other => (value.to_string(), other),
    };
    let got = errno
        .map(|errno| errno.to_string())
        .or_else(|| signal.map(|signal| signal.to_string()));
    match got {
        Some(got) => format!("at most {many} {of}; it got {got}"),
        None => format!("at most {many} {of}"),
    }
}

/// `16 MiB`, `1000 bytes`; whole units only, so that nothing is rounded.
fn bytes(n: u64) -> String {
    let unit = [("GiB", 30_u32), ("MiB", 20), ("KiB", 10)]
        .into_iter()
        .find(|(_, shift)| n > 0 && n.trailing_zeros() >= *shift);
    match unit {
        Some((name, shift)) => format!("{} {name}", n >> shift),
        None => format!("{n} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::words;
    use crate::os::{Errno, Signal};

    #[test]
    fn a_limit_is_told_with_what_the_program_got() {
        let told = [
            words("open_files", 128, Some(Errno::EMFILE), None),
            words("cpu_seconds", 30, None, Some(Signal::SIGXCPU)),
            words("tmp_bytes", 16 << 20, Some(Errno::ENOSPC), None),
            words("output_bytes", 1000, None, None),
            words("pipe_bytes", 256 << 10, Some(Errno::EPERM), None),
            words("moons", 2, None, None),
        ];
        assert_eq!(
            told,
            [
                "at most 128 descriptors for a process; it got EMFILE",
                "at most 30 s of processor time for a process; it got SIGXCPU",
                "at most 16 MiB in /tmp; it got ENOSPC",
                "at most 1000 bytes of output of a process are shown",
                "at most 256 KiB in a pipe: all runs here are one user, and share; it got EPERM",
                "at most 2 moons",
            ]
        );
    }
}
