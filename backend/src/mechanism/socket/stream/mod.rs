//! Connections: a server listens and accepts, clients connect. tcp(7), unix(7).

mod client;
mod server;

pub(super) use client::client;
pub(super) use server::server;
