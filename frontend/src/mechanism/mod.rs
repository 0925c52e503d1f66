//! What is drawn for each entry: one file a mechanism, which turns a run into a picture without drawing it.

pub mod pipe;

/// A number with its thousands set apart: `65,536`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 byte`, `5 bytes`.
pub fn bytes(n: u64) -> String {
    format!("{} {}", count(n), if n == 1 { "byte" } else { "bytes" })
}

#[cfg(test)]
mod tests {
    #[test]
    fn thousands_are_set_apart() {
        for (n, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (65_536, "65,536"),
            (1_048_576, "1,048,576"),
        ] {
            assert_eq!(super::count(n), text);
        }
    }
}
