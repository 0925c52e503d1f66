//! How often an address may name a code that is none.

use crate::lab::slots::household;
use shared::failure::{Code, Failure};
use std::{
    collections::HashMap,
    net::IpAddr,
    time::{Duration, Instant},
};

/// Wrong codes a minute for one address: a class that mistypes, not a program that searches.
const MOST: u32 = 60;
const MINUTE: Duration = Duration::from_secs(60);
/// Addresses remembered; past that all begin anew, which takes whoever searches as many addresses.
const ADDRESSES: usize = 4096;

/// Wrong codes of late.
#[derive(Debug, Default)]
pub(super) struct Tries(HashMap<IpAddr, (u32, Instant)>);

impl Tries {
    /// Refuses an address that has tried too often.
    pub(super) fn check(&self, address: Option<IpAddr>, now: Instant) -> Result<(), Failure> {
        let Some((wrong, since)) = address.and_then(|address| self.0.get(&household(address)))
        else {
            return Ok(());
        };
        if *wrong < MOST || now.duration_since(*since) >= MINUTE {
            return Ok(());
        }
        let failure = Failure::new(
            Code::LimitHit,
            format!("{MOST} codes from your address led nowhere within a minute"),
            "wait a minute, then take the link as it is shown",
        );
        Err(failure.limit("wrong_codes_per_minute", u64::from(MOST)))
    }

    /// One more was wrong.
    pub(super) fn wrong(&mut self, address: Option<IpAddr>, now: Instant) {
        let Some(address) = address.map(household) else {
            return;
        };
        if self.0.len() >= ADDRESSES && !self.0.contains_key(&address) {
            self.0
                .retain(|_, (_, since)| now.duration_since(*since) < MINUTE);
            if self.0.len() >= ADDRESSES {
                self.0.clear();
            }
        }
        let tried = self.0.entry(address).or_insert((0, now));
        if now.duration_since(tried.1) >= MINUTE {
            *tried = (0, now);
        }
        tried.0 += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::{ADDRESSES, MINUTE, MOST, Tries};
    use std::{net::IpAddr, time::Instant};

    #[test]
    fn whoever_searches_must_wait_and_nobody_else() {
        let (mut tries, begin) = (Tries::default(), Instant::now());
        let here: Option<IpAddr> = Some("2001:db8::1".parse().unwrap());
        let same_line: Option<IpAddr> = Some("2001:db8::2".parse().unwrap());
        for _ in 0..MOST {
            tries.check(here, begin).unwrap();
            tries.wrong(here, begin);
        }
        let refused = tries.check(same_line, begin).unwrap_err();
        assert_eq!(refused.limit.as_deref(), Some("wrong_codes_per_minute"));
        tries
            .check(Some("192.0.2.1".parse().unwrap()), begin)
            .unwrap();
        tries.check(here, begin + MINUTE).unwrap();
    }

    #[test]
    fn no_more_addresses_are_remembered_than_so_many() {
        let (mut tries, now) = (Tries::default(), Instant::now());
        for n in 0..2 * u32::try_from(ADDRESSES).unwrap() {
            tries.wrong(Some(IpAddr::from(n.to_be_bytes())), now);
            assert!(tries.0.len() <= ADDRESSES);
        }
    }
}
