//! A run against a stored one, for a terminal, for a pull request, and as test cases.

use std::fmt::Write;

use scenarios::show;
use scenarios::verdict::Compared;

use super::super::columns::Align::{Left, Right};
use super::super::columns::columns;
use super::super::junit::{Case, Ending};
use super::super::markdown::cell;
use super::{figure, symbol};
use crate::history::{Tripped, Tripwire};

/// What a reader of every form is told.
const CAVEAT: &str =
    "a stored run tells large steps alone; compare builds side by side with --a or --base to see 5 %";
const OTHER_MACHINE: &str =
    "the stored run is of another machine: the figures differ by more than the builds may";

/// For a terminal.
pub(super) fn text(scenario: &str, tripwire: &Tripwire) -> String {
    let Tripwire { revision, other_machine, word, why, rows } = tripwire;
    let (sign, said) = answer(*word);
    let why = why.map_or(String::new(), |why| format!(" ({why})"));
    let mut out = format!("{sign} {scenario}: {said}{why}   against the stored run {revision}\n");
    if *other_machine {
        let _ = writeln!(out, "  {OTHER_MACHINE}");
    }
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let tripped = if row.is_tripped() { "regressed".to_owned() } else { String::new() };
            cells(row).into_iter().chain([tripped]).collect()
        })
        .collect();
    out += &columns(&rows, &[Left, Right, Right, Right, Right, Left]);
    out + "  " + CAVEAT + "\n"
}

/// For a pull request.
pub(super) fn markdown(scenario: &str, tripwire: &Tripwire) -> String {
    let Tripwire { revision, other_machine, word, why, rows } = tripwire;
    let (sign, said) = answer(*word);
    let why = why.map_or(String::new(), |why| format!(" · {}", cell(why)));
    let mut out = format!("{sign} **{}: {said}**{why}\n\n", cell(scenario));
    let _ = writeln!(out, "| | stored ({}) | now | change | | |", cell(revision));
    let _ = writeln!(out, "| --- | ---: | ---: | ---: | --- | --- |");
    for row in rows {
        let tripped = if row.is_tripped() { "regressed" } else { "" };
        let _ = writeln!(out, "| {} | {tripped} |", cells(row).join(" | "));
    }
    out.push('\n');
    if *other_machine {
        let _ = writeln!(out, "{}.", cell(OTHER_MACHINE));
    }
    out + &cell(CAVEAT) + ".\n"
}

/// For a build server: each metric.
pub(super) fn cases(tripwire: &Tripwire) -> Vec<Case> {
    let Tripwire { revision, word, why, rows, .. } = tripwire;
    let case = |name: &str, ending, word: &str, figures| {
        Case::new("tripwire", name.to_owned(), ending, word, figures, 0.0)
    };
    if let Some(why) = why {
        return vec![case("comparison", Ending::Skipped, word.word(), (*why).to_owned())];
    }
    rows.iter()
        .map(|row| {
            let (ending, word) = if row.is_tripped() {
                (Ending::Failed, Compared::Regressed.word())
            } else {
                (Ending::Passed, NO_LARGE_STEP)
            };
            let [name, stored, now, change, limit] = cells(row);
            case(&name, ending, word, format!("{stored} at {revision}, {now} now: {change} ({limit})"))
        })
        .collect()
}

const NO_LARGE_STEP: &str = "no large step";

fn answer(word: Compared) -> (&'static str, &'static str) {
    match word {
        Compared::NoDifference => (symbol(Some(word)).0, NO_LARGE_STEP),
        _ => symbol(Some(word)),
    }
}

fn cells(row: &Tripped) -> [String; 5] {
    let title = row.metric.title();
    [
        title.to_owned(),
        figure(title, row.stored),
        figure(title, row.now),
        format!("{:+.0} %", row.change * 100.0),
        format!("limit {}", show::share(row.limit)),
    ]
}

#[cfg(test)]
mod tests {
    use scenarios::comparison::Metric;

    use super::super::{Job, Part, markdown as comment, sample, test_cases, text as screen};
    use super::*;

    fn job(word: Compared, why: Option<&'static str>) -> Job {
        let row =
            |metric, now| Tripped { metric, stored: 200e-6, now, change: now / 200e-6 - 1.0, limit: 0.25 };
        let rows = vec![row(Metric::Cpu, 260e-6), row(Metric::P50, 220e-6)];
        let tripwire = Tripwire { revision: "r1|x".to_owned(), other_machine: true, word, why, rows };
        let mut comparison = sample::regressed();
        comparison.against.clear();
        Job::new(vec![Part { stored: Some(tripwire), ..Part::done(comparison) }])
    }

    #[test]
    fn every_form_says_the_word_of_the_tripwire() {
        let regressed = job(Compared::Regressed, None);
        assert_eq!(regressed.word, Some(Compared::Regressed));
        let text = screen::page(&regressed);
        assert!(text.starts_with("✗ forum: regressed   against the stored run r1|x\n"), "{text}");
        assert!(text.contains("another machine") && text.contains("+30 %  limit 25 %  regressed"), "{text}");
        let text = comment::page(&regressed);
        assert!(text.contains("✗ **forum: regressed**") && text.contains("stored (r1\\|x)"), "{text}");
        assert!(text.contains("| p50 | 200 µs | 220 µs | +10 % | limit 25 % |  |"), "{text}");
        let text = test_cases::page(&regressed);
        assert_eq!([text.matches("<testcase").count(), text.matches("<failure").count()], [2, 1], "{text}");
    }

    #[test]
    fn what_cannot_be_told_is_no_pass_in_any_form() {
        let cut = job(Compared::CannotTell, Some("interrupted"));
        assert!(screen::page(&cut).starts_with("? forum: cannot tell (interrupted)"));
        assert!(comment::page(&cut).contains("? **forum: cannot tell** · interrupted"));
        let text = test_cases::page(&cut);
        assert_eq!([text.matches("<testcase").count(), text.matches("<skipped").count()], [1, 1], "{text}");
        assert!(screen::page(&job(Compared::NoDifference, None)).starts_with("✓ forum: no large step"));
    }
}
