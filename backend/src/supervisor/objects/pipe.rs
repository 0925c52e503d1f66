//! A pipe or FIFO: how full it is. pipe(7).

use super::{Nature, Scene, Way, tell::counted};
use crate::{
    gauge::{self, Held, PipeReading, SlotModel},
    tracer::{Entered, Flow, Returned},
};
use shared::{
    event::{End, Origin, Reading, Source},
    ids::CallId,
    ledger,
};

/// What is remembered of a pipe.
#[derive(Debug)]
pub(super) struct Pipe {
    slots: SlotModel,
    /// 0 until it was read.
    capacity: u64,
    /// O_DIRECT: packets.
    packets: bool,
    /// What FIONREAD said, while nothing has moved since.
    live: Option<u64>,
}

impl Default for Pipe {
    fn default() -> Self {
        Self {
            slots: SlotModel::new(0),
            capacity: 0,
            packets: false,
            live: None,
        }
    }
}

impl Nature for Pipe {
    fn opened(&mut self, scene: &mut Scene<'_>, _worker: usize, held: &Held) {
        if held.end != End::Read
            && self.capacity == 0
            && let Ok(reading) = gauge::look_through_dup(held.pid, held.fd)
        {
            self.measured(scene, reading);
        }
    }

    fn entered(
        &mut self,
        scene: &mut Scene<'_>,
        worker: usize,
        _key: CallId,
        call: &Entered,
    ) -> Option<ledger::Entered> {
        if call.flow == Flow::Send {
            let writer = scene.worker(worker).host.as_raw();
            self.slots
                .enters(writer, call.len.unwrap_or(0), self.packets);
        }
        None
    }

    fn called(&mut self, scene: &mut Scene<'_>, worker: usize, call: &Returned, way: Way) {
        let flags = call.args.iter().any(|arg| arg.contains("O_DIRECT"));
        if flags && matches!(call.name, "pipe2" | "fcntl") {
            scene.ledger.packets(scene.id);
            self.packets = true;
        }
        if call.name == "fcntl" && call.args.iter().any(|arg| arg == "F_SETPIPE_SZ") {
            if let Some(size) = call.ret.and_then(|ret| u64::try_from(ret).ok()) {
                self.capacity = size;
                self.slots.resize(size);
                scene.changed();
            }
            return;
        }
        let host = scene.worker(worker).host;
        if call.flow == Flow::Send {
            let moved = if let Way::In(n) = way { n } else { 0 };
            self.slots.returned(host.as_raw(), moved);
        }
        if way == Way::Neither {
            return;
        }
        scene.changed();
        self.live = None;
        match way {
            Way::In(_) if call.flow == Flow::Send => {
                // Its caller stands at the exit of its call: a duplicate of its own write end lives for microseconds.
                let reading = call
                    .fd
                    .and_then(|fd| gauge::look_through_dup(host, fd).ok());
                self.live = reading.map(|reading| reading.bytes);
            }
            // splice and tee hand over whole pages; a reader may have been seen to take them before.
            Way::In(_) if scene.ledger.bytes(scene.id) == 0 => {
                self.slots = SlotModel::new(self.capacity);
            }
            Way::In(n) => {
                let _pages = self.slots.put(n, self.packets);
            }
            Way::Out(n) => self.slots.took(n),
            Way::Neither => {}
        }
    }

    /// A writer sleeps in write(): how much is in is not counted until that is back, so the kernel is asked.
    fn asleep(&mut self, scene: &mut Scene<'_>, worker: usize, call: &Entered) {
        if call.flow == Flow::Send
            && let Some(fd) = call.fd
            && let Ok(reading) = gauge::look_through_dup(scene.worker(worker).host, fd)
        {
            self.measured(scene, reading);
        }
    }

    fn moved(&mut self, scene: &mut Scene<'_>, _worker: usize, way: Way) {
        match way {
            Way::In(n) => {
                let _pages = self.slots.put(n, self.packets);
            }
            Way::Out(n) => self.slots.took(n),
            Way::Neither => {}
        }
        self.live = None;
        scene.changed();
    }

    /// Without a tracer: asks the kernel through a write end, while both ends are held, so that nobody notices.
    fn sample(&mut self, scene: &mut Scene<'_>) {
        let holders = &scene.state.holders;
        if scene.traced || !holders.iter().any(|holder| holder.end != End::Write) {
            return;
        }
        let Some(writer) = holders.iter().find(|holder| holder.end != End::Read) else {
            return;
        };
        let host = scene.host(&writer.worker);
        if let Some(Ok(reading)) = host.map(|host| gauge::look_through_open(host, writer.fd)) {
            self.measured(scene, reading);
        }
    }

    fn readings(&mut self, scene: &mut Scene<'_>) -> Option<(Source, Vec<Reading>)> {
        let ends = |end: End| scene.state.holders.iter().any(|holder| holder.end != end);
        if !scene.traced && self.live.is_none() && ends(End::Read) && ends(End::Write) {
            // The kernel is about to be asked.
            return None;
        }
        let (value, origin, how, source) = match self.live {
            Some(bytes) => (bytes, Origin::Live, "FIONREAD", Source::Gauge),
            None => (
                scene.ledger.bytes(scene.id),
                Origin::Model,
                if scene.traced { "calls" } else { "reports" },
                counted(scene.traced),
            ),
        };
        let bytes = Reading {
            figure: "bytes".to_owned(),
            value,
            max: (self.capacity > 0).then_some(self.capacity),
            origin,
            how: how.to_owned(),
        };
        let slots = Reading {
            figure: "slots".to_owned(),
            value: self.slots.used(),
            max: Some(self.slots.slots()).filter(|slots| *slots > 0),
            origin: Origin::Model,
            how: "pages".to_owned(),
        };
        Some((source, vec![bytes, slots]))
    }

    fn left(&mut self, scene: &mut Scene<'_>, worker: usize) {
        // What it had put in before it died in its call, stays in.
        let writer = scene.worker(worker).host.as_raw();
        self.slots.enters(writer, 0, false);
        self.slots.returned(writer, 0);
    }

    /// The kernel has thrown away what was in it, whether or not a name still leads to it.
    fn let_go(&mut self, scene: &mut Scene<'_>) {
        let parts = scene.ledger.removed(scene.id);
        scene.lost(parts);
        self.slots = SlotModel::new(self.capacity);
    }
}

impl Pipe {
    fn measured(&mut self, scene: &mut Scene<'_>, reading: PipeReading) {
        if self.capacity != reading.capacity {
            self.capacity = reading.capacity;
            self.slots.resize(reading.capacity);
            scene.changed();
        }
        if self.live != Some(reading.bytes) {
            self.live = Some(reading.bytes);
            scene.changed();
        }
    }
}
