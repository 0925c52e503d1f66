//! The code of a watch link: short enough to be read off a screen, long enough not to be found by trying.

use std::fmt;

/// Fifty random bits as ten signs. It has nothing to do with the token that owns the run.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(String);

impl Key {
    /// Fifty bits: ten thousand addresses with a try a second each find one of two hundred runs in eighteen years.
    const SIGNS: usize = 10;
    /// Thirty-two signs of which no two look alike: no i, l, o and u beside 1, 0 and v.
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

    /// A new one.
    pub(super) fn random() -> Self {
        let mut bytes = [0_u8; Self::SIGNS];
        getrandom::fill(&mut bytes).expect("getrandom(2) works on every kernel this runs on");
        let sign = |byte: &u8| char::from(Self::ALPHABET[usize::from(byte % 32)]);
        Self(bytes.iter().map(sign).collect())
    }

    /// What somebody typed, if it can be one: capitals, hyphens and signs that look alike are forgiven.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut key = String::with_capacity(Self::SIGNS);
        for sign in text.chars().filter(|sign| !matches!(sign, '-' | ' ')) {
            let sign = match sign.to_ascii_lowercase() {
                'o' => '0',
                'i' | 'l' => '1',
                'u' => 'v',
                other => other,
            };
            let known = u8::try_from(sign).is_ok_and(|sign| Self::ALPHABET.contains(&sign));
            if !known || key.len() == Self::SIGNS {
                return None;
            }
            key.push(sign);
        }
        (key.len() == Self::SIGNS).then_some(Self(key))
    }

    /// For the link, and for nobody's log.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn a_code_is_read_as_it_is_typed() {
        let key = Key::random();
        let typed = format!(
            "{}-{}",
            &key.as_str()[..5],
            key.as_str()[5..].to_uppercase()
        );
        assert_eq!(Key::parse(&typed), Some(key.clone()));
        assert_ne!(key, Key::random());
        assert_eq!(Key::parse("OIlu000000"), Key::parse("011v000000"));
        assert_eq!(format!("{key:?}"), "Key(…)");
        for wrong in ["", "short", "01234567890", "012345678!", "0123456789abcdef"] {
            assert_eq!(Key::parse(wrong), None, "{wrong}");
        }
    }
}
