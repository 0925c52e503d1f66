//! What the kernel keeps of a process's signals: `/proc/PID/status`, proc(5).

use nix::unistd::Pid;
use shared::event::Masks;

/// Pending, blocked, ignored and caught signals of a process; `None` once it is gone.
///
/// Pending and blocked are those of its first thread, and what is pending for the process as a whole.
pub fn masks(pid: Pid) -> Option<Masks> {
    parse(&std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?)
}

/// The same of one thread.
pub fn masks_of_task(process: Pid, task: Pid) -> Option<Masks> {
    let path = format!("/proc/{process}/task/{task}/status");
    parse(&std::fs::read_to_string(path).ok()?)
}

fn parse(status: &str) -> Option<Masks> {
    let field = |name: &str| {
        let value = status.lines().find_map(|line| line.strip_prefix(name))?;
        u64::from_str_radix(value.trim(), 16).ok()
    };
    let digits = |mask: u64| format!("{mask:016x}");
    Some(Masks {
        pending: digits(field("SigPnd:")? | field("ShdPnd:")?),
        blocked: digits(field("SigBlk:")?),
        ignored: digits(field("SigIgn:")?),
        caught: digits(field("SigCgt:")?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::unistd::{getpid, gettid};

    #[test]
    fn the_masks_of_a_status_are_read() {
        let status = "Name:\tcat\nSigQ:\t1/96\nSigPnd:\t0000000000000200\nShdPnd:\t0000000000000800\n\
                      SigBlk:\t0000000000000a00\nSigIgn:\t0000000000001000\nSigCgt:\t0000000100000000\n";
        let masks = parse(status).unwrap();
        assert_eq!(
            [
                masks.pending.as_str(),
                &masks.blocked,
                &masks.ignored,
                &masks.caught
            ],
            [
                "0000000000000a00",
                "0000000000000a00",
                "0000000000001000",
                "0000000100000000"
            ]
        );
        assert!(Masks::has(&masks.pending, libc::SIGUSR1) && Masks::has(&masks.caught, 33));
        assert_eq!(parse("Name:\tcat\n"), None);
    }

    #[test]
    fn a_thread_is_asked_about_itself() {
        assert!(masks(getpid()).is_some() && masks_of_task(getpid(), gettid()).is_some());
        assert_eq!(masks(Pid::from_raw(i32::MAX)), None);
    }
}
