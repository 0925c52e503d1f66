//! A server, a client, and the promise that nothing stays behind.

use crate::{Account, Client, Leftovers, TestServer, client::Plan};
use shared::ids::RunId;

/// A server of the test's own with one client. End it with [`World::end`], which looks for leftovers.
#[derive(Debug)]
pub struct World {
    /// The server.
    pub server: TestServer,
    /// The client.
    pub client: Client,
    leftovers: Leftovers,
}

impl World {
    /// A server with its defaults, and a client that has said hello.
    pub async fn new() -> Self {
        Self::with(Account::Ours, &[]).await
    }

    /// A server under an account and with more arguments, and a client that has said hello.
    pub async fn with(account: Account, args: &[&str]) -> Self {
        Self::on(TestServer::with(account, args)).await
    }

    /// That server, and a client that has said hello.
    pub async fn on(server: TestServer) -> Self {
        server.settled().await;
        // The look is taken while one client is connected, as it will be at the end.
        let client = Client::connect(&server).await;
        let leftovers = Leftovers::before(&server);
        Self {
            server,
            client,
            leftovers,
        }
    }

    /// A server with its defaults and a run of that plan.
    pub async fn running(plan: Plan) -> Self {
        let mut world = Self::new().await;
        world.client.start(plan).await;
        world
    }

    /// The same at level basic: what the run makes is among the host's own, where programs of others find it.
    pub async fn among_others(plan: Plan) -> Self {
        let mut world = Self::with(Account::Ours, &["--isolation", "basic"]).await;
        world.client.start(plan).await;
        world
    }

    /// Ends the run if it still runs, checks that nothing of any run is left, and that the server stops well.
    ///
    /// # Panics
    /// If something is left, or the server does not stop.
    pub async fn end(mut self) {
        let unfinished = self
            .client
            .runs
            .values()
            .any(|run| run.state.finished.is_none());
        if unfinished {
            self.client.stop().await;
        }
        let runs: Vec<RunId> = self.client.runs.keys().cloned().collect();
        self.leftovers.none(&self.server, &runs).await;
        self.client.close().await;
        self.server.stop().await;
    }

    /// Checks that nothing of any run is left, however it ended.
    ///
    /// # Panics
    /// If something is left.
    pub async fn nothing_left(&self) {
        let runs: Vec<RunId> = self.client.runs.keys().cloned().collect();
        self.leftovers.none(&self.server, &runs).await;
    }
}
