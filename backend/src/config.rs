//! Settings of the server: a flag wins over the environment, that over the file, that over the default.
//!
//! The file is TOML with the names of the flags: `runs-per-address = 150`. `serve --print-config` writes one.

use crate::lab::Limits;
use anyhow::{Context, Result, bail};
use clap::{Args, Command};
use serde::Serialize;
use std::{
    env,
    ffi::OsString,
    fs,
    net::IpAddr,
    path::{Path, PathBuf},
};

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
    /// Names under which this server is reached. On a loopback address, others than localhost are refused.
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
    /// What is allowed.
    #[command(flatten)]
    #[serde(flatten)]
    pub limits: Limits,
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
    /// As a file that `--config` reads.
    ///
    /// # Errors
    /// When a path is not UTF-8.
    pub fn to_file(&self) -> Result<String> {
        toml::to_string(self).context("cannot write the settings as TOML")
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

/// The arguments that stand for what is in a file; `command` has the names and the variables that win over it.
///
/// # Errors
/// When the file cannot be read, or has a name that is not a setting.
pub fn arguments(file: &Path, command: &Command) -> Result<Vec<OsString>> {
    let text =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let table: toml::Table = text
        .parse()
        .with_context(|| format!("{} is not TOML", file.display()))?;
    let mut arguments = Vec::new();
    for (name, value) in table {
        let Some(setting) = command
            .get_arguments()
            .find(|arg| arg.get_long() == Some(&name))
        else {
            bail!(
                "{}: there is no setting \"{name}\"; --print-config shows them",
                file.display()
            );
        };
        if setting
            .get_env()
            .is_some_and(|variable| env::var_os(variable).is_some())
        {
            continue;
        }
        let values: Vec<_> = value.as_array().map_or_else(
            || vec![plain(&value)],
            |values| values.iter().map(plain).collect(),
        );
        if !values.is_empty() {
            arguments.push(format!("--{name}={}", values.join(",")).into());
        }
    }
    Ok(arguments)
}

fn plain(value: &toml::Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{Settings, arguments, base_path};
    use clap::{Args, Command, FromArgMatches};
    use std::{ffi::OsString, fs};

    fn command() -> Command {
        Settings::augment_args(Command::new("serve"))
    }

    fn settings(args: impl IntoIterator<Item = OsString>) -> Settings {
        let args = [OsString::from("serve")].into_iter().chain(args);
        Settings::from_arg_matches(&command().get_matches_from(args)).unwrap()
    }

    #[test]
    fn a_printed_file_is_read_back_and_a_flag_wins() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        let given = [
            "--port=0",
            "--allow-origin=https://a,https://b",
            "--runs-per-address=150",
            "--dev",
        ];
        let before = settings(given.map(OsString::from)).to_file().unwrap();
        fs::write(&file, &before).unwrap();
        let from_file = arguments(&file, &command()).unwrap();
        assert_eq!(settings(from_file.clone()).to_file().unwrap(), before);
        let flagged = settings(from_file.into_iter().chain([OsString::from("--port=4711")]));
        assert_eq!((flagged.port, flagged.limits.runs_per_address), (4711, 150));
    }

    #[test]
    fn a_setting_that_is_none_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        fs::write(&file, "speed = 3").unwrap();
        assert!(
            arguments(&file, &command())
                .unwrap_err()
                .to_string()
                .contains("speed")
        );
    }

    #[test]
    fn a_prefix_always_has_both_slashes() {
        for (given, expected) in [("/", "/"), ("", "/"), ("play", "/play/"), ("/a/b", "/a/b/")] {
            assert_eq!(base_path(given).unwrap(), expected);
        }
        for bad in ["/../x", "/a b", "/\"><"] {
            base_path(bad).unwrap_err();
        }
    }
}
