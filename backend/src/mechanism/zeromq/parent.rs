//! The parent: forks everybody. Contexts are made by each process for itself: their threads do not survive a fork.

use super::{
    MODULE, client::client, publisher::publisher, puller::puller, pusher::pusher, server::server,
    subscriber::subscriber,
};
use crate::{
    sys::calls::wait_for,
    worker::{Born, Names, PORT, Worker, python, wire::Command},
};
use nix::errno::Errno;
use serde_json::json;
use shared::mechanism::zeromq::{Params, Pattern, Transport};

pub(super) fn parent(mut me: Worker, pattern: Pattern, params: &Params, names: &Names) -> i32 {
    let place = Place {
        pattern,
        params,
        endpoint: endpoint(params.transport, names),
    };
    // In the order of the cast: who sends first is born first.
    for (at, (role, number)) in place.children().into_iter().enumerate() {
        let born = me.fork(at + 1, role);
        match place.born(me, &born, number) {
            Ok(parent) => me = parent,
            Err(status) => return status,
        }
    }
    while let Some(command) = me.command() {
        match command {
            Command::Wait { pid } => match wait_for(pid) {
                Ok(status) => me.reaped(status),
                Err(errno) => me.failed("wait4", errno),
            },
            // Somebody has ended, and is to come back.
            Command::Fork { number, channel } => {
                let children = place.children();
                let Some((role, of_role)) = children.get(number.saturating_sub(1)) else {
                    continue;
                };
                let born = me.fork_again(number, channel, role);
                match place.born(me, &born, *of_role) {
                    Ok(parent) => me = parent,
                    Err(status) => return status,
                }
            }
            Command::Send { .. } | Command::Act(_) => {}
        }
    }
    0
}

/// What every child has to know.
struct Place<'a> {
    pattern: Pattern,
    params: &'a Params,
    endpoint: String,
}

impl Place<'_> {
    /// Roles in the order of birth, and each one's number among those of its role.
    fn children(&self) -> Vec<(&'static str, usize)> {
        let peers = usize::try_from(self.params.peers).unwrap_or(1);
        let (binder, connector) = (self.pattern.binder(), self.pattern.connector());
        let mut children: Vec<_> = (1..=peers).map(|n| (connector, n)).collect();
        if self.pattern.binder_sends() {
            children.insert(0, (binder, 1));
        } else {
            children.push((binder, 1));
        }
        children
    }

    /// What a fork has brought: in the child its whole life, and its status as an error of the parent's.
    fn born(
        &self,
        mut me: Worker,
        born: &Result<Born, Errno>,
        number: usize,
    ) -> Result<Worker, i32> {
        match born {
            Ok(Born::Child) => Err(self.play(me, number)),
            Ok(Born::Python) => Err(self.play_in_python(me, number)),
            Ok(Born::Parent(_)) => Ok(me),
            Err(errno) => {
                me.failed("fork", *errno);
                Ok(me)
            }
        }
    }

    fn play(&self, me: Worker, number: usize) -> i32 {
        let (params, endpoint) = (self.params, self.endpoint.as_str());
        match me.role() {
            "publisher" => publisher(me, params, endpoint),
            "subscriber" => subscriber(me, params, endpoint, number),
            "pusher" => pusher(me, params, endpoint),
            "puller" => puller(me, params, endpoint),
            "client" => client(me, self.pattern, params, endpoint, number),
            _ => server(me, self.pattern, params, endpoint),
        }
    }

    /// The same role, by pyzmq: the Python of this host has to find it.
    fn play_in_python(&self, me: Worker, number: usize) -> i32 {
        let role = match me.role() {
            "publisher" => include_str!("publisher.py"),
            "subscriber" => include_str!("subscriber.py"),
            "pusher" => include_str!("pusher.py"),
            "puller" => include_str!("puller.py"),
            "client" => include_str!("client.py"),
            _ => include_str!("server.py"),
        };
        let args = json!({
            "params": self.params,
            "endpoint": self.endpoint,
            "number": number,
            "lock_step": self.pattern == Pattern::ReqRep,
            "modules": {"station": include_str!("station.py")},
            "import_from": python::folder_of(MODULE).into_iter().collect::<Vec<_>>(),
        });
        me.become_python(role, &args)
    }
}

/// Where they meet: a name in the run's folder, or a port.
fn endpoint(transport: Transport, names: &Names) -> String {
    match transport {
        Transport::Ipc => format!("ipc://{}", names.file("zeromq").display()),
        Transport::Tcp => format!("tcp://{}:{PORT}", names.address(0)),
    }
}
