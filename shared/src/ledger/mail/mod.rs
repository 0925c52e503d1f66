//! Sockets that keep messages apart: one call sends one message, one call receives one. udp(7), unix(7).
//!
//! Each socket is a box: what is sent to its address, or through the other end of its pair, lies in it until it is
//! received. Where it is full, UDP throws away what comes, and counts it.

#[cfg(test)]
mod tests;

use super::shelf::{Got, Sending, Shelf, Taken};
use crate::{
    event::{Item, Part},
    ids::{CallId, ObjectId, WorkerId},
};
use std::collections::BTreeMap;

/// Sender of a message that was received, where the call did not ask for it.
pub const ANYBODY: i64 = i64::MIN;

/// The boxes of one run.
#[derive(Debug, Default)]
pub struct Mail {
    boxes: BTreeMap<ObjectId, Shelf>,
    /// Which socket has an address.
    addresses: BTreeMap<String, ObjectId>,
    /// Sockets that have sent, numbered.
    senders: BTreeMap<ObjectId, i64>,
    /// Sends that have not returned, and the box they go into.
    sends: BTreeMap<CallId, ObjectId>,
    /// What each box has thrown away, as far as it was told.
    drops: BTreeMap<ObjectId, u64>,
}

impl Mail {
    /// There is such a socket.
    pub(super) fn begin(&mut self, socket: &ObjectId) {
        let boxes = &mut self.boxes;
        if !boxes.contains_key(socket) {
            boxes.insert(socket.clone(), Shelf::new(false));
        }
    }

    /// A socket has that address now.
    pub fn lives_at(&mut self, socket: &ObjectId, address: &str) {
        let addresses = &mut self.addresses;
        if addresses.get(address) != Some(socket) {
            addresses.insert(address.to_owned(), socket.clone());
        }
    }

    /// Whose address that is.
    pub fn at(&self, address: &str) -> Option<ObjectId> {
        self.addresses.get(address).cloned()
    }

    /// What stands for a socket as a sender.
    pub fn number(&mut self, socket: &ObjectId) -> i64 {
        let next = i64::try_from(self.senders.len()).unwrap_or(i64::MAX);
        *self.senders.entry(socket.clone()).or_insert(next)
    }

    /// A send was entered, or reported to be about to be made. Its key is the number of the socket it goes out of.
    pub fn send_begins(&mut self, into: &ObjectId, call: CallId, sending: &Sending<'_>) {
        if let Some(shelf) = self.boxes.get_mut(into) {
            shelf.send_begins(call, sending);
            self.sends.insert(call, into.clone());
        }
    }

    /// It returned: the kernel took it, or not. Which box it was for, and what went on its way.
    pub fn send_ends(&mut self, call: CallId, taken: bool) -> Option<(ObjectId, Option<Part>)> {
        let into = self.sends.remove(&call)?;
        let part = self.boxes.get_mut(&into)?.send_ends(call, taken);
        Some((into, part))
    }

    /// A receive was entered.
    pub fn receive_begins(&mut self, from: &ObjectId, call: CallId, worker: &WorkerId) {
        if let Some(shelf) = self.boxes.get_mut(from) {
            shelf.receive_begins(call, worker, 0);
        }
    }

    /// It returned, with a message or without. `None` as well where nothing came and nothing empty was sent: the other
    /// end of a seqpacket pair is closed.
    pub fn receive_ends(
        &mut self,
        from: &ObjectId,
        call: CallId,
        got: Option<Got<'_>>,
    ) -> Option<Taken> {
        let shelf = self.boxes.get_mut(from)?;
        let got = got.filter(|got| got.len > 0 || shelf.expects_nothing());
        shelf.receive_ends(call, got)
    }

    /// Without a tracer: a worker has reported that it received.
    pub fn reported_receive(
        &mut self,
        from: &ObjectId,
        worker: &WorkerId,
        got: Got<'_>,
    ) -> Option<Taken> {
        let shelf = self.boxes.get_mut(from)?;
        if got.len == 0 && !shelf.expects_nothing() {
            return Some(Taken::default());
        }
        Some(shelf.reported_receive(worker, got))
    }

    /// So many packets has the kernel thrown away because the box was full, ever. Those of which it is certain by now.
    pub fn dropped(&mut self, of: &ObjectId, ever: u64) -> Vec<Part> {
        let Some(shelf) = self.boxes.get_mut(of) else {
            return Vec::new();
        };
        let before = self.drops.insert(of.clone(), ever).unwrap_or(0);
        shelf.dropped(ever.saturating_sub(before))
    }

    /// The box has nothing to do with what is under way to it any more: there is nobody at that address.
    pub fn nobody(&mut self, call: CallId) {
        self.sends.remove(&call);
    }

    /// What lies in it, the next to be received first; who sent it is no key of the message.
    pub fn items(&self, socket: &ObjectId) -> Vec<Item> {
        let items = self.boxes.get(socket).map(Shelf::items);
        let mut items = items.unwrap_or_default();
        items.iter_mut().for_each(|item| item.key = None);
        items
    }

    /// What nobody has received of it, as far as that is certain.
    pub fn lost(&self, socket: &ObjectId) -> Vec<Part> {
        self.boxes.get(socket).map_or_else(Vec::new, Shelf::lost)
    }

    /// A process is gone.
    pub fn exit(&mut self, worker: &WorkerId) {
        for shelf in self.boxes.values_mut() {
            shelf.exit(worker);
        }
    }

    /// The socket is gone, and its address free.
    pub(super) fn removed(&mut self, socket: &ObjectId) {
        self.boxes.remove(socket);
        self.addresses.retain(|_, of| of != socket);
        self.sends.retain(|_, into| into != socket);
        self.drops.remove(socket);
    }
}
