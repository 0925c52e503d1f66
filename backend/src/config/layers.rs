//! Where each setting has its value from: a flag wins over the environment, that over the file, that over what `--class`
//! brings, that over the default.

use super::Settings;
use anyhow::{Context, Result, bail};
use clap::{ArgMatches, Args, Command, parser::ValueSource};
use std::{collections::BTreeMap, ffi::OsString, fmt, fs, path::Path};

/// Where a value is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The command line.
    Flag,
    /// A variable.
    Environment,
    /// The file that `--config` names.
    File,
    /// What `--class` brings.
    Class,
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flag => "flag",
            Self::Environment => "environment",
            Self::File => "file",
            Self::Class => "class",
            Self::Default => "default",
        })
    }
}

/// What `--class` sets: sixty learners or more behind one address, who listen to somebody for half an hour in between.
const CLASS: [(&str, &str); 4] = [
    ("runs-per-address", "150"),
    ("sockets-per-address", "600"),
    ("starts-per-second", "30"),
    ("idle-ms", "3600000"),
];

/// Each setting's origin, and the arguments that stand for what is neither a flag nor a variable nor a default.
#[derive(Debug)]
pub struct Layers {
    /// By the name of the setting.
    pub origins: BTreeMap<String, Origin>,
    /// To be parsed together with the command line.
    pub arguments: Vec<OsString>,
}

impl Layers {
    /// Of what the command line `given` says, and perhaps a file.
    ///
    /// # Errors
    /// When the file cannot be read, or has a name that is not a setting.
    pub fn new(given: &ArgMatches, file: Option<&Path>) -> Result<Self> {
        let table = file.map(read).transpose()?.unwrap_or_default();
        let known = Settings::augment_args(Command::new("settings"));
        let settings: BTreeMap<_, _> = known
            .get_arguments()
            .filter_map(|arg| Some((arg.get_long()?, arg.get_id().as_str())))
            .collect();
        if let (Some(unknown), Some(file)) = (
            table
                .keys()
                .find(|name| !settings.contains_key(name.as_str())),
            file,
        ) {
            bail!(
                "{}: there is no setting \"{unknown}\"; --print-config shows them",
                file.display()
            );
        }
        let said = |id: &str| match given.value_source(id) {
            Some(ValueSource::CommandLine) => Some(Origin::Flag),
            Some(ValueSource::EnvVariable) => Some(Origin::Environment),
            _ => None,
        };
        let is_class = match said("class") {
            Some(_) => given.get_one::<bool>("class").copied(),
            None => table.get("class").and_then(toml::Value::as_bool),
        };
        let mut layers = Self {
            origins: BTreeMap::new(),
            arguments: Vec::new(),
        };
        for (name, id) in settings {
            let in_class = CLASS
                .iter()
                .find(|(setting, _)| *setting == name && is_class == Some(true));
            let origin = match (said(id), table.get(name), in_class) {
                (Some(origin), _, _) => origin,
                (None, Some(value), _) => {
                    layers.arguments.extend(argument(name, value));
                    Origin::File
                }
                (None, None, Some((_, value))) => {
                    layers.arguments.push(format!("--{name}={value}").into());
                    Origin::Class
                }
                (None, None, None) => Origin::Default,
            };
            layers.origins.insert(name.to_owned(), origin);
        }
        Ok(layers)
    }
}

fn read(file: &Path) -> Result<toml::Table> {
    let text =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    text.parse()
        .with_context(|| format!("{} is not TOML", file.display()))
}

/// An empty list is what there is without the argument.
fn argument(name: &str, value: &toml::Value) -> Option<OsString> {
    let values: Vec<_> = value.as_array().map_or_else(
        || vec![plain(value)],
        |values| values.iter().map(plain).collect(),
    );
    (!values.is_empty()).then(|| format!("--{name}={}", values.join(",")).into())
}

fn plain(value: &toml::Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
