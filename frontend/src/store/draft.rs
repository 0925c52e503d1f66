//! What the next run will be, and the message that is being composed.

use super::{Composer, RunView};
use crate::{mechanism::payload, route::Lab};
use serde_json::Value;
use shared::{
    catalog::{self, Entry, Param},
    command::{Data, Values},
    failure::Failure,
    ids::WorkerId,
    mechanism::{Member, cast},
    state::RunState,
};
use std::collections::BTreeMap;

/// What is chosen for the next run.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Entry of the catalog.
    pub entry: String,
    /// Its variant; the first if absent.
    pub variant: Option<String>,
    /// Parameters that differ from their default, checked.
    pub params: Values,
    /// What was typed into a field and does not fit, and why.
    pub wrong: Vec<Wrong>,
    /// Languages of roles, where they are not Rust.
    pub roles: BTreeMap<String, String>,
    /// Trace system calls.
    pub xray: bool,
    /// The message.
    pub composer: Composer,
}

/// A value that does not fit its parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Wrong {
    /// The parameter.
    pub param: String,
    /// What was typed.
    pub typed: String,
    /// Why it does not fit.
    pub failure: Failure,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            entry: "pipe".to_owned(),
            variant: None,
            params: Values::new(),
            wrong: Vec::new(),
            roles: BTreeMap::new(),
            xray: true,
            composer: Composer::default(),
        }
    }
}

impl Draft {
    /// What the stage shows before the run begins: which processes it will have, and what kind of pipe.
    pub fn prepared(&self) -> RunState {
        RunState {
            entry: self.entry.clone(),
            variant: self.variant_id().to_owned(),
            params: self.params.clone(),
            xray: self.xray,
            ..RunState::default()
        }
    }

    /// What an address asks for; values that do not fit are left out and told.
    pub fn of_lab(lab: &Lab, composer: Composer) -> (Self, Vec<Failure>) {
        let mut draft = Self {
            entry: lab.entry.clone(),
            xray: !lab.xray_off,
            roles: lab.roles.clone(),
            composer,
            ..Self::default()
        };
        let mut refused = Vec::new();
        match catalog::entry(&lab.entry) {
            Err(failure) => refused.push(failure),
            Ok(entry) if entry.built => {
                match entry.variant(lab.variant.as_deref()) {
                    Ok(_) => draft.variant.clone_from(&lab.variant),
                    Err(failure) => refused.push(failure),
                }
                for (name, value) in &lab.params {
                    refused.extend(draft.set(name, value).err());
                }
            }
            Ok(_) => {}
        }
        (draft, refused)
    }

    /// The address of what is chosen.
    pub fn lab(&self, present: bool) -> Lab {
        Lab {
            entry: self.entry.clone(),
            variant: self.variant.clone(),
            params: self.params.clone(),
            roles: self.roles.clone(),
            xray_off: !self.xray,
            present,
        }
    }

    /// The entry, if it can be run.
    pub fn entry(&self) -> Option<&'static Entry> {
        catalog::entry(&self.entry).ok().filter(|entry| entry.built)
    }

    /// The variant in force.
    pub fn variant_id(&self) -> &str {
        let first = || {
            self.entry()
                .and_then(|entry| entry.variants.first())
                .map_or("", |variant| variant.id)
        };
        self.variant.as_deref().unwrap_or_else(first)
    }

    /// Who will take part in the next run.
    pub fn cast(&self) -> Vec<Member> {
        cast(&self.entry, self.variant_id(), &self.params)
    }

    /// Who sends what is composed: whom the learner chose, where there still is such a process.
    pub fn sender(&self) -> Option<WorkerId> {
        let chosen = self.composer.worker.as_ref()?;
        let cast = self.cast();
        let there = cast
            .iter()
            .any(|member| member.sends && member.id == *chosen);
        // Without a cast the server decides.
        (there || cast.is_empty()).then(|| chosen.clone())
    }

    /// What is composed: the payload, and how many times.
    ///
    /// # Errors
    /// `bad_param` for the field that does not fit.
    pub fn data(&self) -> Result<(Data, u32), Failure> {
        let variant = self.variant_id();
        // Where one send is one receive, a message without a byte is a message.
        let empty = self.entry().is_some_and(|entry| {
            let mut all = entry.variants.iter();
            all.any(|one| one.id == variant && one.can.boundaries)
        });
        self.composer.data(payload(&self.entry, variant), empty)
    }

    /// What the message says beside its payload.
    ///
    /// # Errors
    /// `bad_param` for the field that does not fit.
    pub fn send_args(&self) -> Result<Values, Failure> {
        let Some(entry) = self.entry() else {
            return Ok(Values::new());
        };
        // Only what this variant's messages have, and only what differs from a message as it is by itself.
        let mut args = Values::new();
        for param in entry.send_of(self.variant_id()) {
            let checked = param.check(self.composer.args.get(param.id))?;
            if param.check(None).ok().as_ref() != Some(&checked) {
                args.insert(param.id.to_owned(), checked);
            }
        }
        Ok(args)
    }

    /// The roles that are written in a language of choice.
    pub fn roles(&self) -> Vec<&'static str> {
        let mut roles: Vec<&'static str> = Vec::new();
        for member in self.cast() {
            if member.role != "parent" && !roles.contains(&member.role) {
                roles.push(member.role);
            }
        }
        roles
    }

    /// Chooses the language of a role.
    pub fn speak(&mut self, role: &str, language: &str) {
        if language == "rust" {
            self.roles.remove(role);
        } else {
            self.roles.insert(role.to_owned(), language.to_owned());
        }
    }

    /// What was typed into the field of a parameter and does not fit.
    pub fn wrong(&self, param: &str) -> Option<&Wrong> {
        self.wrong.iter().find(|wrong| wrong.param == param)
    }

    /// The value of a parameter: what was typed, or chosen, or the default.
    pub fn value(&self, param: &Param) -> String {
        if let Some(wrong) = self.wrong(param.id) {
            return wrong.typed.clone();
        }
        let value = param.check(self.params.get(param.id)).unwrap_or_default();
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    }

    /// Chooses a parameter.
    ///
    /// # Errors
    /// `bad_param` if it does not exist or does not fit; what was typed stays in the field.
    pub fn set(&mut self, name: &str, value: &Value) -> Result<(), Failure> {
        let Some(param) = self
            .entry()
            .and_then(|entry| entry.params.iter().find(|param| param.id == name))
        else {
            let mut one = Values::new();
            one.insert(name.to_owned(), value.clone());
            return self
                .entry()
                .map_or(Ok(()), |entry| entry.params(&one).map(|_| ()));
        };
        self.wrong.retain(|wrong| wrong.param != name);
        match param.check(Some(value)) {
            Ok(checked) => {
                if param.check(None).is_ok_and(|default| default == checked) {
                    self.params.remove(name);
                } else {
                    self.params.insert(name.to_owned(), checked);
                }
                Ok(())
            }
            Err(failure) => {
                let typed = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                self.wrong.push(Wrong {
                    param: name.to_owned(),
                    typed,
                    failure: failure.clone(),
                });
                Err(failure)
            }
        }
    }

    /// A run was started with exactly this.
    pub fn matches(&self, run: &RunView) -> bool {
        self.wrong.is_empty()
            && self.entry == run.entry
            && self.variant_id() == run.variant
            && self.params == run.params
            && self.roles == run.roles
            && self.xray == run.xray
    }
}

#[cfg(test)]
mod tests {
    use super::{Composer, Draft};
    use crate::route::{Lab, Route};
    use serde_json::json;

    fn draft(path: &str, query: &str) -> (Draft, Vec<shared::failure::Failure>) {
        let Route::Lab(lab) = Route::parse(path, query) else {
            panic!("not a lab")
        };
        Draft::of_lab(&lab, Composer::default())
    }

    #[test]
    fn an_address_prepares_and_what_does_not_fit_is_told() {
        let (good, refused) = draft("lab/pipe/fifo", "capacity=8192&writers=1&xray=off");
        assert_eq!(
            (good.variant_id(), good.xray, refused.len()),
            ("fifo", false, 0)
        );
        assert_eq!(
            json!(good.params),
            json!({"capacity": 8192}),
            "defaults are left out"
        );
        assert_eq!(
            Route::Lab(good.lab(false)).address(),
            "lab/pipe/fifo?capacity=8192&xray=off"
        );
        let (bad, refused) = draft("lab/pipe/fast", "capacity=lots&speed=9");
        let fields: Vec<_> = refused
            .iter()
            .filter_map(|failure| failure.field.as_deref())
            .collect();
        assert_eq!(fields, ["variant", "capacity", "speed"]);
        assert_eq!(
            (bad.variant_id(), bad.params.len(), bad.wrong.len()),
            ("anonymous", 0, 1),
            "what was asked for stays in its field"
        );
    }

    #[test]
    fn a_wrong_value_stays_in_its_field_until_it_is_right() {
        let mut draft = Draft::of_lab(
            &Lab {
                entry: "pipe".into(),
                ..Lab::default()
            },
            Composer::default(),
        )
        .0;
        assert_eq!(
            draft
                .set("writers", &json!("9"))
                .unwrap_err()
                .field
                .as_deref(),
            Some("writers")
        );
        let writers = draft
            .entry()
            .unwrap()
            .params
            .iter()
            .find(|param| param.id == "writers")
            .unwrap();
        assert_eq!(draft.value(writers), "9");
        draft.set("writers", &json!("3")).unwrap();
        assert_eq!((draft.value(writers).as_str(), draft.wrong.len()), ("3", 0));
    }

    #[test]
    fn a_role_s_language_stands_in_the_address_and_in_the_start() {
        let (mut draft, refused) = draft("lab/pipe", "roles=writer:python,reader:rust");
        assert!(refused.is_empty(), "{refused:?}");
        assert_eq!(
            Route::Lab(draft.lab(false)).address(),
            "lab/pipe?roles=writer:python"
        );
        draft.speak("reader", "python");
        draft.speak("writer", "rust");
        assert_eq!(json!(draft.roles), json!({"reader": "python"}));
    }

    #[test]
    fn a_message_goes_from_whom_the_cast_knows() {
        let (mut draft, _) = draft("lab/pipe", "writers=2");
        draft.composer.worker = Some("writer-2".into());
        assert_eq!(draft.sender(), Some("writer-2".into()));
        draft.params.clear();
        assert_eq!(draft.sender(), None, "there is one writer only now");
        draft.composer.args.insert("speed".into(), 3.into());
        assert_eq!(
            draft.send_args(),
            Ok(Default::default()),
            "a pipe's messages have nothing beside their payload"
        );
    }
}
