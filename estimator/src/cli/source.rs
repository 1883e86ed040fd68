//! Where a scenario comes from: a file, standard input, or the scenarios that ship.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use scenarios::Scenario;
use scenarios::error::nearest;
use scenarios::prices::Prices;
use scenarios::shipped::{SHIPPED, shipped};

use super::Failure;

/// The largest input that is read; the parser's own limit is a little lower and has the better message.
const MAX_INPUT_BYTES: u64 = 2_000_000;

/// Stands for standard input.
pub(super) const STDIN: &str = "-";

/// A scenario's text and what its sources are called.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) text: String,
    /// Where its calibration would lie; nowhere for what is piped in or made up.
    pub(super) calibration: Option<PathBuf>,
}

/// Changes to a scenario for this one command.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Changes {
    /// Change a value of the file, or add or (with nothing behind the =) remove one; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(super) settings: Vec<String>,
    /// Your own prices in place of ours: a file with the keys of `prices:`
    #[arg(long, value_name = "FILE")]
    pub(super) prices: Option<String>,
    /// Leave out what was measured: the file SCENARIO.calibration.json beside the scenario
    #[arg(long)]
    pub(super) no_calibration: bool,
}

impl Source {
    /// Reads what the text says, with the changes.
    pub(super) fn scenario(&self, changes: &Changes) -> Result<Scenario, Failure> {
        let mut scenario = Scenario::with_settings(&self.text, &changes.settings)
            .map_err(|error| Failure::Message(error.render(&self.name, &self.text)))?;
        if let Some(file) = &changes.prices {
            let Source { name, text, .. } = plain(file, "name a file with lines like `core: 15 USD/month`")?;
            scenario.prices = Prices::from_yaml(&text, &name, &scenario.conventions)
                .map_err(|error| Failure::Message(error.render(&name, &text)))?;
        }
        Ok(scenario)
    }

    /// Why there is no estimate, with the place in the text where it has one.
    pub(super) fn refused(&self, changes: &Changes, error: &crate::EstimateError) -> Failure {
        Failure::Message(error.render(&self.name, &self.text, &changes.settings))
    }
}

/// A path first, then a shipped name.
pub(super) fn read(file: &str) -> Result<Source, Failure> {
    if file == STDIN {
        let text = text_of("stdin", std::io::stdin())?;
        return Ok(Source { name: "stdin".to_owned(), text, calibration: None });
    }
    let path = Path::new(file);
    let shipped = shipped(file);
    match (std::fs::metadata(path), shipped) {
        (Ok(metadata), _) if !metadata.is_dir() => {
            let opened = std::fs::File::open(path).map_err(|error| unreadable(file, &error))?;
            let calibration = Some(path.with_extension("calibration.json"));
            Ok(Source { name: file.to_owned(), text: text_of(file, opened)?, calibration })
        }
        (_, Some(shipped)) => {
            let calibration = Some(PathBuf::from(format!("{}.calibration.json", shipped.name)));
            Ok(Source { name: format!("{}.yaml", shipped.name), text: shipped.text.to_owned(), calibration })
        }
        (Ok(_), None) => Err(Failure::Message(format!(
            "error: {file}: is a folder, expected a scenario file\n  hint: name a file in it, like `{}`",
            path.join("my-system.yaml").display()
        ))),
        (Err(error), None) if error.kind() == ErrorKind::NotFound => {
            let names = || SHIPPED.iter().map(|shipped| shipped.name);
            let hint = match nearest(file, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`estimator list` shows the scenarios that ship".to_owned(),
            };
            Err(Failure::Message(format!(
                "error: {file}: no such file, and no scenario of this name ships\n  hint: {hint}"
            )))
        }
        (Err(error), None) => Err(unreadable(file, &error)),
    }
}

/// Refuses a command that would read standard input more than once.
pub(super) fn once<'a>(
    files: impl IntoIterator<Item = &'a str>,
    changes: &'a Changes,
) -> Result<(), Failure> {
    let all = files.into_iter().chain(changes.prices.as_deref());
    if all.filter(|file| *file == STDIN).count() > 1 {
        return Err(Failure::Message(
            "error: -: standard input can be read once\n  hint: name a file for what else is to be read"
                .to_owned(),
        ));
    }
    Ok(())
}

/// A file of measurements, or standard input.
pub(super) fn measurements(file: &str) -> Result<Source, Failure> {
    plain(file, "name a file of measurements with a header like `concurrency,throughput`")
}

/// A file that no shipped one stands in for, or standard input; `hint` says what it should be.
pub(super) fn plain(file: &str, hint: &str) -> Result<Source, Failure> {
    let refused = |what: String| Failure::Message(format!("error: {file}: {what}\n  hint: {hint}"));
    let text = if file == STDIN {
        bytes_of("stdin", std::io::stdin())?
    } else {
        match std::fs::metadata(file) {
            Ok(metadata) if metadata.is_dir() => return Err(refused("is a folder".to_owned())),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(refused("no such file".to_owned()));
            }
            _ => bytes_of(file, std::fs::File::open(file).map_err(|error| unreadable(file, &error))?)?,
        }
    };
    if text.len() as u64 == MAX_INPUT_BYTES {
        return Err(refused(format!("is larger than {} MB", MAX_INPUT_BYTES / 1_000_000)));
    }
    let text = String::from_utf8(text).map_err(|error| {
        refused(format!("is not UTF-8 text (at byte {})", error.utf8_error().valid_up_to()))
    })?;
    let name = if file == STDIN { "stdin" } else { file };
    Ok(Source { name: name.to_owned(), text, calibration: None })
}

/// The schema number that every file of ours has; what is wrong where there is none.
pub(super) fn schema(text: &str) -> Result<u32, String> {
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|error| format!("is not JSON ({error})"))?;
    let number =
        value.get("schema").and_then(serde_json::Value::as_u64).and_then(|number| u32::try_from(number).ok());
    number.ok_or_else(|| "has no `schema` number".to_owned())
}

fn unreadable(file: &str, error: &std::io::Error) -> Failure {
    Failure::Message(format!(
        "error: {file}: cannot be read: {error}\n  hint: check its name and its permissions"
    ))
}

fn bytes_of(file: &str, input: impl Read) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    input.take(MAX_INPUT_BYTES).read_to_end(&mut bytes).map_err(|error| unreadable(file, &error))?;
    Ok(bytes)
}

fn text_of(file: &str, input: impl Read) -> Result<String, Failure> {
    String::from_utf8(bytes_of(file, input)?).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::Message(format!(
            "error: {file}: is not UTF-8 text (at byte {at}), expected a scenario in YAML\n  hint: is this the right file?"
        ))
    })
}
