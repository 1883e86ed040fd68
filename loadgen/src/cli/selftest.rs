//! `loadgen selftest`: known stalls, and whether the generator sees them.

use clap::{Args, ValueEnum};

use super::interrupt::on_ctrl_c;
use super::say;
use crate::selftest::{Length, selftest};
use crate::show;

#[derive(Debug, Args)]
pub(super) struct SelfTestArguments {
    /// One short stall instead of both published cases and both crowds: some ten seconds instead of a minute
    #[arg(long)]
    quick: bool,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    format: TestFormat,
    /// No progress on stderr
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum TestFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Carries out `loadgen selftest`.
pub(super) fn execute(arguments: &SelfTestArguments) -> anyhow::Result<u8> {
    let interrupted = on_ctrl_c()?;
    let length = if arguments.quick { Length::Quick } else { Length::Whole };
    let test = selftest(length, &interrupted, arguments.quiet)?;
    say(&match arguments.format {
        TestFormat::Text => show::selftest::page(&test),
        TestFormat::Json => serde_json::to_string_pretty(&test)? + "\n",
    })?;
    Ok(test.answer.exit_code())
}
