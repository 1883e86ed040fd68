//! A comparison as a page: the answer first, what was predicted, then every metric with its interval, then how to repeat it.

use scenarios::comparison::{Against, Comparison, MetricCompared};
use scenarios::show;
use scenarios::verdict::{Compared, Finding};
use serde::Serialize;

use super::table::{Cell, Row, Table, numbers, words};
use super::{OWN_STYLE, STYLE, broken, render};
use crate::duet::change;
use crate::show::calendar;
use crate::show::comparison::{
    Job, Part, could_have_seen, figure, foretold, looks, method, picture, same, symbol, verdict,
};

const TEMPLATE: &str = include_str!("../../../templates/comparison.html");

/// What the template sees.
#[derive(Debug, Serialize)]
struct Page {
    title: String,
    style: String,
    tone: &'static str,
    symbol: &'static str,
    answer: String,
    parts: Vec<Section>,
}

/// One comparison, or why there is none.
#[derive(Debug, Serialize)]
struct Section {
    scenario: String,
    answer: String,
    because: String,
    started: String,
    tables: Vec<Table>,
    facts: Vec<(String, String)>,
    command: String,
    notes: Vec<String>,
}

/// The page of all comparisons of a command.
pub(crate) fn page(job: &Job) -> String {
    let parts: Vec<Section> = job.parts.iter().map(section).collect();
    let (tone, symbol, answer) = match &job.parts[..] {
        [part] => answer(part),
        parts => {
            let (symbol, word) = symbol(job.word);
            (tone(job.word), symbol, format!("{} scenarios: {word}", parts.len()))
        }
    };
    let scenarios: Vec<&str> = job.parts.iter().map(|part| part.scenario.as_str()).collect();
    let title = scenarios.join(", ");
    let page = Page { title, style: format!("{STYLE}{OWN_STYLE}"), tone, symbol, answer, parts };
    render(TEMPLATE, &page).unwrap_or_else(|error| broken(&error, "comparison.json"))
}

/// The page of one comparison, for its folder.
pub(crate) fn of_one(comparison: &Comparison) -> String {
    page(&Job::new(vec![Part::done(comparison.clone())]))
}

fn tone(word: Option<Compared>) -> &'static str {
    match word {
        Some(Compared::Improved | Compared::NoDifference) => "good",
        Some(Compared::Regressed) | None => "bad",
        Some(Compared::CannotTell) => "unknown",
    }
}

fn of_finding(finding: Finding) -> &'static str {
    match finding {
        Finding::Confirmed => "good",
        Finding::Refuted => "bad",
        Finding::CannotTell => "unknown",
    }
}

fn answer(part: &Part) -> (&'static str, &'static str, String) {
    let predicted = part.comparison.as_ref().and_then(|comparison| {
        let (symbol, answer) = foretold::answer(comparison)?;
        Some((of_finding(comparison.finding()?), symbol, answer))
    });
    predicted.unwrap_or_else(|| {
        let (symbol, word) = symbol(part.word());
        (tone(part.word()), symbol, word.to_owned())
    })
}

fn section(part: &Part) -> Section {
    let (_, symbol, said) = answer(part);
    let nothing = Section {
        scenario: part.scenario.clone(),
        answer: format!("{symbol} {said}"),
        because: String::new(),
        started: String::new(),
        tables: Vec::new(),
        facts: Vec::new(),
        command: String::new(),
        notes: part.error.iter().flat_map(|error| error.lines()).map(str::to_owned).collect(),
    };
    let Some(comparison) = &part.comparison else { return nothing };
    let mut facts: Vec<(String, String)> =
        comparison.variants.iter().map(|variant| (variant.label.clone(), variant.what.clone())).collect();
    let fixed = [
        ("Load", method(comparison)),
        ("Seed", comparison.seed.to_string()),
        ("Machine", comparison.machine.clone()),
        ("Version", comparison.version.clone()),
        ("Scenario", comparison.scenario_hash.clone()),
    ];
    facts.extend(fixed.map(|(name, value)| (name.to_owned(), value)));
    Section {
        because: comparison.because.clone().unwrap_or_default(),
        started: calendar::utc(comparison.started_unix_s),
        tables: comparison.against.iter().flat_map(tables).collect(),
        facts,
        command: comparison.command.clone(),
        notes: (0..comparison.against.len()).flat_map(|at| notes(comparison, at)).collect(),
        ..nothing
    }
}

fn tables(against: &Against) -> Vec<Table> {
    let tables = [predictions(against), Some(metrics(against)), counts(against)];
    tables.into_iter().flatten().collect()
}

fn predictions(against: &Against) -> Option<Table> {
    let rows = against.predictions.iter().zip(foretold::rows(against)).map(|(held, row)| {
        let [name, predicted, measured, verdict] = row;
        let verdict = Cell { tone: of_finding(held.finding), ..Cell::new(verdict) };
        Row::new(vec![Cell::new(name), Cell::new(predicted), Cell::new(measured), verdict])
    });
    let rows: Vec<Row> = rows.collect();
    (!rows.is_empty()).then(|| Table {
        id: "predictions",
        heading: "Predicted and measured",
        caption: "What the scenario says that b changes, and the measured change with its interval: within it is CONFIRMED, \
                  apart from it REFUTED, else CANNOT TELL."
            .to_owned(),
        columns: vec![words("What"), numbers("predicted"), numbers("measured"), words("verdict")],
        rows,
    })
}

fn metrics(against: &Against) -> Table {
    let row = |metric: &MetricCompared| {
        let value = |value: Option<f64>| value.map_or("–".to_owned(), |value| figure(&metric.name, value));
        let mark = if metric.primary { " *" } else { "" };
        // Where something was predicted, better and worse have no colour.
        let tone = if against.predictions.is_empty() { tone(Some(metric.word)) } else { "" };
        Row::new(vec![
            Cell::new(format!("{}{mark}", metric.name)),
            Cell::new(value(metric.baseline)),
            Cell::new(value(metric.candidate)),
            Cell::new(change(metric)),
            Cell::new(picture(metric)),
            Cell { tone, ..Cell::new(verdict(metric)) },
        ])
    };
    Table {
        id: "metrics",
        heading: "Metrics",
        caption: format!(
            "{} against a: {} pairs of blocks, {}. The line goes from three margins less to three margins more; * decides.",
            against.variant,
            against.pairs,
            looks(against)
        ),
        columns: vec![
            words("Metric"),
            numbers("a"),
            numbers("b"),
            numbers("change"),
            words("interval"),
            words("verdict"),
        ],
        rows: against.metrics.iter().chain(&against.actions).map(row).collect(),
    }
}

fn counts(against: &Against) -> Option<Table> {
    let mut rows: Vec<Row> = (against.counts.iter())
        .map(|count| {
            Row::new(vec![
                Cell::new(&count.name),
                Cell::new(show::digits(count.baseline)),
                Cell::new(show::digits(count.candidate)),
                Cell::new(same(count)),
            ])
        })
        .collect();
    let errors = against.errors;
    if errors.baseline > 0.0 || errors.candidate > 0.0 {
        rows.push(Row::new(vec![
            Cell::new("errors"),
            Cell::new(show::share(errors.baseline)),
            Cell::new(show::share(errors.candidate)),
            Cell::new(errors.word.word()),
        ]));
    }
    (!rows.is_empty()).then(|| Table {
        id: "counts",
        heading: "Counted",
        caption: "Counters for each request, histograms by their mean, errors as a share of all requests."
            .to_owned(),
        columns: vec![words("What"), numbers("a"), numbers("b"), words("")],
        rows,
    })
}

fn notes(comparison: &Comparison, at: usize) -> Vec<String> {
    let against = &comparison.against[at];
    let mut notes = vec![could_have_seen(comparison, at)];
    notes.extend(against.why.iter().cloned());
    notes.extend(against.dropped.iter().map(|(reason, times)| format!("{times} pairs left out: {reason}")));
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::comparison::sample;
    use crate::show::html::tests::misnested;

    #[test]
    fn a_page_says_what_was_predicted_first() {
        let html = page(&sample::job(sample::predicted()));
        assert_eq!(misnested(&html), None);
        assert!(
            html.contains("1 of 3 predictions refuted") && html.contains("extra work is &lt;work&gt;"),
            "{html}"
        );
        let (predicted, metrics) =
            (html.find("Predicted and measured").unwrap(), html.find("Metrics").unwrap());
        assert!(predicted < metrics);
        for words in ["✓ CONFIRMED", "✗ REFUTED", "? CANNOT TELL: not measured", "loadgen check forum"] {
            assert!(html.contains(words), "{words}: {html}");
        }
        assert!(!html.contains("ask <b>"), "names are no markup");
    }

    #[test]
    fn every_job_has_a_page() {
        let failed = |differ| Part::failed("x", "no <b>\n  hint: yes".to_owned(), differ);
        for job in [
            sample::job(sample::regressed()),
            Job::new(vec![failed(false)]),
            Job::new(vec![failed(true), Part::done(sample::predicted())]),
        ] {
            let html = page(&job);
            assert_eq!(misnested(&html), None, "{html}");
            assert_eq!(html.matches("<h1").count(), 1);
        }
    }
}
