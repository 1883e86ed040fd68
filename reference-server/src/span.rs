//! Spans of time as people write them on the command line: `50us`, `1.5 ms`, `2s`, `5min`.

use std::time::Duration;

/// Reads a span from nothing to `most`.
///
/// # Errors
/// Says what was expected and what was found.
pub(crate) fn parse(text: &str, most: Duration) -> Result<Duration, String> {
    let cannot =
        || format!("expected a time from 0 to {} s, like `50us` or `2ms`, found `{text}`", most.as_secs());
    let trimmed = text.trim();
    let unit_at = trimmed.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(trimmed.len());
    let (number, unit) = trimmed.split_at(unit_at);
    let number: f64 = number.parse().map_err(|_| cannot())?;
    let seconds = match unit.trim() {
        "us" | "µs" => number / 1e6,
        "ms" => number / 1e3,
        "s" => number,
        "min" => number * 60.0,
        "" if number == 0.0 => 0.0,
        _ => return Err(cannot()),
    };
    let span = Duration::try_from_secs_f64(seconds).map_err(|_| cannot())?;
    if span <= most { Ok(span) } else { Err(cannot()) }
}
