//! Comparisons as a comment on a pull request, with a marker by which a later run finds and replaces it.

use std::fmt::Write;

use scenarios::comparison::{Against, Comparison, MetricCompared};
use scenarios::show;

use super::super::markdown::{cell, code, kept_together, marker};
use super::{
    Job, Part, could_have_seen, figure, foretold, looks, method, picture, same, stored, symbol, verdict,
};
use crate::duet::change;

/// Everything, in GitHub's flavour, which GitLab reads too.
pub(crate) fn page(job: &Job) -> String {
    let names: Vec<String> = job.parts.iter().map(|part| marker(&part.scenario)).collect();
    let mut out = format!("<!-- headroom: loadgen check {} -->\n", names.join(" "));
    for part in &job.parts {
        out.push_str(&of_part(part));
        out.push('\n');
    }
    kept_together(&out)
}

fn of_part(part: &Part) -> String {
    let name = cell(&part.scenario);
    let (sign, word) = symbol(part.word());
    let Some(comparison) = &part.comparison else {
        let why = part.error.as_deref().unwrap_or_default();
        let lines: Vec<String> = why.lines().map(|line| format!("> {}", cell(line.trim()))).collect();
        return format!("{sign} **{name}: {word}**\n\n{}\n", lines.join("\n"));
    };
    if let Some(tripwire) = &part.stored {
        let folded = format!("<details><summary>How</summary>\n\n{}\n</details>\n", how(comparison));
        return format!("{}\n{folded}", stored::markdown(&part.scenario, tripwire));
    }
    let mut out = String::new();
    if let Some((sign, answer)) = foretold::answer(comparison) {
        let because =
            comparison.because.as_deref().map_or(String::new(), |why| format!(" · because {}", cell(why)));
        let _ = writeln!(out, "{sign} **{name}: {answer}**{because}\n");
    }
    for (at, against) in comparison.against.iter().enumerate() {
        out += &predictions(against);
        let (sign, word) = symbol(Some(against.word));
        // Where something was predicted, better or worse is no answer by itself.
        let sign = if against.predictions.is_empty() { sign } else { "•" };
        let label =
            if comparison.against.len() > 1 { format!(" ({})", against.variant) } else { String::new() };
        let _ = writeln!(out, "{sign} **{name}{label}: {word}**{}", decided(against));
        let _ = write!(out, "\n{}\n", table(against, &against.metrics, true));
        let _ = writeln!(out, "{}.\n", cell(&could_have_seen(comparison, at)));
        let _ = writeln!(out, "<details><summary>Everything else</summary>\n\n{}", rest(against));
        let _ = writeln!(out, "{}\n</details>\n", how(comparison));
    }
    out
}

fn predictions(against: &Against) -> String {
    if against.predictions.is_empty() {
        return String::new();
    }
    let mut out = "| | predicted | measured | verdict |\n| --- | --- | --- | --- |\n".to_owned();
    for row in foretold::rows(against) {
        let _ = writeln!(out, "| {} |", row.map(|text| cell(&text)).join(" | "));
    }
    out.push('\n');
    out
}

fn decided(against: &Against) -> String {
    let mut parts: Vec<String> = against.why.iter().map(|why| cell(why)).collect();
    match &against.confirmation {
        Some(confirmation) if confirmation.agrees => parts.push("confirmed with swapped labels".to_owned()),
        Some(_) => parts.push("not confirmed".to_owned()),
        None => {}
    }
    if parts.is_empty() { String::new() } else { format!(" · {}", parts.join(" · ")) }
}

/// The metrics that decide, or the others.
fn table(against: &Against, metrics: &[MetricCompared], primary: bool) -> String {
    let mut out = format!(
        "| | a | {} | change | | verdict |\n| --- | ---: | ---: | --- | --- | --- |\n",
        against.variant
    );
    for metric in metrics.iter().filter(|metric| metric.primary == primary) {
        let value = |value: Option<f64>| value.map_or("–".to_owned(), |value| figure(&metric.name, value));
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | `{}` | {} |",
            cell(&metric.name),
            value(metric.baseline),
            value(metric.candidate),
            change(metric),
            picture(metric),
            verdict(metric)
        );
    }
    out
}

fn rest(against: &Against) -> String {
    let others: Vec<MetricCompared> = against.metrics.iter().chain(&against.actions).cloned().collect();
    let mut out = table(against, &others, false);
    out.push('\n');
    for count in &against.counts {
        let _ = writeln!(out, "- {}: {}, {}", cell(&count.name), show::digits(count.baseline), same(count));
    }
    for (reason, times) in &against.dropped {
        let _ = writeln!(out, "- {times} pairs left out: {}", cell(reason));
    }
    let _ = writeln!(out, "- {} pairs, {}", against.pairs, looks(against));
    out
}

fn how(comparison: &Comparison) -> String {
    let mut lines: Vec<String> = comparison
        .variants
        .iter()
        .map(|variant| format!("{}: `{}`", variant.label, code(&variant.what)))
        .collect();
    lines.push(cell(&method(comparison)));
    lines.push(cell(&format!("{} · {} · seed {}", comparison.machine, comparison.version, comparison.seed)));
    lines.push(format!("`{}`", code(&comparison.command)));
    format!("- {}\n", lines.join("\n- "))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn what_was_predicted_comes_first() {
        let text = page(&sample::job(sample::predicted())).replace('\u{a0}', " ");
        assert!(text.contains("✗ **forum: 1 of 3 predictions refuted** · because extra work is"), "{text}");
        let rows = "| | predicted | measured | verdict |\n| --- | --- | --- | --- |\n| CPU per request | +3 % .. +8 % |";
        assert!(text.contains(rows), "{text}");
        assert!(text.find(rows).unwrap() < text.find("• **forum: regressed**").unwrap(), "{text}");
        assert!(!text.contains("<work>"), "what a file says is no markup");
    }

    #[test]
    fn a_comment_has_a_marker_a_table_and_the_rest_folded_away() {
        let text = page(&sample::job(sample::regressed()));
        assert!(
            text.starts_with(
                "<!-- headroom: loadgen check forum -->\n✗ **forum: regressed** · CPU per request"
            )
        );
        let row =
            "| CPU per request | 210 µs | 221 µs | +5.1 % [+4.4, +5.8] | `······┊··│··┊···━●━` | regressed |";
        assert!(text.replace('\u{a0}', " ").contains(row), "{text}");
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
        assert!(!text.contains("<b>"), "names are no markup");
    }
}
