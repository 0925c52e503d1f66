//! A socket that others connect to: how many wait to be accepted. listen(2).

use super::{Nature, Scene, Way};
use crate::{
    gauge::{
        Held,
        socket::{Protocol, state},
    },
    tracer::Returned,
};
use shared::event::{Endpoint, Origin, Reading, Source};
use std::net::{Ipv4Addr, SocketAddrV4};

/// What is remembered of one.
#[derive(Debug, Default)]
pub(super) struct Listener {
    local: Option<SocketAddrV4>,
    /// Connections that wait, and the most that may: above it, connect() waits.
    waiting: Option<(u64, u64)>,
}

impl Nature for Listener {
    fn opened(&mut self, scene: &mut Scene<'_>, _worker: usize, _held: &Held) {
        self.measure(scene);
    }

    fn called(&mut self, scene: &mut Scene<'_>, _worker: usize, _call: &Returned, _way: Way) {
        self.measure(scene);
    }

    fn look(&mut self, scene: &mut Scene<'_>) {
        self.measure(scene);
    }

    fn sample(&mut self, scene: &mut Scene<'_>) {
        self.measure(scene);
    }

    fn readings(&mut self, _scene: &mut Scene<'_>) -> Option<(Source, Vec<Reading>)> {
        let waiting = self.waiting.map(|(value, most)| Reading {
            figure: "waiting".to_owned(),
            value,
            max: Some(most),
            origin: Origin::Live,
            how: "sock_diag".to_owned(),
        });
        Some((Source::Gauge, waiting.into_iter().collect()))
    }

    fn carries_messages(&self) -> bool {
        false
    }
}

impl Listener {
    fn measure(&mut self, scene: &mut Scene<'_>) {
        let endpoint = |transport: &str, local: Option<String>| Endpoint {
            transport: transport.to_owned(),
            state: state::name(state::LISTEN).to_owned(),
            local,
            ..Endpoint::default()
        };
        let nobody = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0);
        let (endpoint, waiting) = if let Some(reading) = scene.nets.unix(scene.inode.ino) {
            let stream = i32::from(reading.kind) == libc::SOCK_STREAM;
            let transport = if stream {
                "unix-stream"
            } else {
                "unix-seqpacket"
            };
            let waiting = (reading.bytes, reading.outstanding);
            (endpoint(transport, reading.name), waiting)
        } else {
            let known = self.local;
            let reading = match known {
                Some(local) => scene.nets.inet(Protocol::Tcp, local, nobody),
                None => scene.nets.inet_of(Protocol::Tcp, scene.inode.ino),
            };
            let Some(reading) = reading.filter(|reading| reading.state == state::LISTEN) else {
                return;
            };
            self.local = Some(reading.local);
            let waiting = (reading.received, reading.unacknowledged);
            (endpoint("tcp", Some(reading.local.to_string())), waiting)
        };
        scene.state.socket = Some(endpoint);
        if self.waiting != Some(waiting) {
            self.waiting = Some(waiting);
            scene.changed();
        }
    }
}
