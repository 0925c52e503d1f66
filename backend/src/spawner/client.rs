//! The server's side of the spawner: starts boxes, talks to them, hears of their end.

use super::SpawnerEnd;
use crate::link::{FromBox, Setup, ToBox};
use shared::failure::{Code, Failure};
use std::{io, sync::Arc};

/// Starts boxes. Cheap to clone; the spawner ends, with all boxes, when the last clone is dropped.
#[derive(Clone, Debug)]
pub struct Client {
    end: Arc<SpawnerEnd>,
}

impl Client {
    /// Takes over the spawner. Call it inside a tokio runtime.
    ///
    /// # Errors
    /// When the runtime cannot watch the spawner's descriptors.
    pub fn new(end: SpawnerEnd) -> io::Result<Self> {
        Ok(Self { end: Arc::new(end) })
    }

    /// Makes a box and begins the run in it.
    ///
    /// # Errors
    /// `internal` when the spawner is gone or the host has no room for another process.
    pub async fn start(&self, _setup: Setup) -> Result<BoxLink, Failure> {
        Err(Failure::new(Code::Internal, "the spawner is not there yet", "try again"))
    }

    /// Returns when the spawner has died.
    pub async fn closed(&self) {
        let _end = &self.end;
        std::future::pending::<()>().await;
    }
}

/// One box. Dropping it ends the box with all that is in it.
#[derive(Debug)]
pub struct BoxLink {}

impl BoxLink {
    /// Sends one frame to the supervisor; waits while its socket is full.
    ///
    /// # Errors
    /// `run_over` when the supervisor is gone.
    pub async fn send(&self, _frame: &ToBox) -> Result<(), Failure> {
        Err(Failure::new(Code::RunOver, "this run has ended", "start another"))
    }

    /// The next frame; the last one is [`FromBox::Gone`], then `None` for ever. May be dropped before it is ready.
    pub async fn next(&mut self) -> Option<FromBox> {
        None
    }
}
