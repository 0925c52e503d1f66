//! What the next run will be, and the message that is being composed.

use super::RunView;
use crate::{mechanism::count, route::Lab};
use serde_json::Value;
use shared::{
    catalog::{self, Entry, Param},
    codec::parse_hex,
    command::{Data, MAX_FILL, MAX_TIMES, Values},
    failure::Failure,
    ids::WorkerId,
    state::RunState,
};

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

/// How a payload is written down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// UTF-8.
    #[default]
    Text,
    /// Two digits a byte.
    Hex,
    /// One byte again and again.
    Fill,
}

/// The message that is being composed; fields hold what was typed, right or wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composer {
    /// Which field counts.
    pub mode: Mode,
    /// For `Mode::Text`.
    pub text: String,
    /// For `Mode::Hex`.
    pub hex: String,
    /// For `Mode::Fill`: how many bytes.
    pub len: String,
    /// How many messages.
    pub times: String,
    /// Who sends; the first writer if absent.
    pub worker: Option<WorkerId>,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            entry: "pipe".to_owned(),
            variant: None,
            params: Values::new(),
            wrong: Vec::new(),
            xray: true,
            composer: Composer::default(),
        }
    }
}

impl Default for Composer {
    fn default() -> Self {
        Self {
            mode: Mode::Text,
            text: "hello".to_owned(),
            hex: "68 65 6c 6c 6f".to_owned(),
            len: "4096".to_owned(),
            times: "1".to_owned(),
            worker: None,
        }
    }
}

/// The byte that "N bytes" are made of: `a`.
const FILL: &str = "61";

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
            && self.xray == run.xray
    }
}

impl Composer {
    /// The payload, and how many times.
    ///
    /// # Errors
    /// `bad_param` for `data`, `len` or `times`, with what would fit.
    pub fn data(&self) -> Result<(Data, u32), Failure> {
        let times = number(&self.times)
            .and_then(|n| u32::try_from(n).ok())
            .filter(|n| (1..=MAX_TIMES).contains(n))
            .ok_or_else(|| {
                Failure::bad_param(
                    "times",
                    format!(
                        "a burst cannot have \u{201c}{}\u{201d} messages",
                        self.times
                    ),
                    format!("a whole number from 1 to {}", count(MAX_TIMES.into())),
                )
            })?;
        let data = match self.mode {
            Mode::Text => Data::text(self.text.clone()),
            Mode::Hex => Data::of(&parse_hex(&self.hex)?),
            Mode::Fill => {
                let len = number(&self.len)
                    .filter(|n| (1..=MAX_FILL).contains(n))
                    .ok_or_else(|| {
                        Failure::bad_param(
                            "len",
                            format!("a message cannot have \u{201c}{}\u{201d} bytes", self.len),
                            format!("a whole number from 1 to {}", count(MAX_FILL)),
                        )
                    })?;
                Data::Fill {
                    fill: FILL.to_owned(),
                    len,
                }
            }
        };
        if data.check()? == 0 {
            return Err(Failure::bad_param(
                "data",
                "an empty message changes nothing: write() of 0 bytes leaves a pipe as it is",
                "type something",
            ));
        }
        Ok((data, times))
    }
}

/// A whole number as people write it: `65,536`.
fn number(text: &str) -> Option<u64> {
    text.replace([',', ' ', '_'], "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Composer, Data, Draft, Mode};
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
    fn the_composer_makes_what_was_typed_or_says_what_is_wrong() {
        let composer = Composer {
            mode: Mode::Fill,
            len: "65,536".into(),
            times: "20".into(),
            ..Composer::default()
        };
        assert_eq!(
            composer.data(),
            Ok((
                Data::Fill {
                    fill: "61".into(),
                    len: 65_536
                },
                20
            ))
        );
        for (composer, field) in [
            (
                Composer {
                    mode: Mode::Hex,
                    hex: "6g".into(),
                    ..Composer::default()
                },
                "data",
            ),
            (
                Composer {
                    text: String::new(),
                    ..Composer::default()
                },
                "data",
            ),
            (
                Composer {
                    text: "x".repeat(40_000),
                    ..Composer::default()
                },
                "data",
            ),
            (
                Composer {
                    times: "0".into(),
                    ..Composer::default()
                },
                "times",
            ),
            (
                Composer {
                    mode: Mode::Fill,
                    len: "many".into(),
                    ..Composer::default()
                },
                "len",
            ),
        ] {
            assert_eq!(
                composer.data().unwrap_err().field.as_deref(),
                Some(field),
                "{composer:?}"
            );
        }
    }
}
