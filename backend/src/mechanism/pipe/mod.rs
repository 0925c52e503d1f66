//! Pipe: the roles of `pipe/anonymous` and `pipe/fifo`.
