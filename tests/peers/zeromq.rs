//! pyzmq, which its own people wrote around a libzmq of their own, at our ZeroMQ: in each pattern it takes the place of one
//! side, and then of the other.

use crate::tool;
use harness::{Client, World, client::Plan};
use serde_json::json;
use shared::{
    command::{Data, Values},
    event::{Event, Kind, Tie},
};
use std::process::Output;
use tokio::task::JoinHandle;

/// What every program of a stranger begins with. It gives up by itself: nobody has to end it. A socket that it makes is open to
/// ours, who are somebody else.
const BEGIN: &str = "\
import os
import sys
import zmq
os.umask(0)
def meet(kind):
    socket = zmq.Context.instance().socket(kind)
    socket.rcvtimeo = socket.sndtimeo = socket.linger = 8000
    return socket
at = sys.argv[1]
";

/// Both transports; one of them seen from outside, the other known from what our processes say.
const WAYS: [(&str, bool); 2] = [("ipc", true), ("tcp", false)];

/// A run of that variant in which one of our two sides does not come: the one that binds, or the one that connects.
async fn run(variant: &str, absent: &str, (transport, xray): (&str, bool)) -> World {
    let mut params = json!({"transport": transport, "order": absent});
    for peers in ["subscribers", "pullers", "clients"] {
        params[peers] = 1.into();
    }
    World::among_others(Plan::new("zeromq", variant, params, xray)).await
}

/// Waits until somebody of ours has said that word.
async fn said(client: &mut Client, word: &str) -> Values {
    let event = client
        .event(
            word,
            |event| matches!(&event.kind, Kind::ProcessSaid { what, .. } if what == word),
        )
        .await;
    let Kind::ProcessSaid { about, .. } = event.kind else {
        panic!("it was asked for")
    };
    about
}

/// Where ours are to be found, by what ZeroMQ told the one that binds or, while nobody does, the one that connects.
async fn endpoint(client: &mut Client, word: &str) -> String {
    let about = said(client, word).await;
    about["address"].as_str().expect("an address").to_owned()
}

/// A stranger at that address, until it has done its lines.
fn stranger(at: String, lines: &str) -> JoinHandle<Output> {
    let program = format!("{BEGIN}{lines}");
    tokio::task::spawn_blocking(move || tool::python(&program, &[&at]))
}

async fn heard(stranger: JoinHandle<Output>) -> String {
    tool::said(&stranger.await.expect("the peer was run"))
}

/// One of ours has got a text; who sent it, nobody saw.
async fn came_from_a_stranger(client: &mut Client, who: &str, text: &str) {
    let whole = u64::try_from(text.len()).expect("short");
    let of = |event: &Event| event.worker.as_ref().is_some_and(|id| id.as_str() == who);
    let got = client
        .event(
            &format!("{who} gets it"),
            |event| matches!(event.kind, Kind::MessageReceived { len, .. } if of(event) && len == whole),
        )
        .await;
    let Kind::MessageReceived { tie, .. } = got.kind else {
        panic!("it was asked for")
    };
    let ours: Vec<_> = got.parts.iter().filter_map(|part| part.msg).collect();
    assert_eq!(
        (tie, ours),
        (Tie::Unknown, vec![]),
        "nobody saw it being sent"
    );
}

/// The stranger has gone with all it was sent: what only it has received is not taken for lost.
async fn nothing_is_lost_with_the_connection(client: &mut Client) {
    client
        .until("the end of the connection", |state| {
            let ends = state.objects.iter();
            let mut ends = ends.filter(|end| end.object_type == "socket").peekable();
            ends.peek().is_some() && ends.all(|end| end.removed)
        })
        .await;
    assert_eq!(client.state().counts.lost, 0, "{}", client.tail());
}

#[tokio::test]
async fn pyzmq_subscribes_to_our_publisher() {
    for way in WAYS {
        // Ours does not connect: the one whose subscription it waits for is the stranger.
        let mut world = run("pub-sub", "told", way).await;
        let client = &mut world.client;
        let at = endpoint(client, "listening").await;
        let peer = stranger(
            at,
            "socket = meet(zmq.SUB)\n\
             socket.subscribe(b'A')\n\
             socket.connect(at)\n\
             print(socket.recv_multipart())",
        );
        let wish = said(client, "heard").await;
        assert_eq!(wish["topic"], "A");
        for (topic, text) in [("B", "not for it"), ("A", "news")] {
            let text = Data::Text { text: text.into() };
            let args = [("topic".to_owned(), topic.into())].into();
            let sent = client.try_send_with("publisher", text, 1, args).await;
            sent.expect("it is taken");
        }
        assert_eq!(heard(peer).await, "[b'A', b'news']", "{way:?}");
        world.end().await;
    }
}

#[tokio::test]
async fn our_subscriber_hears_pyzmq() {
    for way in WAYS {
        let mut world = run("pub-sub", "late", way).await;
        let client = &mut world.client;
        let at = endpoint(client, "connect_retried").await;
        let peer = stranger(
            at,
            "socket = meet(zmq.XPUB)\n\
             socket.bind(at)\n\
             print(socket.recv())\n\
             socket.send(b'news of others')",
        );
        came_from_a_stranger(client, "subscriber", "news of others").await;
        assert_eq!(heard(peer).await, "b'\\x01'", "it subscribes to everything");
        world.end().await;
    }
}

#[tokio::test]
async fn pyzmq_pulls_from_our_pusher() {
    for way in WAYS {
        let mut world = run("push-pull", "told", way).await;
        let client = &mut world.client;
        let at = endpoint(client, "listening").await;
        let peer = stranger(
            at,
            "socket = meet(zmq.PULL)\n\
             socket.connect(at)\n\
             print(socket.recv(), len(socket.recv()))",
        );
        client.send_text("pusher", "a job").await;
        // More than goes into one write: it takes several, and a length of eight bytes.
        client.flood("pusher", 300_000, 1).await;
        assert_eq!(heard(peer).await, "b'a job' 300000", "{way:?}");
        let (_, xray) = way;
        if xray {
            nothing_is_lost_with_the_connection(client).await;
        }
        world.end().await;
    }
}

#[tokio::test]
async fn our_puller_is_fed_by_pyzmq() {
    for way in WAYS {
        let mut world = run("push-pull", "late", way).await;
        let client = &mut world.client;
        let at = endpoint(client, "connect_retried").await;
        let peer = stranger(
            at,
            "socket = meet(zmq.PUSH)\n\
             socket.bind(at)\n\
             socket.send(b'a job of others')",
        );
        came_from_a_stranger(client, "puller", "a job of others").await;
        assert_eq!(heard(peer).await, "");
        world.end().await;
    }
}

/// A stranger asks our server, twice: each answer is the one to its question.
async fn asks_our_server(variant: &str, lines: &str) {
    for way in WAYS {
        let mut world = run(variant, "told", way).await;
        let client = &mut world.client;
        let at = endpoint(client, "listening").await;
        let peer = stranger(at, lines);
        came_from_a_stranger(client, "server", "hello").await;
        assert_eq!(heard(peer).await, "b're: hello' b're: again'", "{way:?}");
        world.end().await;
    }
}

#[tokio::test]
async fn pyzmq_asks_our_server() {
    let lines = "socket = meet(zmq.REQ)\n\
                 socket.connect(at)\n\
                 socket.send(b'hello')\n\
                 first = socket.recv()\n\
                 socket.send(b'again')\n\
                 print(first, socket.recv())";
    asks_our_server("req-rep", lines).await;
}

#[tokio::test]
async fn a_dealer_of_pyzmq_asks_our_router() {
    // No lock-step: both questions are there before an answer is.
    let lines = "socket = meet(zmq.DEALER)\n\
                 socket.connect(at)\n\
                 socket.send(b'hello')\n\
                 socket.send(b'again')\n\
                 print(socket.recv(), socket.recv())";
    asks_our_server("dealer-router", lines).await;
}

/// Our client asks a stranger, who answers.
async fn is_asked_by_our_client(variant: &str, lines: &str, hears: &str) {
    for way in WAYS {
        let mut world = run(variant, "late", way).await;
        let client = &mut world.client;
        let at = endpoint(client, "connect_retried").await;
        let peer = stranger(at, lines);
        client.send_text("client", "hello").await;
        came_from_a_stranger(client, "client", "an answer").await;
        assert_eq!(heard(peer).await, hears, "{way:?}");
        world.end().await;
    }
}

#[tokio::test]
async fn our_client_asks_pyzmq() {
    let lines = "socket = meet(zmq.REP)\n\
                 socket.bind(at)\n\
                 print(socket.recv())\n\
                 socket.send(b'an answer')";
    is_asked_by_our_client("req-rep", lines, "b'hello'").await;
}

#[tokio::test]
async fn our_dealer_asks_a_router_of_pyzmq() {
    let lines = "socket = meet(zmq.ROUTER)\n\
                 socket.bind(at)\n\
                 who, question = socket.recv_multipart()\n\
                 print(who, question)\n\
                 socket.send_multipart([who, b'an answer'])";
    is_asked_by_our_client("dealer-router", lines, "b'client' b'hello'").await;
}
