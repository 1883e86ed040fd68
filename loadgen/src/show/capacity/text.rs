//! A capacity for a terminal: the answer first, what the limit is, then every level.

use std::fmt::Write;

use scenarios::capacity::{Capacity, Level};
use scenarios::conventions::Conventions;
use scenarios::report::Honesty;
use scenarios::show;

use super::super::columns::Align::{Left, Right};
use super::super::columns::{columns, fitted};
use super::super::verdict::found;
use super::{answer, foreseen, in_actions, kept, limit, pace, rate, symbol, whom};

/// Columns of a terminal that are used.
const WIDTH: usize = 100;

/// Everything.
pub(crate) fn page(capacity: &Capacity) -> String {
    let mut text = format!("{} {}: {}\n", symbol(capacity.outcome), capacity.scenario, answer(capacity));
    for line in in_actions(capacity).into_iter().chain(capacity.notes.iter().cloned()) {
        let _ = writeln!(text, "  {line}");
    }
    if let Some((resource, evidence)) = limit(capacity) {
        let _ = writeln!(text, "  limit: {resource}");
        for line in evidence {
            let _ = writeln!(text, "    {line}");
        }
    }
    let _ = writeln!(text, "\n  {}\n", whom(capacity));
    text += &levels(&capacity.levels);
    text += &said_before(capacity);
    text += &predictions(capacity);
    let facts = &capacity.provenance;
    let _ = writeln!(
        text,
        "\n  {} · scenario {} · {} · {}",
        facts.command, facts.scenario_hash, facts.version, facts.machine
    );
    let lines: Vec<String> = text.lines().flat_map(|line| fitted(line, WIDTH)).collect();
    lines.join("\n") + "\n"
}

fn levels(levels: &[Level]) -> String {
    let head = ["offered", "s", "done/s", "p50", "p99", "kept [95 %]", "cores", "verdict"]
        .map(str::to_owned)
        .to_vec();
    let rows = levels.iter().map(|level| {
        let word = match level.honesty {
            Honesty::GeneratorLimited => "generator limited".to_owned(),
            _ if level.connections.is_some() => "–".to_owned(),
            _ => level.verdict.word().to_owned(),
        };
        vec![
            pace(level),
            show::digits((level.measured_s * 10.0).round() / 10.0),
            rate(level.done_per_s),
            show::seconds(level.p50_s),
            show::seconds(level.p99_s),
            kept(level),
            level.server_cores.map_or("–".to_owned(), |cores| format!("{cores:.2}")),
            word,
        ]
    });
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
    columns(&rows, &[Left, Right, Right, Right, Right, Right, Right, Left])
}

fn said_before(capacity: &Capacity) -> String {
    if capacity.law.is_none() && capacity.predicted.is_empty() {
        return String::new();
    }
    let mut text = String::from("\n");
    if let Some(law) = &capacity.law {
        let fitted = |fitted: &scenarios::capacity::Fitted| {
            let interval = fitted
                .interval
                .map_or(String::new(), |(low, high)| format!(" [{}, {}]", small(low), small(high)));
            format!("{}{interval}", small(fitted.value))
        };
        let _ = writeln!(
            text,
            "  law: λ {}, σ {}, κ {} by {} levels up to a concurrency of {}",
            fitted(&law.lambda),
            fitted(&law.sigma),
            fitted(&law.kappa),
            law.levels,
            show::digits(law.largest_n.round())
        );
    }
    let rows: Vec<Vec<String>> = (capacity.predicted.iter())
        .map(|one| {
            let (said, came) = foreseen(one);
            vec![one.what.clone(), said, came, one.from.clone()]
        })
        .collect();
    if !rows.is_empty() {
        let head = ["said before it was tried", "said", "came", "from"].map(str::to_owned).to_vec();
        let rows: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
        text += &columns(&rows, &[Left, Right, Right, Left]);
    }
    text
}

fn predictions(capacity: &Capacity) -> String {
    if capacity.predictions.is_empty() {
        return String::new();
    }
    let conventions = Conventions::default();
    let rows: Vec<Vec<String>> = (capacity.predictions.iter())
        .map(|one| {
            vec![
                one.quantity.clone(),
                show::spread(one.predicted, one.unit, &conventions),
                one.measured.map_or("–".to_owned(), |spread| show::spread(spread, one.unit, &conventions)),
                found(one.finding).1,
                one.note.clone(),
            ]
        })
        .collect();
    format!("\n  estimate against measurement\n{}", columns(&rows, &[Left, Right, Right, Left, Left]))
}

/// A coefficient.
fn small(value: f64) -> String {
    if value == 0.0 {
        "0".to_owned()
    } else if value.abs() < 0.001 {
        format!("{value:.1e}")
    } else {
        show::digits((value * 1_000.0).round() / 1_000.0)
    }
}
