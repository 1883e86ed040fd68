//! `quick`: a first number without a file.
//!
//! The options are written as a scenario and go the way of every scenario, so that each number has its formula and its
//! source here too, and the file (`--yaml`) is where a user goes on. Each option's value is what a file would say: units,
//! ranges (`5..20/day`) and errors are those of the file.

use std::fmt::Write as _;
use std::io::Write;

use clap::Args;
use scenarios::verdict::EXIT_YES;

use super::estimate::{self, Format};
use super::shell::quoted;
use super::source::{Changes, Source};
use super::{Failure, Outcome, Sampling};

/// A first estimate without a file: so many users, who do so much, of such a size
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  estimator quick --users 1M --per-user 10/day --size '2 KB' --keep 3y
  estimator quick --users 200k..500k --per-user 30/day --reads 100:1 --size '1 KB' --yaml > my.yaml")]
pub(super) struct Arguments {
    /// Users on a day: 1M, 200k..500k
    #[arg(long, value_name = "NUMBER")]
    users: String,
    /// What each of them does: 10/day, 5..20/day
    #[arg(long, value_name = "RATE")]
    per_user: Option<String>,
    /// Bytes that one of these writes or reads: '2 KB', '0.5..3 MB'
    #[arg(long, value_name = "SIZE")]
    size: Option<String>,
    /// How much of it only reads: 90%, or reads to writes 9:1 [without it, everything writes]
    #[arg(long, value_name = "SHARE", requires = "per_user")]
    reads: Option<String>,
    /// How long what is written is kept: 3y, 30 days [without it, for ever; the first year is shown]
    #[arg(long, value_name = "TIME", requires = "size")]
    keep: Option<String>,
    /// Copies kept of everything [without it, one]
    #[arg(long, value_name = "NUMBER", requires = "size")]
    copies: Option<String>,
    /// The busiest hour over the mean hour: 3x [without it, a cited default]
    #[arg(long, value_name = "FACTOR", requires = "per_user")]
    peak: Option<String>,
    /// Growth of the users: 30%/year
    #[arg(long, value_name = "RATE")]
    growth: Option<String>,
    /// What it is called
    #[arg(long, default_value = "quick")]
    name: String,
    /// Print the scenario file instead of its estimate
    #[arg(long)]
    yaml: bool,
    /// How to print the estimate
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    sampling: Sampling,
}

/// Prints the estimate of what the options say, or the file that says the same.
pub(super) fn run(arguments: &Arguments, out: &mut dyn Write) -> Outcome {
    let source =
        Source { name: format!("{}.yaml", arguments.name), text: scenario(arguments)?, calibration: None };
    let changes = Changes::default();
    let options = arguments.sampling.into();
    let (_, estimate) = estimate::estimate(&source, &changes, &options).map_err(explained)?;
    if arguments.yaml {
        out.write_all(source.text.as_bytes())?;
        return Ok(EXIT_YES);
    }
    // Going on from here takes a file.
    let next = [format!("{} --yaml > {}", command(arguments), quoted(&source.name))];
    out.write_all(estimate::printed(&estimate, arguments.format, &next)?.as_bytes())?;
    Ok(EXIT_YES)
}

/// A file that nobody wrote is in the message.
fn explained(failure: Failure) -> Failure {
    match failure {
        Failure::Message(message) => Failure::Message(format!(
            "{message}\n  note: the options were read as a scenario file, each as a line of it"
        )),
        other @ (Failure::Untold(_) | Failure::Output(_)) => other,
    }
}

/// The scenario that the options describe.
fn scenario(arguments: &Arguments) -> Result<String, Failure> {
    let Arguments { users, per_user, size, reads, keep, copies, peak, growth, name, .. } = arguments;
    let mut text = format!("# {}\nname: {}\n", command(arguments), scalar(name));
    if let (Some(_), horizon) = (size, keep) {
        let (time, why) = match horizon {
            Some(time) => (scalar(time), ""),
            None => ("1 year".to_owned(), " # how far ahead to look"),
        };
        line(&mut text, &format!("for: {time}{why}"));
    }
    match growth {
        None => line(&mut text, &format!("users: {{ daily: {} }}", scalar(users))),
        Some(growth) => {
            line(&mut text, &format!("users: {{ daily: {}, growth: {} }}", scalar(users), scalar(growth)));
        }
    }
    if let Some(size) = size {
        let mut item = vec![format!("size: {}", scalar(size))];
        item.extend(keep.as_ref().map(|keep| format!("keep: {}", scalar(keep))));
        item.extend(copies.as_ref().map(|copies| format!("copies: {}", scalar(copies))));
        if per_user.is_none() {
            item.push("count: users".to_owned());
        }
        line(&mut text, &format!("data:\n  item: {{ {} }}", item.join(", ")));
    }
    if let Some(rate) = per_user {
        actions(&mut text, rate, reads.as_deref(), size.is_some())?;
    }
    if let Some(peak) = peak {
        line(&mut text, &format!("traffic: {{ peak: {} }}", scalar(peak)));
    }
    Ok(text)
}

fn line(text: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}

/// One action that writes, and one that reads where there is a mix.
fn actions(text: &mut String, rate: &str, reads: Option<&str>, stores: bool) -> Result<(), Failure> {
    line(text, "actions: # by each daily user");
    let touches = |how: &str| if stores { format!(", {how}: item") } else { String::new() };
    let share = reads.map(share).transpose()?;
    let of = |share: Option<f64>| match share {
        Some(share) => scalar(&format!("{} x {rate}", digits(share))),
        None => scalar(rate),
    };
    if share != Some(1.0) {
        let written = of(share.map(|share| 1.0 - share));
        line(text, &format!("  write: {{ per user: {written}{} }}", touches("writes")));
    }
    if let Some(share) = share.filter(|share| *share > 0.0) {
        line(text, &format!("  read: {{ per user: {}{} }}", of(Some(share)), touches("reads")));
    }
    Ok(())
}

/// `90%` or `9:1` as a share.
fn share(text: &str) -> Result<f64, Failure> {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| *number >= 0.0);
    let share = match text.split_once(':') {
        Some((reads, writes)) => {
            number(reads).zip(number(writes)).map(|(reads, writes)| reads / (reads + writes))
        }
        None => text.trim().strip_suffix('%').and_then(number).map(|percent| percent / 100.0),
    };
    share.filter(|share| (0.0..=1.0).contains(share)).ok_or_else(|| {
        Failure::Message(format!(
            "error: --reads: `{text}` is not a share\n  hint: write `90%`, or reads to writes like `9:1`"
        ))
    })
}

/// Ten decimals, without zeros at the end.
fn digits(share: f64) -> String {
    let text = format!("{share:.10}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A value as YAML: plain where that is safe.
fn scalar(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " ._/%+-".contains(c);
    let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '.');
    if begins && text.chars().all(is_plain) { text.to_owned() } else { format!("{text:?}") }
}

/// The command line that asks for the same again.
fn command(arguments: &Arguments) -> String {
    let Arguments { users, per_user, size, reads, keep, copies, peak, growth, name, .. } = arguments;
    let name = Some(name.clone()).filter(|name| name != "quick");
    let users = Some(users.clone());
    let options = [
        ("users", &users),
        ("per-user", per_user),
        ("reads", reads),
        ("size", size),
        ("keep", keep),
        ("copies", copies),
        ("peak", peak),
        ("growth", growth),
        ("name", &name),
    ];
    options.into_iter().filter_map(|(flag, value)| Some((flag, value.as_ref()?))).fold(
        "estimator quick".to_owned(),
        |mut line, (flag, value)| {
            let value: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            let _ = write!(line, " --{flag} {}", quoted(&value));
            line
        },
    )
}

#[cfg(test)]
mod tests;
