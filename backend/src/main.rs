//! The one program: server, terminal and, forked from it, spawner and supervisors.

use std::process::ExitCode;

fn main() -> ExitCode {
    backend::cli::main()
}
