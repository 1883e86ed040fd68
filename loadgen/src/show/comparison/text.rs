//! A comparison for a terminal: the answer first, what decided, then every metric.

use std::fmt::Write;

use scenarios::comparison::{Against, Comparison};
use scenarios::conventions::Conventions;
use scenarios::show;

use super::super::columns::Align::{Left, Right};
use super::super::columns::{columns, fitted};
use super::{Job, Part, could_have_seen, figure, foretold, looks, method, picture, same, stored, symbol};
use crate::duet::change;

/// Columns of a terminal that are used.
const WIDTH: usize = 100;

/// Everything.
pub(crate) fn page(job: &Job) -> String {
    let pages: Vec<String> = job.parts.iter().map(part).collect();
    let mut text = pages.join("\n");
    if job.parts.len() > 1 {
        let (symbol, word) = symbol(job.word);
        text = format!("{symbol} all scenarios: {word}\n\n{text}");
    }
    let lines: Vec<String> = text.lines().flat_map(|line| fitted(line, WIDTH)).collect();
    lines.join("\n") + "\n"
}

fn part(part: &Part) -> String {
    let (symbol, word) = symbol(part.word());
    let Some(comparison) = &part.comparison else {
        let why = part.error.as_deref().unwrap_or_default();
        return format!("{symbol} {}: {word}\n  {}\n", part.scenario, why.replace('\n', "\n  "));
    };
    let mut text =
        part.stored.as_ref().map_or(String::new(), |tripwire| stored::text(&part.scenario, tripwire));
    if let Some((symbol, answer)) = foretold::answer(comparison) {
        let _ = writeln!(text, "{symbol} {}: {answer}", part.scenario);
    }
    for (at, against) in comparison.against.iter().enumerate() {
        text += &foretold::text(comparison.because.as_deref(), against);
        // First, so that a green answer means something.
        let _ = writeln!(text, "  {}", could_have_seen(comparison, at));
        let (symbol, word) = super::symbol(Some(against.word));
        // Where something was predicted, better or worse is no answer by itself.
        let symbol = if against.predictions.is_empty() { symbol } else { "•" };
        let _ = writeln!(
            text,
            "{symbol} {}: {word}   {} against a{}",
            part.scenario,
            against.variant,
            tried_again(against)
        );
        for why in &against.why {
            let _ = writeln!(text, "  {why}");
        }
        let _ = writeln!(text, "\n{}", table(against));
        text += &counts(against);
    }
    text += &variants(comparison);
    let _ = writeln!(text, "  {}", method(comparison));
    let _ = writeln!(
        text,
        "  seed {} · scenario {} · {} · {}",
        comparison.seed, comparison.scenario_hash, comparison.version, comparison.machine
    );
    text
}

fn tried_again(against: &Against) -> String {
    match &against.confirmation {
        Some(confirmation) if confirmation.agrees => {
            format!(" · confirmed by {} pairs with fresh processes and swapped labels", confirmation.pairs)
        }
        Some(confirmation) => format!(" · not confirmed by {} pairs of a second try", confirmation.pairs),
        None => String::new(),
    }
}

fn table(against: &Against) -> String {
    let head = ["", "a", &against.variant, "change", "", "verdict"].map(str::to_owned).to_vec();
    let rows = against.metrics.iter().chain(&against.actions).map(|metric| {
        let value = |value: Option<f64>| value.map_or("–".to_owned(), |value| figure(&metric.name, value));
        let mark = if metric.primary { " *" } else { "" };
        vec![
            format!("{}{mark}", metric.name),
            value(metric.baseline),
            value(metric.candidate),
            change(metric),
            picture(metric),
            metric.word.word().to_owned(),
        ]
    });
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
    let dropped: u32 = against.dropped.iter().map(|(_, times)| times).sum();
    let left_out = if dropped == 0 { String::new() } else { format!(", {dropped} left out") };
    format!(
        "{}  * decides · {} pairs{left_out} · {}\n",
        columns(&rows, &[Left, Right, Right, Left, Left, Left]),
        against.pairs,
        looks(against)
    )
}

fn counts(against: &Against) -> String {
    let mut text = String::new();
    for count in &against.counts {
        let _ = writeln!(text, "  {}: {}, {}", count.name, show::digits(count.baseline), same(count));
    }
    let (before, after) = (against.errors.baseline, against.errors.candidate);
    if before > 0.0 || after > 0.0 {
        let _ = writeln!(
            text,
            "  errors: {} and {}: {}",
            show::share(before),
            show::share(after),
            against.errors.word.word()
        );
    }
    for (reason, times) in &against.dropped {
        let _ = writeln!(text, "  {times} pairs left out: {reason}");
    }
    text
}

fn variants(comparison: &Comparison) -> String {
    let rows: Vec<Vec<String>> = comparison
        .variants
        .iter()
        .map(|variant| {
            vec![
                variant.label.clone(),
                variant.what.clone(),
                format!("{} requests", show::count(variant.requests as f64)),
                format!("{} failed", show::count(variant.failed as f64)),
                variant
                    .memory_bytes
                    .map_or(String::new(), |bytes| show::bytes(bytes as f64, &Conventions::default())),
            ]
        })
        .collect();
    columns(&rows, &[Left, Left, Right, Right, Right])
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn what_was_predicted_comes_first_as_a_table() {
        let text = page(&sample::job(sample::predicted())).replace('\u{a0}', " ");
        let lines: Vec<&str> = text.lines().take(8).collect();
        assert_eq!(
            lines,
            [
                "✗ forum: 1 of 3 predictions refuted",
                "  because extra work is <work>",
                "                   predicted                measured                 verdict",
                "  CPU per request  +3 % .. +8 %             +5.1 % [+4.4 %, +5.8 %]  ✓ CONFIRMED",
                "  CPU per request  −70 % .. −30 %           +5.1 % [+4.4 %, +5.8 %]  ✗ REFUTED",
                "  errors           +5 points .. +10 points  –                        ? CANNOT TELL: not measured",
                "  could have seen with 31 pairs: CPU per request +2.7 %, p50 +5.5 %, p99 +14 %",
                "• forum: regressed   b against a · confirmed by 31 pairs with fresh processes and swapped labels",
            ]
        );
    }

    #[test]
    fn a_page_begins_with_what_could_be_seen_and_the_answer() {
        let text = page(&sample::job(sample::regressed()));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "  could have seen with 31 pairs: CPU per request +2.7 %, p50 +5.5 %, p99 +14 %"
        );
        assert_eq!(
            lines[1],
            "✗ forum: regressed   b against a · confirmed by 31 pairs with fresh processes and swapped labels"
        );
        let cpu = lines.iter().find(|line| line.contains("CPU per request *")).unwrap();
        assert!(
            cpu.contains("210 µs") && cpu.contains("221 µs") && cpu.contains("+5.1 % [+4.4, +5.8]"),
            "{cpu}"
        );
        assert!(text.contains("31 pairs, 1 left out · look 1 of 3"), "{text}");
        assert!(text.contains("SQL statements of a request: 2.5, the same to the last one"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH));
    }
}
