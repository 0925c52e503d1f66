//! A second lock on files, for workers: landlock(7). What the mounts permit, this permits only once more, and nobody in it
//! reaches processes outside of it: not the supervisor, whatever its file in /proc says.

use landlock::{
    ABI, Access, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetError, RulesetStatus, Scope, path_beneath_rules,
};

use serde::{Deserialize, Serialize};

/// What the rules are written for; where a kernel knows less, as much of it as there is.
const KNOWN: ABI = ABI::V6;

/// Places that workers may write.
const WRITABLE: [&str; 3] = ["/tmp", "/dev/shm", "/dev/mqueue"];
/// Where they may write what is there, and make nothing: devices, and what a process may set of itself, its name for example.
const THERE: [&str; 4] = ["/dev/null", "/dev/zero", "/dev/full", "/proc"];

/// How far it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Enforced {
    /// As far as the rules say.
    Fully,
    /// As far as this kernel knows.
    Partly,
    /// This kernel has none of it.
    Not,
}

/// Puts a wall around the calling process and all it will fork: those outside of it look in, it does not look out, at its
/// siblings either. Memory in /proc and the like is all that it is about, neither files nor signals.
///
/// # Errors
/// What the kernel says, where it has it at all.
pub(crate) fn wall() -> Result<(), RulesetError> {
    // A right that all have who could ever use it: what counts is that there is another domain.
    let right = AccessFs::MakeBlock;
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(right)?
        .create()?
        .restrict_self()
        .map(drop)
}

/// Puts it on the calling thread and all it will fork.
///
/// # Errors
/// What the kernel says, where it has it at all.
pub(crate) fn restrict() -> Result<Enforced, RulesetError> {
    let files = AccessFs::from_all(KNOWN);
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(files)?
        .scope(Scope::from_all(KNOWN))?
        .create()?
        .add_rules(path_beneath_rules(["/"], AccessFs::from_read(KNOWN)))?
        .add_rules(path_beneath_rules(WRITABLE, files))?
        .add_rules(path_beneath_rules(
            THERE,
            AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::Truncate,
        ))?
        .restrict_self()?;
    Ok(match status.ruleset {
        RulesetStatus::FullyEnforced => Enforced::Fully,
        RulesetStatus::PartiallyEnforced => Enforced::Partly,
        RulesetStatus::NotEnforced => Enforced::Not,
    })
}
