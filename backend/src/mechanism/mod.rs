//! One folder a mechanism, one file a role. The page shows these files.

pub mod pipe;
