//! The `estimator` command; everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    estimator::cli::run(std::env::args_os())
}
