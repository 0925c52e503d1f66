//! A socket of a pair: the buffer of what its end receives. What is sent through the other end lies in it. unix(7).

use super::{Nature, Scene, Way, tell::counted};
use crate::{
    gauge::{self, Held},
    tracer::{Entered, Flow, Returned},
};
use shared::{
    event::{Origin, Reading, Source},
    ledger::Inode,
};

/// What is remembered of a socket.
#[derive(Debug, Default)]
pub(super) struct Socket {
    /// What the kernel said of it, while nothing has moved since.
    live: Option<u64>,
    /// Memory that this takes, and the most that it may: both are the sender's.
    memory: Option<(u64, u64)>,
}

impl Nature for Socket {
    fn opened(&mut self, scene: &mut Scene<'_>, _worker: usize, held: &Held) {
        if scene.ledger.peer(scene.id).is_some() {
            return;
        }
        let Ok(reading) = gauge::look_at_socket(held.inode.ino) else {
            return;
        };
        if let Some(ino) = reading.peer {
            let inode = Inode {
                dev: held.inode.dev,
                ino,
            };
            let peer = scene.ledger.known(inode, "socket").object;
            scene.ledger.paired(scene.id, &peer);
        }
        self.measure(scene);
    }

    fn called(&mut self, scene: &mut Scene<'_>, _worker: usize, _call: &Returned, way: Way) {
        if way != Way::Neither {
            self.measure(scene);
        }
    }

    /// A sender sleeps in write(): how much is in is not counted until that is back.
    fn asleep(&mut self, scene: &mut Scene<'_>, _worker: usize, call: &Entered) {
        if call.flow == Flow::Send {
            self.measure(scene);
        }
    }

    fn moved(&mut self, scene: &mut Scene<'_>, _worker: usize, _way: Way) {
        self.measure(scene);
    }

    fn look(&mut self, scene: &mut Scene<'_>) {
        scene.state.peer = scene.ledger.peer(scene.id);
    }

    fn sample(&mut self, scene: &mut Scene<'_>) {
        self.measure(scene);
    }

    fn readings(&mut self, scene: &mut Scene<'_>) -> Option<(Source, Vec<Reading>)> {
        let (value, origin, how, source) = match self.live {
            Some(bytes) => (bytes, Origin::Live, "SIOCINQ", Source::Gauge),
            None => (
                scene.ledger.bytes(scene.id),
                Origin::Model,
                if scene.traced { "calls" } else { "reports" },
                counted(scene.traced),
            ),
        };
        let mut readings = vec![Reading {
            figure: "bytes".to_owned(),
            value,
            max: None,
            origin,
            how: how.to_owned(),
        }];
        if let Some((memory, most)) = self.memory {
            readings.push(Reading {
                figure: "memory".to_owned(),
                value: memory,
                max: Some(most),
                origin: Origin::Live,
                how: "SIOCOUTQ".to_owned(),
            });
        }
        Some((source, readings))
    }

    /// Nobody can receive any more what lies in it.
    fn let_go(&mut self, scene: &mut Scene<'_>) {
        let parts = scene.ledger.removed(scene.id);
        scene.lost(parts);
    }
}

impl Socket {
    /// By inode, through sock_diag(7), which gives the same figures as the two ioctls and needs no descriptor.
    fn measure(&mut self, scene: &mut Scene<'_>) {
        let mine = gauge::look_at_socket(scene.inode.ino).ok();
        let sender = mine.and_then(|mine| gauge::look_at_socket(mine.peer?).ok());
        self.live = mine.map(|mine| mine.bytes);
        self.memory = sender.map(|sender| (sender.outstanding, sender.most));
        scene.changed();
    }
}
