//! What can be run: every entry with its variants, parameters and acts. One truth for URL, terminal, protocol and page.

use crate::{
    command::Values,
    failure::{Code, Failure},
    mechanism,
};
use serde::Serialize;
use serde_json::Value;

/// Mechanism or concept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// An IPC facility.
    Mechanism,
    /// Something that several mechanisms show.
    Concept,
}

/// One card of the catalog. Ids never change: they stand in links.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Entry {
    /// As in the URL: `pipe`.
    pub id: &'static str,
    /// As on the card.
    pub title: &'static str,
    /// One character for lists.
    pub glyph: &'static str,
    /// Mechanism or concept.
    pub category: Category,
    /// The question it answers.
    pub question: &'static str,
    /// False: announced, cannot be run yet.
    pub built: bool,
    /// At least one where built; the first is the default.
    pub variants: &'static [Variant],
    /// Choices before the start.
    pub params: &'static [Param],
    /// What can be done to its workers and objects, beside freeze, resume, kill and stop.
    pub acts: &'static [Act],
    /// What a send can say beside its payload: priority, type, place.
    pub send: &'static [Param],
}

/// A way to run an entry.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Variant {
    /// As in the URL: `fifo`.
    pub id: &'static str,
    /// As in the switch.
    pub title: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// What it can and cannot do.
    pub can: Capabilities,
}

/// What a variant promises; each is tested on the running thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Capabilities {
    /// What one process sends arrives in the order of its sends.
    pub ordered: bool,
    /// One send is one receive.
    pub boundaries: bool,
    /// Both sides can send through the same object.
    pub bidirectional: bool,
    /// Several can send and several can receive.
    pub many_to_many: bool,
    /// It reaches processes on other machines.
    pub crosses_machines: bool,
    /// What was sent is still there when all processes have ended.
    pub survives: bool,
    /// Open files can be handed over.
    pub passes_descriptors: bool,
    /// How often the kernel copies each byte on its way: in and out.
    pub copies: u8,
}

impl Capabilities {
    /// Name and value of each, for tables; `copies` apart.
    pub fn all(&self) -> [(&'static str, bool); 7] {
        [
            ("ordered", self.ordered),
            ("boundaries", self.boundaries),
            ("bidirectional", self.bidirectional),
            ("many_to_many", self.many_to_many),
            ("crosses_machines", self.crosses_machines),
            ("survives", self.survives),
            ("passes_descriptors", self.passes_descriptors),
        ]
    }
}

/// A choice of the learner before the start.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Param {
    /// As in the URL: `capacity`.
    pub id: &'static str,
    /// As beside the field.
    pub label: &'static str,
    /// One sentence under the field.
    pub help: &'static str,
    /// What it can be.
    #[serde(flatten)]
    pub kind: ParamKind,
    /// Variants that have it; all if empty.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub variants: &'static [&'static str],
}

/// What a parameter can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum ParamKind {
    /// A whole number.
    Number {
        /// Smallest.
        min: u64,
        /// Largest.
        max: u64,
        /// If not given.
        default: u64,
        /// `bytes`, `processes`.
        unit: &'static str,
    },
    /// On or off.
    Flag {
        /// If not given.
        default: bool,
    },
    /// One of several words.
    Choice {
        /// Id and label of each; the first is the default.
        options: &'static [(&'static str, &'static str)],
    },
}

/// Something a learner can do to a running worker.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Act {
    /// As in `do`: `read`.
    pub id: &'static str,
    /// As on the button.
    pub label: &'static str,
    /// One line under it in the menu.
    pub help: &'static str,
    /// Roles that can do it.
    pub roles: &'static [&'static str],
    /// Its arguments.
    pub args: &'static [Param],
    /// Variants that have it; all if empty.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub variants: &'static [&'static str],
}

/// What the supervisor does to any worker of any entry: stop it, let it go on, kill it, or tell it that no more commands
/// will come, so that it ends by itself.
pub const COMMON: &[&str] = &["freeze", "resume", "kill", "exit"];

/// All entries, in the order of the learning path.
pub const ENTRIES: &[Entry] = mechanism::ENTRIES;

/// The entry of that id.
///
/// # Errors
/// `bad_param` for `entry`, naming the entries there are.
pub fn entry(id: &str) -> Result<&'static Entry, Failure> {
    ENTRIES.iter().find(|entry| entry.id == id).ok_or_else(|| {
        let built: Vec<_> = ENTRIES
            .iter()
            .filter(|entry| entry.built)
            .map(|entry| entry.id)
            .collect();
        Failure::bad_param(
            "entry",
            format!("there is no entry \"{id}\""),
            format!("use one of: {}", built.join(", ")),
        )
    })
}

impl Entry {
    /// The variant of that id, or the default one.
    ///
    /// # Errors
    /// `not_supported` if the entry is not built yet, `bad_param` for `variant` otherwise.
    pub fn variant(&self, id: Option<&str>) -> Result<&'static Variant, Failure> {
        if !self.built {
            return Err(Failure::new(
                Code::NotSupported,
                format!("{} is not built yet", self.title),
                "try Pipe",
            ));
        }
        let found = id.map_or_else(
            || self.variants.first(),
            |id| self.variants.iter().find(|v| v.id == id),
        );
        found.ok_or_else(|| {
            let ids: Vec<_> = self.variants.iter().map(|v| v.id).collect();
            Failure::bad_param(
                "variant",
                format!("{} has no variant \"{}\"", self.id, id.unwrap_or_default()),
                format!("use one of: {}", ids.join(", ")),
            )
        })
    }

    /// All parameters in force: those given, checked, and the defaults of the others.
    ///
    /// Numbers and flags may be given as text, since they come from URLs and command lines too.
    ///
    /// # Errors
    /// `bad_param` for the first parameter that is unknown or out of its range.
    pub fn params(&self, given: &Values) -> Result<Values, Failure> {
        if let Some(unknown) = given
            .keys()
            .find(|name| self.params.iter().all(|param| param.id != *name))
        {
            let known: Vec<_> = self.params.iter().map(|param| param.id).collect();
            return Err(Failure::bad_param(
                unknown,
                format!("{} has no parameter \"{unknown}\"", self.id),
                format!("use one of: {}", known.join(", ")),
            ));
        }
        // One by one: collecting into a map would sort, with code of its own in the page.
        let mut checked = Values::new();
        for param in self.params {
            checked.insert(param.id.to_owned(), param.check(given.get(param.id))?);
        }
        Ok(checked)
    }

    /// The parameters that a variant has.
    pub fn params_of(&self, variant: &str) -> impl Iterator<Item = &'static Param> + Clone {
        let variant = variant.to_owned();
        self.params
            .iter()
            .filter(move |param| has(param.variants, &variant))
    }

    /// The acts that a variant has.
    pub fn acts_of(&self, variant: &str) -> impl Iterator<Item = &'static Act> {
        let variant = variant.to_owned();
        self.acts
            .iter()
            .filter(move |act| has(act.variants, &variant))
    }

    /// What a send can say beside its payload, in a variant.
    pub fn send_of(&self, variant: &str) -> impl Iterator<Item = &'static Param> + Clone {
        let variant = variant.to_owned();
        self.send
            .iter()
            .filter(move |param| has(param.variants, &variant))
    }

    /// Checks a verb and its arguments for a worker of that role: what the worker is told, `do` among it.
    ///
    /// # Errors
    /// `bad_param` for `do`, `worker` or the argument that does not fit.
    pub fn order(
        &self,
        variant: &str,
        verb: &str,
        args: &Values,
        role: &str,
    ) -> Result<Values, Failure> {
        let act = self.act(verb)?;
        if !has(act.variants, variant) {
            return Err(Failure::bad_param(
                "do",
                format!("{}/{variant} cannot \"{verb}\"", self.id),
                format!("only: {}", act.variants.join(", ")),
            ));
        }
        if !act.roles.contains(&role) {
            return Err(Failure::bad_param(
                "worker",
                format!("a {role} cannot {verb}"),
                format!("only: {}", act.roles.join(", ")),
            ));
        }
        let taken = act.args.iter().filter(|arg| has(arg.variants, variant));
        let mut order = checked(verb, taken, args)?;
        order.insert("do".to_owned(), verb.into());
        Ok(order)
    }

    /// Checks what a send says beside its payload.
    ///
    /// # Errors
    /// `bad_param` for the argument that does not fit.
    pub fn send_args(&self, variant: &str, args: &Values) -> Result<Values, Failure> {
        checked("send", self.send_of(variant), args)
    }

    /// The act of that id.
    ///
    /// # Errors
    /// `bad_param` for `do`.
    pub fn act(&self, id: &str) -> Result<&'static Act, Failure> {
        self.acts.iter().find(|act| act.id == id).ok_or_else(|| {
            let known: Vec<_> = self.acts.iter().map(|act| act.id).collect();
            Failure::bad_param(
                "do",
                format!("{} cannot \"{id}\"", self.id),
                format!("use {}, {}", COMMON.join(", "), known.join(", ")),
            )
        })
    }
}

/// A list of variants names this one; an empty list names all.
fn has(variants: &[&str], variant: &str) -> bool {
    variants.is_empty() || variants.contains(&variant)
}

/// Arguments by name, those that are missing with their defaults.
fn checked(
    verb: &str,
    params: impl Iterator<Item = &'static Param> + Clone,
    given: &Values,
) -> Result<Values, Failure> {
    let unknown = given
        .keys()
        .find(|name| params.clone().all(|param| param.id != *name));
    if let Some(unknown) = unknown {
        let known: Vec<_> = params.map(|param| param.id).collect();
        return Err(Failure::bad_param(
            unknown,
            format!("{verb} has no argument \"{unknown}\""),
            if known.is_empty() {
                "leave it out".to_owned()
            } else {
                format!("use: {}", known.join(", "))
            },
        ));
    }
    let mut checked = Values::new();
    for param in params {
        checked.insert(param.id.to_owned(), param.check(given.get(param.id))?);
    }
    Ok(checked)
}

impl Param {
    /// The value in force for what was given, or the default.
    ///
    /// # Errors
    /// `bad_param` with what would fit.
    pub fn check(&self, given: Option<&Value>) -> Result<Value, Failure> {
        let bad = |hint: String| {
            let shown = given
                .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
                .unwrap_or_default();
            Failure::bad_param(
                self.id,
                format!("{} cannot be \"{shown}\"", self.label),
                hint,
            )
        };
        match (self.kind, given) {
            (ParamKind::Number { default, .. }, None) => Ok(default.into()),
            (ParamKind::Number { min, max, unit, .. }, Some(value)) => value
                .as_u64()
                .or_else(|| value.as_str()?.replace(',', "").trim().parse().ok())
                .filter(|n| (min..=max).contains(n))
                .map(Value::from)
                .ok_or_else(|| {
                    bad(format!("a whole number from {min} to {max} {unit}")
                        .trim_end()
                        .to_owned())
                }),
            (ParamKind::Flag { default }, None) => Ok(default.into()),
            (ParamKind::Flag { .. }, Some(value)) => match (value.as_bool(), value.as_str()) {
                (Some(flag), _) => Ok(flag.into()),
                (None, Some("true" | "on" | "1" | "yes" | "")) => Ok(true.into()),
                (None, Some("false" | "off" | "0" | "no")) => Ok(false.into()),
                (None, _) => Err(bad("true or false".to_owned())),
            },
            (ParamKind::Choice { options }, None) => {
                Ok(options.first().map_or("", |option| option.0).into())
            }
            (ParamKind::Choice { options }, Some(value)) => value
                .as_str()
                .filter(|word| options.iter().any(|option| option.0 == *word))
                .map(Value::from)
                .ok_or_else(|| {
                    let words: Vec<_> = options.iter().map(|option| option.0).collect();
                    bad(format!("use one of: {}", words.join(", ")))
                }),
        }
    }
}
