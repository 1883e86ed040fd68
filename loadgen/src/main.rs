//! The `loadgen` command; everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    loadgen::cli::main(std::env::args_os())
}
