//! The `reference-server` program; everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    reference_server::cli::run(std::env::args_os())
}
