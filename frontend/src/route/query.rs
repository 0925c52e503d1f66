//! What stands after the `?`, and characters that an address cannot have as they are.

use super::Lab;
use serde_json::Value;
use shared::command::Values;
use std::{collections::BTreeMap, fmt::Write as _};

/// Names and values after the `?`.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn parse(query: &str) -> Self {
        let pairs = query
            .trim_start_matches('?')
            .split('&')
            .filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decode(name), decode(value))
                })
                .collect(),
        )
    }

    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|pair| pair.0 == name)?;
        Some(self.0.remove(at).1)
    }

    pub(super) fn flag(&mut self, name: &str) -> bool {
        self.take(name)
            .is_some_and(|value| !matches!(value.as_str(), "0" | "off" | "false"))
    }

    /// All that is left are parameters.
    pub(super) fn lab(&mut self, entry: &str, variant: Option<&&str>) -> Lab {
        let present = self.flag("present");
        // For whoever times the page, not for the run.
        self.take("measure");
        let xray_off = self
            .take("xray")
            .is_some_and(|value| matches!(value.as_str(), "0" | "off" | "false" | "no"));
        let mut roles = BTreeMap::new();
        for (role, language) in self
            .take("roles")
            .iter()
            .flat_map(|list| list.split(','))
            .filter_map(|one| one.split_once(':'))
        {
            if language != "rust" {
                roles.insert(role.to_owned(), language.to_owned());
            }
        }
        let mut params = Values::new();
        for (name, value) in self.0.drain(..) {
            params.insert(name, Value::from(value));
        }
        Lab {
            entry: entry.to_owned(),
            variant: variant.map(|id| (*id).to_owned()),
            params,
            roles,
            xray_off,
            present,
        }
    }
}

/// `%41` and `+` to what they stand for; what is not UTF-8 becomes U+FFFD.
pub(super) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = (byte == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(decoded) => {
                out.push(decoded);
                at += 3;
            }
            None => {
                out.push(if byte == b'+' { b' ' } else { byte });
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Everything but letters, digits and `-._~/:` as `%41`.
pub(super) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/:,".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _infallible = write!(out, "%{byte:02X}");
        }
    }
    out
}
