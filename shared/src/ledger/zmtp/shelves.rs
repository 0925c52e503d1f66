//! What stands on whose shelf now: in the memory of libzmq, of which only its calls and its owner's words tell.

use super::books::{Message, Zmtp};
use crate::{
    event::{Item, Preview},
    ids::{MsgId, ObjectId, WorkerId},
};

/// Bytes of each message that are told: a shelf can have many.
const PREVIEW: usize = 32;
/// Messages that are told one by one: an event is at most 8 KiB.
const MOST: usize = 40;

/// A shelf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shelf {
    /// `out:pusher`, `out:publisher>subscriber`, `in:puller`.
    pub id: ObjectId,
    /// The first to leave first.
    pub items: Vec<Item>,
    /// How many there are in all.
    pub messages: u64,
    /// How many were thrown away, of those that should have gone this way.
    pub lost: u64,
}

impl Zmtp {
    /// All shelves. `traced`: it is known what has left them, and those of receivers are known; else a message counts as
    /// on its way until it is received.
    pub fn shelves(
        &self,
        senders: &[WorkerId],
        receivers: &[WorkerId],
        traced: bool,
    ) -> Vec<Shelf> {
        let mut all = Vec::new();
        for sender in senders {
            if self.fans_out() {
                all.extend(receivers.iter().map(|to| self.out_to(sender, to, traced)));
            } else {
                all.push(self.out(sender, traced));
            }
        }
        if traced {
            all.extend(receivers.iter().map(|receiver| self.into(receiver)));
        }
        all
    }

    /// What waits for one subscriber.
    fn out_to(&self, sender: &WorkerId, to: &WorkerId, traced: bool) -> Shelf {
        let wish = self.subscribed.get(to).copied().flatten();
        let went = |message: &Message| {
            message.on.iter().any(|on| {
                let wire = self.wires.get(on);
                wire.is_some_and(|wire| {
                    wire.receiver.as_ref().is_none_or(|receiver| receiver == to)
                })
            })
        };
        let waits = |message: &&Message| {
            wish.is_none_or(|wish| message.key == Some(wish))
                && !message.taken.contains(to)
                && !message.lost.contains(to)
                && (!traced || !went(message))
        };
        let lost = |message: &Message| message.lost.contains(to);
        self.shelf(format!("out:{sender}>{to}"), sender, waits, lost)
    }

    /// What waits for whoever is next.
    fn out(&self, sender: &WorkerId, traced: bool) -> Shelf {
        let waits = |message: &&Message| {
            message.taken.is_empty()
                && message.lost.is_empty()
                && (!traced || message.on.is_empty())
        };
        let lost = |message: &Message| !message.lost.is_empty();
        self.shelf(format!("out:{sender}"), sender, waits, lost)
    }

    fn shelf(
        &self,
        id: String,
        sender: &WorkerId,
        waits: impl Fn(&&Message) -> bool,
        lost: impl Fn(&Message) -> bool,
    ) -> Shelf {
        let messages = self.senders.get(sender).map(|sender| &sender.messages);
        let put = || {
            let all = messages.into_iter().flatten();
            all.filter(|message| message.put && message.len != u64::MAX)
        };
        let waiting = || put().filter(&waits);
        Shelf {
            id: ObjectId::new(id),
            items: waiting().take(MOST).map(item).collect(),
            messages: waiting().count() as u64,
            lost: put().filter(|message| lost(message)).count() as u64,
        }
    }

    /// What has come, and was not taken.
    fn into(&self, receiver: &WorkerId) -> Shelf {
        let mut ids: Vec<(&WorkerId, MsgId)> = Vec::new();
        for wire in self.wires.values() {
            let (Some(sender), true) = (&wire.sender, wire.receiver.as_ref() == Some(receiver))
            else {
                continue;
            };
            ids.extend(wire.shelf.iter().map(|msg| (sender, *msg)));
        }
        let find = |(sender, msg): &(&WorkerId, MsgId)| {
            let messages = &self.senders.get(*sender)?.messages;
            messages.iter().rev().find(|message| message.id == *msg)
        };
        Shelf {
            id: ObjectId::new(format!("in:{receiver}")),
            items: ids.iter().take(MOST).filter_map(find).map(item).collect(),
            messages: ids.len() as u64,
            lost: 0,
        }
    }
}

fn item(message: &Message) -> Item {
    let short = message.head.get(..PREVIEW).unwrap_or(&message.head);
    Item {
        msg: Some(message.id),
        key: message.key,
        len: message.len,
        preview: Preview::of(short, message.len),
    }
}
