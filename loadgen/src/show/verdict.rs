//! The answer in words: what the exit code says, why, and each promise with the figures that decided. Every form of a
//! report says it in these words.

mod claims;

use scenarios::conventions::grouped;
use scenarios::report::{Aborted, ActionReport, Honesty, Offered, Report, SetAside};
use scenarios::verdict::{Attained, EXIT_NO, EXIT_UNKNOWN, Finding};
use serde::Serialize;

use super::chart::figure;
use crate::answer::exit_code;
use claims::{expectation, generator, promise};

use super::calendar;

pub(super) use claims::{About, Claim};

/// The first thing on the page.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Verdict {
    pub(super) tone: Tone,
    pub(super) symbol: &'static str,
    /// `SLO met`.
    pub(super) answer: String,
    /// What the answer rests on, or why there is none.
    pub(super) because: String,
    /// The run in a line.
    pub(super) summary: String,
    pub(super) cut_short: String,
    /// What does not count, and what the figures would be if it did.
    pub(super) set_aside: String,
    pub(super) started: String,
    /// Each promise, each expectation of the file, and whether the measurement can be believed.
    pub(super) claims: Vec<Claim>,
}

/// The look of an outcome: a class and a sign, beside the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Tone {
    Good,
    Bad,
    Unknown,
    /// Nothing was asked that could be good or bad.
    Plain,
}

impl Tone {
    pub(super) fn class(self) -> &'static str {
        match self {
            Tone::Good => "good",
            Tone::Bad => "bad",
            Tone::Unknown => "unknown",
            Tone::Plain => "plain",
        }
    }

    pub(super) fn symbol(self) -> &'static str {
        match self {
            Tone::Good => "✓",
            Tone::Bad => "✗",
            Tone::Unknown => "?",
            Tone::Plain => "•",
        }
    }
}

/// The class of an SLO's outcome and its word with its sign.
pub(super) fn attained(verdict: Attained) -> (&'static str, String) {
    let tone = attained_tone(verdict);
    (tone.class(), format!("{} {}", tone.symbol(), verdict.word()))
}

/// The class of a prediction's outcome and its word with its sign.
pub(super) fn found(finding: Finding) -> (&'static str, String) {
    let tone = finding_tone(finding);
    (tone.class(), format!("{} {}", tone.symbol(), finding.word()))
}

fn attained_tone(verdict: Attained) -> Tone {
    match verdict {
        Attained::Met => Tone::Good,
        Attained::Missed => Tone::Bad,
        Attained::CannotTell => Tone::Unknown,
    }
}

fn finding_tone(finding: Finding) -> Tone {
    match finding {
        Finding::Confirmed => Tone::Good,
        Finding::Refuted => Tone::Bad,
        Finding::CannotTell => Tone::Unknown,
    }
}

/// The answer of a run.
pub(super) fn verdict(report: &Report) -> Verdict {
    let (tone, answer, because) = answer(report);
    let expected = report.predictions.iter().filter(|prediction| prediction.claimed).map(expectation);
    let mut claims: Vec<Claim> = report.slo.iter().map(promise).chain(expected).collect();
    // A measurement that is in doubt puts everything below it in doubt.
    let doubtful = report.generator.verdict != Honesty::Valid;
    claims.insert(if doubtful { 0 } else { claims.len() }, generator(&report.generator, &because));
    Verdict {
        tone,
        symbol: tone.symbol(),
        answer,
        because,
        summary: summary(&report.offered, &report.all),
        cut_short: cut_short(&report.offered),
        set_aside: report.set_aside.as_ref().map(left_out).unwrap_or_default(),
        started: calendar::utc(report.provenance.started_unix_s),
        claims,
    }
}

/// The tone, the words, and the reason. What is bad or open here is what the exit code says is bad or open.
fn answer(report: &Report) -> (Tone, String, String) {
    let code = exit_code(report);
    let count = |verdict: Attained| report.slo.iter().filter(|slo| slo.verdict == verdict).count();
    let (met, missed, total) = (count(Attained::Met), count(Attained::Missed), report.slo.len());
    let refuted =
        report.predictions.iter().filter(|held| held.claimed && held.finding == Finding::Refuted).count();
    let honesty = report.generator.verdict;
    let text = |words: &str| words.to_owned();
    if honesty == Honesty::GeneratorLimited {
        return (Tone::Unknown, text("Cannot tell: the generator was the limit"), explained(honesty));
    }
    if code == EXIT_NO {
        let expected = format!("{refuted} of the file's expectations refuted.");
        return match (missed, refuted) {
            (0, _) => (Tone::Bad, text("Expectation refuted"), expected),
            (_, 0) => (Tone::Bad, text("SLO missed"), format!("{missed} of {} missed.", promises(total))),
            _ => {
                (Tone::Bad, text("SLO missed"), format!("{missed} of {} missed, {expected}", promises(total)))
            }
        };
    }
    if report.all.scheduled == 0 {
        return (
            Tone::Unknown,
            text("Cannot tell: nothing was measured"),
            text("No request was due in the measured time."),
        );
    }
    if code == EXIT_UNKNOWN {
        let because = match honesty {
            Honesty::Valid | Honesty::TooFewSamples => text(
                "A promise was not kept by enough, and the samples are too few to say that it was missed.",
            ),
            _ => explained(honesty),
        };
        return (Tone::Unknown, text("Cannot tell whether the SLO is met"), because);
    }
    let open = total - met;
    match (met, open) {
        (0, 0) => (
            Tone::Plain,
            text("Measured, nothing to judge"),
            text("The scenario promises nothing: it has no slo."),
        ),
        (_, 0) => (Tone::Good, text("SLO met"), format!("{} kept.", all_of(total))),
        (0, _) => (Tone::Unknown, text("SLO not missed, nor shown to be met"), open_because(report)),
        _ => (Tone::Good, format!("SLO met in {met} of {}", promises(total)), open_because(report)),
    }
}

/// A count in full: `9,267`.
fn whole(count: u64) -> String {
    grouped(float(count))
}

#[expect(clippy::cast_precision_loss, reason = "shown with three digits: 53 bits are plenty")]
fn float(count: u64) -> f64 {
    count as f64
}

fn promises(total: usize) -> String {
    if total == 1 { "1 promise".to_owned() } else { format!("{total} promises") }
}

fn all_of(total: usize) -> String {
    match total {
        1 => "The one promise was".to_owned(),
        2 => "Both promises were".to_owned(),
        _ => format!("All {total} promises were"),
    }
}

/// Why some promises were left open in a run that missed none.
fn open_because(report: &Report) -> String {
    let mut open = report.slo.iter().filter(|slo| slo.verdict == Attained::CannotTell);
    if open.all(|slo| slo.attained_share.is_none()) {
        "What is left open is nothing that a run can measure.".to_owned()
    } else {
        "What is left open was kept as far as was seen; a longer run can show it.".to_owned()
    }
}

/// What the generator's verdict means for a reader.
fn explained(honesty: Honesty) -> String {
    match honesty {
        Honesty::Valid => "The figures can be believed.",
        Honesty::GeneratorLimited => {
            "The load was not offered as it was asked, so these figures say nothing about the server."
        }
        Honesty::TooFewSamples => "Too few requests were measured for the quantiles that matter.",
        Honesty::NotStationary => {
            "The server got slower or faster while it was measured, so one figure does not describe it."
        }
        Honesty::ServerLimited => {
            "The server did not keep up with what was offered, so waits grew with the length of the run."
        }
    }
    .to_owned()
}

/// `412 requests/s asked, 412 done, p99 8.1 ms, 0 errors`.
fn summary(offered: &Offered, all: &ActionReport) -> String {
    let rate = match (offered.askers(), offered.think_s) {
        (None, _) => {
            format!(
                "{} requests/s asked, {} done",
                figure::count(all.asked_per_s),
                figure::count(all.done_per_s)
            )
        }
        (Some((count, askers)), think) => {
            let pause = think.map(|think| format!(" pausing {}", figure::time(think))).unwrap_or_default();
            format!(
                "{} {askers}{pause}: {} requests/s done",
                figure::count(f64::from(count)),
                figure::count(all.done_per_s)
            )
        }
    };
    // A number and its unit stay on one line.
    let p99 = match figure::quantile(&all.response, 0.99).as_str() {
        figure::NONE => String::new(),
        known => format!(", p99 {}", known.replace(' ', "\u{a0}")),
    };
    let failed = all.failed();
    let errors = match (failed, all.scheduled) {
        (1, _) => "1 error".to_owned(),
        (0, _) | (_, 0) => format!("{failed} errors"),
        _ => {
            let share = float(failed) / float(all.scheduled);
            format!("{} errors ({})", whole(failed), figure::share(share))
        }
    };
    format!("{rate}{p99}, {errors}")
}

fn cut_short(offered: &Offered) -> String {
    if let Some(Aborted { after_s, over_s, failed, of, limit_share }) = &offered.aborted {
        format!(
            "Stopped by itself after {}: {failed} of the {of} requests of the last {} failed, and the limit is {}.",
            figure::time(*after_s),
            figure::time(*over_s),
            figure::share(*limit_share)
        )
    } else if offered.cut_short {
        format!("Cut short: ended after {} of measuring, before its time.", figure::time(offered.measured_s))
    } else {
        String::new()
    }
}

fn left_out(set_aside: &SetAside) -> String {
    let SetAside { seconds, of_s, asked_s: _, at_s: _, stolen_share, requests: _, response_p99_s, lag_p99_s } =
        set_aside;
    let lag =
        lag_p99_s.map_or(String::new(), |lag| format!(" and the generator's lag {}", figure::time(lag)));
    format!(
        "{} of {} are set aside: the host of this machine took its processors away ({} in them). With every second \
         counted, p99 would be {}{lag}.",
        figure::time(*seconds),
        figure::time(*of_s),
        figure::share(*stolen_share),
        figure::time(*response_p99_s)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::html::sample;
    use Attained::{CannotTell, Met, Missed};
    use scenarios::report::SloOutcome;

    #[test]
    fn the_answer_says_what_the_exit_code_says() {
        let promised = |verdicts: &[Attained]| {
            let mut report = sample::met();
            let one = report.slo[0].clone();
            report.slo =
                verdicts.iter().map(|verdict| SloOutcome { verdict: *verdict, ..one.clone() }).collect();
            report
        };
        let mut below = promised(&[CannotTell]);
        below.slo[0].attained_share = Some(0.5);
        let mut limited = promised(&[Missed]);
        limited.generator.verdict = Honesty::GeneratorLimited;
        let mut behind = promised(&[Met]);
        behind.generator.verdict = Honesty::ServerLimited;
        let mut refuted = promised(&[Met]);
        refuted.predictions[0].claimed = true;
        refuted.predictions[0].finding = Finding::Refuted;
        let cases = vec![
            (promised(&[Met]), "good", "SLO met"),
            (promised(&[Met, Met, CannotTell]), "good", "SLO met in 2 of 3 promises"),
            (promised(&[Met, Missed]), "bad", "SLO missed"),
            (promised(&[CannotTell]), "unknown", "SLO not missed, nor shown to be met"),
            (promised(&[]), "plain", "Measured, nothing to judge"),
            (below, "unknown", "Cannot tell whether the SLO is met"),
            (limited, "unknown", "Cannot tell: the generator was the limit"),
            (behind, "unknown", "Cannot tell whether the SLO is met"),
            (refuted, "bad", "Expectation refuted"),
            (sample::empty(), "unknown", "Cannot tell: nothing was measured"),
        ];
        for (report, tone, expected) in cases {
            let found = verdict(&report);
            assert_eq!((found.tone.class(), found.answer.as_str()), (tone, expected));
            assert_eq!(exit_code(&report) == EXIT_NO, tone == "bad", "{expected}");
        }
    }

    #[test]
    fn the_run_is_said_in_a_line() {
        assert_eq!(
            verdict(&sample::met()).summary,
            "412 requests/s asked, 412 done, p99 8.1\u{a0}ms, 0 errors"
        );
        assert_eq!(verdict(&sample::empty()).summary, "0 requests/s asked, 0 done, 0 errors");
        assert!(
            verdict(&sample::closed())
                .summary
                .starts_with("400 users pausing 1 s: 389 requests/s done, p99 ")
        );
    }
}
