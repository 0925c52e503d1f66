//! The files of the page that are built into the program, and what a browser must know of a file.

/// Path, entity tag and bytes of each file, sorted by path.
const BUILT_IN: &[(&str, &str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// Entity tag and bytes of a file built in.
pub(super) fn built_in(path: &str) -> Option<(&'static str, &'static [u8])> {
    let index = BUILT_IN.binary_search_by(|file| file.0.cmp(path)).ok()?;
    BUILT_IN.get(index).map(|file| (file.1, file.2))
}

/// Media type by the end of the name.
pub(super) fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "jsonl" => "application/jsonl; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "md" | "rs" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Whether the name has a hash of the content in it, `frontend-1a2b3c4d5e6f_bg.wasm`, so that it never changes.
pub(super) fn never_changes(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    stem.split(['-', '_'])
        .skip(1)
        .any(|part| part.len() >= 8 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The encodings that are stored beside a file, best first, by their ends.
pub(super) const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// Whether `Accept-Encoding` takes it.
pub(super) fn accepts(accept: &str, encoding: &str) -> bool {
    accept.split(',').any(|offer| {
        let mut parts = offer.split(';').map(str::trim);
        let named = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        named && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// First words of the addresses that the page shows itself, and old ones that lead to them; all else does not exist.
const ROUTES: [&str; 15] = [
    "",
    "learn",
    "lab",
    "programs",
    "compare",
    "s",
    "r",
    "replay",
    "w",
    "embed",
    "embed-builder",
    "glossary",
    "keys",
    "about",
    "pipes",
];

/// Whether the page has something to show at this path.
pub(super) fn is_route(path: &str) -> bool {
    ROUTES.contains(&path.split('/').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{accepts, is_route, never_changes};

    #[test]
    fn addresses_of_the_page_are_known() {
        for route in [
            "",
            "lab/pipe/fifo",
            "learn",
            "learn/pipe/forgotten-end",
            "embed/pipe",
            "replay",
            "about/host",
            "pipes",
        ] {
            assert!(is_route(route), "{route}");
        }
        for other in ["lab.php", "wp-admin", "api", "static/none.css"] {
            assert!(!is_route(other), "{other}");
        }
    }

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        for (path, expected) in [
            ("frontend-1a2b3c4d5e6f7a8b_bg.wasm", true),
            ("frontend-1a2b3c4d5e6f7a8b.js", true),
            ("static/css/app.css", false),
            ("static/fonts/ibm-plex-mono-400.woff2", false),
        ] {
            assert_eq!(never_changes(path), expected, "{path}");
        }
    }

    #[test]
    fn an_encoding_is_taken_unless_it_is_refused() {
        assert!(accepts("gzip, deflate, br;q=0.9", "br"));
        assert!(!accepts("gzip, br;q=0", "br"));
        assert!(!accepts("", "gzip"));
    }
}
