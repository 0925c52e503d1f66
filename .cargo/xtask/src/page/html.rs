//! index.html, for Trunk and for us: the same file, the same page.
//!
//! Three things in it mean something to us: plain stylesheet links, which stay; `copy-dir ../static`, which goes, as the
//! folder is copied anyway; and the rust link, which becomes the script that starts the page. Any other order to Trunk
//! is one we would not carry out, so it is an error.

use anyhow::{Context as _, Result, bail, ensure};

/// Writes the page's index: `boot`, `js` and `wasm` are the names of its files.
pub(super) fn render(template: &str, boot: &str, js: &str, wasm: &str) -> Result<String> {
    ensure!(
        template.matches("<base href=\"/\">").count() == 1,
        "index.html needs exactly one <base href=\"/\">: the server puts its path prefix there"
    );
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    let mut started = false;
    while let Some(at) = rest.find("data-trunk") {
        let begin = rest[..at]
            .rfind('<')
            .context("data-trunk outside of a tag")?;
        let end = at + rest[at..].find('>').context("a tag that does not end")? + 1;
        let tag = &rest[begin..end];
        out.push_str(&rest[..begin]);
        match (attribute(tag, "rel"), attribute(tag, "href")) {
            (Some("copy-dir"), Some("../static")) => {}
            (Some("rust"), _) if !started => {
                started = true;
                out.push_str(&start(boot, js, wasm));
            }
            _ => bail!("index.html orders of Trunk what xtask does not know: {tag}"),
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    ensure!(started, "index.html has no rust link");
    Ok(out)
}

/// All of it may load at once, and none of it is inline: the policy forbids that.
fn start(boot: &str, js: &str, wasm: &str) -> String {
    format!(
        "<link rel=\"modulepreload\" href=\"{js}\">\n  \
         <link rel=\"preload\" as=\"fetch\" type=\"application/wasm\" crossorigin href=\"{wasm}\">\n  \
         <script type=\"module\" src=\"{boot}\"></script>"
    )
}

/// The script that starts the page, and says so in words where it cannot.
pub(super) fn boot(js: &str, wasm: &str) -> String {
    format!(
        "import init from \"./{js}\";\n\
         try {{\n  \
           await init({{ module_or_path: new URL(\"./{wasm}\", import.meta.url) }});\n\
         }} catch (error) {{\n  \
           const line = document.createElement(\"p\");\n  \
           line.className = \"notice bad\";\n  \
           line.setAttribute(\"role\", \"alert\");\n  \
           line.textContent = `The page could not start: ${{error}}. A current browser and a reload usually help.`;\n  \
           document.body.replaceChildren(line);\n  \
           throw error;\n\
         }}\n"
    )
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    value.split_once('"').map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::render;

    fn page(links: &str) -> Result<String, String> {
        let template = format!("<head><base href=\"/\">{links}</head>");
        render(&template, "boot-1.js", "f-1.js", "f-1.wasm").map_err(|why| why.to_string())
    }

    #[test]
    fn the_rust_link_becomes_the_script_and_copy_dir_goes() {
        let made = page(
            "<link rel=\"stylesheet\" href=\"static/css/a.css\">\
             <link data-trunk rel=\"copy-dir\" href=\"../static\">\
             <link data-trunk rel=\"rust\" href=\"Cargo.toml\">",
        )
        .unwrap();
        assert!(made.contains("<script type=\"module\" src=\"boot-1.js\"></script>"));
        assert!(made.contains("href=\"static/css/a.css\""));
        assert!(!made.contains("data-trunk"));
    }

    #[test]
    fn an_order_to_trunk_that_we_do_not_know_is_refused() {
        let rust = "<link data-trunk rel=\"rust\" href=\"Cargo.toml\">";
        for unknown in [
            "<link data-trunk rel=\"sass\" href=\"a.scss\">",
            "<link data-trunk rel=\"copy-dir\" href=\"../other\">",
            rust,
        ] {
            assert!(
                page(&format!("{rust}{unknown}"))
                    .unwrap_err()
                    .contains("does not know")
            );
        }
    }

    #[test]
    fn a_page_without_the_rust_link_or_base_is_refused() {
        assert!(page("").unwrap_err().contains("no rust link"));
        assert!(render("<link data-trunk rel=\"rust\">", "", "", "").is_err());
    }

    #[test]
    fn our_own_index_is_understood() {
        let index = include_str!("../../../../frontend/index.html");
        render(index, "boot.js", "page.js", "page.wasm").unwrap();
    }
}
