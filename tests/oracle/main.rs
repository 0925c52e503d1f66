//! strace as an oracle: what our tracer reports is what another tracer sees, and what happens without any tracer.
//!
//! ```text
//! run --script F --json                     our events ──▶ calls per role ─┐
//! strace -f … run --script F --no-xray      its lines ───▶ calls per role ─┴─ the same, in the same order
//! ```

#![allow(
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test says what is wrong by failing, and looks at the few kinds of events it is about"
)]

mod calls;
mod claims;
mod judge;
mod lessons;
mod outside;
mod shown;
mod strace;
