//! Which object a worker speaks of that has stored or loaded.

use super::Object;
use crate::{gauge::Mapped, supervisor::Supervisor, worker::wire::Touched};

/// Where in an object a worker has stored or loaded.
#[derive(Clone, Copy, Debug)]
pub(in crate::supervisor) struct Where {
    /// The object's place in the list.
    pub(in crate::supervisor) object: usize,
    /// Bytes from its start.
    pub(in crate::supervisor) at: u64,
    /// The same place in the worker's memory.
    pub(in crate::supervisor) address: Option<u64>,
}

impl Supervisor {
    /// Which object a worker speaks of. What it has mapped is read again if that is not known yet; if it has nothing mapped
    /// there now, it had when it said so.
    pub(in crate::supervisor) fn whereabouts(
        &mut self,
        worker: usize,
        touched: &Touched,
    ) -> Option<Where> {
        let known = self.mapped_there(worker, touched, |object| &object.mapped);
        if known.is_some() {
            return known;
        }
        self.objects.moved = true;
        self.look_at_objects();
        self.mapped_there(worker, touched, |object| &object.mapped)
            .or_else(|| self.mapped_there(worker, touched, |object| &object.left))
    }

    fn mapped_there(
        &self,
        worker: usize,
        touched: &Touched,
        maps: impl Fn(&Object) -> &[Mapped],
    ) -> Option<Where> {
        let host = self.crew[worker].host;
        let address = touched
            .address
            .as_deref()
            .and_then(|digits| u64::from_str_radix(digits.trim_start_matches("0x"), 16).ok());
        let named = |name: Option<&str>| match (&touched.name, name) {
            (None, _) => true,
            (Some(wanted), Some(name)) => name.ends_with(wanted.as_str()),
            (Some(_), None) => false,
        };
        for (object, known) in self.objects.all.iter().enumerate() {
            for map in maps(known).iter().filter(|map| map.pid == host) {
                let found = match address {
                    Some(address) => {
                        let inside = address.checked_sub(map.start).filter(|at| *at < map.len);
                        inside.map(|inside| (map.offset + inside, address))
                    }
                    None if named(map.name.as_deref()) && known.object_type != "semaphore" => {
                        let inside = touched.at.checked_sub(map.offset);
                        let inside = inside.filter(|inside| *inside < map.len);
                        inside.map(|inside| (touched.at, map.start + inside))
                    }
                    None => None,
                };
                if let Some((at, address)) = found {
                    return Some(Where {
                        object,
                        at,
                        address: Some(address),
                    });
                }
            }
        }
        None
    }
}
