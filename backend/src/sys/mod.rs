//! Thin safe wrappers around the calls that the crates we use do not wrap, or wrap with `unsafe`.
