//! A supervisor that does not behave, as the server sees it. The spawner is played by the test, so that nothing forks.

use super::{
    Client, SpawnerEnd, pidfd,
    wire::{Reply, Request},
};
use crate::{
    link::{FromBox, MAX_FRAME, Setup, ToBox},
    spawner::BoxLink,
    sys::socket,
};
use rustix::net::{RecvFlags, sockopt};
use shared::event::{Event, Kind, Outcome, Source};
use std::{collections::BTreeMap, os::fd::OwnedFd, time::Duration};

/// For a frame that must come; whoever waits longer waits for ever.
const PATIENCE: Duration = Duration::from_secs(10);

/// The other side of everything: the spawner's socket and the supervisor's.
struct World {
    spawner: OwnedFd,
    supervisor: OwnedFd,
    link: BoxLink,
    client: Client,
}

fn setup() -> Setup {
    Setup {
        run: "1".into(),
        entry: "pipe".to_owned(),
        variant: "anonymous".to_owned(),
        params: BTreeMap::new(),
        roles: BTreeMap::new(),
        xray: true,
        cpu: None,
    }
}

impl World {
    async fn new() -> Self {
        let (ours, spawner) = socket::frames().unwrap();
        rustix::io::ioctl_fionbio(&ours, true).unwrap();
        let me = i32::try_from(std::process::id()).unwrap();
        let end = SpawnerEnd {
            socket: ours,
            pidfd: pidfd(me).unwrap(),
            pid: me,
            protection: super::Protection::default(),
        };
        let client = Client::new(end).unwrap();
        let starting = client.clone();
        let starting = tokio::task::spawn_blocking({
            let spawner = spawner.try_clone().unwrap();
            move || {
                let mut buffer = [0; 1024];
                let mut received =
                    socket::receive(&spawner, &mut buffer, RecvFlags::empty()).unwrap();
                let request = serde_json::from_slice(&buffer[..received.len]).unwrap();
                assert!(
                    matches!(request, Request::Start { id: 1, .. }),
                    "{request:?}"
                );
                let reply = serde_json::to_vec(&Reply::Started { id: 1, pid: 77 }).unwrap();
                socket::send(&spawner, &reply).unwrap();
                drop(starting);
                received.fds.pop().unwrap()
            }
        });
        let link = client.start(setup()).await.unwrap();
        let supervisor = starting.await.unwrap();
        let mut buffer = vec![0; MAX_FRAME];
        let begin = socket::receive(&supervisor, &mut buffer, RecvFlags::empty()).unwrap();
        let begin: ToBox = serde_json::from_slice(&buffer[..begin.len]).unwrap();
        assert_eq!(begin, ToBox::Begin(setup()));
        Self {
            spawner,
            supervisor,
            link,
            client,
        }
    }

    fn say(&self, frame: &FromBox) {
        let frame = serde_json::to_vec(frame).unwrap();
        socket::send(&self.supervisor, &frame).unwrap();
    }

    fn spawner_says(&self, reply: &Reply) {
        socket::send(&self.spawner, &serde_json::to_vec(reply).unwrap()).unwrap();
    }

    /// What the spawner is asked next.
    fn asked(&self) -> Request {
        let mut buffer = [0; 1024];
        let received = socket::receive(&self.spawner, &mut buffer, RecvFlags::empty()).unwrap();
        serde_json::from_slice(&buffer[..received.len]).unwrap()
    }

    /// The link is given up with these words, and the box is killed.
    async fn given_up(mut self, words: &str) {
        match self.link.next().await {
            Some(FromBox::End {
                outcome: Outcome::Failed,
                message: Some(message),
                ..
            }) => assert!(message.contains(words), "{message}"),
            other => panic!("{other:?}"),
        }
        assert!(matches!(self.asked(), Request::Kill { id: 1 }));
        self.spawner_says(&Reply::Gone { id: 1, status: -9 });
        assert_eq!(self.link.next().await, Some(FromBox::Gone { status: -9 }));
        assert_eq!(self.link.next().await, None);
    }
}

fn events(seqs: &[u64]) -> FromBox {
    let event = |seq| Event {
        seq,
        at_ns: 0,
        source: Source::Run,
        worker: None,
        pid: None,
        host_pid: None,
        task: None,
        object: None,
        parts: Vec::new(),
        re: None,
        kind: Kind::ObjectRemoved {},
    };
    FromBox::Events {
        events: seqs.iter().copied().map(event).collect(),
    }
}

#[tokio::test]
async fn a_box_that_behaves_is_heard_until_it_is_reaped() {
    let mut world = World::new().await;
    assert_eq!(world.link.pid(), 77);
    world.say(&events(&[1, 2]));
    world.say(&events(&[3]));
    assert_eq!(world.link.next().await, Some(events(&[1, 2])));
    assert_eq!(world.link.next().await, Some(events(&[3])));
    let World {
        spawner,
        supervisor,
        mut link,
        client,
    } = world;
    drop(supervisor);
    let gone = serde_json::to_vec(&Reply::Gone { id: 1, status: 0 }).unwrap();
    socket::send(&spawner, &gone).unwrap();
    assert_eq!(link.next().await, Some(FromBox::Gone { status: 0 }));
    assert_eq!(link.next().await, None);
    drop(client);
}

#[tokio::test]
async fn events_out_of_order_end_the_box() {
    for wrong in [vec![2], vec![1, 3], vec![1, 1], vec![0]] {
        let world = World::new().await;
        world.say(&events(&wrong));
        world.given_up("came after event").await;
    }
}

#[tokio::test]
async fn what_cannot_be_read_ends_the_box() {
    for garbage in [
        &b"{"[..],
        b"\xff\xfe",
        b"{\"says\":\"rumors\"}",
        b"[]",
        b"null",
    ] {
        let world = World::new().await;
        socket::send(&world.supervisor, garbage).unwrap();
        world.given_up("cannot be read").await;
    }
}

#[tokio::test]
async fn a_frame_that_is_too_large_ends_the_box() {
    let world = World::new().await;
    socket::send(&world.supervisor, &vec![b' '; MAX_FRAME + 1]).unwrap();
    world.given_up("more than 65536 bytes").await;
}

#[tokio::test]
async fn a_supervisor_cannot_speak_for_the_spawner() {
    let world = World::new().await;
    world.say(&FromBox::Gone { status: 0 });
    world.given_up("spoke for the spawner").await;
}

#[tokio::test]
async fn when_the_spawner_dies_everybody_hears_of_it() {
    let World {
        spawner,
        supervisor,
        mut link,
        client,
    } = World::new().await;
    drop(spawner);
    client.closed().await;
    drop(supervisor);
    assert!(matches!(link.next().await, Some(FromBox::Gone { .. })));
    assert_eq!(link.next().await, None);
    assert!(client.start(setup()).await.is_err());
}

#[tokio::test]
async fn a_link_that_is_dropped_kills_its_box() {
    let World {
        spawner,
        supervisor,
        link,
        client,
    } = World::new().await;
    drop(link);
    let mut buffer = [0; 1024];
    let received = socket::receive(&spawner, &mut buffer, RecvFlags::empty()).unwrap();
    let request = serde_json::from_slice(&buffer[..received.len]).unwrap();
    assert!(matches!(request, Request::Kill { id: 1 }));
    drop((supervisor, client));
}

#[tokio::test]
async fn a_box_that_nobody_wants_is_killed_however_busy_the_spawner_is() {
    let World {
        spawner,
        supervisor,
        link,
        client,
    } = World::new().await;
    // It does not look, and its socket fills: these boxes are nobody's.
    let full = || {
        let frame = serde_json::to_vec(&Request::Kill { id: 7 }).unwrap();
        socket::send(client.socket(), &frame).is_err()
    };
    let mut filled = 0;
    while !full() {
        filled += 1;
    }
    drop(link);
    sockopt::set_socket_timeout(&spawner, sockopt::Timeout::Recv, Some(PATIENCE)).unwrap();
    // Now it looks: all that filled the socket, and then what had to wait.
    let last = tokio::task::spawn_blocking(move || {
        let mut buffer = [0; 1024];
        for _ in 0..filled {
            socket::receive(&spawner, &mut buffer, RecvFlags::empty()).unwrap();
        }
        let received = socket::receive(&spawner, &mut buffer, RecvFlags::empty()).unwrap();
        serde_json::from_slice(&buffer[..received.len]).unwrap()
    });
    assert!(matches!(last.await.unwrap(), Request::Kill { id: 1 }));
    drop((supervisor, client));
}
