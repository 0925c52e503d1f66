//! A socket that keeps messages apart: one call is one message. udp(7), unix(7).

use super::{
    Nature, Received, Scene, Sending, Way,
    apart::{announced, put, taken},
    ends::{Outside, lives_on},
    tell::{counted, tell_items},
};
use crate::{
    gauge::{
        Held, numbered,
        socket::{InetReading, Protocol, state},
    },
    tracer::{Entered, Flow, Returned},
};
use shared::{
    event::{Endpoint, Item, Origin, Part, Reading, Source},
    ids::{CallId, MsgId, ObjectId},
    ledger::{
        self, Inode, Tied,
        mail::ANYBODY,
        shelf::{self, Got},
    },
};
use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddrV4},
};

/// Sends under way to where none of our boxes is; a worker has few threads.
const MANY: usize = 64;
/// How many datagrams may wait in a Unix socket, besides the one that is over it: unix(7).
const MOST_MESSAGES: &str = "/proc/sys/net/unix/max_dgram_qlen";

/// What is remembered of one.
#[derive(Debug, Default)]
pub(super) struct Datagram {
    /// Its addresses, of UDP; unspecified while it has none.
    address: Option<(SocketAddrV4, SocketAddrV4)>,
    /// SK_MEMINFO: memory that the queue takes, the most of that, and what was thrown away.
    memory: Option<(u64, u64, u64)>,
    /// Messages that may wait, of a Unix socket.
    most: Option<u64>,
    /// What was last told to be in it.
    told: Vec<Item>,
    /// Sends under way to nobody we know.
    loose: BTreeMap<CallId, (MsgId, Option<String>)>,
    outside: Outside,
}

impl Nature for Datagram {
    fn opened(&mut self, scene: &mut Scene<'_>, _worker: usize, _held: &Held) {
        self.outside = Outside::default();
        self.measure(scene);
    }

    fn entered(
        &mut self,
        scene: &mut Scene<'_>,
        worker: usize,
        key: CallId,
        call: &Entered,
    ) -> Option<ledger::Entered> {
        let id = scene.worker(worker).id.clone();
        let socket = scene.id;
        match call.flow {
            Flow::Send => {
                let announced = announced(scene, worker, call.fd);
                let into = self.target(scene, call.address.as_deref());
                let msg = match announced {
                    Some(msg) => msg,
                    None => scene.ledger.infer(),
                };
                match &into {
                    Some(into) => {
                        let sending = shelf::Sending {
                            msg,
                            worker: &id,
                            key: scene.ledger.mail.number(socket),
                            len: call.len.unwrap_or(0),
                            bytes: &call.data,
                            reported: false,
                        };
                        scene.ledger.mail.send_begins(into, key, &sending);
                    }
                    None if self.loose.len() < MANY => {
                        self.loose.insert(key, (msg, call.address.clone()));
                    }
                    None => {}
                }
                Some(ledger::Entered {
                    object: into,
                    msg: announced,
                })
            }
            Flow::Receive => {
                scene.ledger.mail.receive_begins(socket, key, &id);
                Some(ledger::Entered {
                    object: Some(scene.id.clone()),
                    msg: None,
                })
            }
            Flow::None | Flow::Move | Flow::Copy => None,
        }
    }

    fn returned(
        &mut self,
        scene: &mut Scene<'_>,
        worker: usize,
        key: CallId,
        call: &Returned,
        moved: u64,
    ) -> Option<Tied> {
        let done = call.errno.is_none();
        match call.flow {
            Flow::Send => {
                let announced = announced(scene, worker, call.fd);
                let loose = self.loose.remove(&key);
                let (object, part) = match scene.ledger.mail.send_ends(key, done) {
                    Some((into, part)) => (Some(into), part),
                    None => {
                        let msg = announced.or(loose.as_ref().map(|(msg, _)| *msg));
                        let (from, to) = (0, moved);
                        (None, done.then_some(Part { msg, from, to }))
                    }
                };
                let nowhere = object.is_none() && self.is_nowhere(scene, loose.as_ref());
                let parts: Vec<Part> = part.into_iter().collect();
                Some(Tied {
                    object,
                    msg: parts.first().and_then(|part| part.msg).or(announced),
                    inferred: announced.is_none() && done,
                    lost: if nowhere { parts.clone() } else { Vec::new() },
                    parts,
                    ..Tied::default()
                })
            }
            Flow::Receive => {
                let from = call.address.as_deref();
                let got = done.then(|| Got {
                    key: sender(scene, from),
                    len: moved,
                    bytes: &call.data,
                });
                let got = scene.ledger.mail.receive_ends(scene.id, key, got);
                Some(taken(scene.id, got.unwrap_or_default()))
            }
            Flow::None | Flow::Move | Flow::Copy => None,
        }
    }

    fn called(&mut self, scene: &mut Scene<'_>, _worker: usize, _call: &Returned, _way: Way) {
        // Its caller stands at the exit of its call: what the kernel says now, includes it.
        self.measure(scene);
        self.tell(scene);
    }

    fn asleep(&mut self, scene: &mut Scene<'_>, _worker: usize, _call: &Entered) {
        self.measure(scene);
    }

    fn sending(&mut self, scene: &mut Scene<'_>, worker: usize, said: &Sending<'_>) -> Option<()> {
        if scene.traced {
            // Its call will tell.
            return None;
        }
        self.measure(scene);
        let id = scene.worker(worker).id.clone();
        let into = self.target(scene, said.to)?;
        let sending = shelf::Sending {
            msg: said.msg,
            worker: &id,
            key: scene.ledger.mail.number(scene.id),
            len: said.len,
            bytes: said.bytes,
            reported: true,
        };
        scene.ledger.mail.send_begins(&into, said.msg, &sending);
        Some(())
    }

    fn sent(&mut self, scene: &mut Scene<'_>, _worker: usize, msg: MsgId, n: u64) -> Option<Tied> {
        if scene.traced {
            return None;
        }
        let (object, part) = scene.ledger.mail.send_ends(msg, n > 0)?;
        Some(put(&object, msg, part))
    }

    fn received(
        &mut self,
        scene: &mut Scene<'_>,
        worker: usize,
        got: &Received<'_>,
    ) -> Option<Tied> {
        if scene.traced {
            return None;
        }
        let id = scene.worker(worker).id.clone();
        // What had no room before this is known first.
        self.measure(scene);
        let got = Got {
            key: ANYBODY,
            len: got.len,
            bytes: got.bytes,
        };
        let got = scene.ledger.mail.reported_receive(scene.id, &id, got)?;
        Some(taken(scene.id, got))
    }

    fn moved(&mut self, scene: &mut Scene<'_>, _worker: usize, _way: Way) {
        self.measure(scene);
        self.tell(scene);
    }

    fn look(&mut self, scene: &mut Scene<'_>) {
        if let Some(peer) = scene.ledger.peer(scene.id) {
            scene.state.peer = Some(peer);
        }
        self.measure(scene);
    }

    fn sample(&mut self, scene: &mut Scene<'_>) {
        self.measure(scene);
        self.tell(scene);
    }

    fn readings(&mut self, scene: &mut Scene<'_>) -> Option<(Source, Vec<Reading>)> {
        let reading = |figure: &str, value, max, origin, how: &str| Reading {
            figure: figure.to_owned(),
            value,
            max,
            origin,
            how: how.to_owned(),
        };
        let items = scene.ledger.mail.items(scene.id);
        let how = if scene.traced { "calls" } else { "reports" };
        let mut all = vec![reading(
            "messages",
            items.len() as u64,
            self.most,
            Origin::Model,
            how,
        )];
        let Some((memory, most, drops)) = self.memory else {
            return Some((counted(scene.traced), all));
        };
        let live =
            |figure: &str, value, max| reading(figure, value, max, Origin::Live, "SK_MEMINFO");
        all.push(live("memory", memory, Some(most)));
        all.push(live("drops", drops, None));
        Some((Source::Gauge, all))
    }

    fn lives_on(&mut self, scene: &mut Scene<'_>) -> bool {
        lives_on(scene, &mut self.outside)
    }

    /// What nobody received goes with it.
    fn removed(&mut self, scene: &mut Scene<'_>) {
        if !self.outside.held {
            let lost = scene.ledger.mail.lost(scene.id);
            scene.lost(lost);
        }
    }
}

impl Datagram {
    /// The box that a send goes into: the one at that address, or at the other end.
    fn target(&self, scene: &Scene<'_>, address: Option<&str>) -> Option<ObjectId> {
        let mail = &scene.ledger.mail;
        let at = |address: &str| {
            let port = address.rsplit_once(':').map(|(_, port)| port);
            let any = port.map(|port| format!("0.0.0.0:{port}"));
            mail.at(address).or_else(|| mail.at(&any?))
        };
        if let Some(address) = address {
            // A box that got its address a moment ago is known by its number only.
            return at(address).or_else(|| {
                let (from, _) = self.address?;
                let ino = scene.nets.receiver(from, address.parse().ok()?)?.inode;
                let dev = scene.inode.dev;
                scene.ledger.numbered(Inode { dev, ino })
            });
        }
        if let Some((_, remote)) = self.address {
            return at(&remote.to_string());
        }
        let other = scene.nets.unix(scene.inode.ino)?.peer?;
        let inode = Inode {
            dev: scene.inode.dev,
            ino: other,
        };
        let numbered = scene.ledger.numbered(inode);
        numbered.or_else(|| scene.ledger.peer(scene.id))
    }

    /// Nobody at all would have got it.
    fn is_nowhere(&self, scene: &Scene<'_>, loose: Option<&(MsgId, Option<String>)>) -> bool {
        let Some(((_, to), (from, remote))) = loose.zip(self.address) else {
            return false;
        };
        let to = to.as_ref().map_or(Some(remote), |to| to.parse().ok());
        to.is_some_and(|to: SocketAddrV4| scene.nets.receiver(from, to).is_none())
    }

    fn measure(&mut self, scene: &mut Scene<'_>) {
        if scene.inode.dev == numbered::UNACCEPTED {
            let connected = scene.nets.unix(scene.inode.ino);
            return self
                .outside
                .notice(scene, connected.and_then(|one| one.peer));
        }
        if let Some(reading) = scene.nets.unix(scene.inode.ino) {
            let pair = i32::from(reading.kind) == libc::SOCK_SEQPACKET;
            let other = reading.peer.and_then(|peer| scene.nets.unix(peer));
            // Accepted ends all have the name of their listener, and nobody sends to a name there.
            if let Some(name) = reading.name.as_ref().filter(|_| !pair) {
                scene.ledger.mail.lives_at(scene.id, name);
            }
            if !pair && self.most.is_none() {
                let most = std::fs::read_to_string(MOST_MESSAGES).ok();
                let most = most.and_then(|most| most.trim().parse::<u64>().ok());
                self.most = most.map(|most| most + 1);
            }
            let transport = if pair {
                "unix-seqpacket"
            } else {
                "unix-datagram"
            };
            scene.state.socket = Some(Endpoint {
                transport: transport.to_owned(),
                state: state::name(reading.state).to_owned(),
                local: reading.name,
                remote: other.and_then(|other| other.name),
                shut: reading.shut,
            });
        } else {
            self.measure_udp(scene);
        }
        scene.changed();
    }

    fn measure_udp(&mut self, scene: &mut Scene<'_>) {
        let nobody = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0);
        let mine = |found: &InetReading| found.inode == scene.inode.ino;
        let known = self.address.and_then(|(local, remote)| {
            let found = scene.nets.inet(Protocol::Udp, local, remote);
            found.filter(mine)
        });
        let reading = known.or_else(|| scene.nets.inet_of(Protocol::Udp, scene.inode.ino));
        let mut endpoint = Endpoint {
            transport: "udp".to_owned(),
            state: state::name(state::CLOSE).to_owned(),
            ..Endpoint::default()
        };
        if let Some(reading) = reading {
            self.address = Some((reading.local, reading.remote));
            let memory = reading.memory;
            self.memory = Some((memory.received, memory.most_received, memory.drops));
            state::name(reading.state).clone_into(&mut endpoint.state);
            let local = reading.local.to_string();
            scene.ledger.mail.lives_at(scene.id, &local);
            endpoint.local = Some(local);
            let connected = reading.remote != nobody;
            endpoint.remote = connected.then(|| reading.remote.to_string());
            let lost = scene.ledger.mail.dropped(scene.id, memory.drops);
            scene.lost(lost);
        }
        scene.state.socket = Some(endpoint);
    }

    fn tell(&mut self, scene: &mut Scene<'_>) {
        let items = scene.ledger.mail.items(scene.id);
        tell_items(scene, items, &mut self.told);
    }
}

/// The number of the socket that sent it, where the call asked for its address.
fn sender(scene: &mut Scene<'_>, from: Option<&str>) -> i64 {
    let known = from.and_then(|from| scene.ledger.mail.at(from));
    known.map_or(ANYBODY, |known| scene.ledger.mail.number(&known))
}
