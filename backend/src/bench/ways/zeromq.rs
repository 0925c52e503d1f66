//! ZeroMQ over a Unix socket, by the calls that the roles make. A context is threads, which survive no fork: each process
//! makes its own in `begin`.

use crate::bench::way::{Call, Side, Way};
use nix::errno::Errno;
use std::{
    process,
    sync::atomic::{AtomicU32, Ordering},
};
use zmq::{Context, Error, Socket, SocketType};

/// Milliseconds after which a call gives up: whoever waits so long for a payload waits for a process that has failed.
const PATIENCE: i32 = 5_000;

/// One direction: who puts binds, as publisher and pusher do.
pub(super) struct Shelf {
    puts: SocketType,
    takes: SocketType,
    line: Line,
}

/// PUSH and PULL: who puts waits where there is no room.
pub(super) fn push_pull() -> Shelf {
    Shelf {
        puts: SocketType::PUSH,
        takes: SocketType::PULL,
        line: Line::new(),
    }
}

/// PUB and SUB, with the publisher that waits for its subscriber: XPUB.
pub(super) fn pub_sub() -> Shelf {
    Shelf {
        puts: SocketType::XPUB,
        takes: SocketType::SUB,
        line: Line::new(),
    }
}

impl Way for Shelf {
    fn begin(&mut self, side: Side, _peer: i32) -> Result<(), Errno> {
        match side {
            Side::Puts => {
                let socket = self.line.open(self.puts)?;
                socket.bind(&self.line.endpoint).map_err(errno)?;
                if self.puts == SocketType::XPUB {
                    // The subscription. What is published before it has come, nobody gets.
                    socket.recv_bytes(0).map_err(errno)?;
                }
                self.line.socket = Some(socket);
            }
            Side::Takes => {
                let socket = self.line.open(self.takes)?;
                // What it has to say is that it ends: for who has ended already it would wait as long as it may.
                socket.set_linger(0).map_err(errno)?;
                if self.takes == SocketType::SUB {
                    socket.set_subscribe(&[]).map_err(errno)?;
                }
                socket.connect(&self.line.endpoint).map_err(errno)?;
                self.line.socket = Some(socket);
            }
        }
        Ok(())
    }

    fn put(&mut self, payload: &[u8]) -> Result<(), Errno> {
        self.line.socket()?.send(payload, 0).map_err(errno)
    }

    fn take(&mut self, buffer: &mut [u8]) -> Result<(), Errno> {
        let frames = self.line.socket()?.recv_multipart(0).map_err(errno)?;
        whole(&frames, buffer)
    }

    fn end(&mut self) {
        self.line.socket = None;
    }
}

/// Question and answer: who answers binds, as the server does.
pub(super) struct Asked {
    asks: SocketType,
    answers: SocketType,
    line: Line,
}

/// REQ and REP: in lock-step.
pub(super) fn req_rep() -> Asked {
    Asked {
        asks: SocketType::REQ,
        answers: SocketType::REP,
        line: Line::new(),
    }
}

/// DEALER and ROUTER: a frame before the question says who asked, and goes back with the answer.
pub(super) fn dealer_router() -> Asked {
    Asked {
        asks: SocketType::DEALER,
        answers: SocketType::ROUTER,
        line: Line::new(),
    }
}

impl Call for Asked {
    fn begin(&mut self, side: Side, _peer: i32) -> Result<(), Errno> {
        let endpoint = &self.line.endpoint;
        let socket = match side {
            Side::Puts => {
                let socket = self.line.open(self.asks)?;
                // It has its last answer: nothing of it is under way.
                socket.set_linger(0).map_err(errno)?;
                socket.connect(endpoint).map_err(errno)?;
                socket
            }
            Side::Takes => {
                let socket = self.line.open(self.answers)?;
                socket.bind(endpoint).map_err(errno)?;
                socket
            }
        };
        self.line.socket = Some(socket);
        Ok(())
    }

    fn ask(&mut self, payload: &mut [u8]) -> Result<(), Errno> {
        let socket = self.line.socket()?;
        socket.send(&*payload, 0).map_err(errno)?;
        let frames = socket.recv_multipart(0).map_err(errno)?;
        whole(&frames, payload)
    }

    fn answer(&mut self, _buffer: &mut [u8]) -> Result<(), Errno> {
        let socket = self.line.socket()?;
        let frames = socket.recv_multipart(0).map_err(errno)?;
        socket.send_multipart(frames, 0).map_err(errno)
    }

    fn end(&mut self) {
        self.line.socket = None;
    }
}

/// Where the two meet, and each one's own socket.
struct Line {
    endpoint: String,
    socket: Option<Socket>,
}

impl Line {
    /// At a name that nobody else has. It begins with `@` and is none of a file: nothing stays behind. unix(7).
    fn new() -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        Self {
            endpoint: format!("ipc://@ipc-playground-bench-{}-{number}", process::id()),
            socket: None,
        }
    }

    /// A context of this process, and the one socket in it. Both end with it: what is still on the shelf goes out first.
    fn open(&self, kind: SocketType) -> Result<Socket, Errno> {
        let open = || -> Result<Socket, Error> {
            let socket = Context::new().socket(kind)?;
            socket.set_linger(PATIENCE)?;
            socket.set_sndtimeo(PATIENCE)?;
            socket.set_rcvtimeo(PATIENCE)?;
            Ok(socket)
        };
        open().map_err(errno)
    }

    fn socket(&self) -> Result<&Socket, Errno> {
        self.socket.as_ref().ok_or(Errno::ENOTCONN)
    }
}

/// The payload is the last frame, as in the roles.
fn whole(frames: &[Vec<u8>], buffer: &[u8]) -> Result<(), Errno> {
    let last = frames.last().ok_or(Errno::ENOMSG)?;
    if last.len() == buffer.len() {
        Ok(())
    } else {
        Err(Errno::EMSGSIZE)
    }
}

fn errno(error: Error) -> Errno {
    Errno::from_raw(error.to_raw())
}

#[cfg(test)]
mod tests {
    use super::{Asked, Line, Shelf, dealer_router, pub_sub, push_pull, req_rep};
    use crate::bench::way::{Call, Side, Way};
    use std::thread;

    const ROUNDS: usize = 20;

    /// The same place, as the other process of a figure has it.
    fn other(line: &Line) -> Line {
        Line {
            endpoint: line.endpoint.clone(),
            socket: None,
        }
    }

    #[test]
    fn what_is_put_can_be_taken() {
        for mut near in [push_pull(), pub_sub()] {
            let mut far = Shelf {
                line: other(&near.line),
                ..near
            };
            let takes = thread::spawn(move || {
                far.begin(Side::Takes, 0).unwrap();
                (0..ROUNDS).for_each(|_| far.take(&mut [0; 300]).unwrap());
                far.end();
            });
            near.begin(Side::Puts, 0).unwrap();
            (0..ROUNDS).for_each(|_| near.put(&[1; 300]).unwrap());
            near.end();
            takes.join().unwrap();
        }
    }

    #[test]
    fn what_is_asked_is_answered() {
        for mut near in [req_rep(), dealer_router()] {
            let mut far = Asked {
                line: other(&near.line),
                ..near
            };
            let answers = thread::spawn(move || {
                far.begin(Side::Takes, 0).unwrap();
                (0..ROUNDS).for_each(|_| far.answer(&mut [0; 300]).unwrap());
                far.end();
            });
            near.begin(Side::Puts, 0).unwrap();
            (0..ROUNDS).for_each(|_| near.ask(&mut [1; 300]).unwrap());
            near.end();
            answers.join().unwrap();
        }
    }

    #[test]
    fn a_payload_of_another_size_is_none() {
        let mut near = push_pull();
        let mut far = Shelf {
            line: other(&near.line),
            ..near
        };
        let takes = thread::spawn(move || {
            far.begin(Side::Takes, 0).unwrap();
            far.take(&mut [0; 300])
        });
        near.begin(Side::Puts, 0).unwrap();
        near.put(&[1; 299]).unwrap();
        assert_eq!(takes.join().unwrap(), Err(nix::errno::Errno::EMSGSIZE));
    }
}
