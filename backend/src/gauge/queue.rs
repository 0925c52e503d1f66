//! What a message queue holds: mq_getattr(3) and the text of mqueue(7), msgctl(2) `IPC_STAT`.

use crate::sys::{
    calls::{close, open, read},
    queue::{mq_getattr, mq_open},
};
use nix::{errno::Errno, fcntl::OFlag, unistd::Pid};
use std::{ffi::CString, path::Path};

/// Bytes of the text that a queue's descriptor reads as: four numbers with their names.
const TEXT: usize = 256;

/// Figures of a POSIX queue, read now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueReading {
    /// `mq_curmsgs`.
    pub messages: u64,
    /// `mq_maxmsg`.
    pub maxmsg: u64,
    /// `mq_msgsize`, bytes.
    pub msgsize: u64,
    /// `QSIZE`: bytes of all messages in it.
    pub bytes: u64,
    /// `NOTIFY_PID`: who has asked to be told, 0 for nobody.
    pub notify: u64,
}

/// Through a descriptor that a process has of it, opened anew and closed at once: a queue has no ends whose count anybody
/// could notice.
///
/// # Errors
/// What the kernel says: `ENOENT` when the process or the descriptor is gone.
pub fn look_at_queue(pid: Pid, fd: i32) -> Result<QueueReading, Errno> {
    let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
    measure(open(Path::new(&format!("/proc/{pid}/fd/{fd}")), flags)?)
}

/// Through its name, which may be all there is left of it.
///
/// # Errors
/// What the kernel says: `ENOENT` when it has no such name.
pub fn look_at_named_queue(name: &str) -> Result<QueueReading, Errno> {
    let name = CString::new(name).map_err(|_| Errno::EINVAL)?;
    let flags = libc::O_RDONLY | libc::O_NONBLOCK | libc::O_CLOEXEC;
    measure(mq_open(&name, flags)?)
}

fn measure(fd: i32) -> Result<QueueReading, Errno> {
    let about = mq_getattr(fd);
    let mut text = vec![0; TEXT];
    let len = read(fd, &mut text);
    close(fd)?;
    let (about, len) = (about?, len?);
    let text = String::from_utf8_lossy(text.get(..len).unwrap_or_default()).into_owned();
    Ok(QueueReading {
        messages: about.curmsgs,
        maxmsg: about.maxmsg,
        msgsize: about.msgsize,
        bytes: field(&text, "QSIZE:"),
        notify: field(&text, "NOTIFY_PID:"),
    })
}

fn field(text: &str, name: &str) -> u64 {
    let mut words = text.split_whitespace();
    let value = words.find_map(|word| word.strip_prefix(name));
    value.and_then(|value| value.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{field, look_at_named_queue, look_at_queue};
    use crate::sys::queue::{mq_close, mq_create, mq_notify, mq_receive, mq_send, mq_unlink};
    use nix::{errno::Errno, unistd::getpid};
    use std::ffi::CString;

    #[test]
    fn the_text_of_a_queue_is_read_by_its_words() {
        let text = "QSIZE:129        NOTIFY:2     SIGNO:0     NOTIFY_PID:8260  \n";
        assert_eq!(
            (field(text, "QSIZE:"), field(text, "NOTIFY_PID:")),
            (129, 8260)
        );
        assert_eq!(field(text, "OTHER:"), 0);
    }

    #[test]
    fn a_queue_is_measured_by_descriptor_and_by_name_and_not_disturbed() {
        let name = format!("/ipc-playground-gauge{}", std::process::id());
        let c_name = CString::new(name.clone()).unwrap();
        let queue = mq_create(&c_name, libc::O_RDWR | libc::O_CLOEXEC, 5, 64).unwrap();
        // SIGURG is ignored unless somebody asks for it.
        mq_notify(queue, libc::SIGURG).unwrap();
        mq_send(queue, b"four", 3).unwrap();
        mq_send(queue, b"", 9).unwrap();
        let (by_fd, by_name) = (look_at_queue(getpid(), queue), look_at_named_queue(&name));
        let mut buffer = [0; 64];
        let first = mq_receive(queue, &mut buffer);
        mq_unlink(&c_name).unwrap();
        let nameless = (look_at_queue(getpid(), queue), look_at_named_queue(&name));
        mq_close(queue).unwrap();

        let by_fd = by_fd.unwrap();
        assert_eq!(
            (by_fd.messages, by_fd.maxmsg, by_fd.msgsize, by_fd.bytes),
            (2, 5, 64, 4)
        );
        assert_eq!(by_name.unwrap(), by_fd);
        assert_eq!(
            first.unwrap(),
            (0, 9),
            "the higher priority is first, and empty"
        );
        assert_eq!(nameless.0.unwrap().messages, 1);
        assert_eq!(nameless.1.unwrap_err(), Errno::ENOENT);
    }
}
