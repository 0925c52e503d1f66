//! The server's side of the spawner: starts boxes, talks to them, hears of their end.

use super::{
    SpawnerEnd,
    wire::{MAX_FRAME as MAX_REPLY, Reply, Request},
};
use crate::{
    link::{FromBox, MAX_FRAME, Setup, ToBox},
    sys::{descriptor::watched, socket},
};
use rustix::{io::Errno, net::RecvFlags};
use shared::{
    event::{Counts, Outcome},
    failure::{Code, Failure},
    ids::Seq,
};
use std::{
    collections::HashMap,
    io,
    os::fd::OwnedFd,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::{
    io::{Interest, unix::AsyncFd},
    sync::{oneshot, watch},
};
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

/// What [`FromBox::Gone`] says of a box whose spawner died before it could: as if killed.
const NOT_TOLD: i32 = -9;

/// Starts boxes. Cheap to clone; the spawner ends, with all boxes, when the last clone and the last link are dropped.
#[derive(Clone, Debug)]
pub struct Client {
    shared: Arc<Shared>,
    _listener: Arc<AbortOnDropHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    socket: AsyncFd<OwnedFd>,
    /// Kept so that the number below stays the spawner's.
    _pidfd: OwnedFd,
    pid: i32,
    boxes: Mutex<HashMap<u64, Waiting>>,
    next: AtomicU64,
    closed: watch::Sender<bool>,
}

/// Who waits for news of a box.
#[derive(Debug)]
struct Waiting {
    started: Option<oneshot::Sender<Result<i32, String>>>,
    gone: oneshot::Sender<i32>,
}

impl Client {
    /// Takes over the spawner. Call it inside a tokio runtime.
    ///
    /// # Errors
    /// When the runtime cannot watch the spawner's socket.
    pub fn new(end: SpawnerEnd) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            socket: watched(end.socket)?,
            _pidfd: end.pidfd,
            pid: end.pid,
            boxes: Mutex::default(),
            next: AtomicU64::new(1),
            closed: watch::Sender::new(false),
        });
        let listener = TaskTracker::new().spawn(listen(Arc::clone(&shared)));
        Ok(Self {
            shared,
            _listener: Arc::new(AbortOnDropHandle::new(listener)),
        })
    }

    /// The spawner's pid.
    pub fn pid(&self) -> i32 {
        self.shared.pid
    }

    /// Makes a box and begins the run in it.
    ///
    /// # Errors
    /// `internal` when the spawner is gone or the host has no room for another process.
    pub async fn start(&self, setup: Setup) -> Result<BoxLink, Failure> {
        let id = self.shared.next.fetch_add(1, Ordering::Relaxed);
        let (ours, theirs) = socket::frames().map_err(|error| no_room(&error))?;
        rustix::io::ioctl_fionbio(&ours, true).map_err(|error| no_room(&error))?;
        let socket = watched(ours).map_err(|error| no_room(&error))?;
        let (started_tx, started) = oneshot::channel();
        let (gone_tx, gone) = oneshot::channel();
        self.shared.lock().insert(
            id,
            Waiting {
                started: Some(started_tx),
                gone: gone_tx,
            },
        );
        let mut link = BoxLink {
            id,
            pid: 0,
            socket,
            gone,
            client: self.clone(),
            seq: 0,
            buffer: vec![0; MAX_FRAME],
            phase: Phase::Talking,
        };
        let request = Request::Start {
            id,
            run: setup.run.clone(),
        };
        self.shared
            .request(&request, Some(&theirs))
            .await
            .map_err(|error| no_room(&error))?;
        drop(theirs);
        // Sent before the supervisor exists: it finds the frame in its socket.
        let begun = link.send(&ToBox::Begin(setup)).await;
        link.pid = match started.await {
            Ok(Ok(pid)) => pid,
            Ok(Err(message)) => return Err(no_room(&message)),
            Err(_) => return Err(no_room(&"the spawner is gone")),
        };
        begun?;
        Ok(link)
    }

    /// Returns when the spawner has died, and with it every box.
    pub async fn closed(&self) {
        let mut closed = self.shared.closed.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        drop(closed.wait_for(|closed| *closed).await);
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Waiting>> {
        // A panic while it was held left the map whole: each use is one call.
        self.boxes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn request(&self, request: &Request, fd: Option<&OwnedFd>) -> io::Result<()> {
        let frame = serde_json::to_vec(request)?;
        self.socket
            .async_io(Interest::WRITABLE, |socket| match fd {
                Some(fd) => Ok(socket::send_with(socket, &frame, fd)?),
                None => Ok(socket::send(socket, &frame).map(drop)?),
            })
            .await
    }

    /// As far as there is room at once: used where nothing can be awaited.
    fn kill(&self, id: u64) {
        if let Ok(frame) = serde_json::to_vec(&Request::Kill { id }) {
            let _ending_anyway = socket::send(self.socket.get_ref(), &frame);
        }
    }
}

/// Takes the spawner's replies to those who wait for them, until it dies.
async fn listen(shared: Arc<Shared>) {
    let mut buffer = [0; MAX_REPLY];
    loop {
        let received = shared
            .socket
            .async_io(Interest::READABLE, |socket| {
                Ok(socket::receive(socket, &mut buffer, RecvFlags::DONTWAIT)?)
            })
            .await;
        let Some(frame) = received
            .ok()
            .filter(|r| r.len > 0)
            .and_then(|r| buffer.get(..r.len))
        else {
            break;
        };
        match serde_json::from_slice(frame) {
            Ok(Reply::Started { id, pid }) => shared.answer(id, Ok(pid)),
            Ok(Reply::Refused { id, message }) => {
                shared.answer(id, Err(message));
                shared.lock().remove(&id);
            }
            Ok(Reply::Gone { id, status }) => {
                if let Some(waiting) = shared.lock().remove(&id) {
                    // Nobody may wait any more.
                    let _unheard = waiting.gone.send(status);
                }
            }
            Ok(Reply::Ready { .. }) | Err(_) => break,
        }
    }
    shared.lock().clear();
    shared.closed.send_replace(true);
}

impl Shared {
    fn answer(&self, id: u64, answer: Result<i32, String>) {
        let started = self
            .lock()
            .get_mut(&id)
            .and_then(|waiting| waiting.started.take());
        if let Some(started) = started {
            drop(started.send(answer));
        }
    }
}

fn no_room(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(
        Code::Internal,
        format!("no process could be made for this run: {error}"),
        "try again in a while",
    )
}

/// One box. Dropping it ends the box with all that is in it.
#[derive(Debug)]
pub struct BoxLink {
    id: u64,
    pid: i32,
    socket: AsyncFd<OwnedFd>,
    gone: oneshot::Receiver<i32>,
    client: Client,
    /// `seq` of the last event taken in.
    seq: Seq,
    buffer: Vec<u8>,
    phase: Phase,
}

/// How far a box is, seen from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
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
