//! The report as a comment on a pull request: the verdict first, one table of what was asked, the rest folded away.
//!
//! It begins with a marker that no reader sees, so that a later run can find its comment and replace it. Names are
//! whatever somebody wrote: what the site would read as markup, a mention, a reference or an address is taken apart.

use std::fmt::Write;

use scenarios::report::{ActionReport, Report};

use super::chart::figure;
use super::verdict::{Claim, Verdict, verdict};

/// The whole report as Markdown in GitHub's flavour, which GitLab reads too.
pub(crate) fn page(report: &Report) -> String {
    let Verdict { tone: _, symbol, answer, because, summary, cut_short, set_aside, started, claims } =
        verdict(report);
    let mut out = format!(
        "<!-- headroom: loadgen {} -->\n{symbol} **{}: {}** · {}\n",
        marker(&report.scenario),
        cell(&report.scenario),
        cell(&answer),
        cell(&summary)
    );
    for line in [cut_short, because, set_aside].iter().filter(|line| !line.is_empty()) {
        let _ = write!(out, "\n{}\n", cell(line));
    }
    out.push_str("\n| | outcome | figures |\n| --- | --- | --- |\n");
    for Claim { about: _, tone: _, symbol, word, name, figures } in &claims {
        let _ = writeln!(out, "| {} | {symbol} {word} | {} |", cell(name), cell(figures));
    }
    out.push_str("\n<details><summary>Each action, cost, and how it was measured</summary>\n\n");
    out.push_str(&actions(report));
    if let Some(both) = &report.both {
        let _ = write!(out, "\nBoth worlds: {}; {}.\n\n", cell(&both.finding), super::both::RULE);
    }
    if !report.predictions.is_empty() {
        out.push_str(&predictions(report));
    }
    let _ = write!(out, "\n{}\n</details>\n", method(report, &started));
    kept_together(&out)
}

/// The rows of tables with their numbers and units on one line: a narrow column would break `1.49 ms` in two.
pub(super) fn kept_together(page: &str) -> String {
    const UNITS: [&str; 14] =
        ["ns", "µs", "ms", "s", "min", "h", "B", "KB", "MB", "GB", "KiB", "MiB", "GiB", "%"];
    let mut out = String::with_capacity(page.len());
    for line in page.split_inclusive('\n') {
        let mut after_number = false;
        for (at, word) in line.split(' ').enumerate() {
            let unit = word.trim_end_matches([',', ';', ')', ']', '\n']);
            if at > 0 {
                let is_unit = after_number && line.starts_with('|') && UNITS.contains(&unit);
                out.push(if is_unit { '\u{a0}' } else { ' ' });
            }
            out.push_str(word);
            after_number = word.ends_with(|c: char| c.is_ascii_digit());
        }
    }
    out
}

fn actions(report: &Report) -> String {
    let mut out = "| action | asked/s | done/s | errors | p50 | p90 | p99 | p99.9 |\n\
                   | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        .to_owned();
    for action in report.actions.iter().chain([&report.all]) {
        let quantiles = [0.5, 0.9, 0.99, 0.999].map(|q| figure::quantile(&action.response, q));
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            cell(&action.name),
            figure::count(action.asked_per_s),
            figure::count(action.done_per_s),
            cell(&errors(action)),
            quantiles.join(" | ")
        );
    }
    out + "\nResponse times count from when a request was due; failures are in them. ≥: at least so long.\n"
}

fn errors(action: &ActionReport) -> String {
    if action.errors.is_empty() {
        return "0".to_owned();
    }
    action
        .errors
        .iter()
        .map(|error| format!("{} × {}", error.count, error.kind))
        .collect::<Vec<_>>()
        .join(", ")
}

fn predictions(report: &Report) -> String {
    let mut out = "\n| estimate against measurement | predicted | measured | outcome | |\n\
                   | --- | ---: | ---: | --- | --- |\n"
        .to_owned();
    for held in &report.predictions {
        let measured =
            held.measured.map_or(figure::NONE.to_owned(), |found| figure::value(found.p50, held.unit));
        let _ = writeln!(
            out,
            "| {} | {} | {measured} | {} | {} |",
            cell(&held.quantity),
            figure::spread(held.predicted, held.unit),
            held.finding.word(),
            cell(&held.note)
        );
    }
    out
}

/// What it cost and how it can be repeated, a line each.
fn method(report: &Report, started: &str) -> String {
    let (provenance, offered) = (&report.provenance, &report.offered);
    let mut lines = Vec::new();
    if let Some(server) = &report.server {
        lines.push(format!(
            "server: {} of CPU per request, {} of memory",
            figure::time(server.cpu_per_request_s),
            figure::bytes(server.memory_bytes as f64)
        ));
    }
    if let Some(cpu) = report.generator.cpu_per_request_s {
        lines.push(format!("generator: {} of CPU per request", figure::time(cpu)));
    }
    lines.push(format!(
        "{} of measuring after {} of warm-up, seed {}",
        figure::time(offered.measured_s),
        figure::time(offered.warmup_s),
        offered.seed
    ));
    lines.push(format!("{} · {} · {started}", report.target.what, provenance.machine));
    lines.push(format!("{} · scenario {}", provenance.version, provenance.scenario_hash));
    lines.extend(report.notes.iter().cloned());
    let lines: Vec<String> = lines.iter().map(|line| format!("- {}", cell(line))).collect();
    format!("{}\n- `{}`\n", lines.join("\n"), code(&provenance.command))
}

/// A name within the marker: letters, digits and single dashes, so that it cannot end the comment.
pub(super) fn marker(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// A text that stays a text, on one line.
pub(super) fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A comment within takes a mention, a reference or an address apart, and is not seen.
            '@' | '#' => {
                out.push(character);
                out.push_str("<!-- -->");
            }
            ':' if rest.peek() == Some(&'/') => out.push_str(":<!-- -->"),
            'w' | 'W' if rest.peek().is_some_and(|next| next.eq_ignore_ascii_case(&'w')) => {
                out.push(character);
                out.push_str("<!-- -->");
            }
            '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '~' | '!' | '$' => {
                out.push('\\');
                out.push(character);
            }
            _ if character.is_control() => out.push(' '),
            _ => out.push(character),
        }
    }
    out
}

/// Within a code span nothing is markup but its end.
pub(super) fn code(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '`' => '\'',
            _ if character.is_control() => ' ',
            _ => character,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::html::sample;

    #[test]
    fn the_verdict_comes_first_and_a_later_comment_can_find_it() {
        let text = page(&sample::missed());
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("<!-- headroom: loadgen forum -->"));
        assert_eq!(
            lines.next(),
            Some(
                "✗ **forum: SLO missed** · 412 requests/s asked, 390 done, p99 1.1\u{a0}s, 666 errors (5.39 %)"
            )
        );
        assert!(
            text.contains("\n| read question p99 &lt; 200\u{a0}ms | ✗ missed | 92.8\u{a0}% kept it"),
            "{text}"
        );
        let (open, folded) = text.split_once("<details>").unwrap();
        // One table in sight: its rule of dashes.
        assert_eq!((open.matches("\n| --- |").count(), text.matches("</details>").count()), (1, 1));
        assert!(folded.replace('\u{a0}', " ").contains(
            "| all | 412 | 390 | 654 × status 503, 12 × timed out | 1 ms | 2.2 ms | 1.1 s | ≥ 10 s |"
        ));
    }

    #[test]
    fn a_number_stays_with_its_unit_in_a_table_and_nothing_else_is_touched() {
        for (text, expected) in [
            ("| a | 1.49 ms | ≥ 10 s, 5 % |\n", "| a | 1.49\u{a0}ms | ≥ 10\u{a0}s, 5\u{a0}% |\n"),
            ("| 2 s of 3 seconds | 5\n| 4 KB |", "| 2\u{a0}s of 3 seconds | 5\n| 4\u{a0}KB |"),
            ("outside of tables 1.49 ms\n\n", "outside of tables 1.49 ms\n\n"),
            ("", ""),
        ] {
            assert_eq!(kept_together(text), expected);
        }
    }

    #[test]
    fn every_table_has_as_many_cells_in_each_row() {
        for report in
            [sample::met(), sample::missed(), sample::closed(), sample::empty(), sample::cut_short()]
        {
            let text = page(&report);
            let mut cells = None;
            for line in text.lines() {
                let count = line.replace("\\|", "").matches('|').count();
                if line.starts_with('|') {
                    assert_eq!(*cells.get_or_insert(count), count, "{line}");
                } else {
                    cells = None;
                }
            }
        }
    }

    #[test]
    fn whatever_a_name_says_stays_a_text() {
        let hostile = "a|b --> <script> `x` @team #12 https://evil.example www.evil.example **\n## b";
        let mut report = sample::missed();
        report.scenario = hostile.to_owned();
        report.slo[0].promise = hostile.to_owned();
        report.actions[0].name = hostile.to_owned();
        report.actions[0].errors[0].kind = hostile.to_owned();
        report.provenance.command = hostile.to_owned();
        report.notes = vec![hostile.to_owned()];
        let text = page(&report);
        let (first, rest) = text.split_once('\n').unwrap();
        assert_eq!(
            first,
            "<!-- headroom: loadgen a-b-script-x-team-12-https-evil-example-www-evil-example-b -->"
        );
        for word in ["<script", "\n## b", " a|b", "@team", "#12", "www"] {
            // The command stands in a code span, where nothing is markup.
            let outside = rest.lines().filter(|line| !line.starts_with("- `")).collect::<Vec<_>>().join("\n");
            assert!(!outside.contains(word), "{word}: {outside}");
        }
        assert!(rest.contains("- `a|b --> <script> 'x' @team"));
    }
}
