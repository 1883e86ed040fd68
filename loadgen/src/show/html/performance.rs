//! The tables of what was seen: each action, response beside service, promises, and estimate against measurement.

use scenarios::conventions::grouped;
use scenarios::estimate::{Kind, Spread, UnitName};
use scenarios::report::{ActionReport, Latency, Prediction, Quantile, SloOutcome};
use scenarios::show;

use super::table::{Cell, Row, Table, numbers, words};
use crate::show::chart::figure;
use crate::show::verdict::{attained, found};

/// A count as a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "shown with three digits: 53 bits are plenty")]
pub(super) fn float(count: u64) -> f64 {
    count as f64
}

/// A count in full: `9,267`.
pub(super) fn words_of(count: u64) -> String {
    grouped(float(count))
}

/// Each action: asked, done, errors and response times. `asks` is false where users decide when to ask.
pub(super) fn actions(actions: &[ActionReport], all: &ActionReport, asks: bool) -> Table {
    let legend = "Response times count from when a request was due to its last byte; failures are in them. p99 with \
                  its 95 % interval. ≥: at least so long, since some of those requests never ended. few: too few \
                  samples for an interval, or for the figure at all.";
    let mut columns = vec![words("Action"), numbers("asked/s"), numbers("done/s"), numbers("errors")];
    columns.extend(["p50", "p90", "p99 [95 %]", "p99.9"].map(numbers));
    if !asks {
        columns.remove(1);
    }
    let row = |action: &ActionReport, is_total: bool| {
        let errors: Vec<String> =
            action.errors.iter().map(|error| format!("{} × {}", words_of(error.count), error.kind)).collect();
        let mut cells = vec![
            Cell::new(&action.name),
            Cell::new(figure::count(action.asked_per_s)),
            Cell::new(figure::count(action.done_per_s)),
            Cell::new(words_of(action.failed())).with(errors.join("\n")),
            quantile(&action.response, 0.5),
            quantile(&action.response, 0.9),
            with_interval(&action.response, 0.99),
            quantile(&action.response, 0.999),
        ];
        if !asks {
            cells.remove(1);
        }
        Row { is_total, cells }
    };
    let mut rows: Vec<Row> = actions.iter().map(|action| row(action, false)).collect();
    rows.push(row(all, true));
    Table { id: "actions", heading: "Each action", caption: legend.to_owned(), columns, rows }
}

/// Response beside service and first byte, per action.
pub(super) fn service(actions: &[ActionReport], all: &ActionReport) -> Table {
    let caption = "Response counts from when a request was due, service and first byte from when it was sent. Service \
                   is what the server took, never what a user saw.";
    let columns = [
        "samples",
        "response mean",
        "response max",
        "service p50",
        "service p99",
        "first byte p50",
        "first byte p99",
        "answer",
    ];
    let row = |action: &ActionReport, is_total: bool| {
        // Taken apart, so that a field that is added and shown in neither table does not compile.
        let ActionReport {
            name,
            scheduled: _,
            good: _,
            errors: _,
            asked_per_s: _,
            done_per_s: _,
            response,
            service,
            first_byte,
            bytes_per_response,
            parts: _,
        } = action;
        let some = |value: f64| {
            if response.count == 0 { Cell::new(figure::NONE) } else { Cell::new(figure::time(value)) }
        };
        let bytes = if *bytes_per_response > 0.0 {
            figure::bytes(*bytes_per_response)
        } else {
            figure::NONE.to_owned()
        };
        let cells = vec![
            Cell::new(name),
            Cell::new(words_of(response.count)),
            some(response.mean_s),
            some(response.max_s),
            plain(service, 0.5),
            plain(service, 0.99),
            plain(first_byte, 0.5),
            plain(first_byte, 0.99),
            Cell::new(bytes),
        ];
        Row { is_total, cells }
    };
    let mut rows: Vec<Row> = actions.iter().map(|action| row(action, false)).collect();
    rows.push(row(all, true));
    Table {
        id: "service",
        heading: "Response beside service",
        caption: caption.to_owned(),
        columns: std::iter::once(words("Action")).chain(columns.map(numbers)).collect(),
        rows,
    }
}

/// Each promise; `None` when the scenario makes none.
pub(super) fn promises(slo: &[SloOutcome]) -> Option<Table> {
    let caption = "The share of all scheduled requests that kept the promise: what failed or was not sent did not. \
                   The interval is exact (Clopper-Pearson, 95 %); a promise is met or missed when all of it lies on \
                   one side.";
    let rows: Vec<Row> = slo.iter().map(promise).collect();
    (!rows.is_empty()).then(|| Table {
        id: "promises",
        heading: "Promises",
        caption: caption.to_owned(),
        columns: vec![
            words("Promise"),
            words("outcome"),
            numbers("promised"),
            numbers("kept"),
            numbers("95 % interval"),
            numbers("scheduled"),
            numbers("line"),
        ],
        rows,
    })
}

fn promise(outcome: &SloOutcome) -> Row {
    let SloOutcome {
        promise,
        verdict,
        promised_share,
        attained_share,
        interval,
        independent,
        worth,
        scheduled,
        measurable: _,
        line,
    } = outcome;
    let (tone, word) = attained(*verdict);
    let range = |(low, high): (f64, f64)| format!("{} to {}", figure::share(low), figure::share(high));
    Row::new(vec![
        Cell::new(promise),
        Cell { tone, ..Cell::new(word) },
        Cell::new(figure::share(*promised_share)),
        Cell::new(attained_share.map_or(figure::NONE.to_owned(), figure::share)),
        Cell::new(interval.map_or(figure::NONE.to_owned(), range))
            .with(independent.map_or(String::new(), |each| format!("{} if each by itself", range(each)))),
        Cell::new(words_of(*scheduled))
            .with(worth.map_or(String::new(), |worth| format!("in bunches: worth {}", figure::count(worth)))),
        Cell::new(line.to_string()),
    ])
}

/// Each prediction; `None` when nothing was predicted.
pub(super) fn predictions(predictions: &[Prediction]) -> Option<Table> {
    let caption = "given: the scenario says so. derived: a formula says so. default: a cited source says so. \
                   Only what the scenario expects can make a run fail; a refuted default is news.";
    let rows: Vec<Row> = predictions.iter().map(prediction).collect();
    (!rows.is_empty()).then(|| Table {
        id: "predictions",
        heading: "Estimate against measurement",
        caption: caption.to_owned(),
        columns: vec![
            words("Quantity"),
            numbers("predicted"),
            numbers("measured"),
            words("outcome"),
            words("kind"),
            words("what follows"),
        ],
        rows,
    })
}

fn prediction(held: &Prediction) -> Row {
    let Prediction { quantity, predicted, kind, unit, measured, finding, claimed, note } = held;
    let (tone, word) = found(*finding);
    let kind = match kind {
        Kind::Given => "given",
        Kind::Derived => "derived",
        Kind::Default => "default",
        Kind::Measured => "measured",
    };
    let claim = if *claimed { "expected" } else { "" };
    Row::new(vec![
        Cell::new(quantity),
        Cell::new(figure::spread(*predicted, *unit)),
        found_value(*measured, *unit),
        Cell { tone, ..Cell::new(word) },
        Cell::new(kind).with(claim),
        Cell::new(note),
    ])
}

/// What was measured, with its range when it has one.
fn found_value(measured: Option<Spread>, unit: UnitName) -> Cell {
    let Some(measured) = measured else { return Cell::new(figure::NONE) };
    let middle = Cell::new(figure::value(measured.p50, unit));
    if measured.is_point() { middle } else { middle.with(figure::spread(measured, unit)) }
}

/// A quantile of response times; `few` where the samples are too few for an interval, `≥` where waits were given up.
pub(super) fn quantile(latency: &Latency, q: f64) -> Cell {
    let Some(quantile) = known(latency, q) else { return unknown(latency) };
    let at_least = if quantile.censored { "≥ " } else { "" };
    let few = if quantile.interval_s.is_none() { "few" } else { "" };
    Cell::new(format!("{at_least}{}", figure::time(quantile.value_s))).with(few)
}

/// A quantile of response times with its interval.
pub(super) fn with_interval(latency: &Latency, q: f64) -> Cell {
    let cell = quantile(latency, q);
    match known(latency, q).and_then(|quantile| quantile.interval_s) {
        Some((low, high)) => cell.with(interval(low, high)),
        None => cell,
    }
}

/// A quantile of times that never carry an interval.
fn plain(latency: &Latency, q: f64) -> Cell {
    known(latency, q).map_or_else(|| unknown(latency), |quantile| Cell::new(figure::time(quantile.value_s)))
}

/// The quantile, if any sample lies beyond it.
fn known(latency: &Latency, q: f64) -> Option<&Quantile> {
    let beyond = float(latency.count) * (1.0 - q);
    latency.quantile(q).filter(|_| beyond >= 1.0 - 1e-9)
}

fn unknown(latency: &Latency) -> Cell {
    Cell::new(if latency.count == 0 { figure::NONE } else { "few" })
}

/// `[6.4, 8.3 ms]`: both ends in the unit of the upper one.
fn interval(low: f64, high: f64) -> String {
    let upper = figure::time(high);
    let Some((_, unit)) = upper.split_once(' ') else { return format!("[{}, {upper}]", figure::time(low)) };
    let per_second = match unit {
        "ns" => 1e9,
        "µs" => 1e6,
        "ms" => 1e3,
        "s" => 1.0,
        _ => return format!("[{}, {upper}]", figure::time(low)),
    };
    let lower = show::digits(low * per_second);
    format!("[{lower}, {upper}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latency(count: u64, interval_s: Option<(f64, f64)>, censored: bool) -> Latency {
        let quantile = Quantile { q: 0.99, value_s: 0.0072, interval_s, censored };
        Latency { count, mean_s: 0.001, max_s: 0.01, quantiles: vec![quantile] }
    }

    #[test]
    fn a_quantile_says_how_far_it_can_be_believed() {
        let range = Some((0.0064, 0.0083));
        for (latency, text, detail) in [
            (latency(10_000, range, false), "7.2 ms", "[6.4, 8.3 ms]"),
            (latency(10_000, range, true), "≥ 7.2 ms", "[6.4, 8.3 ms]"),
            (latency(200, None, false), "7.2 ms", "few"),
            // 100 × 1 % is one request beyond the quantile; 99 is none.
            (latency(100, None, false), "7.2 ms", "few"),
            (latency(99, None, false), "few", ""),
            (Latency::default(), "–", ""),
        ] {
            assert_eq!(with_interval(&latency, 0.99), Cell::new(text).with(detail));
        }
    }

    #[test]
    fn an_interval_has_one_unit() {
        assert_eq!(interval(0.0004, 0.0083), "[0.4, 8.3 ms]");
        assert_eq!(interval(0.9, 1.5), "[0.9, 1.5 s]");
        assert_eq!(interval(30.0, 90.0), "[30 s, 1.5 min]");
        assert_eq!(interval(0.5, f64::INFINITY), "[500 ms, –]");
    }
}
