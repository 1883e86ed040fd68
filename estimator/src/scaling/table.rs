//! Rows of numbers under a header, and why they were refused.
//!
//! The first line that is neither empty nor a comment names the columns. Columns are parted by commas, semicolons, tabs
//! or blanks, whichever the header has; `#` begins a comment. A row that cannot be read is never left out: all such rows
//! are errors, the first of them with line and hint.

use std::fmt::Write;

use super::cell::{Cell, Complaint, cell, shortened};
use super::header::{Column, Role, column};
use crate::laws::LawError;
use crate::laws::usl::Measurement;

/// The most rows: a measurement every second for a day.
pub const MOST_ROWS: usize = 100_000;
/// So many refused rows are told one by one.
const TOLD_ROWS: usize = 5;

/// Measurements as they came, with what is known about their units.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// In the order of the rows; the throughput in the unit of [`Table::per`].
    pub measurements: Vec<Measurement>,
    /// The time that the throughput counts in.
    pub per: Per,
    /// The mean of N / (X R), where all three were given; 1 by Little's law.
    pub little: Option<f64>,
    /// Names of the columns that were not used.
    pub unused: Vec<String>,
}

/// The time that a throughput counts in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Per {
    /// Its name: `s`, `min`, `h`.
    pub name: &'static str,
    /// Its length in seconds.
    pub seconds: f64,
}

const PERS: [Per; 4] = [
    Per { name: "s", seconds: 1.0 },
    Per { name: "min", seconds: 60.0 },
    Per { name: "h", seconds: 3_600.0 },
    Per { name: "day", seconds: 86_400.0 },
];

/// Why a table was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableError {
    problems: Vec<Problem>,
    /// Refused rows that are not told.
    more: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Problem {
    line: Option<usize>,
    message: String,
    hint: String,
}

impl TableError {
    fn new(line: Option<usize>, message: impl Into<String>, hint: impl Into<String>) -> TableError {
        let problem = Problem { line, message: message.into(), hint: hint.into() };
        TableError { problems: vec![problem], more: 0 }
    }

    /// The message with file and line, and the hint.
    #[must_use]
    pub fn render(&self, file: &str) -> String {
        let mut out = String::new();
        let mut last_hint = "";
        for Problem { line, message, hint } in &self.problems {
            let place = line.map_or(file.to_owned(), |line| format!("{file}:{line}"));
            // One mistake made in every row needs its remedy once.
            if !last_hint.is_empty() && last_hint != hint {
                let _ = write!(out, "\n  hint: {last_hint}");
            }
            last_hint = hint;
            let _ = write!(out, "{}error: {place}: {message}", if out.is_empty() { "" } else { "\n" });
        }
        if self.more > 0 {
            let _ = write!(out, "\nerror: {file}: {} more rows cannot be read", self.more);
        }
        let _ = write!(out, "\n  hint: {last_hint}");
        out
    }
}

/// Where the columns that count are.
struct Header {
    line: usize,
    separator: Separator,
    width: usize,
    columns: Vec<(usize, Column, String)>,
    unused: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Separator {
    Sign(char),
    Blanks,
}

impl Separator {
    fn of(header: &str) -> Separator {
        [';', '\t', ',', '|']
            .into_iter()
            .find(|sign| header.contains(*sign))
            .map_or(Separator::Blanks, Separator::Sign)
    }

    fn split(self, line: &str) -> Vec<&str> {
        match self {
            Separator::Sign(sign) => {
                line.split(sign).map(|cell| cell.trim().trim_matches('"').trim()).collect()
            }
            Separator::Blanks => line.split_whitespace().map(|cell| cell.trim_matches('"')).collect(),
        }
    }
}

impl Table {
    /// Reads a table.
    ///
    /// # Errors
    /// When the header does not name two of concurrency, throughput and latency, or a row cannot be read.
    pub fn parse(text: &str) -> Result<Table, TableError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut lines = text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line.split('#').next().unwrap_or("")))
            .filter(|(_, line)| !line.trim().is_empty());
        let Some((line, names)) = lines.next() else {
            return Err(TableError::new(
                None,
                "has no measurements",
                "begin with a line `concurrency,throughput`, then a row for each measurement",
            ));
        };
        let header = header(line, names)?;
        let mut table = Table {
            measurements: Vec::new(),
            per: header.per()?,
            little: None,
            unused: header.unused.clone(),
        };
        let mut errors = TableError { problems: Vec::new(), more: 0 };
        let mut little = Vec::new();
        for (line, row) in lines {
            if table.measurements.len() == MOST_ROWS {
                let hint = "average those of the same concurrency, with their number as `weight`";
                return Err(TableError::new(Some(line), format!("more than {MOST_ROWS} rows"), hint));
            }
            match header.measurement(row, table.per) {
                Ok((measurement, ratio)) => {
                    table.measurements.push(measurement);
                    little.extend(ratio);
                }
                Err(Complaint { message, hint }) if errors.problems.len() < TOLD_ROWS => {
                    errors.problems.push(Problem { line: Some(line), message, hint });
                }
                Err(_) => errors.more += 1,
            }
        }
        if !errors.problems.is_empty() {
            return Err(errors);
        }
        if table.measurements.is_empty() {
            let hint = "add a row for each measurement";
            return Err(TableError::new(Some(header.line), "no measurement follows the header", hint));
        }
        table.little = (!little.is_empty()).then(|| little.iter().sum::<f64>() / little.len() as f64);
        Ok(table)
    }
}

fn header(line: usize, text: &str) -> Result<Header, TableError> {
    let separator = Separator::of(text);
    let names = separator.split(text);
    if names.iter().all(|name| name.parse::<f64>().is_ok()) {
        return Err(TableError::new(
            Some(line),
            "the first line has numbers, expected the names of the columns",
            "begin with a line like `concurrency,throughput`",
        ));
    }
    let mut columns: Vec<(usize, Column, String)> = Vec::new();
    let mut unused = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let Some(found) = column(name) else {
            unused.push(shortened(name));
            continue;
        };
        if let Some((_, _, first)) = columns.iter().find(|(_, column, _)| column.role == found.role) {
            let message = format!("`{first}` and `{}` are both {}", shortened(name), found.role.name());
            return Err(TableError::new(Some(line), message, "rename the one that shall not be used"));
        }
        columns.push((index, found, shortened(name)));
    }
    let header = Header { line, separator, width: names.len(), columns, unused };
    let measured = [Role::Concurrency, Role::Throughput, Role::Latency];
    if measured.iter().filter(|role| header.find(**role).is_some()).count() < 2 {
        let names: Vec<String> = names.iter().map(|name| format!("`{}`", shortened(name))).collect();
        return Err(TableError::new(
            Some(line),
            format!(
                "the columns are {}, expected two of concurrency, throughput and latency",
                names.join(", ")
            ),
            "name them like `concurrency,throughput` or `throughput/s,latency_ms`",
        ));
    }
    Ok(header)
}

impl Header {
    fn find(&self, role: Role) -> Option<&(usize, Column, String)> {
        self.columns.iter().find(|(_, column, _)| column.role == role)
    }

    /// The time that the throughput counts in: as its column says, or a second.
    fn per(&self) -> Result<Per, TableError> {
        let Some((_, Column { seconds: Some(seconds), .. }, name)) = self.find(Role::Throughput) else {
            return Ok(PERS[0]);
        };
        let found = PERS.into_iter().find(|per| (per.seconds - seconds).abs() < 1e-12);
        found.ok_or_else(|| {
            let message = format!("`{name}` counts in a time that is not known");
            TableError::new(Some(self.line), message, "throughput is by s, min, h or day: `throughput/s`")
        })
    }

    /// A row as a measurement, with N / (X R) where it has all three.
    fn measurement(&self, row: &str, per: Per) -> Result<(Measurement, Option<f64>), Complaint> {
        let mut cells = self.separator.split(row);
        // A separator at the end of a row is common and harmless.
        while cells.len() > self.width && cells.last().is_some_and(|cell| cell.is_empty()) {
            cells.pop();
        }
        if cells.len() != self.width {
            let (found, expected) = (cells.len(), self.width);
            return Err(Complaint {
                message: format!(
                    "{found} column{}, expected {expected} as in the header",
                    if found == 1 { "" } else { "s" }
                ),
                hint: format!("the header is line {}", self.line),
            });
        }
        let read = |role: Role| -> Result<Option<f64>, Complaint> {
            let Some((index, column, name)) = self.find(role) else { return Ok(None) };
            let text = cells.get(*index).copied().unwrap_or("");
            let found = cell(text, name)?;
            value(role, *column, found, per, text, name).map(Some)
        };
        let (n, x, r) = (read(Role::Concurrency)?, read(Role::Throughput)?, read(Role::Latency)?);
        let measurement = match (n, x, r) {
            (Some(n), Some(x), _) => Measurement::of_throughput(n, x),
            (Some(n), None, Some(r)) => Measurement::of_latency(n, r),
            (None, Some(x), Some(r)) => Measurement::of_throughput_and_latency(x, r),
            _ => Err(LawError::OutOfReach("two of concurrency, throughput and latency are needed")),
        };
        let weighed = match read(Role::Weight)? {
            Some(weight) => measurement.and_then(|measurement| measurement.weighing(weight)),
            None => measurement,
        };
        let little = n.zip(x).zip(r).map(|((n, x), r)| n / (x * r));
        let unusable = |error: LawError| Complaint {
            message: error.to_string(),
            hint: "the numbers are too large or too small for one another".to_owned(),
        };
        Ok((weighed.map_err(unusable)?, little))
    }
}

/// A number in the unit that its role has here: a latency in the time that the throughput counts in.
fn value(
    role: Role,
    column: Column,
    found: Cell,
    per: Per,
    text: &str,
    name: &str,
) -> Result<f64, Complaint> {
    match (role, found.seconds, column.seconds) {
        (Role::Latency, Some(unit), _) | (Role::Latency, None, Some(unit)) => {
            Ok(found.value * unit / per.seconds)
        }
        (Role::Latency, None, None) => Err(Complaint {
            message: format!("`{name}` is `{}`, of what?", shortened(text)),
            hint: "say the unit in the header, `latency_ms`, or behind each number, `30 ms`".to_owned(),
        }),
        (_, Some(_), _) => Err(Complaint {
            message: format!("`{name}` is `{}`, expected a number without a unit", shortened(text)),
            hint: "is it in the right column? a throughput has its unit in the header: `throughput/s`"
                .to_owned(),
        }),
        (_, None, _) => Ok(found.value),
    }
}
