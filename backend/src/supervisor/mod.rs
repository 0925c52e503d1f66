//! The supervisor of a box: creates, traces and reaps the workers of one run.
