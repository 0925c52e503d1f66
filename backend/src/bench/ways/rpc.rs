//! Calls: a text that another process gives back, or keeps.

use crate::{
    bench::way::Call,
    mechanism::rpc::{Echo, Proxy},
};
use nix::errno::Errno;

impl Call for Echo {
    fn ask(&mut self, payload: &mut [u8]) -> Result<(), Errno> {
        // Payloads are text.
        payload.fill(b'x');
        Self::ask(self, payload)
    }

    fn answer(&mut self, _buffer: &mut [u8]) -> Result<(), Errno> {
        Self::answer(self)
    }
}

impl Call for Proxy {
    fn ask(&mut self, payload: &mut [u8]) -> Result<(), Errno> {
        payload.fill(b'x');
        Self::ask(self, payload)
    }

    fn answer(&mut self, _buffer: &mut [u8]) -> Result<(), Errno> {
        Self::answer(self)
    }
}
