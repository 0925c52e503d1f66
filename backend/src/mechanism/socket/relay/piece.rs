//! What becomes of each piece that a relay has received.

use crate::{
    mechanism::socket::{connection::put, datagram::post},
    sys::{calls::Fd, net::Address},
    worker::Worker,
};
use nix::unistd::getpid;
use shared::{ids::MsgId, mechanism::socket::Relay};

/// Message ids below this are the lab's; what a process sends of its own accord has ids from its pid times this on.
const OWN_IDS: MsgId = 10_000_000;

/// What becomes of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Passed,
    Delayed,
    Dropped,
    Held,
}

impl Fate {
    /// `chosen`: it is one of those of a hundred.
    pub(super) fn of(relay: Relay, chosen: bool) -> Self {
        match relay {
            _ if !chosen => Self::Passed,
            Relay::None => Self::Passed,
            Relay::Delay => Self::Delayed,
            Relay::Drop => Self::Dropped,
            Relay::Reorder => Self::Held,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Delayed => "delayed",
            Self::Dropped => "dropped",
            Self::Held => "held",
        }
    }
}

/// Chooses so many of a hundred, evenly and not by chance: a scene plays the same each time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    percent: u64,
    saved: u64,
}

impl Share {
    pub(super) fn new(percent: u64) -> Self {
        Self { percent, saved: 0 }
    }

    /// Whether the next one is chosen.
    pub(super) fn next(&mut self) -> bool {
        self.saved += self.percent;
        let chosen = self.saved >= 100;
        if chosen {
            self.saved -= 100;
        }
        chosen
    }
}

/// Ids of what it sends: a piece that goes on is a message of its own, of which only this process knows where it came from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ids(MsgId);

impl Ids {
    pub(super) fn new() -> Self {
        Self(OWN_IDS * MsgId::from(getpid().as_raw().unsigned_abs()))
    }

    /// Sends a piece on, whole.
    #[track_caller]
    pub(super) fn forward(
        &mut self,
        me: &mut Worker,
        to: Fd,
        whom: Option<&Address>,
        piece: &[u8],
    ) {
        let msg = self.0;
        self.0 += 1;
        match whom {
            Some(whom) => me.sending_to(msg, to, piece, &whom.to_string()),
            None => me.sending(msg, to, piece),
        }
        let (sent, errno) = match whom {
            Some(_) => match post(to, piece, whom, false) {
                None => (piece.len(), None),
                errno => (0, errno),
            },
            None => put(to, piece, false),
        };
        me.sent(msg, sent, errno);
    }
}

#[cfg(test)]
mod tests {
    use super::{Fate, Share};
    use shared::mechanism::socket::Relay;

    #[test]
    fn a_share_is_even() {
        let chosen = |percent, of| {
            let mut share = Share::new(percent);
            (0..of).map(|_| share.next()).collect::<Vec<_>>()
        };
        assert_eq!(chosen(50, 4), [false, true, false, true]);
        assert_eq!(chosen(100, 3), [true; 3]);
        assert_eq!(chosen(0, 3), [false; 3]);
        assert_eq!(chosen(30, 100).iter().filter(|one| **one).count(), 30);
    }

    #[test]
    fn who_is_not_chosen_passes() {
        assert_eq!(Fate::of(Relay::Drop, false), Fate::Passed);
        assert_eq!(Fate::of(Relay::Drop, true).word(), "dropped");
    }
}
