//! Tables for spreadsheets and scripts: a row for each action and quantile, or a row for each second.
//!
//! Fields are quoted as RFC 4180 has it; units stand in the header. A name that a spreadsheet would take for a formula
//! gets an apostrophe in front.

use scenarios::report::{ActionReport, Latency, Quantile, Report, Second, TimePart};

/// What may be asked of one distribution, besides its quantiles.
const MEAN: &str = "mean";
const MAX: &str = "max";

/// Each action (and all together) by distribution and quantile.
pub(crate) fn quantiles(report: &Report) -> String {
    let header = [
        "scenario",
        "started_unix_s",
        "action",
        "times",
        "quantile",
        "value_s",
        "low_95_s",
        "high_95_s",
        "at_least",
        "samples",
        "scheduled",
        "good",
        "failed",
        "asked_per_s",
        "done_per_s",
        "bytes_per_response",
    ];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for action in report.actions.iter().chain([&report.all]) {
        for (times, latency) in distributions(action) {
            rows.extend(lines(report, action, times, &latency));
        }
    }
    let lag = &report.generator.lag;
    rows.extend(lines(report, &report.all, "generator lag", lag));
    written(&rows)
}

/// The run second by second.
pub(crate) fn seconds(report: &Report) -> String {
    let header = ["scenario", "at_s", "scheduled", "good", "p50_s", "p99_s", "max_s"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for second in &report.seconds {
        let Second { at_s, scheduled, good, p50_s, p99_s, max_s } = second;
        let mut row = vec![text(&report.scenario), at_s.to_string(), scheduled.to_string(), good.to_string()];
        row.extend([p50_s, p99_s, max_s].map(|value| number(*value)));
        rows.push(row);
    }
    written(&rows)
}

/// The distributions of an action by name; the parts of its response after the whole.
fn distributions(action: &ActionReport) -> Vec<(&'static str, Latency)> {
    let mut all = vec![
        ("response", action.response.clone()),
        ("service", action.service.clone()),
        ("first byte", action.first_byte.clone()),
    ];
    let plain = |q, value_s| Quantile { q, value_s, interval_s: None, censored: false };
    for part in action.parts.iter().flat_map(|parts| &parts.parts) {
        let TimePart { part, mean_s, count, p50_s, p99_s } = *part;
        let quantiles = vec![plain(0.5, p50_s), plain(0.99, p99_s)];
        all.push((part.word(), Latency { count, mean_s, max_s: f64::NAN, quantiles }));
    }
    all
}

fn lines(report: &Report, action: &ActionReport, times: &str, latency: &Latency) -> Vec<Vec<String>> {
    let Latency { count, mean_s, max_s, quantiles } = latency;
    if *count == 0 {
        return Vec::new();
    }
    let line = |quantile: String, value: f64, interval: Option<(f64, f64)>, at_least: bool| {
        let end = |of: fn((f64, f64)) -> f64| interval.map_or(String::new(), |interval| number(of(interval)));
        vec![
            text(&report.scenario),
            report.provenance.started_unix_s.to_string(),
            text(&action.name),
            times.to_owned(),
            quantile,
            number(value),
            end(|(low, _)| low),
            end(|(_, high)| high),
            at_least.to_string(),
            count.to_string(),
            action.scheduled.to_string(),
            action.good.to_string(),
            action.failed().to_string(),
            number(action.asked_per_s),
            number(action.done_per_s),
            number(action.bytes_per_response),
        ]
    };
    let quantiles = quantiles.iter().map(|quantile| {
        let Quantile { q, value_s, interval_s, censored } = *quantile;
        line(q.to_string(), value_s, interval_s, censored)
    });
    let mean = line(MEAN.to_owned(), *mean_s, None, false);
    let max = max_s.is_finite().then(|| line(MAX.to_owned(), *max_s, None, false));
    std::iter::once(mean).chain(quantiles).chain(max).collect()
}

/// A number as programs read it: nine digits, and nothing where it is none.
fn number(value: f64) -> String {
    if !value.is_finite() {
        return String::new();
    }
    let text = format!("{value:.9}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A name; not a formula.
fn text(name: &str) -> String {
    if name.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{name}") } else { name.to_owned() }
}

fn written(rows: &[Vec<String>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        // Into memory, and every row has as many fields as the header: neither can fail.
        drop(writer.write_record(row));
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::html::sample;

    fn read(text: &str) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn there_is_a_row_for_each_action_and_quantile() {
        let rows = read(&quantiles(&sample::met()));
        // Three actions and all: three distributions with four quantiles, mean and maximum, and four parts with mean and
        // two quantiles; the lag; the header.
        assert_eq!(rows.len(), 1 + 4 * (3 * 6 + 4 * 3) + 6);
        let p99 =
            rows.iter().find(|row| row[2] == "all" && row[3] == "response" && row[4] == "0.99").unwrap();
        // 8.1 ms, with 0.9 and 1.14 times that as its interval; 12,360 of them in 30 s.
        let figures =
            ["0.0081", "0.00729", "0.009234", "false", "12360", "12360", "12360", "0", "412", "412", "5800"];
        assert_eq!(p99[5..], figures);
        // p99 of 93 samples has no interval.
        let few =
            rows.iter().find(|row| row[2] == "ask" && row[3] == "response" && row[4] == "0.99").unwrap();
        assert_eq!(few[6..8], ["", ""]);
        assert_eq!(read(&quantiles(&sample::empty())).len(), 1);
    }

    #[test]
    fn there_is_a_row_for_each_second() {
        let rows = read(&seconds(&sample::missed()));
        assert_eq!(rows.len(), 31);
        assert_eq!(rows[15], ["forum", "14", "412", "301", "0.18", "1.4", "1.9"]);
    }

    #[test]
    fn whatever_a_name_says_stays_one_field() {
        let mut report = sample::met();
        report.actions[0].name = "a,\"b\"\r\nc;d".to_owned();
        report.scenario = "=cmd|'/c calc'!A1".to_owned();
        report.all.response.mean_s = f64::NAN;
        let rows = read(&quantiles(&report));
        assert_eq!(rows[1][2], "a,\"b\"\r\nc;d");
        assert_eq!(rows[1][0], "'=cmd|'/c calc'!A1");
        assert!(rows.iter().all(|row| row.len() == rows[0].len()));
        let mean = rows.iter().find(|row| row[2] == "all" && row[4] == "mean").unwrap();
        assert_eq!(mean[5], "");
    }
}
