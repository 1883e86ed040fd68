//! The report as a page: one file that needs no network and no script, for a screen, a phone and paper.
//!
//! The verdict comes first, then the pictures that explain it, then the figures, then how to repeat it. The page is
//! a function of the report alone and renders any report there can be. Names in a report are whatever somebody
//! wrote: the template escapes every text, and the page's own policy forbids scripts and addresses besides.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `table` | a table as data |
//! | `performance`, `time_parts`, `resources` | the tables of the page |
//! | `capacity` | the page of a capacity |
//! | `comparison` | the page of a comparison |
//! | `both` | arrivals at a rate beside users who wait |
//! | `folders` | what a merged report was made from |
//! | `phases` | the phases of a shaped load |
//! | `method` | how it was measured |

mod both;
pub(crate) mod capacity;
pub(crate) mod comparison;
mod folders;
mod method;
mod performance;
mod phases;
mod resources;
mod table;
mod time_parts;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, HtmlEscape, UndefinedBehavior};
use scenarios::report::Report;
use serde::Serialize;

use super::chart::{self, Chart};
use super::verdict::{self, Verdict};
use method::Method;
use table::Table;

/// How every table is laid out; in front of a page's own template.
const GRID: &str = include_str!("../../templates/grid.html");
const TEMPLATE: &str = include_str!("../../templates/report.html");
/// The look that all pages share.
const STYLE: &str = estimator::show::html::STYLE;
/// The look of what only this page has.
const OWN_STYLE: &str = include_str!("../../templates/report.css");

/// What the template sees.
#[derive(Debug, Serialize)]
struct Page<'a> {
    scenario: &'a str,
    style: String,
    verdict: Verdict,
    charts: Vec<Picture>,
    tables: Vec<Table>,
    method: Method,
    notes: &'a [String],
}

/// A chart as the template sees it.
#[derive(Debug, Serialize)]
struct Picture {
    title: String,
    note: String,
    svg: Option<String>,
}

/// The whole report as one HTML file.
pub(crate) fn page(report: &Report) -> String {
    // Taken apart, so that a field that is added and not shown here does not compile.
    let Report {
        schema: _,
        scenario,
        offered,
        target,
        provenance,
        actions,
        all,
        generator,
        server,
        slo,
        predictions,
        seconds: _,
        spectrum: _,
        notes,
        set_aside,
        both,
        over_time: _,
        merged,
        phases,
    } = report;
    let picture = |Chart { title, note, svg }| Picture { title, note, svg };
    let tables = [
        merged.as_ref().map(folders::folders),
        Some(performance::actions(actions, all, offered.askers().is_none())),
        Some(performance::service(actions, all)),
        time_parts::time_parts(actions, all),
        time_parts::server_timing(actions),
        phases::phases(phases, offered),
        performance::promises(slo),
        both.as_ref().map(|both| both::both(all, both)),
        performance::predictions(predictions),
        Some(resources::cost(all, server.as_ref(), generator)),
        Some(resources::generator(generator)),
        target.seeded.as_ref().and_then(resources::storage),
    ];
    let page = Page {
        scenario,
        style: format!("{STYLE}{OWN_STYLE}"),
        verdict: verdict::verdict(report),
        charts: chart::charts(report).into_iter().map(picture).collect(),
        tables: tables.into_iter().flatten().collect(),
        method: method::method(offered, set_aside.as_ref(), target, provenance, generator),
        notes,
    };
    render(TEMPLATE, &page).unwrap_or_else(|error| broken(&error, "report.json"))
}

fn render(template: &str, page: &impl Serialize) -> Result<String, minijinja::Error> {
    let source = format!("{GRID}{template}");
    let mut environment = Environment::new();
    // Lines that hold only a command of the template leave no empty line on the page.
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    // A name that the template misspells is an error in the tests, not a gap on the page.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_template("page.html", &source)?;
    environment.get_template("page.html")?.render(Serde(page))
}

/// In place of a page that could not be laid out: the figures are not lost.
fn broken(error: &minijinja::Error, file: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Report</title>\n\
         <p>This page could not be laid out: {}.</p>\n<p>hint: every figure is in {file} beside it.</p>\n",
        HtmlEscape(&error.to_string())
    )
}

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
