//! A call of `echo()` and its answer without reports, with what the roles send and read: for whoever times them.

use super::{
    call::Call,
    functions::Fault,
    line::{Line, Trouble},
    protocol::Protocol,
    socket::{Address, accept, connect, listen},
    value::Value,
};
use crate::sys::calls::Fd;
use nix::{errno::Errno, sys::socket::SockaddrIn};
use shared::mechanism::rpc::Framing;
use std::net::{Ipv4Addr, SocketAddrV4};

/// The two sides of a service that gives back what it is given.
#[derive(Debug)]
pub(crate) struct Echo {
    protocol: Protocol,
    address: Address,
    listener: Fd,
    /// The connection, where it is kept.
    line: Option<Line>,
    calls: u64,
}

impl Echo {
    /// XML-RPC, over a connection for all calls or one for each.
    pub(crate) fn xml(kept: bool) -> Result<Self, Errno> {
        Self::new(|host| Protocol::Xml { host, kept })
    }

    /// JSON-RPC, an object a line, over one connection.
    pub(crate) fn json() -> Result<Self, Errno> {
        Self::new(|_| Protocol::Json {
            framing: Framing::Line,
        })
    }

    fn new(protocol: impl FnOnce(String) -> Protocol) -> Result<Self, Errno> {
        let any = Address::Tcp(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0));
        let listener = listen(&any).map_err(|(_, errno)| errno)?;
        let place: SockaddrIn = nix::sys::socket::getsockname(listener)?;
        let address = Address::Tcp(place.into());
        Ok(Self {
            protocol: protocol(address.host()),
            address,
            listener,
            line: None,
            calls: 0,
        })
    }

    /// Calls, and waits for the answer; its text is put where the payload was.
    pub(crate) fn ask(&mut self, payload: &mut [u8]) -> Result<(), Errno> {
        let text = String::from_utf8_lossy(payload).into_owned();
        let call = Call {
            function: "echo".to_owned(),
            args: vec![Value::Text(text)],
        };
        self.calls += 1;
        let request = self.protocol.request(&call, self.calls);
        let request = request.map_err(|_| Errno::EINVAL)?;
        let mut line = match self.line.take() {
            Some(line) => line,
            None => Line::new(connect(&self.address, 0).map_err(|(_, errno)| errno)?),
        };
        line.put(&request).1.map_or(Ok(()), Err)?;
        let measure = |bytes: &[u8]| self.protocol.measure_answer(bytes);
        let answer = line
            .next(measure, &mut |_, _| {})
            .map_err(|trouble| errno(&trouble))?;
        let (result, kept) = self
            .protocol
            .read_answer(&answer)
            .map_err(|_| Errno::EBADMSG)?;
        let Ok(Value::Text(text)) = result else {
            return Err(Errno::EBADMSG);
        };
        if text.len() != payload.len() {
            return Err(Errno::EBADMSG);
        }
        payload.copy_from_slice(text.as_bytes());
        if kept {
            self.line = Some(line);
            return Ok(());
        }
        line.close()
    }

    /// Takes one call, and answers it.
    pub(crate) fn answer(&mut self) -> Result<(), Errno> {
        let mut line = match self.line.take() {
            Some(line) => line,
            None => Line::new(accept(self.listener)?),
        };
        let measure = |bytes: &[u8]| self.protocol.measure_request(bytes);
        let request = line
            .next(measure, &mut |_, _| {})
            .map_err(|trouble| errno(&trouble))?;
        let asked = self.protocol.read_request(&request);
        let mut asked = asked.map_err(|_| Errno::EBADMSG)?;
        let result: Result<Value, Fault> = asked
            .call
            .args
            .pop()
            .map_or_else(|| Err(Fault::Unknown(asked.call.function.clone())), Ok);
        if let Some(answer) = self.protocol.answer(&asked, &result) {
            line.put(&answer).1.map_or(Ok(()), Err)?;
        }
        if asked.kept {
            self.line = Some(line);
            return Ok(());
        }
        line.close()
    }
}

fn errno(trouble: &Trouble) -> Errno {
    match trouble {
        Trouble::Call(_, errno) => *errno,
        Trouble::End => Errno::ECONNRESET,
        Trouble::Wrong(_) => Errno::EBADMSG,
    }
}

#[cfg(test)]
mod tests {
    use super::Echo;
    use std::thread;

    #[test]
    fn what_is_asked_comes_back() {
        for made in [Echo::xml(false), Echo::xml(true), Echo::json()] {
            let mut server = made.unwrap();
            let mut client = Echo {
                protocol: server.protocol.clone(),
                address: server.address.clone(),
                listener: -1,
                line: None,
                calls: 0,
            };
            let serves = thread::spawn(move || {
                for _ in 0..3 {
                    server.answer().unwrap();
                }
            });
            for _ in 0..3 {
                let mut payload = *b"hello & <world>";
                client.ask(&mut payload).unwrap();
                assert_eq!(&payload, b"hello & <world>");
            }
            serves.join().unwrap();
        }
    }
}
