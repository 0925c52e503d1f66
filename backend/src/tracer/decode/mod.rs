//! Pure decoders of system calls.
