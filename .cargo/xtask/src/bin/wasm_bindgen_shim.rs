//! A `wasm-bindgen` of exactly the version that Cargo.lock names.

fn main() {}
