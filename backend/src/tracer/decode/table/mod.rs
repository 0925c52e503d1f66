//! The calls, one row each: name, how to show each argument, what it moves and brings. A file a family.

mod descriptors;
mod files;
mod memory;
mod messages;
mod names;
mod processes;
mod signals;
mod sockets;
mod waits;

use super::Show;
use crate::tracer::Flow;

/// One call.
pub(super) struct Row {
    nr: i64,
    pub(super) name: &'static str,
    pub(super) args: &'static [Show],
    /// Which argument is the descriptor.
    pub(super) fd: Option<usize>,
    /// Which argument is the second descriptor.
    pub(super) fd_out: Option<usize>,
    /// What the first argument, or the result, names.
    pub(super) handle: Option<(Kind, Named)>,
    pub(super) flow: Flow,
    /// That argument has flags, and with these bits nothing is taken: MSG_PEEK, MSG_COPY.
    pub(super) only_looks: Option<(usize, i32)>,
    pub(super) payload: Payload,
    /// Where the offset in the file is.
    pub(super) offset: Option<usize>,
    pub(super) key: Key,
    /// Which argument says what kind of message is wanted.
    pub(super) wants: Option<usize>,
    pub(super) brings: Brings,
    /// The kernel fills in arguments, so that they are shown again at the exit.
    pub(super) filled: bool,
    /// A successful return is 0 or a count of nothing, and all of the payload was moved: mq_timedsend, msgsnd.
    pub(super) whole: bool,
}

/// What a System V id is one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Queue,
    Memory,
    Semaphore,
}

/// Where that id is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// In the first argument.
    First,
    /// It is the result.
    Result,
}

/// Where the bytes of a message are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Payload {
    None,
    /// Nowhere in memory; this argument says how many.
    Length(usize),
    /// Arguments: address, length.
    Buffer(usize, usize),
    /// Arguments: address of an array of `struct iovec`, count.
    Vector(usize, usize),
    /// Arguments: address of a `struct msgbuf`, length of what follows its type.
    Letter(usize, usize),
    /// Argument: address of a `struct msghdr`, which has the vector.
    Header(usize),
}

/// Where the kind of a message is: a priority, a type, a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    None,
    /// In this argument.
    Argument(usize),
    /// Where this argument points; filled in by the kernel.
    Filled(usize),
    /// At the beginning of the `struct msgbuf` of this argument; sent.
    Sent(usize),
    /// The same, received.
    Received(usize),
    /// The result: a signal.
    Result,
}

/// What a return may bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Brings {
    Nothing,
    /// Two descriptors at the address in the first argument.
    Pipe,
    /// Two descriptors at the address in the fourth argument, each the other's peer.
    Pair,
    /// A descriptor; that argument has the flags.
    Open(usize),
    /// A descriptor that can be read.
    Readable,
    /// A descriptor that can be read and written.
    Both,
    /// A duplicate of the first argument.
    Duplicate,
    /// A duplicate, if the command is to make one.
    Fcntl,
    /// A descriptor of no end.
    Endless,
    /// A descriptor of no end, unless the first argument is one already: signalfd4.
    Unless,
    /// Descriptors that came along with a message: the `struct msghdr` of the second argument.
    Rights,
    /// A process or thread.
    Child,
    /// A child's end, as wait4 tells it.
    Wait4,
    /// A child's end, as waitid tells it.
    WaitId,
}

const fn row(nr: i64, name: &'static str, args: &'static [Show]) -> Row {
    Row {
        nr,
        name,
        args,
        fd: None,
        fd_out: None,
        handle: None,
        flow: Flow::None,
        only_looks: None,
        payload: Payload::None,
        offset: None,
        key: Key::None,
        wants: None,
        brings: Brings::Nothing,
        filled: false,
        whole: false,
    }
}

impl Row {
    const fn on(mut self, fd: usize) -> Self {
        self.fd = Some(fd);
        self
    }

    const fn onto(mut self, fd: usize) -> Self {
        self.fd_out = Some(fd);
        self
    }

    const fn of(mut self, kind: Kind, named: Named) -> Self {
        self.handle = Some((kind, named));
        self
    }

    const fn moves(mut self, flow: Flow, payload: Payload) -> Self {
        self.flow = flow;
        self.payload = payload;
        self
    }

    const fn unless(mut self, flags: usize, bits: i32) -> Self {
        self.only_looks = Some((flags, bits));
        self
    }

    const fn at(mut self, offset: usize) -> Self {
        self.offset = Some(offset);
        self
    }

    const fn key(mut self, key: Key) -> Self {
        self.key = key;
        self
    }

    const fn wants(mut self, at: usize) -> Self {
        self.wants = Some(at);
        self
    }

    const fn brings(mut self, brings: Brings) -> Self {
        self.brings = brings;
        self
    }

    const fn filled(mut self) -> Self {
        self.filled = true;
        self
    }

    const fn whole(mut self) -> Self {
        self.whole = true;
        self
    }
}

/// The busiest families first.
const FAMILIES: &[&[Row]] = &[
    descriptors::ROWS,
    files::ROWS,
    waits::ROWS,
    memory::ROWS,
    messages::ROWS,
    sockets::ROWS,
    signals::ROWS,
    processes::ROWS,
    names::ROWS,
];

/// What is known of a call.
pub(super) fn find(nr: i64) -> Option<&'static Row> {
    FAMILIES.iter().copied().flatten().find(|row| row.nr == nr)
}
