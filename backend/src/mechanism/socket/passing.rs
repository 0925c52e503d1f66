//! Open descriptors that travel along with a message: SCM_RIGHTS. unix(7), cmsg(3).

use super::place::Place;
use crate::{
    sys::{
        calls::{Fd, close, open, pipe2, read, write},
        files::create,
        net::{Address, send_with},
    },
    worker::Worker,
};
use nix::{errno::Errno, fcntl::OFlag};
use serde_json::{Value, json};
use shared::{command::Values, mechanism::socket::With};

/// Most bytes that are read from a descriptor that came.
const PEEK: usize = 256;

/// What a send says of that.
pub(super) fn with(args: &Values) -> With {
    match args.get("with").and_then(Value::as_str) {
        Some("file") => With::File,
        Some("pipe") => With::Pipe,
        _ => With::None,
    }
}

/// sendmsg() of bytes, and along with the first of them an open descriptor. This process closes its own: the other one has
/// its own by then, for the same file or pipe, under whatever number. How many bytes went.
#[track_caller]
pub(super) fn pass(
    me: &mut Worker,
    fd: Fd,
    place: &Place<'_>,
    with: With,
    bytes: &[u8],
    to: Option<&Address>,
) -> Result<usize, Errno> {
    let (what, passed) = if with == With::Pipe {
        ("pipe", a_pipe()?)
    } else {
        ("file", a_file(place)?)
    };
    let sent = send_with(fd, bytes, passed, to, place.params.nonblock);
    if sent.is_ok() {
        me.said("passed", json!({"fd": passed, "what": what}));
    }
    close(passed)?;
    sent
}

/// The read end of a pipe with something in it. Nobody has the write end any more.
#[track_caller]
fn a_pipe() -> Result<Fd, Errno> {
    let [read_end, write_end] = pipe2(OFlag::empty())?;
    let written = write(write_end, b"from a pipe\n");
    close(write_end)?;
    written.map(|_| read_end)
}

/// A file with something in it, open for reading, under a name of which the other side knows nothing.
#[track_caller]
fn a_file(place: &Place<'_>) -> Result<Fd, Errno> {
    let path = place.file();
    let fd = create(&path, OFlag::O_TRUNC | OFlag::O_WRONLY)?;
    let written = write(fd, b"from a file\n");
    close(fd)?;
    written?;
    open(&path, OFlag::O_RDONLY)
}

/// read() from the descriptor that came last. This process never opened what is behind it.
#[track_caller]
pub(super) fn read_what_came(me: &mut Worker, came: &[Fd]) {
    let fd = came.last().copied().unwrap_or(-1);
    let mut buffer = [0; PEEK];
    match read(fd, &mut buffer) {
        Ok(n) => {
            let text = String::from_utf8_lossy(buffer.get(..n).unwrap_or_default());
            me.said("used", json!({"fd": fd, "text": text}));
        }
        Err(errno) => me.failed("read", errno),
    }
}
