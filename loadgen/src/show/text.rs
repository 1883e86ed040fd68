//! The report for a terminal: the answer first, one screen, every number with its unit.

mod cost;

use std::fmt::Write;

use scenarios::conventions::Conventions;
use scenarios::estimate::{Kind, Spread, UnitName};
use scenarios::report::{
    ActionReport, Honesty, Latency, Merged, Offered, Prediction, Provenance, Quantile, Report, SetAside,
    SloOutcome,
};
use scenarios::show;

mod circumstances;

use circumstances::{ended_by_itself, spoken};

use super::chart::shortened;
use super::columns::Align::{self, Left, Right};
use super::columns::{columns, fitted};
use super::verdict::{attained, found, verdict};

/// Columns of a terminal that are used; what is longer goes on below.
const WIDTH: usize = 100;
/// Letters of a name in a table; the page has it in full.
const NAME_MAX: usize = 24;

/// The whole report as plain text, the answer first. `colour` adds colour: meaning never depends on it.
pub(crate) fn page(report: &Report) -> String {
    let mut lines = answer(report);
    lines.extend(opening(report));
    lines.push(String::new());
    lines.extend(measured(report));
    lines.extend(report.merged.as_ref().map(folder_table));
    let counts = if report.offered.users.is_some() { "users" } else { "requests/s" };
    lines.extend(super::phases::section(&report.phases, counts));
    lines.push(slo_table(&report.slo, report));
    lines.extend(report.both.iter().flat_map(|both| super::both::section(&report.all, both)));
    if !report.predictions.is_empty() {
        lines.push("  estimate against measurement".to_owned());
        lines.push(prediction_table(&report.predictions));
    }
    lines.extend(report.notes.iter().map(|note| format!("  note: {note}")));
    let Provenance { scenario_hash, version, machine, started_unix_s: _, command: _ } = &report.provenance;
    let Offered { seed, schedule, .. } = &report.offered;
    lines.push(format!(
        "  seed {seed} · schedule {} · scenario {scenario_hash} · {version} · {machine}",
        or_dash(schedule)
    ));
    let lines: Vec<&str> =
        lines.iter().flat_map(|lines| lines.trim_end_matches(['\n', ' ']).split('\n')).collect();
    lines.into_iter().flat_map(|line| fitted(line, WIDTH)).collect::<Vec<_>>().join("\n") + "\n"
}

/// What the exit code says, in words, and why.
fn answer(report: &Report) -> Vec<String> {
    let verdict = verdict(report);
    // A number and its unit are one word on a page, which a terminal does not know.
    let summary = verdict.summary.replace('\u{a0}', " ");
    vec![
        format!("{} {} · {summary}", verdict.symbol, verdict.answer),
        format!("  {}", verdict.because),
        String::new(),
    ]
}

/// What was offered, to whom, and by which rules.
fn opening(report: &Report) -> Vec<String> {
    let Report { scenario, offered, target, .. } = report;
    let mut lines =
        vec![format!("{scenario} · {}", headline(offered)), format!("  {} · {}", target.what, offered.rule)];
    lines.extend(target.tls.as_ref().map(spoken));
    if let Some(seeded) = &target.seeded {
        lines.push(format!(
            "  {} questions seeded of the scenario's {}: {}",
            show::count(seeded.questions as f64),
            show::count(seeded.scenario_questions),
            seeded.rule
        ));
    }
    lines.extend(offered.aborted.as_ref().map(ended_by_itself));
    if offered.cut_short {
        lines.push("  CUT SHORT: what follows was measured until then".to_owned());
    }
    lines
}

/// The actions and what they cost.
fn measured(report: &Report) -> Vec<String> {
    let Report { actions, all, generator, seconds, set_aside, .. } = report;
    let p99 =
        |latency: &Latency| latency.quantile(0.99).map_or("–".to_owned(), |p99| show::seconds(p99.value_s));
    let service = format!("service alone: p99 {}", p99(&all.service));
    let lag = format!("generator lag p99 {}", p99(&generator.lag));
    let table = action_table(actions, all);
    let few = table.contains(FEW).then(|| format!("  {FEW} too few samples for an interval"));
    let mut lines = vec![table, format!("  response counts from the due time; {service}; {lag}")];
    lines.extend(few);
    lines.extend(set_aside.iter().flat_map(left_out));
    for action in actions {
        lines.extend(
            action.errors.iter().map(|error| format!("  {}: {} × {}", action.name, error.count, error.kind)),
        );
    }
    lines.push(String::new());
    let p99s: Vec<f64> = seconds.iter().map(|second| second.p99_s).filter(|p99| *p99 > 0.0).collect();
    if let Some(spark) = super::spark::line(&p99s) {
        let low = p99s.iter().copied().fold(f64::INFINITY, f64::min);
        let high = p99s.iter().copied().fold(0.0, f64::max);
        let span = format!("{} to {}", show::seconds(low), show::seconds(high));
        lines.push(format!("  latency over time   {spark}   p99 per second, {span}"));
    }
    lines.extend(cost::lines(report));
    lines.push(String::new());
    lines
}

/// What does not count, and what the figures would be if it did.
fn left_out(set_aside: &SetAside) -> [String; 2] {
    let SetAside { seconds, of_s, asked_s: _, at_s: _, stolen_share, requests: _, response_p99_s, lag_p99_s } =
        set_aside;
    let lag = lag_p99_s.map_or(String::new(), |lag| format!(", generator lag p99 {}", show::seconds(lag)));
    [
        format!(
            "  {} of {} s set aside: the host of this machine took its processors away ({} in them)",
            show::digits(*seconds),
            show::digits(*of_s),
            show::share(*stolen_share)
        ),
        format!("  with every second counted: p99 {}{lag}", show::seconds(*response_p99_s)),
    ]
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "–" } else { text }
}

fn headline(offered: &Offered) -> String {
    let Offered {
        model, arrivals, actions_per_s, requests_per_s, users, think_s, measured_s, warmup_s, ..
    } = offered;
    let time = format!("for {} after {} of warm-up", show::seconds(*measured_s), show::seconds(*warmup_s));
    match (actions_per_s, users) {
        (Some(actions), _) => {
            let requests = requests_per_s.unwrap_or(*actions);
            format!(
                "{model} model, {arrivals}, {} actions/s = {} requests/s {time}",
                show::digits(*actions),
                show::digits(requests)
            )
        }
        (None, Some(users)) => {
            format!(
                "closed model, {users} users who pause {} on average{}, {time}",
                show::seconds(think_s.unwrap_or(0.0)),
                by_which_law(arrivals)
            )
        }
        (None, None) => match offered.connections {
            Some(count) => {
                format!("{model} model, {count} of them, each asking again as soon as it is answered, {time}")
            }
            None => format!("{model} model {time}"),
        },
    }
}

/// How users' pauses are spread, where the report says it.
fn by_which_law(arrivals: &str) -> String {
    let law = arrivals.strip_prefix("think time").unwrap_or_default().trim();
    if law.is_empty() { String::new() } else { format!(" ({law})") }
}

fn action_table(actions: &[ActionReport], all: &ActionReport) -> String {
    let mut rows = vec![
        ["action", "asked/s", "done/s", "errors", "p50", "p90", "p99 [95 %]", "p99.9"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for action in actions.iter().chain([all]) {
        let quantile = |q: f64, with_interval: bool| match action.response.quantile(q) {
            Some(quantile) => shown(quantile, action.response.count, with_interval),
            None => "–".to_owned(),
        };
        rows.push(vec![
            shortened(&action.name, NAME_MAX).into_owned(),
            format!("{:.1}", action.asked_per_s),
            format!("{:.1}", action.done_per_s),
            action.failed().to_string(),
            quantile(0.5, false),
            quantile(0.9, false),
            quantile(0.99, true),
            quantile(0.999, false),
        ]);
    }
    columns(&rows, &[Left, Right, Right, Right, Right, Right, Left, Right])
}

/// What each folder measured on its own.
fn folder_table(merged: &Merged) -> String {
    let mut rows =
        vec![["folder", "asked/s", "done/s", "errors", "p99", "generator"].map(str::to_owned).to_vec()];
    rows.extend(merged.folders.iter().zip(1..).map(|(folder, number)| {
        vec![
            format!("{number}  {}", folder.name),
            format!("{:.1}", folder.asked_per_s),
            format!("{:.1}", folder.done_per_s),
            folder.failed.to_string(),
            folder.p99.map_or("–".to_owned(), |p99| show::seconds(p99.value_s)),
            folder.verdict.word().to_owned(),
        ]
    }));
    columns(&rows, &[Left, Right, Right, Right, Right, Left])
}

/// Behind a figure whose samples are too few for an interval.
const FEW: char = '~';

/// A quantile; `~` where the samples are too few for an interval, `few` where they are too few to say anything, `≥` where
/// waits were given up.
pub(super) fn shown(quantile: &Quantile, count: u64, with_interval: bool) -> String {
    let Quantile { q, value_s, interval_s, censored } = quantile;
    // With fewer samples than this, nothing lies beyond the quantile.
    if (count as f64) * (1.0 - q) < 1.0 {
        return "few".to_owned();
    }
    let at_least = if *censored { "≥ " } else { "" };
    let value = format!("{at_least}{}", show::seconds(*value_s));
    match interval_s {
        Some((low, high)) if with_interval => format!("{value} {}", interval(*low, *high)),
        None => format!("{value} {FEW}"),
        _ => value,
    }
}

/// `[6.4, 8.3]` in the unit of the upper end.
fn interval(low: f64, high: f64) -> String {
    let text = show::seconds(high);
    let (_, unit) = text.split_once(' ').unwrap_or(("", "s"));
    let in_unit = match unit {
        "ns" => 1e9,
        "µs" => 1e6,
        "ms" => 1e3,
        "min" => 1.0 / 60.0,
        "h" => 1.0 / 3_600.0,
        _ => 1.0,
    };
    format!("[{}, {} {unit}]", show::digits(low * in_unit), show::digits(high * in_unit))
}

fn slo_table(slo: &[SloOutcome], report: &Report) -> String {
    let mut rows: Vec<Vec<String>> = slo
        .iter()
        .enumerate()
        .map(|(index, outcome)| {
            let figures = match (outcome.attained_share, outcome.interval) {
                (Some(share), Some((low, high))) => format!(
                    "{} [{}, {}] of {}",
                    show::share(share),
                    show::share(low),
                    show::share(high),
                    scenarios::conventions::grouped(outcome.scheduled as f64)
                ),
                _ if outcome.measurable => "none of it was scheduled".to_owned(),
                _ => "not measured by a run".to_owned(),
            };
            let label = if index == 0 { "SLO" } else { "" };
            vec![label.to_owned(), outcome.promise.clone(), attained(outcome.verdict).1, figures]
        })
        .collect();
    let generator = &report.generator;
    rows.push(vec![
        "generator".to_owned(),
        String::new(),
        format!(
            "{} {}",
            if generator.verdict == Honesty::Valid { "✓" } else { "?" },
            generator.verdict.word()
        ),
        String::new(),
    ]);
    let mut table = columns(&rows, &[Align::Left; 4]);
    for evidence in &generator.evidence {
        let _ = writeln!(table, "             {evidence}");
    }
    for remark in slo.iter().filter_map(in_bunches) {
        let _ = writeln!(table, "  {remark}");
    }
    table
}

/// What an interval allows for, where misses came in bunches.
fn in_bunches(outcome: &SloOutcome) -> Option<String> {
    let (worth, (low, high)) = outcome.worth.zip(outcome.independent)?;
    Some(format!(
        "{}: misses come in bunches: worth {} ([{}, {}] if each came by itself)",
        outcome.promise,
        show::count(worth),
        show::share(low),
        show::share(high)
    ))
}

fn prediction_table(predictions: &[Prediction]) -> String {
    let conventions = Conventions::default();
    let mut rows = vec![["", "predicted", "measured", "verdict", "kind", ""].map(str::to_owned).to_vec()];
    for prediction in predictions {
        let measured = prediction
            .measured
            .map_or("–".to_owned(), |spread| show::value(spread.p50, prediction.unit, &conventions));
        rows.push(vec![
            prediction.quantity.clone(),
            predicted(prediction.predicted, prediction.unit),
            measured,
            found(prediction.finding).1,
            if prediction.claimed { "expected" } else { kind(prediction.kind) }.to_owned(),
            prediction.note.clone(),
        ]);
    }
    columns(&rows, &[Left, Right, Right, Left, Left, Left])
}

fn predicted(spread: Spread, unit: UnitName) -> String {
    show::spread(spread, unit, &Conventions::default())
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Given => "given",
        Kind::Derived => "derived",
        Kind::Default => "default",
        Kind::Measured => "measured",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::html::sample;

    #[test]
    fn the_answer_comes_first_and_every_line_fits() {
        let mut named = sample::missed();
        named.actions[0].name = "read question ".repeat(5);
        named.notes = vec!["a note that goes on ".repeat(9)];
        let reports =
            [sample::met(), sample::missed(), sample::closed(), sample::empty(), sample::cut_short(), named];
        for report in reports {
            let text = page(&report);
            for line in text.lines() {
                assert!(line.chars().count() <= WIDTH, "{line}");
            }
        }
        let text = page(&sample::missed());
        assert!(
            text.starts_with(
                "✗ SLO missed · 412 requests/s asked, 390 done, p99 1.1 s, 666 errors (5.39 %)\n"
            )
        );
        assert!(text.contains("? cannot tell") && text.contains("✗ missed"), "{text}");
    }

    #[test]
    fn what_was_set_aside_is_said_with_what_it_would_have_been() {
        let text = page(&sample::disturbed());
        let said =
            "\n  3 of 33 s set aside: the host of this machine took its processors away (4.1 % in them)\n";
        assert!(text.contains(said), "{text}");
        assert!(
            text.contains("\n  with every second counted: p99 26.4 ms, generator lag p99 3.1 ms\n"),
            "{text}"
        );
        assert!(!page(&sample::met()).contains("set aside"));
    }

    #[test]
    fn misses_in_bunches_are_said_with_what_they_would_be_each_by_itself() {
        let mut report = sample::met();
        let outcome = &mut report.slo[0];
        (outcome.attained_share, outcome.scheduled) = (Some(0.975), 2_000);
        (outcome.interval, outcome.worth) = (Some((0.868, 0.999)), Some(40.0));
        outcome.independent = Some((0.967, 0.981));
        let text = page(&report);
        let said = "misses come in bunches: worth 40 ([96.7 %, 98.1 %] if each came by itself)";
        assert!(text.contains("97.5 % [86.8 %, 99.9 %] of 2,000\n"), "{text}");
        assert!(text.replace("\n      ", " ").contains(said), "{text}");
        assert!(!page(&sample::met()).contains("bunches"));
    }
}
