//! From what was seen to an answer: passed, failed, or the machine may be to blame.
//!
//! A deviation of more than [`ALLOWED`] is a failure only where nothing but the generator can have caused it. The target
//! says how late it was itself, the report says how late requests left and how long the generator waited for a
//! processor, and the host says what it took; where one of these is large enough to matter, nobody can tell.

use std::time::Duration;

use scenarios::report::{Honesty, Latency};
use scenarios::show;

use super::{Answer, Case, CrowdCheck, JUDGED_FROM, QUANTILES, Row, StallCheck, Tried};

/// Of the predicted value: what a quantile may be off.
const ALLOWED: f64 = 0.01;
/// Of the requests that were asked for: what the rate may be off.
const RATE_ALLOWED: f64 = 0.001;
/// Of the time: what a host, or other programs, may take without being to blame.
const TAKEN: f64 = 0.01;
/// How late requests may leave at p99 without being to blame, as for every run.
const LAG_ALLOWED: Duration = Duration::from_millis(1);

/// The worst: failed, then cannot tell.
pub(super) fn worst(answers: impl Iterator<Item = Answer>) -> Answer {
    answers.fold(Answer::Passed, |worst, answer| match (worst, answer) {
        (Answer::Failed, _) | (_, Answer::Failed) => Answer::Failed,
        (Answer::CannotTell, _) | (_, Answer::CannotTell) => Answer::CannotTell,
        _ => Answer::Passed,
    })
}

/// A quantile of a report; 1 is the longest. 0 where there is none.
pub(super) fn quantile(latency: &Latency, q: f64) -> f64 {
    if q >= 1.0 { latency.max_s } else { latency.quantile(q).map_or(0.0, |quantile| quantile.value_s) }
}

/// A run with stalls, against the closed form.
pub(super) fn of_stall(case: &Case, rate: f64, tried: &Tried) -> StallCheck {
    let Tried { report, served, stolen_share } = tried;
    let (all, lag) = (&report.all, &report.generator.lag);
    let rows: Vec<Row> = QUANTILES
        .iter()
        .map(|q| {
            let (predicted_s, seen_s) = (case.stall.quantile(*q), quantile(&all.response, *q));
            Row {
                q: *q,
                predicted_s,
                seen_s,
                service_s: quantile(&all.service, *q),
                deviation: (predicted_s > 0.0).then(|| seen_s / predicted_s - 1.0),
                is_judged: *q >= JUDGED_FROM,
            }
        })
        .collect();
    let mut wrong = wrong(&rows);
    let offered_per_s =
        all.scheduled.saturating_sub(report.generator.shed) as f64 / report.offered.measured_s;
    if (offered_per_s / rate - 1.0).abs() > RATE_ALLOWED {
        wrong.push(format!("offered {}/s of {}/s", show::digits(offered_per_s), show::digits(rate)));
    }
    if served.stalls != case.times as usize {
        wrong.push(format!("{} of {} stalls came about", served.stalls, case.times));
    }
    let least =
        rows.iter().filter(|row| row.is_judged).map(|row| row.predicted_s).fold(f64::INFINITY, f64::min);
    let blamed = blame(tried, least);
    let (answer, because) = match (wrong.is_empty(), blamed.is_empty()) {
        (true, _) => (Answer::Passed, Vec::new()),
        (false, true) => (Answer::Failed, wrong),
        (false, false) => (Answer::CannotTell, [wrong, blamed].concat()),
    };
    StallCheck {
        stall_s: case.stall.length.as_secs_f64(),
        every_s: case.stall.every.as_secs_f64(),
        measured_s: report.offered.measured_s,
        asked_per_s: rate,
        offered_per_s,
        rows,
        lag_s: [0.5, 0.99, 1.0].map(|q| quantile(lag, q)),
        target_late_s: served.late.as_secs_f64(),
        stolen_share: *stolen_share,
        generator: report.generator.verdict,
        answer,
        because,
    }
}

/// Which quantiles are off.
fn wrong(rows: &[Row]) -> Vec<String> {
    rows.iter()
        .filter(|row| row.is_judged && row.deviation.is_none_or(|deviation| deviation.abs() > ALLOWED))
        .map(|row| {
            format!(
                "{} is {} and not {}",
                name(row.q),
                show::seconds(row.seen_s),
                show::seconds(row.predicted_s)
            )
        })
        .collect()
}

/// `p99.9`; `max`.
pub(crate) fn name(q: f64) -> String {
    if q >= 1.0 { "max".to_owned() } else { format!("p{}", show::digits(q * 100.0)) }
}

/// What but the generator's arithmetic may have made figures wrong by a hundredth of `least_s`.
fn blame(tried: &Tried, least_s: f64) -> Vec<String> {
    let Tried { report, served, stolen_share } = tried;
    let mut blamed = Vec::new();
    if report.generator.verdict == Honesty::GeneratorLimited {
        blamed.extend(report.generator.evidence.iter().cloned());
    }
    let lag = quantile(&report.generator.lag, 0.99);
    if lag > LAG_ALLOWED.as_secs_f64() {
        blamed.push(format!("requests left {} late at p99", show::seconds(lag)));
    }
    if let Some(stolen) = stolen_share.filter(|stolen| *stolen > TAKEN) {
        blamed.push(format!("the host of this machine took {} of its processors' time", show::share(stolen)));
    }
    if let Some(waited) = report.generator.wait_share.filter(|waited| *waited > TAKEN) {
        blamed.push(format!("the generator waited {} of the time for a processor", show::share(waited)));
    }
    let late = served.late.as_secs_f64();
    if late > least_s * ALLOWED {
        blamed.push(format!("the target was {} late with its answers after a stall", show::seconds(late)));
    }
    blamed
}

/// A run with busy threads beside the generator (`is_ours`) or the target.
pub(super) fn of_crowd(crowded: &'static str, threads: usize, is_ours: bool, tried: &Tried) -> CrowdCheck {
    let generator = &tried.report.generator;
    let is_limited = generator.verdict == Honesty::GeneratorLimited;
    let answer = match (is_ours, is_limited) {
        (true, true) | (false, false) => Answer::Passed,
        // Nobody of ours is on its processor: others of this machine may be.
        (false, true) if blame(tried, f64::INFINITY).len() > generator.evidence.len() => Answer::CannotTell,
        (true, false) | (false, true) => Answer::Failed,
    };
    CrowdCheck {
        crowded,
        threads,
        lag_p99_s: quantile(&generator.lag, 0.99),
        response_p99_s: quantile(&tried.report.all.response, 0.99),
        generator: generator.verdict,
        evidence: generator.evidence.clone(),
        answer,
    }
}

#[cfg(test)]
mod tests {
    use super::super::closed_form::Stall;
    use super::super::target::Served;
    use super::*;
    use crate::show::html::sample;
    use scenarios::report::Quantile;

    /// A run of 5,000 requests in which each quantile is so much of what is predicted.
    fn tried(times: f64) -> (Case, Tried) {
        let stall = Stall { length: Duration::from_secs(2), every: Duration::from_secs(10) };
        let case = Case { stall, times: 1, rate: 500.0 };
        let mut report = sample::met();
        let quantiles = [0.5, 0.9, 0.95, 0.99, 0.999].map(|q| Quantile {
            q,
            value_s: stall.quantile(q) * times,
            interval_s: None,
            censored: false,
        });
        report.all.response =
            Latency { count: 5_000, mean_s: 0.2, max_s: 2.0 * times, quantiles: quantiles.to_vec() };
        report.all.service = report.all.response.clone();
        report.all.scheduled = 5_000;
        report.offered.measured_s = 10.0;
        report.generator.shed = 0;
        report.generator.verdict = Honesty::Valid;
        report.generator.wait_share = Some(0.001);
        report.generator.lag = Latency::default();
        let served = Served { late: Duration::from_millis(2), stalls: 1 };
        (case, Tried { report, served, stolen_share: Some(0.0) })
    }

    #[test]
    fn a_deviation_fails_unless_the_machine_may_be_to_blame() {
        type Change = fn(&mut Tried);
        let cases: [(f64, Change, Answer); 11] = [
            (1.0, |_| (), Answer::Passed),
            (1.009, |_| (), Answer::Passed),
            (1.02, |_| (), Answer::Failed),
            (0.98, |_| (), Answer::Failed),
            // What a tool shows that waits for its answers.
            (0.001, |_| (), Answer::Failed),
            (1.02, |tried| tried.stolen_share = Some(0.05), Answer::CannotTell),
            (1.02, |tried| tried.served.late = Duration::from_millis(40), Answer::CannotTell),
            (1.02, |tried| tried.report.generator.wait_share = Some(0.2), Answer::CannotTell),
            // A machine that is late and yet right has passed.
            (1.0, |tried| tried.stolen_share = Some(0.05), Answer::Passed),
            (1.0, |tried| tried.report.all.scheduled = 4_900, Answer::Failed),
            (1.0, |tried| tried.served.stalls = 0, Answer::Failed),
        ];
        for (times, change, expected) in cases {
            let (case, mut tried) = tried(times);
            change(&mut tried);
            let check = of_stall(&case, 500.0, &tried);
            assert_eq!(check.answer, expected, "{times} {:?}", check.because);
            assert_eq!(check.because.is_empty(), expected == Answer::Passed);
        }
    }

    #[test]
    fn the_generator_must_know_whose_processor_was_taken() {
        for (is_ours, verdict, wait, expected) in [
            (true, Honesty::GeneratorLimited, 0.7, Answer::Passed),
            (true, Honesty::Valid, 0.7, Answer::Failed),
            (false, Honesty::Valid, 0.0, Answer::Passed),
            (false, Honesty::ServerLimited, 0.0, Answer::Passed),
            (false, Honesty::GeneratorLimited, 0.0, Answer::Failed),
            (false, Honesty::GeneratorLimited, 0.3, Answer::CannotTell),
        ] {
            let (_, mut tried) = tried(1.0);
            (tried.report.generator.verdict, tried.report.generator.wait_share) = (verdict, Some(wait));
            assert_eq!(of_crowd("x", 3, is_ours, &tried).answer, expected, "{is_ours} {verdict:?} {wait}");
        }
    }

    #[test]
    fn one_failure_is_a_failure() {
        use Answer::{CannotTell, Failed, Passed};
        for (answers, expected) in [
            (&[Passed, Passed][..], Passed),
            (&[Passed, CannotTell], CannotTell),
            (&[CannotTell, Failed, Passed], Failed),
            (&[], Passed),
        ] {
            assert_eq!(worst(answers.iter().copied()), expected);
        }
        assert_eq!([0.5, 0.999, 1.0].map(name), ["p50", "p99.9", "max"]);
    }
}
