//! The tables of a plan, for text and for Markdown.

use scenarios::capacity::{Foreseen, Level};
use scenarios::estimate::{Quantity, UnitName};
use scenarios::plan::{BillLine, Moment, Plan};
use scenarios::show;

use super::words::{kind_of, money, times, value};
use crate::show::page::kind_name;
use crate::show::table::Table;

fn owned(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

/// The servers of each day.
pub(super) fn fleet(plan: &Plan) -> Table {
    let heads = owned(&["day", "servers", "of these spare", "peak requests", "load", "decided by"]);
    let rows = plan.moments.iter().map(|moment| {
        let Moment { day, growth, peak_requests, servers, spares, decides, .. } = moment;
        vec![
            day.clone(),
            value(plan, *servers, UnitName::One),
            value(plan, *spares, UnitName::One),
            value(plan, *peak_requests, UnitName::PerSecond),
            format!("× {}", value(plan, *growth, UnitName::One)),
            decides.clone(),
        ]
    });
    Table { heads, rows: rows.collect(), words: vec![5] }
}

/// The data of each day, and the bill.
pub(super) fn data_and_cost(plan: &Plan) -> Table {
    let heads = owned(&["day", "cost a month", "rows", "database machines", "replicas of each"]);
    let rows = plan.moments.iter().map(|moment| {
        let Moment { day, database_bytes, database_nodes, replicas, cost, .. } = moment;
        let machines = if database_bytes.is_some() && database_nodes.p90 <= 0.0 {
            "on the server".to_owned()
        } else {
            value(plan, *database_nodes, UnitName::One)
        };
        vec![
            day.clone(),
            money(plan, *cost),
            database_bytes.map_or("–".to_owned(), |bytes| value(plan, bytes, UnitName::Bytes)),
            machines,
            value(plan, *replicas, UnitName::One),
        ]
    });
    Table { heads, rows: rows.collect(), words: vec![] }
}

/// When what there is today runs out.
pub(super) fn runs_out(plan: &Plan) -> Table {
    let rows = plan.runs_out.iter().map(|resource| {
        let day = |index: usize| resource.days[index].clone().unwrap_or_else(|| "–".to_owned());
        vec![resource.resource.clone(), resource.has.clone(), day(0), day(1), day(2)]
    });
    Table {
        heads: owned(&["runs out", "there is", "p10", "p50", "p90"]),
        rows: rows.collect(),
        words: vec![1],
    }
}

/// What was measured in the place of what.
pub(super) fn replaced(plan: &Plan) -> Table {
    let rows = plan.replaced.iter().map(|replaced| {
        vec![
            replaced.quantity.clone(),
            format!("{} {}", kind_of(replaced.kind), value(plan, replaced.was, replaced.unit)),
            value(plan, replaced.measured, replaced.unit),
            times(replaced),
        ]
    });
    Table {
        heads: owned(&["in the estimate", "it was", "measured", "which is"]),
        rows: rows.collect(),
        words: vec![1, 2, 3],
    }
}

/// From the capacity to the bill of the last day.
pub(super) fn working(plan: &Plan) -> Table {
    let rows = plan.working.iter().map(|line| {
        vec![
            line.name.clone(),
            value(plan, line.value, line.unit),
            how(line),
            kind_name(line.kind).to_owned(),
        ]
    });
    Table { heads: owned(&["last day", "value", "how", "kind"]), rows: rows.collect(), words: vec![2, 3] }
}

/// A formula with its numbers; the source of what has none.
pub(super) fn how(line: &Quantity) -> String {
    if line.working.is_empty() || line.formula.is_empty() {
        line.source.clone()
    } else {
        format!("{} = {}", line.formula, line.working)
    }
}

/// What a month costs by line.
pub(super) fn bill(plan: &Plan) -> Table {
    let rows = plan
        .bill
        .iter()
        .map(|BillLine { name, now, then }| vec![name.clone(), money(plan, *now), money(plan, *then)]);
    let heads = vec!["a month".to_owned(), plan.from.clone(), plan.until.clone()];
    Table { heads, rows: rows.collect(), words: vec![] }
}

/// Every level that was tried, by rising rate.
pub(super) fn levels(plan: &Plan) -> Table {
    let mut levels: Vec<&Level> = plan.basis.levels.iter().collect();
    levels.sort_by(|one, other| offered(one).total_cmp(&offered(other)));
    let rows = levels.into_iter().map(|level| {
        let per_s = |rate| show::value(rate, UnitName::PerSecond, &plan.conventions);
        let (share, interval) = match &level.attained {
            Some(attained) => {
                let (low, high) = attained.interval;
                let interval = show::between(&show::share(low), &show::share(high));
                (show::share(attained.share), format!("[{interval}]"))
            }
            None => ("–".to_owned(), String::new()),
        };
        vec![
            level.offered_per_s.map_or_else(|| connections(level), per_s),
            per_s(level.done_per_s),
            share,
            interval,
            show::seconds(level.p99_s),
            level.server_cores.map_or("–".to_owned(), show::digits),
            level.verdict.word().to_owned(),
            level.honesty.word().to_owned(),
        ]
    });
    Table {
        heads: owned(&["offered", "done", "kept", "[95 %]", "p99", "cores", "promise", "generator"]),
        rows: rows.collect(),
        words: vec![6, 7],
    }
}

fn connections(level: &Level) -> String {
    level.connections.map_or("–".to_owned(), |number| {
        format!("{number} connection{}", if number == 1 { "" } else { "s" })
    })
}

/// The rate that a level offered; of connections, what they did.
pub(super) fn offered(level: &Level) -> f64 {
    level.offered_per_s.unwrap_or(level.done_per_s)
}

/// What had been said before it was tried.
pub(super) fn predicted(plan: &Plan) -> Table {
    let rows = plan.basis.predicted.iter().map(|Foreseen { what, unit, predicted, measured, from }| {
        vec![
            what.clone(),
            value(plan, *predicted, *unit),
            measured.map_or("not tried".to_owned(), |measured| value(plan, measured, *unit)),
            from.clone(),
        ]
    });
    Table {
        heads: owned(&["said before", "predicted", "measured", "from"]),
        rows: rows.collect(),
        words: vec![1, 2, 3],
    }
}
