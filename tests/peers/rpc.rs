//! curl and Python's own modules at our calls: each calls our server, or is called by our client.

use crate::tool;
use harness::{World, client::Plan};
use serde_json::{Value, json};
use shared::{event::Kind, state::RunState};
use std::process::{Child, Command, Output, Stdio};

pub(crate) async fn run(variant: &str, params: Value) -> World {
    let mut world = World::among_others(Plan::new("rpc", variant, params, true)).await;
    world
        .client
        .until("everybody there, and an address", |state| {
            state.workers.len() == 3 && address(state).is_some()
        })
        .await;
    world
}

/// Where the server listens: `127.1.2.3:5000`, or a path.
pub(crate) fn address(state: &RunState) -> Option<String> {
    let mut objects = state.objects.iter();
    let listener = objects.find(|one| one.object_type == "listener" && !one.removed)?;
    let local = listener.socket.as_ref()?.local.clone()?;
    (!local.is_empty()).then_some(local)
}

/// Kills our server, and waits until nobody listens at its address any more.
pub(crate) async fn vacated(world: &mut World) {
    world.client.act("kill", "server", json!({})).await;
    world
        .client
        .until("nobody who listens", |state| {
            state
                .objects
                .iter()
                .all(|one| one.object_type != "listener" || one.removed)
        })
        .await;
}

/// Runs a peer while the run's events are taken in: it waits for our processes, and these for nobody.
pub(crate) async fn while_it_runs(peer: impl FnOnce() -> Output + Send + 'static) -> String {
    let output = tokio::task::spawn_blocking(peer);
    tool::said(&output.await.expect("the peer was run"))
}

/// The server has executed a call, and says so.
pub(crate) async fn executed(world: &mut World, call: &str) {
    world
        .client
        .event("what the server executed", |event| match &event.kind {
            Kind::ProcessSaid { what, about } => {
                what == "executed" && about.get("call") == Some(&json!(call))
            }
            _ => false,
        })
        .await;
}

#[tokio::test]
async fn curl_posts_xml_to_our_server() {
    let Some(curl) = tool::program("curl") else {
        return;
    };
    let mut world = run("xml", json!({})).await;
    let address = address(world.client.state()).expect("it listens");
    let document = "<?xml version='1.0'?><methodCall><methodName>square</methodName><params><param><value>\
                    <int>5</int></value></param></params></methodCall>";
    let answer = while_it_runs(move || {
        Command::new(curl)
            .args([
                "--silent",
                "--show-error",
                "--noproxy",
                "*",
                "--data",
                document,
            ])
            .args(["--header", "Content-Type: text/xml"])
            .arg(format!("http://{address}/RPC2"))
            .output()
            .expect("curl runs")
    })
    .await;
    assert!(answer.contains("<i4>25</i4>"), "{answer}");
    executed(&mut world, "square(5)").await;
    world.end().await;
}

#[tokio::test]
async fn pythons_client_calls_our_server() {
    let world = run("xml", json!({"http": "1.1", "threads": "many"})).await;
    let address = address(world.client.state()).expect("it listens");
    let program = "import sys, xmlrpc.client\n\
                   server = xmlrpc.client.ServerProxy('http://' + sys.argv[1])\n\
                   print(server.square(5), server.reverse([1, 'a', {'x': 2.5}]), server.echo('<&>'))\n\
                   for call in (lambda: server.divide(1, 0), lambda: server.square(50000), lambda: server.cube(3)):\n\
                   \x20   try:\n\
                   \x20       call()\n\
                   \x20   except xmlrpc.client.Fault as fault:\n\
                   \x20       print(fault.faultCode, fault.faultString)";
    let said = while_it_runs(move || tool::python(program, &[&address])).await;
    assert_eq!(
        said.lines().collect::<Vec<_>>(),
        [
            "25 [{'x': 2.5}, 'a', 1] <&>",
            "1 <class 'ZeroDivisionError'>:division by zero",
            "1 <class 'OverflowError'>:int exceeds XML-RPC limits",
            "1 <class 'Exception'>:method \"cube\" is not supported",
        ]
    );
    world.end().await;
}

/// A server of Python's own in the place of ours, until it is dropped.
pub(crate) struct Server(pub(crate) Child);

impl Server {
    fn at(address: &str, program: &str) -> Self {
        let (host, port) = address.rsplit_once(':').expect("an address");
        let server = Command::new(tool::PYTHON)
            .args(["-c", program, host, port])
            .stdout(Stdio::null())
            .spawn()
            .expect("python3 runs");
        Self(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _over_already = self.0.kill();
        let _reaped = self.0.wait();
    }
}

#[tokio::test]
async fn our_client_calls_pythons_server() {
    // It tries again until somebody listens: Python takes a moment.
    let mut world = run("xml", json!({"retry": "again"})).await;
    let address = address(world.client.state()).expect("it listens");
    vacated(&mut world).await;
    let program = "import sys, xmlrpc.server\n\
                   server = xmlrpc.server.SimpleXMLRPCServer((sys.argv[1], int(sys.argv[2])), logRequests=False)\n\
                   server.register_function(lambda a, b: [b, a], 'swap')\n\
                   server.serve_forever()";
    let _server = Server::at(&address, program);
    world
        .client
        .send_text("client", "swap('x', {'y': 2})")
        .await;
    world
        .client
        .event("what Python's server returned", |event| match &event.kind {
            Kind::ProcessSaid { what, about } => {
                what == "returned" && about.get("value") == Some(&json!("[{'y': 2}, 'x']"))
            }
            _ => false,
        })
        .await;
    world.end().await;
}

#[tokio::test]
async fn a_few_lines_of_python_speak_json_rpc_with_our_server() {
    for framing in ["line", "length"] {
        let params = json!({"transport": "unix", "framing": framing, "threads": "many"});
        let mut world = run("json", params).await;
        let address = address(world.client.state()).expect("it listens");
        let program = "import json, socket, sys\n\
                       line = socket.socket(socket.AF_UNIX)\n\
                       line.connect(sys.argv[1])\n\
                       call = json.dumps({'jsonrpc': '2.0', 'method': 'add', 'params': [2, 3], 'id': 'x'}).encode()\n\
                       if sys.argv[2] == 'length':\n\
                       \x20   line.sendall(len(call).to_bytes(4, 'big') + call)\n\
                       \x20   file = line.makefile('rb')\n\
                       \x20   answer = file.read(int.from_bytes(file.read(4), 'big'))\n\
                       else:\n\
                       \x20   line.sendall(call + b'\\n')\n\
                       \x20   answer = line.makefile('rb').readline()\n\
                       answer = json.loads(answer)\n\
                       print(answer['result'], answer['id'], answer['jsonrpc'])";
        let said = while_it_runs(move || tool::python(program, &[&address, framing])).await;
        assert_eq!(said, "5 x 2.0", "{framing}");
        executed(&mut world, "add(2, 3)").await;
        world.end().await;
    }
}
