//! A QR code of a short text, ISO/IEC 18004: bytes, error correction level L, versions 1 to 5, so that all data is in one
//! block. That is 106 bytes, more than the address of a watch link ever has, and a tenth of what a general encoder would add
//! to the page. The tests compare every module with such an encoder.

/// Data and correction bytes of versions 1 to 5 at level L.
const SIZES: [(usize, usize); 5] = [(19, 7), (34, 10), (55, 15), (80, 20), (108, 26)];
/// Format of level L (01) with mask 0 (000): five bits, their BCH remainder, and the mask of the standard over all. Any of
/// the eight masks can be read.
const FORMAT: u32 = 0x77C4;

/// A square of modules, dark or light.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qr {
    /// Modules of a side.
    pub size: usize,
    dark: Vec<bool>,
    /// Part of a pattern: no data there.
    fixed: Vec<bool>,
}

/// The code of a text; none if it is longer than 106 bytes.
pub fn qr(text: &str) -> Option<Qr> {
    let bytes = text.as_bytes();
    // Mode and length take twelve bits, so two bytes with the end.
    let version = SIZES.iter().position(|size| bytes.len() + 2 <= size.0)?;
    let (data_len, check_len) = SIZES[version];
    let data = data(bytes, data_len);
    let check = check(&data, check_len);
    let mut qr = Qr::patterns(version + 1);
    qr.fill(&[data, check].concat());
    Some(qr)
}

/// Mode 4 (bytes), the length in eight bits, the bytes, four zeros; then padding.
fn data(bytes: &[u8], len: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(len);
    let mut half = 0x4;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "at most 106, as was looked up"
    )]
    let length = bytes.len() as u8;
    for byte in [length].iter().chain(bytes) {
        out.push(half << 4 | byte >> 4);
        half = byte & 0xF;
    }
    out.push(half << 4);
    let padding = [0xEC, 0x11].into_iter().cycle();
    let missing = len - out.len();
    out.extend(padding.take(missing));
    out
}

/// Product in the field of 256 elements with the polynomial of the standard.
fn times(a: u8, b: u8) -> u8 {
    (0..8).rev().fold(0, |product: u8, bit| {
        let reduced = (product << 1) ^ ((product >> 7) * 0x1D);
        reduced ^ (((b >> bit) & 1) * a)
    })
}

/// The Reed-Solomon remainder.
fn check(data: &[u8], len: usize) -> Vec<u8> {
    let mut generator = vec![0; len];
    generator[len - 1] = 1;
    let mut root = 1;
    for _ in 0..len {
        for at in 0..len {
            let next = generator.get(at + 1).copied().unwrap_or_default();
            generator[at] = times(generator[at], root) ^ next;
        }
        root = times(root, 2);
    }
    let mut rest = vec![0; len];
    for byte in data {
        let factor = byte ^ rest.remove(0);
        rest.push(0);
        for (rest, coefficient) in rest.iter_mut().zip(&generator) {
            *rest ^= times(*coefficient, factor);
        }
    }
    rest
}

impl Qr {
    /// Whether that module is dark.
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        self.dark
            .get(y * self.size + x)
            .copied()
            .unwrap_or_default()
    }

    /// All dark modules as the path of an SVG, a unit a module.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for y in 0..self.size {
            for x in (0..self.size).filter(|x| self.is_dark(*x, y)) {
                path.push_str(&format!("M{x} {y}h1v1h-1z"));
            }
        }
        path
    }

    fn set(&mut self, x: usize, y: usize, dark: bool) {
        let at = y * self.size + x;
        (self.dark[at], self.fixed[at]) = (dark, true);
    }

    /// What every code of that version has: finders, timing, alignment, format.
    fn patterns(version: usize) -> Self {
        let size = 17 + 4 * version;
        let mut qr = Self {
            size,
            dark: vec![false; size * size],
            fixed: vec![false; size * size],
        };
        for at in 0..size {
            qr.set(6, at, at % 2 == 0);
            qr.set(at, 6, at % 2 == 0);
        }
        for (x, y) in [(3, 3), (size - 4, 3), (3, size - 4)] {
            qr.rings(x, y, 4, |distance| !matches!(distance, 2 | 4));
        }
        if version > 1 {
            qr.rings(size - 7, size - 7, 2, |distance| distance != 1);
        }
        for bit in 0..15 {
            let dark = FORMAT >> bit & 1 == 1;
            // Around the first finder, past the timing, …
            let (x, y) = match bit {
                0..6 => (8, bit),
                6 => (8, 7),
                7 => (8, 8),
                8 => (7, 8),
                _ => (14 - bit, 8),
            };
            qr.set(x, y, dark);
            // … and along the two others.
            let (x, y) = if bit < 8 {
                (size - 1 - bit, 8)
            } else {
                (8, size - 15 + bit)
            };
            qr.set(x, y, dark);
        }
        qr.set(8, size - 8, true);
        qr
    }

    /// Squares around a center, dark by their distance from it, as far as they are in the code.
    fn rings(&mut self, x: usize, y: usize, reach: usize, dark: fn(usize) -> bool) {
        for row in y.saturating_sub(reach)..=(y + reach).min(self.size - 1) {
            for column in x.saturating_sub(reach)..=(x + reach).min(self.size - 1) {
                let distance = row.abs_diff(y).max(column.abs_diff(x));
                self.set(column, row, dark(distance));
            }
        }
    }

    /// Places the bits, two columns at a time, upward and downward from the right, and masks them.
    fn fill(&mut self, bytes: &[u8]) {
        let mut bits = bytes
            .iter()
            .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1));
        let mut right = self.size - 1;
        let mut upward = true;
        loop {
            for step in 0..self.size {
                let y = if upward { self.size - 1 - step } else { step };
                for x in [right, right - 1] {
                    let at = y * self.size + x;
                    if !self.fixed[at] {
                        let masked = (x + y) % 2 == 0;
                        self.dark[at] = bits.next().unwrap_or_default() != masked;
                    }
                }
            }
            upward = !upward;
            right = match right {
                0..3 => return,
                // The column of the timing is none of data.
                8 => 5,
                right => right - 2,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::qr;
    use proptest::prelude::*;
    use qrcodegen::{Mask, QrCode, QrCodeEcc, QrSegment, Version};

    proptest! {
        #[test]
        fn every_module_is_where_a_general_encoder_has_it(text in "[ -~]{0,106}") {
            let ours = qr(&text).unwrap();
            let segment = QrSegment::make_bytes(text.as_bytes());
            let version = Version::new(u8::try_from((ours.size - 17) / 4).unwrap());
            let mask = Some(Mask::new(0));
            let theirs = QrCode::encode_segments_advanced(&[segment], QrCodeEcc::Low, Version::MIN, Version::MAX, mask, false)
                .unwrap();
            prop_assert_eq!(theirs.version().value(), version.value(), "the smallest that has room");
            for (x, y) in (0..ours.size).flat_map(|y| (0..ours.size).map(move |x| (x, y))) {
                let there = theirs.get_module(i32::try_from(x).unwrap(), i32::try_from(y).unwrap());
                prop_assert_eq!(ours.is_dark(x, y), there, "{} {}", x, y);
            }
        }
    }

    #[test]
    fn a_text_that_is_too_long_has_none() {
        assert!(qr(&"x".repeat(106)).is_some());
        assert!(qr(&"x".repeat(107)).is_none());
    }
}
