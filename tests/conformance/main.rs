//! The conformance tests.
