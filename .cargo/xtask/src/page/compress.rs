//! What a browser can take compressed is compressed once, here, as far as it goes.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Fonts and pictures are compressed already.
const WORTH_IT: &[&str] = &[
    "css", "html", "js", "json", "jsonl", "md", "rs", "svg", "txt", "wasm",
];

/// Writes `.br` and `.gz` beside every file that is worth it.
pub(super) fn beside_each(files: &[PathBuf]) -> Result<()> {
    for file in files {
        if file
            .extension()
            .is_some_and(|end| WORTH_IT.iter().any(|worth| end == *worth))
        {
            compress(file).with_context(|| file.display().to_string())?;
        }
    }
    Ok(())
}

fn compress(file: &Path) -> Result<()> {
    let bytes = fs::read(file)?;
    let best = BrotliEncoderParams {
        quality: 11,
        ..BrotliEncoderParams::default()
    };
    let mut br = File::create(with_ending(file, ".br"))?;
    brotli::BrotliCompress(&mut bytes.as_slice(), &mut br, &best)?;
    let mut gz = GzEncoder::new(File::create(with_ending(file, ".gz"))?, Compression::best());
    gz.write_all(&bytes)?;
    gz.finish()?;
    Ok(())
}

fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(OsStr::new(ending));
    PathBuf::from(name)
}
