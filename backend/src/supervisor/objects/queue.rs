//! A message queue, POSIX or System V: what is in it. mq_overview(7), sysvipc(7).

use super::{
    Nature, Received, Scene, Sending, Way,
    apart::{announced, put, taken},
    tell::{counted, tell_items},
};
use crate::{
    gauge::{QueueReading, look_at_named_queue, look_at_queue},
    sys::queue::{QueueStatus, msg_status},
    tracer::{Entered, Flow, Returned},
};
use shared::{
    event::{Item, Origin, Part, Reading, Source},
    ids::{CallId, MsgId},
    ledger::{
        self, Tied,
        shelf::{self, Got, Shelf},
    },
};

/// What is remembered of a queue.
#[derive(Debug)]
pub(super) struct Queue {
    shelf: Shelf,
    figures: Figures,
    /// What was last told to be in it.
    told: Vec<Item>,
}

/// What the kernel said last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Figures {
    None,
    Posix(QueueReading),
    SystemV(QueueStatus),
}

impl Queue {
    /// `by_key`: the highest priority leaves first; else the oldest message, whatever its type.
    pub(super) fn new(by_key: bool) -> Self {
        Self {
            shelf: Shelf::new(by_key),
            figures: Figures::None,
            told: Vec::new(),
        }
    }
}

impl Nature for Queue {
    fn entered(
        &mut self,
        scene: &mut Scene<'_>,
        worker: usize,
        key: CallId,
        call: &Entered,
    ) -> Option<ledger::Entered> {
        let id = &scene.worker(worker).id;
        let mut entered = ledger::Entered {
            object: Some(scene.id.clone()),
            msg: None,
        };
        match call.flow {
            Flow::Send => {
                entered.msg = announced(scene, worker, call.fd);
                let msg = match entered.msg {
                    Some(msg) => msg,
                    None => scene.ledger.infer(),
                };
                let sending = shelf::Sending {
                    msg,
                    worker: &scene.worker(worker).id,
                    key: call.key.unwrap_or(0),
                    len: call.len.unwrap_or(0),
                    bytes: &call.data,
                    reported: false,
                };
                self.shelf.send_begins(key, &sending);
            }
            Flow::Receive => self.shelf.receive_begins(key, id, call.wants.unwrap_or(0)),
            Flow::None | Flow::Move | Flow::Copy => return None,
        }
        Some(entered)
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
                let part = self.shelf.send_ends(key, done);
                let announced = announced(scene, worker, call.fd);
                Some(Tied {
                    object: Some(scene.id.clone()),
                    msg: part.and_then(|part| part.msg).or(announced),
                    inferred: announced.is_none() && done,
                    parts: part.into_iter().collect(),
                    ..Tied::default()
                })
            }
            Flow::Receive => {
                let got = done.then(|| Got {
                    key: call.key.unwrap_or(0),
                    len: moved,
                    bytes: &call.data,
                });
                let got = self.shelf.receive_ends(key, got).unwrap_or_default();
                Some(taken(scene.id, got))
            }
            Flow::None | Flow::Move | Flow::Copy => None,
        }
    }

    fn called(&mut self, scene: &mut Scene<'_>, _worker: usize, _call: &Returned, _way: Way) {
        // Its caller stands at the exit of its call: what the kernel says now, includes it.
        self.measure(scene);
        tell_items(scene, self.shelf.items(), &mut self.told);
    }

    /// A sender sleeps: the queue is full, whatever was seen to return.
    fn asleep(&mut self, scene: &mut Scene<'_>, _worker: usize, _call: &Entered) {
        self.measure(scene);
    }

    fn sending(&mut self, scene: &mut Scene<'_>, worker: usize, said: &Sending<'_>) -> Option<()> {
        if scene.traced {
            // Its call will tell.
            return None;
        }
        let sending = shelf::Sending {
            msg: said.msg,
            worker: &scene.worker(worker).id,
            key: said.key.unwrap_or(0),
            len: said.len,
            bytes: said.bytes,
            reported: true,
        };
        self.shelf.send_begins(said.msg, &sending);
        Some(())
    }

    fn sent(&mut self, scene: &mut Scene<'_>, _worker: usize, msg: MsgId, n: u64) -> Option<Tied> {
        if scene.traced {
            return None;
        }
        let part = self.shelf.send_ends(msg, n > 0);
        Some(put(scene.id, msg, part))
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
        let got = Got {
            key: got.key.unwrap_or(0),
            len: got.len,
            bytes: got.bytes,
        };
        let got = self.shelf.reported_receive(&scene.worker(worker).id, got);
        Some(taken(scene.id, got))
    }

    fn moved(&mut self, scene: &mut Scene<'_>, _worker: usize, _way: Way) {
        self.measure(scene);
        tell_items(scene, self.shelf.items(), &mut self.told);
    }

    fn look(&mut self, scene: &mut Scene<'_>) {
        self.measure(scene);
    }

    fn sample(&mut self, scene: &mut Scene<'_>) {
        self.measure(scene);
    }

    fn readings(&mut self, scene: &mut Scene<'_>) -> Option<(Source, Vec<Reading>)> {
        let live = |figure: &str, value, max, how: &str| Reading {
            figure: figure.to_owned(),
            value,
            max,
            origin: Origin::Live,
            how: how.to_owned(),
        };
        let readings = match self.figures {
            Figures::Posix(now) => vec![
                live("messages", now.messages, Some(now.maxmsg), "mq_getattr"),
                live("bytes", now.bytes, None, "QSIZE"),
                live("msgsize", now.msgsize, None, "mq_getattr"),
                live("notify", now.notify, None, "NOTIFY_PID"),
            ],
            Figures::SystemV(now) => vec![
                live("messages", now.messages, None, "IPC_STAT"),
                live("bytes", now.bytes, Some(now.qbytes), "IPC_STAT"),
                live("last_sender", now.last_sender, None, "IPC_STAT"),
                live("last_receiver", now.last_receiver, None, "IPC_STAT"),
            ],
            Figures::None => {
                let messages = Reading {
                    origin: Origin::Model,
                    ..live(
                        "messages",
                        self.shelf.first_items(0).1,
                        None,
                        if scene.traced { "calls" } else { "reports" },
                    )
                };
                return Some((counted(scene.traced), vec![messages]));
            }
        };
        Some((Source::Gauge, readings))
    }

    fn left(&mut self, scene: &mut Scene<'_>, worker: usize) {
        self.shelf.exit(&scene.worker(worker).id);
    }

    /// What nobody received goes with it.
    fn removed(&mut self, scene: &mut Scene<'_>) {
        let lost: Vec<Part> = self.shelf.lost();
        scene.lost(lost);
    }
}

impl Queue {
    /// Asks the kernel: through a descriptor somebody has, or the name, or the id.
    fn measure(&mut self, scene: &mut Scene<'_>) {
        let now = if scene.object_type == "msgqueue" {
            let id = i32::try_from(scene.inode.ino).ok();
            id.and_then(|id| msg_status(id).ok()).map(Figures::SystemV)
        } else {
            let held = scene.state.holders.iter().find_map(|holder| {
                let host = scene.host(&holder.worker)?;
                look_at_queue(host, holder.fd).ok()
            });
            let mut names = scene.state.names.iter();
            let read = held.or_else(|| names.find_map(|name| look_at_named_queue(name).ok()));
            read.map(Figures::Posix)
        };
        if let Some(now) = now.filter(|now| *now != self.figures) {
            self.figures = now;
            scene.changed();
        }
    }
}
