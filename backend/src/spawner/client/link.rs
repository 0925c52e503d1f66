//! One box, as the server talks to it.

use super::{Client, NOT_TOLD};
use crate::{
    link::{FromBox, MAX_FRAME, ToBox},
    sys::socket,
};
use rustix::{io::Errno, net::RecvFlags};
use shared::{
    event::{Counts, Outcome},
    failure::{Code, Failure},
    ids::Seq,
};
use std::os::fd::OwnedFd;
use tokio::{
    io::{Interest, unix::AsyncFd},
    sync::oneshot,
};

/// One box. Dropping it ends the box with all that is in it.
#[derive(Debug)]
pub struct BoxLink {
    pub(super) id: u64,
    pub(super) pid: i32,
    pub(super) socket: AsyncFd<OwnedFd>,
    pub(super) gone: oneshot::Receiver<i32>,
    pub(super) client: Client,
    /// `seq` of the last event taken in.
    pub(super) seq: Seq,
    pub(super) buffer: Vec<u8>,
    pub(super) phase: Phase,
}

/// How far a box is, seen from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// It may still say something.
    Talking,
    /// Its socket is closed; it is being reaped.
    Ending,
    /// `Gone` was given out.
    Over,
}

impl BoxLink {
    /// The supervisor's pid.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Sends one frame to the supervisor; waits while its socket is full.
    ///
    /// # Errors
    /// `run_over` when the supervisor is gone, `limit_hit` for a frame that is too large.
    pub async fn send(&self, frame: &ToBox) -> Result<(), Failure> {
        let bytes = serde_json::to_vec(frame).map_err(|error| {
            Failure::new(Code::Internal, error.to_string(), "report this as a fault")
        })?;
        if bytes.len() > MAX_FRAME {
            let failure = Failure::new(
                Code::LimitHit,
                "this is too large for one command",
                "send less at a time",
            );
            return Err(failure.limit("frame_bytes", MAX_FRAME as u64));
        }
        let sent = self
            .socket
            .async_io(Interest::WRITABLE, |socket| {
                Ok(socket::send(socket, &bytes)?)
            })
            .await;
        sent.map(drop)
            .map_err(|_| Failure::new(Code::RunOver, "this run has ended", "start another"))
    }

    /// The next frame; the last one is [`FromBox::Gone`], then `None` for ever. May be dropped before it is ready.
    ///
    /// A supervisor that says what cannot be is killed, and [`FromBox::End`] made in its place.
    pub async fn next(&mut self) -> Option<FromBox> {
        if self.phase == Phase::Talking {
            match self.frame().await {
                Ok(Some(frame)) => return Some(frame),
                Ok(None) => self.phase = Phase::Ending,
                Err(message) => {
                    self.client.shared.kill(self.id);
                    self.phase = Phase::Ending;
                    return Some(FromBox::End {
                        outcome: Outcome::Failed,
                        message: Some(message),
                        counts: Counts::default(),
                    });
                }
            }
        }
        if self.phase == Phase::Over {
            return None;
        }
        let status = (&mut self.gone).await.unwrap_or(NOT_TOLD);
        self.phase = Phase::Over;
        Some(FromBox::Gone { status })
    }

    /// One frame, checked as if it were hostile; `None` at the end.
    async fn frame(&mut self) -> Result<Option<FromBox>, String> {
        let buffer = &mut self.buffer;
        let received = self
            .socket
            .async_io(Interest::READABLE, |socket| {
                Ok(socket::receive(socket, buffer, RecvFlags::DONTWAIT)?)
            })
            .await;
        let received = match received {
            Ok(received) => received,
            // It died with frames of ours unread.
            Err(error) if Errno::from_io_error(&error) == Some(Errno::CONNRESET) => {
                return Ok(None);
            }
            Err(error) => return Err(format!("the link to the supervisor failed: {error}")),
        };
        if received.len == 0 {
            return Ok(None);
        }
        if received.cut {
            return Err(format!(
                "the supervisor sent a frame of more than {MAX_FRAME} bytes"
            ));
        }
        let bytes = self.buffer.get(..received.len).unwrap_or_default();
        let frame = serde_json::from_slice(bytes)
            .map_err(|error| format!("the supervisor sent a frame that cannot be read: {error}"))?;
        match &frame {
            FromBox::Events { events } => {
                for event in events {
                    if event.seq != self.seq + 1 {
                        return Err(format!("event {} came after event {}", event.seq, self.seq));
                    }
                    self.seq = event.seq;
                }
            }
            FromBox::Gone { .. } => return Err("the supervisor spoke for the spawner".to_owned()),
            FromBox::Ack { .. }
            | FromBox::Refused { .. }
            | FromBox::Bytes { .. }
            | FromBox::End { .. } => {}
        }
        Ok(Some(frame))
    }
}

impl Drop for BoxLink {
    fn drop(&mut self) {
        if self.phase != Phase::Over {
            // Closing the socket says it to a supervisor that listens; this, to one that does not.
            self.client.shared.kill(self.id);
        }
    }
}
