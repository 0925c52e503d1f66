//! Settings of the server: a flag wins over the environment, that over the file, that over the default.
//!
//! The file is TOML with the names of the flags: `runs-per-address = 150`. `serve --print-config` writes one, with the
//! origin of each value beside it.

mod layers;
mod network;

#[cfg(test)]
mod tests;

pub use layers::{Layers, Origin};
pub use network::Network;

use crate::{lab::Limits, sandbox::Isolation};
use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::{collections::BTreeMap, net::IpAddr, path::PathBuf};

/// Everything that can be set.
#[derive(Clone, Debug, Serialize, Args)]
#[serde(rename_all = "kebab-case")]
#[command(args_override_self = true)]
pub struct Settings {
    /// Address to listen on. 0.0.0.0 and ``[::]`` let other machines in.
    #[arg(long, env = "IPC_PLAYGROUND_LISTEN", default_value = "127.0.0.1")]
    pub listen: IpAddr,
    /// Port to listen on; 0 takes a free one.
    #[arg(long, env = "IPC_PLAYGROUND_PORT", default_value_t = 8080)]
    pub port: u16,
    /// Path prefix under which a proxy shows this server, /playground/ for example.
    #[arg(long, value_name = "PATH", env = "IPC_PLAYGROUND_BASE_PATH", default_value = "/", value_parser = base_path)]
    pub base_path: String,
    /// Serve the page from this folder instead of the one built in.
    #[arg(long, value_name = "DIR", env = "IPC_PLAYGROUND_PAGE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<PathBuf>,
    /// Let the page of `trunk serve` on port 8081 connect too.
    #[arg(long, env = "IPC_PLAYGROUND_DEV", num_args = 0..=1, default_value_t = false, default_missing_value = "true")]
    pub dev: bool,
    /// Other pages that may connect: their origins, ``https://learn.example.org`` for example.
    #[arg(
        long,
        value_name = "ORIGIN,…",
        env = "IPC_PLAYGROUND_ALLOW_ORIGIN",
        value_delimiter = ','
    )]
    pub allow_origin: Vec<String>,
    /// Names under which this server is reached, beside localhost, its addresses and its own host name. Others are refused,
    /// or none where ``*`` is given: a page of somebody else could take one over (DNS rebinding).
    #[arg(
        long,
        value_name = "HOST,…",
        env = "IPC_PLAYGROUND_ALLOW_HOST",
        value_delimiter = ','
    )]
    pub allow_host: Vec<String>,
    /// Sites that may show the page in a frame, beside this one.
    #[arg(
        long,
        value_name = "ORIGIN,…",
        env = "IPC_PLAYGROUND_ALLOW_EMBED",
        value_delimiter = ','
    )]
    pub allow_embed: Vec<String>,
    /// Proxies that may say for whom they ask (X-Forwarded-For): addresses or ranges. From anybody else it is not believed.
    #[arg(
        long,
        value_name = "ADDRESS,…",
        env = "IPC_PLAYGROUND_TRUSTED_PROXY",
        value_delimiter = ','
    )]
    pub trusted_proxy: Vec<Network>,
    /// Allow what a class behind one address needs: 150 runs for it, and an hour of listening.
    #[arg(long, env = "IPC_PLAYGROUND_CLASS", num_args = 0..=1, default_value_t = false, default_missing_value = "true")]
    pub class: bool,
    /// Let other machines in although this host cannot isolate runs from it and from each other.
    #[arg(long, env = "IPC_PLAYGROUND_ACCEPT_BASIC", num_args = 0..=1, default_value_t = false, default_missing_value = "true")]
    pub accept_basic: bool,
    /// How runs are kept apart.
    #[command(flatten)]
    #[serde(flatten)]
    pub isolation: Isolation,
    /// How the log on stderr is written.
    #[arg(
        long,
        value_name = "FORMAT",
        env = "IPC_PLAYGROUND_LOG_FORMAT",
        default_value = "text"
    )]
    pub log_format: LogFormat,
    /// What is allowed.
    #[command(flatten)]
    #[serde(flatten)]
    pub limits: Limits,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

fn base_path(text: &str) -> Result<String> {
    let fits = text.split('/').all(|part| !part.starts_with('.'))
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte));
    if !fits {
        bail!("a path of letters, digits and - _ . ~ is needed, /playground/ for example");
    }
    let inner = text.trim_matches('/');
    Ok(if inner.is_empty() {
        "/".to_owned()
    } else {
        format!("/{inner}/")
    })
}

impl Settings {
    /// As a file that `--config` reads; where each value is from stands behind it as a comment.
    ///
    /// # Errors
    /// When a path is not UTF-8.
    pub fn to_file(&self, origins: &BTreeMap<String, Origin>) -> Result<String> {
        let plain = toml::to_string(self).context("cannot write the settings as TOML")?;
        let width = plain.lines().map(|line| line.chars().count()).max();
        let width = width.unwrap_or_default();
        let line = |line: &str| {
            let name = line.split(" = ").next().unwrap_or_default();
            match origins.get(name) {
                Some(origin) => format!("{line:<width$}  # {origin}\n"),
                None => format!("{line}\n"),
            }
        };
        Ok(plain.lines().map(line).collect())
    }

    /// Origins of pages elsewhere that may connect.
    pub fn origins(&self) -> Vec<String> {
        let dev = ["http://localhost:8081", "http://127.0.0.1:8081"]
            .into_iter()
            .filter(|_| self.dev);
        let own = self
            .allow_origin
            .iter()
            .map(|origin| origin.trim_end_matches('/').to_ascii_lowercase());
        own.chain(dev.map(str::to_owned)).collect()
    }
}
