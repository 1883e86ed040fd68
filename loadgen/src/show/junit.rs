//! Test cases for a build server (Jenkins, GitLab and others read this form): each promise, each expectation of the
//! file, and whether the measurement can be believed.
//!
//! | in the file | means |
//! | --- | --- |
//! | no child | met, confirmed, valid |
//! | `failure` | missed, refuted |
//! | `skipped` | cannot tell; also what a run in which the generator was the limit says of the server |
//! | `error` | the measurement could not be done: the generator was the limit, or there is no report at all |
//!
//! What the schemas of the readers have in common is used: `testsuites`, `testsuite` with its counts, `properties`,
//! `testcase`, and one of the three children. XML 1.0 has no place for most control characters; U+FFFD stands for them.

use std::fmt::Write;

use scenarios::report::{Honesty, Report};

use super::calendar;
use super::verdict::{About, Claim, Tone, verdict};

/// What became of one test case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Passed,
    Failed,
    Skipped,
    CouldNotBeDone,
}

/// One line of what was asked.
#[derive(Debug)]
pub(super) struct Case {
    /// `promise`, `expectation`, `measurement`.
    class: &'static str,
    name: String,
    ending: Ending,
    /// The outcome in a word.
    word: String,
    figures: String,
    seconds: f64,
}

impl Case {
    pub(super) fn new(
        class: &'static str,
        name: String,
        ending: Ending,
        word: &str,
        figures: String,
        seconds: f64,
    ) -> Case {
        Case { class, name, ending, word: word.to_owned(), figures, seconds }
    }
}

/// Test cases of one scenario.
#[derive(Debug)]
pub(super) struct Suite {
    scenario: String,
    started_unix_s: Option<u64>,
    lasted: f64,
    properties: Vec<(&'static str, String)>,
    cases: Vec<Case>,
}

impl Suite {
    pub(super) fn new(
        scenario: &str,
        started_unix_s: Option<u64>,
        lasted: f64,
        properties: Vec<(&'static str, String)>,
        cases: Vec<Case>,
    ) -> Suite {
        Suite { scenario: scenario.to_owned(), started_unix_s, lasted, properties, cases }
    }
}

/// The whole report as test cases.
pub(crate) fn page(report: &Report) -> String {
    let limited = report.generator.verdict == Honesty::GeneratorLimited;
    let lasted = report.offered.warmup_s + report.offered.measured_s;
    let verdict = verdict(report);
    let cases: Vec<Case> = verdict.claims.iter().map(|claim| case(claim, limited, lasted)).collect();
    let provenance = &report.provenance;
    let properties = [
        ("answer", verdict.answer.as_str()),
        ("summary", &verdict.summary),
        ("command", &provenance.command),
        ("version", &provenance.version),
        ("machine", &provenance.machine),
        ("scenario hash", &provenance.scenario_hash),
    ];
    let properties = properties.map(|(name, value)| (name, value.to_owned())).to_vec();
    let started = Some(provenance.started_unix_s);
    document("load test", &[Suite::new(&report.scenario, started, lasted, properties, cases)])
}

/// In place of a report when there is none: one test case that says why.
pub(crate) fn could_not_be_done(scenario: &str, why: &str) -> String {
    let case = Case {
        class: "measurement",
        name: "The measurement itself".to_owned(),
        ending: Ending::CouldNotBeDone,
        word: "could not be done".to_owned(),
        figures: why.to_owned(),
        seconds: 0.0,
    };
    document("load test", &[Suite::new(scenario, None, 0.0, vec![], vec![case])])
}

fn case(claim: &Claim, limited: bool, lasted: f64) -> Case {
    let Claim { about, tone, symbol: _, word, name, figures } = claim;
    let (class, seconds) = match about {
        About::Promise => ("promise", 0.0),
        About::Expectation => ("expectation", 0.0),
        About::Measurement => ("measurement", lasted),
    };
    let is_measurement = *about == About::Measurement;
    let ending = match tone {
        _ if limited && is_measurement => Ending::CouldNotBeDone,
        _ if limited => Ending::Skipped,
        Tone::Good | Tone::Plain => Ending::Passed,
        Tone::Bad => Ending::Failed,
        Tone::Unknown => Ending::Skipped,
    };
    let word = if limited && !is_measurement {
        format!("{word}, but the generator was the limit")
    } else {
        (*word).to_owned()
    };
    Case { class, name: name.clone(), ending, word, figures: figures.clone(), seconds }
}

/// The document of these suites.
pub(super) fn document(name: &str, suites: &[Suite]) -> String {
    let cases = || suites.iter().flat_map(|suite| &suite.cases);
    let lasted: f64 = suites.iter().map(|suite| finite(suite.lasted)).sum();
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{}\" {} time=\"{lasted:.3}\">\n",
        escaped(name),
        counts(cases())
    );
    for suite in suites {
        xml.push_str(&of_suite(suite));
    }
    xml + "</testsuites>\n"
}

fn count<'a>(cases: impl Iterator<Item = &'a Case>, ending: Ending) -> usize {
    cases.filter(|case| case.ending == ending).count()
}

fn counts<'a>(cases: impl Iterator<Item = &'a Case> + Clone) -> String {
    format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\"",
        cases.clone().count(),
        count(cases.clone(), Ending::Failed),
        count(cases, Ending::CouldNotBeDone)
    )
}

fn of_suite(suite: &Suite) -> String {
    let Suite { scenario, started_unix_s, lasted, properties, cases } = suite;
    let scenario = escaped(scenario);
    let started = started_unix_s.map_or(String::new(), |at| format!(" timestamp=\"{}\"", calendar::iso(at)));
    let mut xml = format!(
        "<testsuite name=\"{scenario}\" {} skipped=\"{}\" time=\"{:.3}\"{started}>\n",
        counts(cases.iter()),
        count(cases.iter(), Ending::Skipped),
        finite(*lasted)
    );
    if !properties.is_empty() {
        xml.push_str("<properties>\n");
        for (name, value) in properties {
            let _ = writeln!(xml, "<property name=\"{}\" value=\"{}\"/>", escaped(name), escaped(value));
        }
        xml.push_str("</properties>\n");
    }
    for Case { class, name, ending, word, figures, seconds } in cases {
        let _ = write!(
            xml,
            "<testcase classname=\"{scenario}.{class}\" name=\"{}\" time=\"{:.3}\"",
            escaped(name),
            finite(*seconds)
        );
        let (message, body) = (escaped(&format!("{word}: {figures}")), escaped(figures));
        let _ = match ending {
            Ending::Passed => writeln!(xml, "/>"),
            Ending::Skipped => writeln!(xml, "><skipped message=\"{message}\"/></testcase>"),
            Ending::Failed => {
                writeln!(
                    xml,
                    "><failure type=\"{}\" message=\"{message}\">{body}</failure></testcase>",
                    escaped(word)
                )
            }
            Ending::CouldNotBeDone => {
                writeln!(
                    xml,
                    "><error type=\"{}\" message=\"{message}\">{body}</error></testcase>",
                    escaped(word)
                )
            }
        };
    }
    xml + "</testsuite>\n"
}

fn finite(seconds: f64) -> f64 {
    if seconds.is_finite() { seconds } else { 0.0 }
}

/// A text within an attribute or an element; the same for both. Line ends are references, since a reader makes blanks
/// of them within an attribute.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\t' => out.push_str("&#9;"),
            // XML 1.0, section 2.2: what is not a character of a document.
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::html::sample;
    use scenarios::verdict::{Attained, Finding};

    fn counts(xml: &str) -> [usize; 4] {
        ["<testcase", "<failure", "<skipped", "<error"].map(|tag| xml.matches(tag).count())
    }

    #[test]
    fn each_line_of_the_file_is_a_test_case_with_its_outcome() {
        let mut refuted = sample::met();
        refuted.predictions[2].claimed = true;
        let mut open = sample::met();
        open.slo[0].verdict = Attained::CannotTell;
        for (report, expected) in [
            // Two promises and the measurement.
            (sample::met(), [3, 0, 0, 0]),
            // One missed, one kept, one that a run cannot tell.
            (sample::missed(), [4, 1, 1, 0]),
            (refuted, [4, 1, 0, 0]),
            (open, [3, 0, 1, 0]),
            // The generator was the limit: its case is an error, and nothing is said of the others.
            (sample::cut_short(), [3, 0, 2, 1]),
            (sample::closed(), [1, 0, 0, 0]),
        ] {
            let xml = page(&report);
            assert_eq!(counts(&xml), expected, "{xml}");
            let [tests, failures, skipped, errors] = expected;
            assert!(xml.contains(&format!(
                "tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\""
            )));
        }
        assert!(page(&sample::missed()).contains(
            "<testcase classname=\"forum.promise\" name=\"read question p99 &lt; 200 ms\" time=\"0.000\">\
             <failure type=\"missed\" message=\"missed: 92.8 % kept it"
        ));
    }

    #[test]
    fn a_run_without_a_report_is_an_error() {
        let xml = could_not_be_done("forum", "127.0.0.1:1 does not take connections\n  hint: is it running?");
        assert_eq!(counts(&xml), [1, 0, 0, 1]);
        assert!(xml.contains("connections&#10;  hint:"), "{xml}");
    }

    #[test]
    fn whatever_a_name_says_stays_a_text() {
        let mut report = sample::missed();
        let hostile = "</testcase><x a='\"&\u{0}\u{1b}]]>\n\u{ffff}";
        report.scenario = hostile.to_owned();
        report.slo[0].promise = hostile.to_owned();
        report.provenance.command = hostile.to_owned();
        report.predictions[0].quantity = hostile.to_owned();
        (report.predictions[0].claimed, report.predictions[0].finding) = (true, Finding::Refuted);
        let xml = page(&report);
        assert_eq!(counts(&xml), [5, 2, 1, 0]);
        assert!(!xml.contains("<x") && !xml.contains("]]>"));
        assert!(xml.chars().all(|character| character == '\n' || !character.is_control()));
        // Outside of tags there is text without a bare ampersand.
        assert!(
            xml.split('&').skip(1).all(|rest| rest.split_once(';').is_some_and(|(name, _)| {
                ["amp", "lt", "gt", "quot", "#10", "#13", "#9"].contains(&name)
            }))
        );
    }
}
