//! So many at once: on the server, and for one address.

use super::lock;
use shared::failure::{Code, Failure};
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex},
};

/// What is counted, in the words of a refusal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Things {
    /// The limits, by the names of their settings.
    pub(crate) limit: &'static str,
    pub(crate) limit_per_address: &'static str,
    /// Follows the number: `runs are going on`.
    pub(crate) are: &'static str,
    /// What a learner can do, and what the one who runs the server can.
    pub(crate) hint: &'static str,
    pub(crate) hint_per_address: &'static str,
}

/// Runs of a server.
pub(super) const RUNS: Things = Things {
    limit: "runs",
    limit_per_address: "runs_per_address",
    are: "runs are going on",
    hint: "wait a minute, or ask whoever runs the server to raise --runs",
    hint_per_address: "end one of them (another tab?), or ask your teacher for a watch link; for a class behind one address the server needs --runs-per-address",
};

/// Counts them.
#[derive(Debug)]
pub(crate) struct Slots {
    things: Things,
    most: u64,
    most_per_address: u64,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: u64,
    by_address: HashMap<IpAddr, u64>,
}

/// Room for one, given back when it is dropped.
#[derive(Debug)]
#[must_use = "the room is given back when this is dropped"]
pub(crate) struct Slot {
    slots: Arc<Slots>,
    address: Option<IpAddr>,
}

impl Slots {
    /// So many at once, so many for one address; 0 is no limit for an address.
    pub(crate) fn new(things: Things, most: u64, most_per_address: u64) -> Arc<Self> {
        Arc::new(Self {
            things,
            most,
            most_per_address,
            taken: Mutex::default(),
        })
    }

    pub(crate) fn taken(&self) -> u64 {
        lock(&self.taken).all
    }

    /// Room for one more.
    pub(crate) fn take(self: &Arc<Self>, address: Option<IpAddr>) -> Result<Slot, Failure> {
        let address = address.map(household);
        let mut taken = lock(&self.taken);
        if taken.all >= self.most {
            let message = format!(
                "{} {}, as many as this server allows",
                taken.all, self.things.are
            );
            let failure = Failure::new(Code::LimitHit, message, self.things.hint);
            return Err(failure.limit(self.things.limit, self.most));
        }
        if let Some(address) = address {
            let of_address = taken.by_address.entry(address).or_default();
            if self.most_per_address > 0 && *of_address >= self.most_per_address {
                let message = format!(
                    "{of_address} {} for your address, as many as this server allows",
                    self.things.are
                );
                let failure = Failure::new(Code::LimitHit, message, self.things.hint_per_address);
                return Err(failure.limit(self.things.limit_per_address, self.most_per_address));
            }
            *of_address += 1;
        }
        taken.all += 1;
        Ok(Slot {
            slots: Arc::clone(self),
            address,
        })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = lock(&self.slots.taken);
        taken.all -= 1;
        if let Some(address) = self.address
            && let Some(count) = taken.by_address.get_mut(&address)
        {
            *count -= 1;
            if *count == 0 {
                taken.by_address.remove(&address);
            }
        }
    }
}

/// One customer of the network: an IPv4 address, or the /64 that a provider gives to one line.
pub(crate) fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}
