//! The log, as a program reads it.

use harness::{Account, World, client::Plan};
use serde_json::{Value, json};

#[tokio::test]
async fn each_line_is_json_and_those_of_a_run_have_its_id() {
    let mut world = World::with(Account::Ours, &["--log-format", "json"]).await;
    let plan = Plan::new("pipe", "anonymous", json!({}), false);
    let run = world.client.start(plan).await;
    world.client.stop().await;
    world.nothing_left().await;
    let log = world.server.log();
    let lines: Vec<Value> = log
        .lines()
        .filter(|line| !line.contains("http://"))
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    for line in &lines {
        for field in ["timestamp", "level", "message"] {
            assert!(line[field].is_string(), "{line}");
        }
    }
    let of_run = |words: &str| {
        let found = lines.iter().find(|line| {
            let id = line.get("run").or_else(|| line["span"].get("run"));
            line["message"] == words && id.is_some_and(|id| id == run.as_str())
        });
        assert!(found.is_some(), "no \"{words}\" of {run} in\n{log}");
    };
    of_run("run started");
    of_run("run finished");
    world.end().await;
}
