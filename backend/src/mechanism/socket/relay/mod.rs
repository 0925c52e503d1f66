//! Between clients and the server: takes what one side sends and gives it to the other, late, not at all, or out of order.

mod piece;

use super::{
    place::Place,
    wait::{Woken, wait_within},
};
use crate::{
    sys::{
        calls::{Fd, close, sleep},
        net::{Address, accept, bind, connect, listen, recv_message, shutdown},
    },
    worker::Worker,
};
use nix::errno::Errno;
use piece::{Fate, Ids, Share};
use serde_json::json;
use shared::event::End;
use std::time::Duration;

/// One direction of what passes through.
#[derive(Debug)]
struct Way {
    from: Fd,
    to: Fd,
    /// Whom it goes to, of a socket that is not connected.
    whom: Option<Address>,
    /// Whose datagrams it is for, of a socket on which those of all clients arrive.
    whose: Option<Address>,
    /// A piece that goes after the next one.
    held: Option<Vec<u8>>,
    over: bool,
}

struct Between<'a> {
    place: &'a Place<'a>,
    /// Where clients come to: it listens, or takes datagrams.
    front: Fd,
    ways: Vec<Way>,
    share: Share,
    ids: Ids,
}

pub(super) fn relay(mut me: Worker, place: &Place<'_>) -> i32 {
    let front = start(&mut me, place);
    me.open_gate();
    let Some(front) = front else { return 1 };
    let mut between = Between {
        place,
        front,
        ways: Vec::new(),
        share: Share::new(place.params.percent),
        ids: Ids::new(),
    };
    loop {
        let open: Vec<_> = between.open();
        let millis = if between.ways.iter().any(|way| way.held.is_some()) {
            i32::try_from(place.params.delay).unwrap_or(i32::MAX)
        } else {
            -1
        };
        match wait_within(&mut me, &open, millis) {
            // Nothing has come to be swapped with.
            Woken::Ready(ready) if ready.is_empty() => between.let_go(&mut me),
            Woken::Ready(ready) => {
                for fd in ready {
                    between.serve(&mut me, fd);
                }
            }
            // It can be frozen and killed; nothing else is asked of it.
            Woken::Command(_) => {}
            Woken::Over => return 0,
        }
    }
}

/// A socket at an address of its own, to which clients go instead of the server's.
fn start(me: &mut Worker, place: &Place<'_>) -> Option<Fd> {
    let made = place.socket().and_then(|fd| {
        bind(fd, &place.relay)?;
        if place.kind.listens() {
            listen(fd, place.params.backlog)?;
        }
        Ok(fd)
    });
    let told = if place.kind.listens() {
        "listening"
    } else {
        "bound"
    };
    match made {
        Ok(fd) => {
            me.said(told, json!({"fd": fd, "at": place.relay.to_string()}));
            Some(fd)
        }
        Err(errno) => {
            me.failed("bind", errno);
            None
        }
    }
}

impl Between<'_> {
    fn streams(&self) -> bool {
        self.place.kind.listens()
    }

    /// What to wait for, each once.
    fn open(&self) -> Vec<Fd> {
        let open = self.ways.iter().filter(|way| !way.over);
        let mut all: Vec<_> = open.map(|way| way.from).collect();
        all.push(self.front);
        all.sort_unstable();
        all.dedup();
        all
    }

    fn serve(&mut self, me: &mut Worker, fd: Fd) {
        if fd == self.front && self.streams() {
            match accept(self.front) {
                Ok((client, _)) => self.join(me, client, None),
                Err(errno) => me.failed("accept", errno),
            }
            return;
        }
        let len = usize::try_from(self.place.params.chunk).unwrap_or(1);
        let mut buffer = vec![0; len];
        let got = match recv_message(fd, &mut buffer) {
            Ok(got) => got,
            Err(errno) => {
                me.failed("recvmsg", errno);
                // A connection that was broken off is broken off on the other side as well.
                for way in self.ways.iter_mut().filter(|way| way.from == fd) {
                    way.over = self.place.kind.listens();
                }
                return;
            }
        };
        let piece = buffer.get(..got.len).unwrap_or_default();
        me.received(fd, piece);
        let from = Some(got.from).filter(|from| *from != Address::Nowhere);
        if fd == self.front && self.way(fd, from.as_ref()).is_none() {
            self.join(me, self.front, from.clone());
        }
        let Some(at) = self.way(fd, from.as_ref()) else {
            return;
        };
        if piece.is_empty() && self.streams() {
            self.end(me, at);
        } else {
            self.pass(me, at, piece.to_vec());
        }
    }

    /// Which way what comes there goes.
    fn way(&self, fd: Fd, from: Option<&Address>) -> Option<usize> {
        let ours = |way: &Way| {
            way.from == fd && !way.over && (way.whose.is_none() || way.whose.as_ref() == from)
        };
        self.ways.iter().position(ours)
    }

    /// A client is there: a socket of its own towards the server, and two ways.
    fn join(&mut self, me: &mut Worker, client: Fd, whose: Option<Address>) {
        let server = self.place.socket().and_then(|fd| {
            connect(fd, self.place.behind())?;
            Ok(fd)
        });
        let server = match server {
            Ok(server) => server,
            Err(errno) => {
                me.failed("connect", errno);
                if self.streams()
                    && let Err(errno) = close(client)
                {
                    me.failed("close", errno);
                }
                return;
            }
        };
        let way = |from, to, whose, whom| Way {
            from,
            to,
            whom,
            whose,
            held: None,
            over: false,
        };
        self.ways.push(way(client, server, whose.clone(), None));
        self.ways.push(way(server, client, None, whose));
    }

    /// What becomes of a piece.
    fn pass(&mut self, me: &mut Worker, at: usize, piece: Vec<u8>) {
        let fate = Fate::of(self.place.params.relay, self.share.next());
        let about = json!({"len": piece.len(), "what": fate.word()});
        me.said("relayed", about);
        match fate {
            Fate::Dropped => return,
            Fate::Held if self.ways[at].held.is_none() => {
                self.ways[at].held = Some(piece);
                return;
            }
            Fate::Delayed => {
                let time = Duration::from_millis(self.place.params.delay);
                if let Err(errno) = sleep(time) {
                    me.failed("clock_nanosleep", errno);
                }
            }
            Fate::Passed | Fate::Held => {}
        }
        let way = &mut self.ways[at];
        self.ids.forward(me, way.to, way.whom.as_ref(), &piece);
        if let Some(held) = way.held.take() {
            self.ids.forward(me, way.to, way.whom.as_ref(), &held);
        }
    }

    /// All that waits for a next one goes.
    fn let_go(&mut self, me: &mut Worker) {
        for way in &mut self.ways {
            if let Some(held) = way.held.take() {
                self.ids.forward(me, way.to, way.whom.as_ref(), &held);
            }
        }
    }

    /// One side sends no more: the other is to see that as well.
    fn end(&mut self, me: &mut Worker, at: usize) {
        self.let_go(me);
        let way = &mut self.ways[at];
        way.over = true;
        if let Err(errno) = shutdown(way.to, End::Write)
            && errno != Errno::ENOTCONN
        {
            me.failed("shutdown", errno);
        }
    }
}
