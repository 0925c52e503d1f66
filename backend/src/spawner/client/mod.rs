//! The server's side of the spawner: starts boxes, talks to them, hears of their end.

mod link;

pub use link::BoxLink;

use super::{
    SpawnerEnd,
    wire::{MAX_FRAME as MAX_REPLY, Reply, Request},
};
use crate::{
    link::{MAX_FRAME, Setup, ToBox},
    sys::{descriptor::watched, socket},
};
use link::Phase;
use rustix::{io::Errno, net::RecvFlags};
use shared::failure::{Code, Failure};
use std::{
    collections::{BTreeSet, HashMap},
    io,
    os::fd::OwnedFd,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::{
    io::{Interest, unix::AsyncFd},
    sync::{Notify, oneshot, watch},
};
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

/// What [`FromBox::Gone`] says of a box whose spawner died before it could: as if killed.
const NOT_TOLD: i32 = -9;

/// Starts boxes. Cheap to clone; the spawner ends, with all boxes, when the last clone and the last link are dropped.
#[derive(Clone, Debug)]
pub struct Client {
    shared: Arc<Shared>,
    /// The tasks that listen to the spawner and that tell it what it could not be told at once.
    _tasks: Arc<[AbortOnDropHandle<()>; 2]>,
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
    /// Boxes that nobody wants any more, but the spawner has not been told: its socket was full. At most all boxes.
    unwanted: Mutex<BTreeSet<u64>>,
    /// There are some.
    tell: Notify,
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
            unwanted: Mutex::default(),
            tell: Notify::new(),
        });
        let tracker = TaskTracker::new();
        let tasks = [
            tracker.spawn(listen(Arc::clone(&shared))),
            tracker.spawn(tell(Arc::clone(&shared))),
        ];
        Ok(Self {
            shared,
            _tasks: Arc::new(tasks.map(AbortOnDropHandle::new)),
        })
    }

    /// The spawner's pid.
    pub fn pid(&self) -> i32 {
        self.shared.pid
    }

    /// What leads to the spawner.
    #[cfg(test)]
    pub(super) fn socket(&self) -> &OwnedFd {
        self.shared.socket.get_ref()
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

    /// Used where nothing can be awaited: at once if there is room, else as soon as there is.
    fn kill(&self, id: u64) {
        let frame = serde_json::to_vec(&Request::Kill { id }).unwrap_or_default();
        if socket::send(self.socket.get_ref(), &frame) == Err(Errno::AGAIN) {
            self.unwanted().insert(id);
            self.tell.notify_one();
        }
    }

    fn unwanted(&self) -> std::sync::MutexGuard<'_, BTreeSet<u64>> {
        // As for the boxes.
        self.unwanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells the spawner of boxes that are unwanted, as room comes; until it is dead, and every box with it.
async fn tell(shared: Arc<Shared>) {
    loop {
        shared.tell.notified().await;
        loop {
            let next = shared.unwanted().pop_first();
            let Some(id) = next else { break };
            if shared.request(&Request::Kill { id }, None).await.is_err() {
                return;
            }
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
