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
/// Devices that they may write.
const DEVICES: [&str; 3] = ["/dev/null", "/dev/zero", "/dev/full"];

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
            DEVICES,
            AccessFs::ReadFile | AccessFs::WriteFile,
        ))?
        .restrict_self()?;
    Ok(match status.ruleset {
        RulesetStatus::FullyEnforced => Enforced::Fully,
        RulesetStatus::PartiallyEnforced => Enforced::Partly,
        RulesetStatus::NotEnforced => Enforced::Not,
    })
}
