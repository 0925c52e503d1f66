//! How well runs are kept apart: what is wanted, what this host permits, and for how many at once.

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize, Serializer};
use std::{fmt, ops::RangeInclusive, str::FromStr};

/// What keeps runs apart, as far as it can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Args)]
#[serde(rename_all = "kebab-case")]
#[command(next_help_heading = "Isolation")]
pub struct Isolation {
    /// How runs are kept apart: `full` puts each into a box of its own, `basic` only limits its processes, `auto` takes the
    /// best that this host permits.
    #[arg(
        long,
        value_name = "LEVEL",
        env = "IPC_PLAYGROUND_ISOLATION",
        default_value = "auto"
    )]
    pub isolation: Wanted,
    /// User ids that belong to nobody else, one a box. They are used where this program may change its user, as root may.
    #[arg(long, value_name = "FIRST-LAST", env = "IPC_PLAYGROUND_BOX_UIDS", default_value_t = BoxUids::default())]
    pub box_uids: BoxUids,
}

impl Default for Isolation {
    fn default() -> Self {
        Self {
            isolation: Wanted::Auto,
            box_uids: BoxUids::default(),
        }
    }
}

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Wanted {
    /// The best that this host permits.
    Auto,
    /// Boxes, or nothing at all.
    Full,
    /// Limits and a call filter, even where more would be permitted.
    Basic,
}

/// What there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Each run in a box of its own: namespaces, a file system, a user where possible.
    Full,
    /// Each process has limits and a call filter; names, networks and process ids are the host's.
    #[default]
    Basic,
}

impl Level {
    /// As it is written on the page and in the protocol.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Basic => "basic",
        }
    }
}

/// A range of user ids, each also the number of a group.
///
/// By default those from 1,900,000,000 on: systemd's list of user ids has nobody there, neither people nor services nor
/// containers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoxUids(RangeInclusive<u32>);

impl BoxUids {
    /// All of them.
    pub fn all(&self) -> RangeInclusive<u32> {
        self.0.clone()
    }
}

impl Default for BoxUids {
    fn default() -> Self {
        Self(1_900_000_000..=1_900_009_999)
    }
}

impl fmt::Display for BoxUids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.0.start(), self.0.end())
    }
}

impl FromStr for BoxUids {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "\"{text}\" is no range of user ids such as {}",
                Self::default()
            )
        };
        let (first, last) = text.split_once('-').ok_or_else(wrong)?;
        let number = |text: &str| text.trim().parse::<u32>().map_err(|_| wrong());
        let (first, last) = (number(first)?, number(last)?);
        // 2³² − 1 means "no change" to the kernel.
        if first == 0 || last < first || last == u32::MAX {
            return Err(format!("{}; 0 is root and never among them", wrong()));
        }
        Ok(Self(first..=last))
    }
}

impl Serialize for BoxUids {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::BoxUids;

    #[test]
    fn a_range_is_read_as_it_is_written_and_never_has_root() {
        let uids: BoxUids = "100000-100999".parse().unwrap();
        assert_eq!(uids.all(), 100_000..=100_999);
        assert_eq!(uids.to_string(), "100000-100999");
        assert_eq!(
            BoxUids::default().to_string().parse(),
            Ok(BoxUids::default())
        );
        for wrong in ["", "7", "0-9", "9-8", "a-b", "1-4294967295", "-1-5"] {
            wrong.parse::<BoxUids>().unwrap_err();
        }
    }
}
