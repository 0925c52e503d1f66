//! What every test against the real program needs.
