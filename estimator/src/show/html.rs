//! The estimate as one page that needs no network and no script, for a screen, a phone and paper.
//!
//! The answer comes first, then the advice, the pictures, every number with its formula, and how it was computed. Names are
//! whatever somebody wrote into a file: the template escapes every text, and the page's own policy forbids scripts.
//! The pictures are made in `chart`.

mod answer;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, HtmlEscape, UndefinedBehavior};
use scenarios::estimate::{Estimate, Quantity};
use serde::Serialize;

use super::chart::{self, Chart};
use super::page::{Row, calibrated, has_ranges, heading, is_total, quiet_defaults, row, sections};
use answer::{Claim, Key, Recommendation};

/// The look that all pages share.
pub const STYLE: &str = include_str!("../../templates/page.css");
const OWN_STYLE: &str = include_str!("../../templates/estimate.css");
const TEMPLATE: &str = include_str!("../../templates/estimate.html");

/// What the template sees.
#[derive(Debug, Serialize)]
struct Page<'a> {
    style: String,
    scenario: &'a str,
    about: &'a str,
    tone: &'static str,
    answer: String,
    /// Which numbers are measured ones; empty where none is.
    measured: String,
    claims: Vec<Claim<'a>>,
    keys: Vec<Key<'a>>,
    advice: Vec<Recommendation<'a>>,
    charts: Vec<Chart>,
    tables: Vec<Table<'a>>,
    facts: Vec<Fact>,
}

/// The numbers of a section.
#[derive(Debug, Serialize)]
struct Table<'a> {
    heading: &'a str,
    heads: &'static [&'static str],
    rows: Vec<TableRow<'a>>,
}

#[derive(Debug, Serialize)]
struct TableRow<'a> {
    name: &'a str,
    values: Vec<String>,
    formula: &'a str,
    working: String,
    kind: &'static str,
    source: &'a str,
    is_total: bool,
}

#[derive(Debug, Serialize)]
struct Fact {
    name: &'static str,
    value: String,
}

/// The estimate as one HTML file.
#[must_use]
pub fn html(estimate: &Estimate) -> String {
    let page = Page {
        style: format!("{STYLE}{OWN_STYLE}"),
        scenario: &estimate.scenario,
        about: &estimate.about,
        tone: answer::tone(estimate),
        answer: answer::answer(estimate),
        measured: calibrated(estimate).unwrap_or_default(),
        claims: answer::claims(estimate),
        keys: answer::keys(estimate),
        advice: answer::advice(estimate),
        charts: chart::charts(estimate),
        tables: tables(estimate),
        facts: facts(estimate),
    };
    render(&page).unwrap_or_else(|error| broken(&error))
}

fn tables(estimate: &Estimate) -> Vec<Table<'_>> {
    sections(estimate).into_iter().map(|(name, list)| table(estimate, name, &list)).collect()
}

/// One section; with three columns only where a number of it is a range.
fn table<'a>(estimate: &'a Estimate, name: &'a str, list: &[&'a Quantity]) -> Table<'a> {
    let rows = |wide| list.iter().map(|quantity| row(quantity, estimate, wide)).collect::<Vec<Row<'a>>>();
    let ranges = rows(true);
    let wide = ranges.iter().any(|row| row.values.first().is_some_and(|low| !low.is_empty()));
    let (heads, cells): (&[&str], _) =
        if wide { (&["p10", "p50", "p90"], ranges) } else { (&["value"], rows(false)) };
    let rows = list.iter().zip(cells).map(|(quantity, cells)| {
        let Row { name, values, working, kind, source } = cells;
        let values = values.into_iter().map(|value| value.replace(' ', "\u{a0}")).collect();
        // Where the number is shown in bits too, the sign before it is that of the formula.
        let working = working.trim_start_matches("= ").to_owned();
        TableRow { name, values, formula: &quantity.formula, working, kind, source, is_total: is_total(name) }
    });
    Table { heading: heading(name), heads, rows: rows.collect() }
}

fn facts(estimate: &Estimate) -> Vec<Fact> {
    let defaults = quiet_defaults(estimate);
    let mut facts = vec![Fact { name: "Conventions", value: estimate.conventions.to_string() }];
    if !defaults.is_empty() {
        facts.push(Fact { name: "Also by default", value: defaults.join(", ") });
    }
    if has_ranges(estimate) {
        let (samples, seed) = (estimate.samples, estimate.seed);
        let value = format!(
            "{samples} samples, seed {seed}; p10 and p90 are the values below and above which one sample in ten lies"
        );
        facts.push(Fact { name: "Ranges", value });
    }
    facts.push(Fact { name: "Version", value: format!("estimator {}", env!("CARGO_PKG_VERSION")) });
    facts
}

fn render(page: &Page<'_>) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    // Lines that hold only a command of the template leave no empty line on the page.
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    // A name that the template misspells is an error in the tests, not a gap on the page.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_template("estimate.html", TEMPLATE)?;
    environment.get_template("estimate.html")?.render(Serde(page))
}

/// In place of a page that could not be laid out: the figures are not lost.
fn broken(error: &minijinja::Error) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Estimate</title>\n\
         <p>This page could not be laid out: {}.</p>\n<p>hint: every figure is in --format json.</p>\n",
        HtmlEscape(&error.to_string())
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenarios::Scenario;
    use scenarios::shipped::SHIPPED;

    fn page(text: &str) -> String {
        let scenario = Scenario::from_yaml(text).unwrap();
        html(&crate::estimate(&scenario, "x.yaml", &crate::Options::default()).unwrap())
    }

    #[test]
    fn every_shipped_scenario_has_a_page_that_loads_nothing() {
        for shipped in SHIPPED {
            let page = page(shipped.text);
            assert!(page.contains("</html>") && !page.contains("could not be laid out"), "{page}");
            for address in ["http:", "https:", "<script", "url(", "<link rel=\"stylesheet"] {
                assert!(!page.contains(address), "{}: {address}", shipped.name);
            }
        }
    }

    #[test]
    fn the_answer_comes_first_and_claims_colour_it() {
        let text = "name: x\ndata:\n  song: { count: 100M, size: 5 MB }\nexpect:\n  storage: 1..2 TB\n";
        let page = page(text);
        // 100 M × 5 MB = 500 TB.
        assert!(
            page.contains("<header class=\"verdict bad\">") && page.contains("It takes 500\u{a0}TB kept"),
            "{page}"
        );
        assert!(page.contains("claimed 1..2 TB, estimated 500 TB"), "{page}");
    }

    #[test]
    fn nothing_of_a_file_is_markup() {
        let page = page("name: <i>x\ndata:\n  \"<script>a\": { count: 1..9, size: 1 KB }\n");
        assert!(!page.contains("<script>") && !page.contains("<i>"), "{page}");
        assert!(page.contains("&lt;script&gt;a"), "{page}");
    }
}
