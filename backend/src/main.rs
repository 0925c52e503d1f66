//! The one program: server, terminal and, hidden, spawner and supervisor.

fn main() {}
