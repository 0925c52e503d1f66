//! The secret that owns runs.

use std::fmt;

/// 128 random bits as hex digits. Given by `hello`, kept by the page for the tab; never part of a URL.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    const DIGITS: usize = 32;

    /// A new one.
    pub fn random() -> Self {
        Self(random_hex::<{ Self::DIGITS / 2 }>())
    }

    /// What a client says is its token, if it can be one.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() == Self::DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        fits.then(|| Self(text.to_ascii_lowercase()))
    }

    /// To be told to its owner alone.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl PartialEq for Token {
    /// Takes the same time wherever the first difference is, so that a token cannot be guessed digit by digit.
    fn eq(&self, other: &Self) -> bool {
        let differences = self
            .0
            .bytes()
            .zip(other.0.bytes())
            .fold(0, |sum, (a, b)| sum | (a ^ b));
        self.0.len() == other.0.len() && differences == 0
    }
}

impl Eq for Token {}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// `BYTES` random bytes from the kernel as hex digits.
pub(super) fn random_hex<const BYTES: usize>() -> String {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).expect("getrandom(2) works on every kernel this runs on");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::Token;

    #[test]
    fn a_token_is_found_again_and_never_printed() {
        let token = Token::random();
        assert_eq!(Token::parse(token.reveal()), Some(token.clone()));
        assert_ne!(token, Token::random());
        assert_eq!(format!("{token:?}"), "Token(…)");
        assert_eq!(Token::parse("short"), None);
    }
}
