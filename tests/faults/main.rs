//! The faults tests.
