//! The rows of the table: every variant that can be timed, and what it is compared with.
//!
//! To add one: a way in `backend/src/bench/ways`, a line here, and a floor in `floor.c` (what the mechanism costs with
//! nothing around it) or `floor.py` (what Python's own module of that name costs), under the same name.

/// A variant, and how it can be timed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variant {
    /// As `ipc-playground bench round` calls it.
    pub(crate) name: &'static str,
    /// Bytes of the largest message that fits; 0 where messages have no size.
    pub(crate) most: usize,
    /// It has a rate one way.
    pub(crate) flows: bool,
    /// Two processes take part: where they run makes a difference.
    pub(crate) two: bool,
    /// A bare program in C does the same: ours may cost so little more, on one core and on two.
    pub(crate) c: Option<[f64; 2]>,
    /// Python's own module does the same: ours must be so many times faster on one core. Elsewhere it is shown.
    pub(crate) python: Option<f64>,
}

const MIB: usize = 1 << 20;

/// What a thin layer over the same calls may cost: on one core figures repeat to some percent, across cores to a quarter.
const BARE: [f64; 2] = [1.05, 1.25];

/// libzmq is under both, and takes nearly all of the time: no slower than pyzmq, which adds Python's objects to it.
const SAME_LIBRARY: f64 = 1.0;

const fn row(name: &'static str, most: usize) -> Variant {
    Variant {
        name,
        most,
        flows: true,
        two: true,
        c: Some(BARE),
        python: None,
    }
}

impl Variant {
    /// It is question and answer, or tells of several messages at once: a rate one way would say nothing.
    const fn only_rounds(mut self) -> Self {
        self.flows = false;
        self
    }

    /// One process puts and takes: nobody is woken.
    const fn alone(mut self) -> Self {
        self.flows = false;
        self.two = false;
        self
    }

    /// Beside Python alone: what a library or Python itself does, nobody writes once more in C.
    const fn beside_python(mut self, times: f64) -> Self {
        self.c = None;
        self.python = Some(times);
        self
    }

    /// C makes the same calls, and leaves out what is around them: how much that is, is shown and promises nothing.
    const fn beside_less(mut self) -> Self {
        self.c = Some([f64::INFINITY; 2]);
        self
    }

    /// Beside C and beside Python.
    const fn and_python(mut self, times: f64) -> Self {
        self.python = Some(times);
        self
    }
}

/// All of them, in the order of the catalog.
pub(crate) const VARIANTS: &[Variant] = &[
    row("file/write", MIB).alone(),
    row("file/append", MIB).alone(),
    row("file/rename", MIB).alone(),
    row("file/watched", MIB).only_rounds(),
    row("pipe/anonymous", MIB).and_python(1.0),
    row("pipe/fifo", MIB),
    row("pipe/python", MIB).and_python(1.0),
    row("queue/posix", 8192),
    row("queue/sysv", 8192),
    row("queue/python", MIB).beside_python(1.0),
    row("queue/shared", MIB).and_python(7.0),
    row("shared-memory/shm", MIB).and_python(1.0),
    row("shared-memory/memfd", MIB),
    row("shared-memory/mapped", MIB),
    row("shared-memory/sysv", MIB),
    row("socket/tcp", MIB).and_python(1.0),
    row("socket/udp", 65_507).only_rounds(),
    row("socket/unix-stream", MIB),
    row("socket/unix-datagram", 65_536),
    row("socket/unix-seqpacket", 65_536),
    row("socket/socketpair", MIB),
    row("zeromq/pub-sub", MIB)
        .only_rounds()
        .beside_python(SAME_LIBRARY),
    row("zeromq/push-pull", MIB).beside_python(SAME_LIBRARY),
    row("zeromq/req-rep", MIB)
        .only_rounds()
        .beside_python(SAME_LIBRARY),
    row("zeromq/dealer-router", MIB)
        .only_rounds()
        .beside_python(SAME_LIBRARY),
    row("rpc/xml", 65_536)
        .only_rounds()
        .beside_less()
        .and_python(10.0),
    row("rpc/xml+kept", 65_536)
        .only_rounds()
        .beside_less()
        .and_python(10.0),
    row("rpc/json", 65_536).only_rounds().beside_python(1.0),
    row("rpc/manager", 65_536).only_rounds().beside_python(1.0),
    row("signal/signals", 0),
    row("signal/signalfd", 0),
    row("signal/eventfd", 0),
    row("signal/semaphore", 0),
];
