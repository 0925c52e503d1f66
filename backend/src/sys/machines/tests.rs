use super::Machines;
use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::{IpAddr, Ipv4Addr, TcpListener, TcpStream},
    thread,
    time::Duration,
};

const FIRST: Ipv4Addr = Ipv4Addr::new(10, 9, 8, 1);
const SECOND: Ipv4Addr = Ipv4Addr::new(10, 9, 8, 2);

/// In a thread of its own, which alone goes there. Only who has the right to do so without a user namespace can do that with
/// several threads; elsewhere the test says that it was not made.
fn with_machines(test: fn(&Machines) -> Result<(), String>) {
    let tried = thread::spawn(move || match Machines::make([FIRST, SECOND]) {
        Ok(machines) => test(&machines),
        Err(refused) => {
            eprintln!("not tested, since this host does not permit it: {refused}");
            Ok(())
        }
    })
    .join()
    .unwrap();
    assert_eq!(tried, Ok(()));
}

fn text(why: impl std::fmt::Debug) -> String {
    format!("{why:?}")
}

#[test]
fn what_listens_at_one_machines_loopback_is_refused_to_the_other() {
    with_machines(|machines| {
        // Both servers are in the first machine, this process then goes to the second.
        let local = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(text)?;
        let reachable = TcpListener::bind((FIRST, 0)).map_err(text)?;
        let port = |listener: &TcpListener| listener.local_addr().map(|at| at.port()).map_err(text);
        let (local, reached) = (port(&local)?, port(&reachable)?);
        super::go(machines.second()).map_err(text)?;
        for address in [Ipv4Addr::LOCALHOST, FIRST] {
            match TcpStream::connect((address, local)) {
                Err(why) if why.kind() == ErrorKind::ConnectionRefused => {}
                other => return Err(text((address, other))),
            }
        }
        let stream = TcpStream::connect((FIRST, reached)).map_err(text)?;
        let ours = stream.local_addr().map_err(text)?;
        if ours.ip() == IpAddr::V4(SECOND) {
            Ok(())
        } else {
            Err(text(ours))
        }
    });
}

#[test]
fn what_is_sent_while_the_cable_is_pulled_arrives_when_it_is_plugged() {
    with_machines(|machines| {
        let listener = TcpListener::bind((FIRST, 0)).map_err(text)?;
        let at = listener.local_addr().map_err(text)?;
        super::go(machines.second()).map_err(text)?;
        let mut client = TcpStream::connect(at).map_err(text)?;
        let (mut server, _) = listener.accept().map_err(text)?;
        let plugged = || machines.plugged().map_err(text);
        let before = plugged()?;
        machines.cable(false).map_err(text)?;
        let pulled = plugged()?;
        client.write_all(b"hello").map_err(text)?;
        let soon = Some(Duration::from_millis(300));
        server.set_read_timeout(soon).map_err(text)?;
        let mut bytes = [0; 5];
        match server.read(&mut bytes) {
            Err(why) if why.kind() == ErrorKind::WouldBlock => {}
            other => return Err(text(other)),
        }
        machines.cable(true).map_err(text)?;
        server
            .set_read_timeout(Some(Duration::from_secs(10)))
            .map_err(text)?;
        server.read_exact(&mut bytes).map_err(text)?;
        match (&bytes, before, pulled, plugged()?) {
            (b"hello", true, false, true) => Ok(()),
            other => Err(text(other)),
        }
    });
}
