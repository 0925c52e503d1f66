//! Renders the lessons while the page is built.

fn main() {}
