//! Python's `multiprocessing.managers` and `multiprocessing.connection` at our managers: each calls our server, or is called
//! by our client.

use crate::{
    rpc::{Server, address, executed, run, vacated, while_it_runs},
    tool,
};
use harness::World;
use serde_json::json;
use shared::{
    event::{Kind, Wait},
    state::RunState,
};
use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

/// What our roles have as their key.
const KEY: &str = "abracadabra";

/// What a program of Python's begins with: where the server is, and the key.
const BEGINS: &str = "\
import sys
from multiprocessing import AuthenticationError, managers
from multiprocessing.connection import Client, Listener
host, _, port = sys.argv[1].rpartition(':')
address = sys.argv[1] if sys.argv[1].startswith('/') else (host, int(port))
key = sys.argv[2].encode()
";

#[tokio::test]
async fn a_manager_of_pythons_own_has_proxies_of_our_things() {
    for transport in ["tcp", "unix"] {
        let mut world = run("manager", json!({"transport": transport})).await;
        let place = address(world.client.state()).expect("it listens");
        let program = format!(
            "{BEGINS}
class Manager(managers.BaseManager):
    pass
Manager.register('tasks', proxytype=managers.DictProxy)
Manager.register('log', proxytype=managers.ListProxy)
Manager.register('counter', proxytype=managers.ValueProxy)
Manager.register('lock', proxytype=managers.AcquirerProxy)
Manager.register('Iterator', proxytype=managers.IteratorProxy, create_method=False)
manager = Manager(address, key)
manager.connect()
tasks = manager.tasks()
tasks['a'] = {{'x': [1, (2, None)], 'y': 'é' * 300}}
tasks['a']['x'].append(3)
tasks.update({{'b': 2.5}})
print(tasks['a']['x'], len(tasks['a']['y']), tasks.keys(), list(tasks), 'b' in tasks, tasks.get('c', -70000))
counter = manager.counter()
with manager.lock():
    counter.value += 1
print(counter.value)
log = manager.log()
log.append('peer')
log += [True, 1 << 40]
print(log[0], len(log), log)
try:
    tasks['no']
except KeyError as error:
    print('KeyError', error)
Manager.register('nothing')
try:
    manager.nothing()
except managers.RemoteError as error:
    print('RemoteError', error.args[0].splitlines()[-1])
try:
    Manager(address, b'another').connect()
except AuthenticationError as error:
    print(error)
"
        );
        let said = while_it_runs(move || tool::python(&program, &[&place, KEY])).await;
        assert_eq!(
            said.lines().collect::<Vec<_>>(),
            [
                "[1, (2, None)] 300 ['a', 'b'] ['a', 'b'] True -70000",
                "1",
                "peer 3 ['peer', True, 1099511627776]",
                "KeyError 'no'",
                "RemoteError KeyError: 'nothing'",
                "digest sent was rejected",
            ],
            "{transport}"
        );
        executed(&mut world, "log.append('peer')").await;
        world.end().await;
    }
}

#[tokio::test]
async fn a_connection_of_pythons_own_asks_our_server() {
    let mut world = run("manager", json!({})).await;
    let place = address(world.client.state()).expect("it listens");
    let program = format!(
        "{BEGINS}
def ask(connection, *request):
    connection.send(request)
    return connection.recv()
print(ask(Client(address, authkey=key), None, 'dummy', (), {{}}))
kind, (ident, exposed) = ask(Client(address, authkey=key), None, 'create', ('log',), {{}})
print(kind, 'append' in exposed)
line = Client(address, authkey=key)
print(ask(line, None, 'accept_connection', ('peer',), {{}}))
print(ask(line, ident, 'append', (['peer'],), {{}}))
print(ask(line, ident, 'pop', (), {{}}))
kind, error = ask(line, ident, 'pop', (), {{}})
print(kind, repr(error))
kind, text = ask(line, ident, 'shout', (), {{}})
print(kind, text.splitlines()[-1].partition(':')[0])
kind, text = ask(line, ident, 'append', (), {{'object': 1}})
print(kind, text.splitlines()[-1])
"
    );
    let said = while_it_runs(move || tool::python(&program, &[&place, KEY])).await;
    assert_eq!(
        said.lines().collect::<Vec<_>>(),
        [
            "('#RETURN', None)",
            "#RETURN True",
            "('#RETURN', None)",
            "('#RETURN', None)",
            "('#RETURN', ['peer'])",
            "#ERROR IndexError('pop from empty list')",
            "#TRACEBACK AttributeError",
            "#TRACEBACK TypeError: a method is called with its arguments in order",
        ]
    );
    executed(&mut world, "log.append(['peer'])").await;
    world.end().await;
}

/// A server of Python's own in the place of ours; returns when it listens, and has said so.
async fn instead(world: &mut World, program: String) -> Server {
    let place = address(world.client.state()).expect("it listens");
    let connected = |state: &RunState| {
        let client = state.worker(&"client".into());
        client.is_some_and(|client| client.because == Some(Wait::Command))
    };
    world
        .client
        .until("a client that is connected to ours", connected)
        .await;
    vacated(world).await;
    let start = move || {
        let mut server = Command::new(tool::PYTHON)
            .args(["-c", &program, &place, KEY])
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 runs");
        let mut line = String::new();
        let output = server.stdout.take().expect("it is a pipe");
        let read = BufReader::new(output).read_line(&mut line);
        read.expect("it says that it listens");
        assert_eq!(line, "listens\n");
        Server(server)
    };
    let server = tokio::task::spawn_blocking(start).await;
    let server = server.expect("it was started");
    // The connection to ours is over.
    said(world, "hello", "unanswered", &[]).await;
    server
}

/// Has our client carry out a line, which ends so.
async fn said(world: &mut World, line: &str, what: &str, about: &[(&str, &str)]) {
    let before = world.client.state().seq;
    world.client.send_text("client", line).await;
    const ENDS: [&str; 5] = ["returned", "line", "fault", "refused", "unanswered"];
    let end = world
        .client
        .event("the end of the line", |event| {
            let this = |word: &str| word == what || ENDS.contains(&word) && what != "line";
            event.seq > before
                && matches!(&event.kind, Kind::ProcessSaid { what: word, .. } if this(word))
        })
        .await;
    let Kind::ProcessSaid {
        what: word,
        about: all,
    } = &end.kind
    else {
        panic!("a process says it")
    };
    assert_eq!(word, what, "{line}: {all:?}");
    for (name, value) in about {
        assert_eq!(all.get(*name), Some(&json!(value)), "{line}: {all:?}");
    }
}

#[tokio::test]
async fn our_client_has_proxies_of_a_manager_of_pythons_own() {
    let mut world = run("manager", json!({})).await;
    let program = format!(
        "{BEGINS}
import threading
class Manager(managers.BaseManager):
    pass
tasks, log, counter, lock = {{}}, [], managers.Value('i', 0), threading.Lock()
Manager.register('tasks', lambda: tasks, managers.DictProxy)
Manager.register('log', lambda: log, managers.ListProxy)
Manager.register('counter', lambda: counter, managers.ValueProxy)
Manager.register('lock', lambda: lock, managers.AcquirerProxy)
server = Manager(address, key).get_server()
print('listens', flush=True)
server.serve_forever()
"
    );
    let _server = instead(&mut world, program).await;
    for (line, what, name, value) in [
        ("hello", "returned", "value", "None"),
        ("len(log)", "returned", "value", "1"),
        (
            "tasks['1'] = [1, 2.5, None, (True, {'x': 'é'})]",
            "returned",
            "value",
            "None",
        ),
        (
            "tasks['1']",
            "returned",
            "value",
            "[1, 2.5, None, (True, {'x': 'é'})]",
        ),
        (
            "tasks.values()",
            "returned",
            "value",
            "[[1, 2.5, None, (True, {'x': 'é'})]]",
        ),
        ("tasks['no']", "fault", "text", "KeyError: 'no'"),
        (
            "tasks.setdefault()",
            "fault",
            "text",
            "TypeError: setdefault expected at least 1 argument, got 0",
        ),
        ("with lock: counter.value += 2", "line", "value", "2"),
        ("counter.value", "returned", "value", "2"),
    ] {
        said(&mut world, line, what, &[(name, value)]).await;
    }
    world.end().await;
}

#[tokio::test]
async fn our_client_calls_a_listener_of_pythons_own() {
    let mut world = run("manager", json!({})).await;
    let program = format!(
        "{BEGINS}
listener = Listener(address, authkey=key)
print('listens', flush=True)
connection = listener.accept()
assert connection.recv() == (None, 'create', ('log',), {{}})
connection.send(('#RETURN', ('7f', ('append',))))
connection = listener.accept()
assert connection.recv()[1] == 'accept_connection'
connection.send(('#RETURN', None))
assert connection.recv() == ('7f', 'append', ('hello',), {{}})
connection.send(('#RETURN', ['heard']))
connection.recv()
"
    );
    let _server = instead(&mut world, program).await;
    said(&mut world, "hello", "returned", &[("value", "['heard']")]).await;
    world.end().await;
}
