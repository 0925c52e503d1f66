//! The colors of `static/css/tokens.css` can be told apart by everybody: WCAG 2.2, 1.4.3 and 1.4.11, in both themes.

use std::collections::BTreeMap;

/// Contrast of text.
const TEXT: f64 = 4.5;
/// Contrast of the edge of a control or a gauge.
const EDGE: f64 = 3.0;
/// Colors that processes have, by letter.
const LETTERS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// Name to its light and its dark color.
fn tokens() -> BTreeMap<String, [[u8; 3]; 2]> {
    let css = include_str!("../../static/css/tokens.css");
    let color = |text: &str| -> Option<[u8; 3]> {
        let hex = u32::from_str_radix(text.trim().strip_prefix('#')?, 16).ok()?;
        let [_, red, green, blue] = hex.to_be_bytes();
        Some([red, green, blue])
    };
    css.lines()
        .filter_map(|line| {
            let (name, rest) = line
                .trim()
                .strip_prefix("--")?
                .split_once(": light-dark(")?;
            let (light, dark) = rest.strip_suffix(");")?.split_once(',')?;
            Some((name.to_owned(), [color(light)?, color(dark)?]))
        })
        .collect()
}

fn luminance(color: [u8; 3]) -> f64 {
    let linear = color.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_text_and_every_edge_stands_out_in_both_themes() {
    let tokens = tokens();
    let mut pairs: Vec<(String, String, f64)> = Vec::new();
    let mut pair =
        |ink: &str, ground: &str, least| pairs.push((ink.to_owned(), ground.to_owned(), least));
    let grounds = ["paper", "card", "sunk"];
    for ground in grounds {
        for ink in ["ink", "soft", "ok", "bad", "ice", "k", "link"]
            .iter()
            .chain(&LETTERS)
        {
            pair(ink, ground, TEXT);
        }
        pair("edge", ground, EDGE);
    }
    for fill in ["ink", "k", "ok", "bad", "ice", "link"]
        .iter()
        .chain(&LETTERS)
    {
        pair("paper", fill, TEXT);
    }
    for tint in ["k", "ok", "bad", "ice"].iter().chain(&LETTERS) {
        for ink in ["ink", "soft", tint] {
            pair(ink, &format!("{tint}-bg"), TEXT);
        }
    }
    let faults: Vec<_> = pairs
        .iter()
        .flat_map(|(ink, ground, least)| {
            let of = |name: &String| {
                tokens
                    .get(name)
                    .unwrap_or_else(|| panic!("no color --{name}"))
            };
            ["light", "dark"]
                .into_iter()
                .zip(of(ink).iter().zip(of(ground)))
                .filter_map(move |(theme, (one, other))| {
                    let found = contrast(*one, *other);
                    (found < *least).then(|| {
                        format!("--{ink} on --{ground}, {theme}: {found:.2}, at least {least}")
                    })
                })
        })
        .collect();
    assert!(
        faults.is_empty(),
        "{} of {} pairs:\n{}",
        faults.len(),
        pairs.len() * 2,
        faults.join("\n")
    );
}
