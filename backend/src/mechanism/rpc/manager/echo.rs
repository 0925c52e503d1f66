//! `proxy['k'] = value` and its answer without reports, with what the roles send and read: for whoever times them.

use super::{
    server::request,
    things::Things,
    wire::{self, LONGEST, answer, connection, read_answer, written},
};
use crate::{
    mechanism::{
        pipe::{Connection, Trouble},
        rpc::value::Value,
    },
    sys::pipeline::socketpair,
};
use nix::errno::Errno;

/// A client and a server that know each other: the proof of the key is not timed.
#[derive(Debug)]
pub(crate) struct Proxy {
    near: Connection,
    far: Connection,
    /// In a place of their own: where they lie is their id.
    things: Box<Things>,
    id: String,
}

impl Proxy {
    /// A proxy of a dictionary.
    pub(crate) fn new() -> Result<Self, Errno> {
        let [near, far] = socketpair()?;
        let things = Box::new(Things::new());
        let (id, _) = things.create("tasks").ok_or(Errno::EINVAL)?;
        Ok(Self {
            near: connection(near),
            far: connection(far),
            things,
            id,
        })
    }

    /// Sets an item, and waits until that was done.
    pub(crate) fn ask(&mut self, payload: &[u8]) -> Result<(), Errno> {
        let value = Value::Text(String::from_utf8_lossy(payload).into_owned());
        let args = [Value::Text("k".to_owned()), value];
        send(
            self.near,
            &wire::request(Some(&self.id), "__setitem__", &args),
        )?;
        let came = receive(self.near)?;
        let (kind, _) = read_answer(&came).map_err(|_| Errno::EBADMSG)?;
        if kind == "#RETURN" {
            Ok(())
        } else {
            Err(Errno::EBADMSG)
        }
    }

    /// Takes one call, and answers it.
    pub(crate) fn answer(&mut self) -> Result<(), Errno> {
        let came = receive(self.far)?;
        let (id, method, args) = request(&came).map_err(|_| Errno::EBADMSG)?;
        let which = id.text().and_then(|id| self.things.find(id));
        let which = which.ok_or(Errno::EBADMSG)?;
        let value = self.things.call(&which, &method, &args);
        send(
            self.far,
            &answer("#RETURN", value.map_err(|_| Errno::EBADMSG)?),
        )
    }
}

fn send(connection: Connection, message: &Value) -> Result<(), Errno> {
    let (_, trouble) = connection.send(&written(message));
    trouble.map_or(Ok(()), |trouble| Err(errno(&trouble)))
}

fn receive(connection: Connection) -> Result<Vec<u8>, Errno> {
    connection
        .recv_bytes(LONGEST)
        .map_err(|trouble| errno(&trouble))
}

fn errno(trouble: &Trouble) -> Errno {
    if let Trouble::Call(_, errno) = trouble {
        *errno
    } else {
        Errno::EBADMSG
    }
}

#[cfg(test)]
mod tests {
    use super::Proxy;
    use std::thread;

    #[test]
    fn what_is_set_is_there() {
        let mut proxy = Proxy::new().unwrap();
        let mut client = Proxy {
            near: proxy.near,
            far: proxy.far,
            things: Box::new(super::Things::new()),
            id: proxy.id.clone(),
        };
        let serves = thread::spawn(move || {
            for _ in 0..3 {
                proxy.answer().unwrap();
            }
            let (_, tasks) = proxy.things.create("tasks").unwrap();
            proxy.things.shown(&tasks).to_string()
        });
        for payload in [b"a", b"b", b"c"] {
            client.ask(payload).unwrap();
        }
        assert_eq!(serves.join().unwrap(), "{'k': 'c'}");
    }
}
