//! The end of a stream: the buffer of what it receives. What is sent through the other end lies in it. tcp(7), unix(7).

use super::{
    Nature, Scene, Way,
    ends::{Outside, addresses, lives_on},
    tell::counted,
};
use crate::{
    gauge::{
        Held, numbered,
        socket::{InetReading, Protocol, TcpFacts, state},
    },
    tracer::{Entered, Flow, Returned},
};
use shared::event::{Endpoint, Origin, Reading, Source};

/// What is remembered of one.
#[derive(Debug, Default)]
pub(super) struct Socket {
    /// What the kernel said of it, while nothing has moved since.
    live: Option<u64>,
    /// Memory that this takes, and the most that it may: of a Unix socket both are the sender's.
    memory: Option<(u64, u64)>,
    /// Bytes that it sent and that are not acknowledged, of TCP.
    outgoing: Option<u64>,
    tcp: Option<TcpFacts>,
    outside: Outside,
    /// What was in it is told to be lost.
    over: bool,
}

impl Nature for Socket {
    fn opened(&mut self, scene: &mut Scene<'_>, _worker: usize, _held: &Held) {
        self.outside = Outside::default();
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
        if let Some(peer) = scene.ledger.peer(scene.id) {
            scene.state.peer = Some(peer);
        }
        self.measure(scene);
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
        let live = |figure: &str, value, max, how: &str| Reading {
            figure: figure.to_owned(),
            value,
            max,
            origin: Origin::Live,
            how: how.to_owned(),
        };
        let bytes = Reading {
            origin,
            ..live("bytes", value, None, how)
        };
        let mut readings = vec![bytes];
        if let Some((memory, most)) = self.memory {
            let how = match self.tcp {
                Some(_) => "SK_MEMINFO",
                None => "SIOCOUTQ",
            };
            readings.push(live("memory", memory, Some(most), how));
        }
        if let Some(outgoing) = self.outgoing {
            readings.push(live("outgoing", outgoing, None, "SIOCOUTQ"));
        }
        if let Some(tcp) = self.tcp {
            readings.push(live("unsent", tcp.unsent, None, "TCP_INFO"));
            readings.push(live("unacked", tcp.unacked, None, "TCP_INFO"));
            readings.push(live("retransmits", tcp.retransmits, None, "TCP_INFO"));
            readings.push(live("segments", tcp.segments, None, "TCP_INFO"));
            readings.push(live("cwnd", tcp.cwnd, None, "TCP_INFO"));
            readings.push(live("rtt_us", tcp.rtt_us, None, "TCP_INFO"));
        }
        Some((source, readings))
    }

    fn lives_on(&mut self, scene: &mut Scene<'_>) -> bool {
        lives_on(scene, &mut self.outside)
    }

    /// Nobody can receive any more what lies in it, unless somebody else has it.
    fn let_go(&mut self, scene: &mut Scene<'_>) {
        if self.lives_on(scene) && self.outside.held {
            return;
        }
        self.over = true;
        let parts = scene.ledger.removed(scene.id);
        scene.lost(parts);
    }

    /// Nobody ever accepted it.
    fn removed(&mut self, scene: &mut Scene<'_>) {
        if !self.over && !self.outside.held {
            let parts = scene.ledger.removed(scene.id);
            scene.lost(parts);
        }
    }
}

impl Socket {
    /// Through sock_diag(7), which gives the same figures as the two ioctls and needs no descriptor.
    fn measure(&mut self, scene: &mut Scene<'_>) {
        match addresses(scene.id) {
            Some((local, remote)) => {
                let reading = scene.nets.inet(Protocol::Tcp, local, remote);
                let number = reading.as_ref().map(|reading| reading.inode);
                self.outside.notice(scene, number);
                self.measured(scene, reading);
                let known = scene.state.socket.get_or_insert_with(|| Endpoint {
                    transport: "tcp".to_owned(),
                    ..Endpoint::default()
                });
                known.local = Some(local.to_string());
                known.remote = Some(remote.to_string());
            }
            None => self.measure_unix(scene),
        }
        scene.changed();
    }

    fn measured(&mut self, scene: &mut Scene<'_>, reading: Option<InetReading>) {
        let now = reading
            .as_ref()
            .map_or(state::CLOSE, |reading| reading.state);
        scene.state.socket = Some(Endpoint {
            transport: "tcp".to_owned(),
            state: state::name(now).to_owned(),
            shut: reading.as_ref().and_then(|reading| reading.shut),
            ..Endpoint::default()
        });
        self.live = reading.as_ref().map(|reading| reading.received);
        self.outgoing = reading.as_ref().map(|reading| reading.unacknowledged);
        self.memory = reading
            .as_ref()
            .filter(|reading| reading.memory.most_received > 0)
            .map(|reading| (reading.memory.received, reading.memory.most_received));
        self.tcp = reading.and_then(|reading| reading.tcp);
    }

    fn measure_unix(&mut self, scene: &mut Scene<'_>) {
        let waits = scene.inode.dev == numbered::UNACCEPTED;
        let mine = scene.nets.unix(scene.inode.ino);
        if waits {
            let number = mine.as_ref().and_then(|connected| connected.peer);
            self.outside.notice(scene, number);
            // What the kernel has of it, only its own number would tell.
            scene.state.socket = mine.map(|client| Endpoint {
                transport: "unix-stream".to_owned(),
                state: state::name(state::ESTABLISHED).to_owned(),
                remote: client.name,
                ..Endpoint::default()
            });
            self.live = None;
            return;
        }
        let other = mine.as_ref().and_then(|mine| {
            let peer = mine.peer.filter(|peer| *peer != 0)?;
            scene.nets.unix(peer)
        });
        self.live = mine.as_ref().map(|mine| mine.bytes);
        self.memory = other
            .as_ref()
            .map(|sender| (sender.outstanding, sender.memory.most_sent));
        if let Some(mine) = mine {
            scene.state.socket = Some(Endpoint {
                transport: "unix-stream".to_owned(),
                state: state::name(mine.state).to_owned(),
                local: mine.name,
                remote: other.and_then(|other| other.name),
                shut: mine.shut,
            });
        }
    }
}
