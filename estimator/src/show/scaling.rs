//! How a system scales, for people: the answer, the coefficients, the measurements beside the law, what to know.

use std::fmt::Write;

use anstyle::Style;
use scenarios::conventions::grouped;
use scenarios::show::{count, digits, seconds, share};

use super::table::{Table, escaped, wrapped};
use crate::scaling::report::{
    CoefficientRow, LossesAt, MeasurementRow, Most, Outcome, PredictionRow, ScalingReport,
};

const BOLD: Style = Style::new().bold();
/// What fits a screen.
const MOST_COLUMNS: usize = 100;
/// More measurements than this are shown at even distances; JSON has them all.
const MOST_ROWS: usize = 40;

/// The report as text with ANSI styles, which the caller strips where they are not wanted.
#[must_use]
pub fn text(report: &ScalingReport) -> String {
    let about = about(report);
    let is_long = report.source.chars().count() + 3 + about.chars().count() > MOST_COLUMNS;
    let joint = if is_long { "\n" } else { " · " };
    // Writing to a string cannot fail.
    let mut out = format!("{BOLD}{}{BOLD:#}{joint}{about}\n\n", report.source);
    let answers = answers(report);
    let width = answers.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, answer) in answers {
        let indent = " ".repeat(width + 5);
        let lines = wrapped(&answer, &indent, MOST_COLUMNS);
        let _ = write!(out, "  {BOLD}{name:<width$}{BOLD:#}   {}", lines.trim_start());
    }
    section(&mut out, "Law", "X(N) = λ N / (1 + σ (N − 1) + κ N (N − 1))", &coefficients(report));
    out.push_str(&wrapped(&quality(report), "  ", MOST_COLUMNS));
    if !report.predictions.is_empty() {
        section(&mut out, "Predictions", "", &predictions(report));
    }
    let (rows, shown) = measurements(report);
    section(&mut out, "Measurements", &shown, &rows);
    if !report.notes.is_empty() {
        let _ = writeln!(out, "\n  {BOLD}Notes{BOLD:#}");
    }
    for note in &report.notes {
        let lines = wrapped(note, "    ", MOST_COLUMNS);
        let _ = write!(out, "  ● {}", lines.trim_start());
    }
    out
}

fn section(out: &mut String, name: &str, about: &str, table: &Table) {
    let about = if about.is_empty() { String::new() } else { format!("   {about}") };
    let _ = writeln!(out, "\n  {BOLD}{name}{BOLD:#}{about}");
    for line in table.lines() {
        let _ = writeln!(out, "  {line}");
    }
}

/// The report as Markdown.
#[must_use]
pub fn markdown(report: &ScalingReport) -> String {
    let mut out = format!("## {}\n\n{}\n\n", escaped(&report.source), escaped(&about(report)));
    for (name, answer) in answers(report) {
        let _ = writeln!(out, "- **{name}**: {}", escaped(&answer));
    }
    out.push_str("\n### Law\n\nX(N) = λ N / (1 + σ (N − 1) + κ N (N − 1))\n\n");
    out.push_str(&coefficients(report).markdown());
    let _ = writeln!(out, "\n{}", escaped(&quality(report)));
    if !report.predictions.is_empty() {
        let _ = write!(out, "\n### Predictions\n\n{}", predictions(report).markdown());
    }
    let (rows, shown) = measurements(report);
    let shown = if shown.is_empty() { String::new() } else { format!("{}\n\n", escaped(&shown)) };
    let _ = write!(out, "\n### Measurements\n\n{shown}{}", rows.markdown());
    if !report.notes.is_empty() {
        out.push_str("\n### Notes\n\n");
    }
    for note in &report.notes {
        let _ = writeln!(out, "- {}", escaped(note));
    }
    out
}

/// What the answer rests on.
fn about(report: &ScalingReport) -> String {
    let number = report.rows.len();
    let ends = report.rows.first().zip(report.rows.last());
    let range = ends.map_or(String::new(), |(first, last)| {
        format!(" from N = {} to {}", number_of(first.concurrency), number_of(last.concurrency))
    });
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} measurement{plural}{range} · {} · throughput by {}", report.method, word(&report.per))
}

fn word(per: &str) -> &str {
    match per {
        "s" => "second",
        "min" => "minute",
        "h" => "hour",
        other => other,
    }
}

/// The answers, each with its name.
fn answers(report: &ScalingReport) -> Vec<(&'static str, String)> {
    let rate = |value: f64| format!("{}/{}", number_of(value), report.per);
    let most = match &report.most {
        Most::Peak {
            concurrency,
            throughput,
            exact_concurrency,
            exact_throughput,
            concurrency_interval,
            throughput_interval,
            is_beyond,
        } => {
            let place = concurrency_interval.map_or(String::new(), |(low, high)| {
                let high = high.map_or("no end".to_owned(), number_of);
                format!(" [{}, {high}]", number_of(low))
            });
            let height = throughput_interval
                .map_or(String::new(), |(low, high)| format!(" [{}, {}]", number_of(low), number_of(high)));
            let guess = if *is_beyond { " · a guess" } else { "" };
            let exact = format!(
                "{}{height} at N* = {}{place}",
                rate(*exact_throughput),
                number_of(*exact_concurrency)
            );
            (
                "peak",
                format!("{} at N = {}; exactly {exact}{guess}", rate(*throughput), number_of(*concurrency)),
            )
        }
        Most::Ceiling { from, to, throughput } => {
            let range = format!("{} to {}", number_of(*from), number_of(*to));
            ("ceiling", format!("{} from N = {range}: a hard limit, not a bend", rate(*throughput)))
        }
        Most::NoPeak { up_to, asymptote } => {
            let limit =
                asymptote.map_or(String::new(), |limit| format!("; the law approaches {}", rate(limit)));
            ("no peak", format!("up to N = {}{limit}", number_of(*up_to)))
        }
    };
    std::iter::once(most).chain(report.losses.map(|losses| ("bounded by", bounded(losses)))).collect()
}

fn bounded(losses: LossesAt) -> String {
    let LossesAt { concurrency, efficiency, contention, coherency } = losses;
    // Not broken between the number and its sign.
    let whole = |value| share(value).replace(' ', "\u{a0}");
    let by = if contention + coherency < 1e-9 {
        "nothing"
    } else if contention >= coherency {
        "contention"
    } else {
        "coherency"
    };
    format!(
        "{by}; at N = {} {} of N × λ is done, {} is lost to contention and {} to coherency",
        number_of(concurrency),
        whole(efficiency),
        whole(contention),
        whole(coherency)
    )
}

fn coefficients(report: &ScalingReport) -> Table {
    let row = |name: &str, row: &CoefficientRow, write: &dyn Fn(f64) -> String| {
        let CoefficientRow { value, standard_error, t, interval, is_at_bound } = row;
        let or_none = |text: Option<String>| text.unwrap_or("–".to_owned());
        vec![
            name.to_owned(),
            write(*value),
            or_none(standard_error.map(write)),
            or_none(t.filter(|_| !is_at_bound).map(digits)),
            or_none(interval.map(|(low, high)| format!("{} .. {}", write(low), write(high)))),
            if *is_at_bound { "at its bound".to_owned() } else { String::new() },
        ]
    };
    let plain = |value: f64| small(value);
    Table {
        heads: ["", "estimate", "std. error", "t", "95 % interval", ""].map(str::to_owned).to_vec(),
        rows: vec![
            row("λ throughput of one", &report.lambda, &|value| {
                format!("{}/{}", number_of(value), report.per)
            }),
            row("σ contention", &report.sigma, &plain),
            row("κ coherency", &report.kappa, &plain),
        ],
        words: vec![5],
    }
}

fn quality(report: &ScalingReport) -> String {
    let plural = if report.degrees_of_freedom == 1 { "" } else { "s" };
    let mut parts = vec![format!("{} degree{plural} of freedom", report.degrees_of_freedom)];
    parts.extend(
        report
            .residual_error
            .map(|error| format!("residual standard error {}/{}", number_of(error), report.per)),
    );
    parts.extend(report.r_squared.map(|share| format!("R² {}", number_of(share))));
    parts.join(" · ")
}

fn predictions(report: &ScalingReport) -> Table {
    let row = |row: &PredictionRow| {
        let PredictionRow { asked, outcome } = row;
        let (cells, remark) = match outcome {
            Outcome::At { concurrency, throughput, interval, latency_seconds, remark } => (
                [
                    number_of(*concurrency),
                    format!("{}/{}", number_of(*throughput), report.per),
                    interval.map_or("–".to_owned(), |(low, high)| {
                        format!("{} .. {}", number_of(low), number_of(high))
                    }),
                    seconds(*latency_seconds),
                ],
                remark.clone(),
            ),
            Outcome::Never { .. } => (["–"; 4].map(str::to_owned), "never (see notes)".to_owned()),
            Outcome::CannotTell { .. } => (["–"; 4].map(str::to_owned), "CANNOT TELL (see notes)".to_owned()),
        };
        let mut all = vec![asked.clone()];
        all.extend(cells);
        all.push(remark);
        all
    };
    Table {
        heads: ["asked", "N", "throughput", "95 % interval", "latency", ""].map(str::to_owned).to_vec(),
        rows: report.predictions.iter().map(row).collect(),
        words: vec![5],
    }
}

/// The measurements beside the law, and how many of them are shown where that is not all.
fn measurements(report: &ScalingReport) -> (Table, String) {
    let all = report.rows.len();
    let row = |row: &MeasurementRow| {
        let MeasurementRow { concurrency, measured, fitted, residual, weight: _, is_used } = *row;
        let per = &report.per;
        vec![
            number_of(concurrency),
            format!("{}/{per}", number_of(measured)),
            format!("{}/{per}", number_of(fitted)),
            signed(residual, number_of),
            signed(residual / fitted, |share| format!("{:.1} %", share * 100.0)),
            if is_used { String::new() } else { "above the ceiling, not used".to_owned() },
        ]
    };
    // The first and the last, and others at even distances between them.
    let shown: Vec<usize> = if all <= MOST_ROWS {
        (0..all).collect()
    } else {
        (0..MOST_ROWS).map(|place| place * (all - 1) / (MOST_ROWS - 1)).collect()
    };
    let rows: Vec<Vec<String>> = shown.iter().filter_map(|index| report.rows.get(*index)).map(row).collect();
    let shown = if rows.len() < all {
        format!("{} of {all}; --format json has all", rows.len())
    } else {
        String::new()
    };
    let heads = ["N", "measured", "fitted", "difference", "", ""].map(str::to_owned).to_vec();
    (Table { heads, rows, words: vec![5] }, shown)
}

fn signed(value: f64, write: impl Fn(f64) -> String) -> String {
    format!("{}{}", if value < 0.0 { "−" } else { "+" }, write(value.abs()))
}

/// Five significant digits: what is measured differs from what is fitted in the third or fourth.
fn number_of(value: f64) -> String {
    const BILLION: f64 = 1e9;
    if value.abs() >= 100.0 * BILLION || (value != 0.0 && value.abs() < 1e-3) {
        return small(value);
    }
    if value.abs() >= 10_000.0 {
        return grouped(value.round());
    }
    let places = [(1_000.0, 1), (100.0, 2), (10.0, 3), (0.0, 4)];
    let places = places.iter().find(|(from, _)| value.abs() >= *from).map_or(4, |(_, places)| *places);
    let text = format!("{value:.places$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    match text.split_once('.') {
        Some((whole, rest)) if value.abs() >= 1_000.0 => {
            format!("{}.{rest}", grouped(whole.parse().unwrap_or(value)))
        }
        None if value.abs() >= 1_000.0 => grouped(value.round()),
        _ => text.to_owned(),
    }
}

/// Three significant digits, with a power of ten where there would be many zeros.
fn small(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-3 {
        format!("{value:.2e}")
    } else if value.abs() < 1e15 {
        if value.abs() < 1_000.0 { digits(value) } else { count(value) }
    } else {
        format!("{value:.2e}")
    }
}
