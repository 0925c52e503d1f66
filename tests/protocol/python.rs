//! The client of `shared/README.md`, which is not ours: ten lines of Python that whoever reads it may copy.

use harness::{TestServer, cli::Cli, program};
use std::fs;

/// The first fenced block of that language.
fn block<'a>(text: &'a str, language: &str) -> &'a str {
    let (_, rest) = text
        .split_once(&format!("```{language}\n"))
        .expect("the README has such a block");
    rest.split_once("\n```").expect("the block ends").0
}

#[tokio::test]
async fn the_python_client_of_the_readme_runs_as_it_stands() {
    let readme = fs::read_to_string(program::workspace().join("shared/README.md"))
        .expect("shared/README.md");
    let server = TestServer::start();
    let client = block(&readme, "python").replace("127.0.0.1:8080", &server.address.to_string());
    assert!(
        client.contains(&server.address.to_string()),
        "the client connects to 127.0.0.1:8080:\n{client}"
    );
    let cli = Cli::new();
    let file = cli.place.tmp.join("client.py");
    fs::write(&file, client).expect("a file in our own folder");
    let mut python = program::command("python3");
    python.arg(&file).env("PYTHONDONTWRITEBYTECODE", "1");
    let output = cli.finish(python).await.ok();
    assert!(
        output.stdout.contains("run.finished") || output.stdout.contains("message.received"),
        "{}",
        output.stdout
    );
}
