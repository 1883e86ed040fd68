//! `new`: a commented file to start from.
//!
//! One text file for each kind lies beside this one; each can be estimated as it is. They ask for what only the user knows,
//! and say of each line what it decides.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use scenarios::Scenario;
use scenarios::verdict::EXIT_YES;

use super::shell::quoted;
use super::{Failure, Outcome};

/// Write a commented scenario file to start from
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  estimator new --kind feed my-feed -o my-feed.yaml
  estimator new | estimator estimate -")]
pub(super) struct Arguments {
    /// What the system is called
    #[arg(default_value = "my-system")]
    name: String,
    /// What it is like
    #[arg(long, value_enum, default_value_t = Kind::Forum)]
    kind: Kind,
    /// Write it to this file, which must not exist yet [without it, to stdout]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// Questions and answers; can be loaded with `loadgen run` as it is
    Forum,
    /// Posts, and timelines made of those of others
    Feed,
    /// Messages between people who are online
    Chat,
    /// Photos or videos, with rows that describe them
    Media,
    /// Short links that redirect
    Links,
    /// A shop: browsing, baskets, orders
    Shop,
    /// A service of your own behind HTTP, to be estimated and loaded
    Service,
}

impl Kind {
    fn text(self) -> &'static str {
        match self {
            Kind::Forum => include_str!("new/forum.yaml"),
            Kind::Feed => include_str!("new/feed.yaml"),
            Kind::Chat => include_str!("new/chat.yaml"),
            Kind::Media => include_str!("new/media.yaml"),
            Kind::Links => include_str!("new/links.yaml"),
            Kind::Shop => include_str!("new/shop.yaml"),
            Kind::Service => include_str!("new/service.yaml"),
        }
    }
}

/// Stands in the starters for the name.
const NAME: &str = "name: my-system\n";

/// Prints the file or writes it.
pub(super) fn run(arguments: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> Outcome {
    let Arguments { name, kind, output } = arguments;
    let text = kind.text().replacen(NAME, &format!("name: {}\n", scalar(name)), 1);
    if let Err(error) = Scenario::from_yaml(&text) {
        return Err(Failure::Message(error.render("NAME", &text)));
    }
    let Some(path) = output else {
        out.write_all(text.as_bytes())?;
        return Ok(EXIT_YES);
    };
    let shown = path.display();
    let created = OpenOptions::new().write(true).create_new(true).open(path);
    let written = created.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| {
        Failure::Message(if error.kind() == ErrorKind::AlreadyExists {
            format!("error: {shown}: is there already\n  hint: name another file, or remove it first")
        } else {
            format!(
                "error: {shown}: cannot be written: {error}\n  hint: check its folder and its permissions"
            )
        })
    })?;
    writeln!(err, "{shown} is written\nnext: estimator estimate {}", quoted(&shown.to_string()))?;
    Ok(EXIT_YES)
}

/// A name as YAML: plain where that is safe.
fn scalar(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " _-".contains(c);
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
    if begins && name.chars().all(is_plain) { name.to_owned() } else { format!("{name:?}") }
}

#[cfg(test)]
mod tests;
