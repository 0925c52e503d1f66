//! Chromium, by WebDriver.

use fantoccini::{Client, ClientBuilder};
use harness::{http, procfs, program, server::send, wait::PATIENCE};
use hyper_util::client::legacy::connect::HttpConnector;
use nix::sys::signal::Signal;
use serde_json::{Map, Value, json};
use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    process::{Child, Stdio},
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};
use tempfile::TempDir;

/// The environment variable that the driver and all processes of its browser carry.
const MARK: &str = "IPC_PLAYGROUND_BROWSER";

/// A browser with a profile of its own. All its processes end with it.
#[derive(Debug)]
pub(crate) struct Driver {
    pub(crate) client: Client,
    address: SocketAddr,
    session: String,
    child: Child,
    mark: String,
    /// axe-core was in the page: it tries styles that the page's own policy forbids, as it should, and the console may
    /// tell of that some time later.
    pub(crate) audited: AtomicBool,
    // Removed when the browser is gone.
    _profile: TempDir,
}

impl Driver {
    /// Starts Debian's Chromium with an empty profile.
    pub(crate) async fn start((width, height): (u32, u32)) -> Self {
        let profile = tempfile::Builder::new()
            .prefix("ipc-browser-")
            .tempdir()
            .expect("a temporary folder");
        let mark = profile.path().display().to_string();
        let mut command = program::command("chromedriver");
        command
            .arg("--port=0")
            .env(MARK, &mark)
            .env("TMPDIR", profile.path());
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = program::start(&mut command);
        let address = listening(&mut child);
        let arguments = [
            "--headless=new",
            // The tests run as root in containers, where Chromium's own sandbox does not start.
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--force-color-profile=srgb",
            &format!("--window-size={width},{height}"),
            &format!(
                "--user-data-dir={}",
                profile.path().join("profile").display()
            ),
        ];
        let capabilities = json!({
            "browserName": "chrome",
            "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": {"browser": "ALL"},
        });
        let capabilities: Map<String, Value> =
            serde_json::from_value(capabilities).expect("an object");
        let connect = async {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            builder
                .capabilities(capabilities)
                .connect(&format!("http://{address}"))
                .await
        };
        let client = connect.await.expect("a browser session");
        let session = client
            .session_id()
            .await
            .ok()
            .flatten()
            .expect("a session has an id");
        Self {
            client,
            address,
            session,
            child,
            mark,
            audited: AtomicBool::new(false),
            _profile: profile,
        }
    }

    /// A command of the DevTools protocol, for what WebDriver does not know.
    pub(crate) async fn devtools(&self, command: &str, params: Value) -> Value {
        self.post(
            "goog/cdp/execute",
            &json!({"cmd": command, "params": params}),
        )
        .await
    }

    /// What the console calls an error, since the last look.
    pub(crate) async fn console_errors(&self) -> Vec<String> {
        let audited = self.audited.load(Ordering::Relaxed);
        let log = self.post("se/log", &json!({"type": "browser"})).await;
        let entries = log.as_array().cloned().unwrap_or_default();
        entries
            .iter()
            .filter(|entry| entry["level"] == "SEVERE")
            .map(|entry| entry["message"].to_string())
            .filter(|message| !(audited && message.contains("Applying inline style")))
            .collect()
    }

    /// Looks as on a screen of that size, with that theme.
    pub(crate) async fn theme(&self, dark: bool) {
        let value = if dark { "dark" } else { "light" };
        let features = json!([{"name": "prefers-color-scheme", "value": value}]);
        self.devtools("Emulation.setEmulatedMedia", json!({"features": features}))
            .await;
    }

    /// Ends the browser and all its processes.
    pub(crate) async fn quit(mut self) {
        self.client.clone().close().await.ok();
        self.kill();
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let body = body.to_string();
        let request = format!(
            "POST /session/{}/{path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\nconnection: close\r\n\
             content-length: {}\r\n\r\n{body}",
            self.session,
            self.address,
            body.len()
        );
        http::ask(self.address, &request).await.json()["value"].clone()
    }

    fn kill(&mut self) {
        for process in procfs::marked(&self.mark) {
            send(process.pid, Signal::SIGKILL);
        }
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Waits until the driver says on which port it listens.
fn listening(child: &mut Child) -> SocketAddr {
    let stdout = child.stdout.take().expect("it is piped");
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            // "ChromeDriver was started successfully on port 40123."
            let port = line
                .split_once("successfully on port ")
                .and_then(|(_, port)| port.trim_end_matches('.').parse().ok());
            if let Some(port) = port {
                tell.send(port).ok();
            }
        }
    });
    let port: u16 = told
        .recv_timeout(PATIENCE)
        .expect("chromedriver says its port");
    SocketAddr::from(([127, 0, 0, 1], port))
}
