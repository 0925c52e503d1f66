//! The server, the spawner and the supervisor of the playground.
