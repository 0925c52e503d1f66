//! Bytes as a learner reads them.

/// Bytes of one row of a dump: a narrow panel holds eight.
pub const ROW: usize = 8;

/// One row of a dump: offset, hex, and what of it is printable.
pub fn row(offset: usize, bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(ROW * 4 + 8);
    let _infallible = write!(out, "{offset:04x}  ");
    for at in 0..ROW {
        let _infallible = match bytes.get(at) {
            Some(byte) => write!(out, "{byte:02x} "),
            None => write!(out, "   "),
        };
    }
    out.push(' ');
    out.extend(bytes.iter().map(|byte| {
        if (0x20..0x7f).contains(byte) {
            char::from(*byte)
        } else {
            '·'
        }
    }));
    out
}

#[cfg(test)]
mod tests {
    use super::row;

    #[test]
    fn a_row_keeps_its_columns() {
        assert_eq!(row(0, b"hello\n"), "0000  68 65 6c 6c 6f 0a        hello·");
    }
}
