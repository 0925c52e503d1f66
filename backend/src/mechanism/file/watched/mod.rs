//! A file that is watched: its reader learns of a change from the kernel.

mod reader;

pub(super) use reader::reader;
