//! A file that is replaced: the writer never touches the one that readers read.

mod writer;

pub(super) use writer::writer;
