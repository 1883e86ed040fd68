//! The plan as one page that needs no network and no script, for a screen, a phone and paper.
//!
//! The answer comes first, then the tables of servers and cost, what to know, the pictures, every other number, and how it was
//! computed. The template escapes every text; the page's own policy forbids scripts.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, HtmlEscape, UndefinedBehavior};
use scenarios::estimate::ClaimCheck;
use scenarios::plan::Plan;
use scenarios::show;
use scenarios::verdict::Finding;
use serde::Serialize;

use super::tables;
use super::words::{answer, capital, finding, first_to_run_out, ran_out, rests_on};
use crate::show::chart::{self, Chart};
use crate::show::html::STYLE;
use crate::show::table::Table;

/// The pictures look as those of an estimate.
const CHART_STYLE: &str = include_str!("../../../templates/estimate.css");
const OWN_STYLE: &str = include_str!("../../../templates/plan.css");
const TEMPLATE: &str = include_str!("../../../templates/plan.html");

/// What the template sees.
#[derive(Debug, Serialize)]
struct Page<'a> {
    style: String,
    scenario: &'a str,
    about: &'a str,
    span: String,
    tone: &'static str,
    answer: String,
    runs_out: String,
    rests_on: String,
    claims: Vec<Claim<'a>>,
    first: Vec<Grid>,
    notes: &'a [String],
    charts: Vec<Chart>,
    rest: Vec<Grid>,
    facts: Vec<Fact>,
}

/// A claim of the file and what became of it.
#[derive(Debug, Serialize)]
struct Claim<'a> {
    word: &'static str,
    tone: &'static str,
    name: &'a str,
    figures: String,
}

/// A table of cells; which columns are words.
#[derive(Debug, Serialize)]
struct Grid {
    title: &'static str,
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
    words: Vec<bool>,
}

#[derive(Debug, Serialize)]
struct Fact {
    name: &'static str,
    value: String,
}

/// The plan as one HTML file.
#[must_use]
pub fn html(plan: &Plan) -> String {
    let page = Page {
        style: format!("{STYLE}{CHART_STYLE}{OWN_STYLE}"),
        scenario: &plan.scenario,
        about: &plan.about,
        span: format!("{} to {}", plan.from, plan.until),
        tone: finding(plan).map_or("plain", tone),
        answer: headline(&answer(plan)),
        runs_out: headline(&first_to_run_out(plan)),
        rests_on: rests_on(plan),
        claims: plan.claims.iter().map(|claim| claimed(plan, claim)).collect(),
        first: grids([
            ("Servers", tables::fleet(plan)),
            ("Database and cost", tables::data_and_cost(plan)),
            ("When what there is on the first day runs out", tables::runs_out(plan)),
        ]),
        notes: &plan.notes,
        charts: chart::plan_charts(plan),
        rest: grids([
            ("Measured in the place of a guess", tables::replaced(plan)),
            ("What a month costs", tables::bill(plan)),
            ("How the last day is computed", tables::working(plan)),
            ("The levels that were tried", tables::levels(plan)),
            ("Said before it was tried", tables::predicted(plan)),
        ]),
        facts: facts(plan),
    };
    render(&page).unwrap_or_else(|error| broken(&error))
}

fn tone(finding: Finding) -> &'static str {
    match finding {
        Finding::Confirmed => "good",
        Finding::Refuted => "bad",
        Finding::CannotTell => "unknown",
    }
}

fn claimed<'a>(plan: &Plan, claim: &'a ClaimCheck) -> Claim<'a> {
    let found = claim
        .estimated
        .map_or("–".to_owned(), |spread| show::spread(spread, claim.unit, &plan.conventions));
    Claim {
        word: claim.verdict.word(),
        tone: tone(claim.verdict),
        name: &claim.quantity,
        figures: format!("claimed {}, by the measurement {found}", claim.claimed),
    }
}

/// Those that have rows.
fn grids<const N: usize>(tables: [(&'static str, Table); N]) -> Vec<Grid> {
    let grid = |(title, table): (&'static str, Table)| {
        let words =
            (0..table.heads.len()).map(|column| column == 0 || table.words.contains(&column)).collect();
        Grid { title, heads: table.heads, rows: table.rows, words }
    };
    tables.into_iter().filter(|(_, table)| !table.rows.is_empty()).map(grid).collect()
}

fn facts(plan: &Plan) -> Vec<Fact> {
    let limit = ran_out(plan).map(|value| Fact { name: "Its limit", value });
    let fact = |name, value| Fact { name, value };
    let mut facts = vec![fact("One node", format!("{} = {}", plan.basis.formula, plan.basis.working))];
    facts.extend(limit);
    facts.extend([
        fact("Measured", format!("{} on {}; {}", plan.basis.day, plan.basis.machine, plan.basis.target)),
        fact("Promises", plan.basis.promises.join(", ")),
        fact("Conventions", plan.conventions.to_string()),
        fact(
            "Ranges",
            format!(
                "p50 (p10..p90) of {} samples, seed {}; below p10 and above p90 lies one sample in ten each",
                plan.samples, plan.seed
            ),
        ),
        fact("Version", format!("estimator {}", env!("CARGO_PKG_VERSION"))),
    ]);
    facts
}

/// The beginning of a page: days are not parted at the end of a line.
fn headline(text: &str) -> String {
    const HYPHEN: &str = "\u{2011}";
    capital(text).replace('-', HYPHEN)
}

fn render(page: &Page<'_>) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    // A name that the template misspells is an error in the tests, not a gap on the page.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_template("plan.html", TEMPLATE)?;
    environment.get_template("plan.html")?.render(Serde(page))
}

/// In place of a page that could not be laid out: the figures are not lost.
fn broken(error: &minijinja::Error) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Plan</title>\n\
         <p>This page could not be laid out: {}.</p>\n<p>hint: every figure is in --format json.</p>\n",
        HtmlEscape(&error.to_string())
    )
}
