//! From what was recorded to what is reported: quantiles with intervals, attained promises, costs per request.

mod over_time;
mod time_parts;

use scenarios::report::{ActionReport, ErrorCount, Latency, Quantile, Second, SloOutcome, SpectrumPoint};
use scenarios::show;
use scenarios::slo::{Goal, Objective};
use scenarios::verdict::Attained;

use crate::bunches::{inflation, inflation_at};
use crate::engine::Outcome;
use crate::record::{ActionRecord, Attainment, Recorder, SecondRecord, Times};
use crate::settled;
use crate::statistics::{clopper_pearson, quantile_bounds, share_interval};

pub(crate) use over_time::{heat, over_time};
pub(crate) use time_parts::time_parts;

/// The quantiles that are reported.
const QUANTILES: [f64; 5] = [0.5, 0.9, 0.95, 0.99, 0.999];
const NANOS_PER_SECOND: f64 = 1e9;

/// One action, or all of them, over so many measured seconds.
pub(crate) fn action(name: &str, record: &ActionRecord, seconds: f64) -> ActionReport {
    let mut errors: Vec<ErrorCount> = record
        .errors
        .iter()
        .map(|((outcome, status), count)| ErrorCount { kind: kind(*outcome, *status), count: *count })
        .collect();
    errors.sort_by(|a, b| b.count.cmp(&a.count).then(a.kind.cmp(&b.kind)));
    ActionReport {
        name: name.to_owned(),
        scheduled: record.scheduled,
        good: record.good,
        errors,
        asked_per_s: record.scheduled as f64 / seconds,
        done_per_s: record.good as f64 / seconds,
        response: response(record),
        service: latency(&record.service, |_| None, |_| false),
        first_byte: latency(&record.first_byte, |_| None, |_| false),
        bytes_per_response: if record.answers == 0 {
            0.0
        } else {
            record.bytes_received as f64 / record.answers as f64
        },
        parts: time_parts(&record.parts),
    }
}

fn kind(outcome: Outcome, status: u16) -> String {
    match outcome {
        Outcome::Good => "none".to_owned(),
        Outcome::CheckFailed if status >= 400 => format!("status {status}"),
        Outcome::CheckFailed => format!("check failed (status {status})"),
        Outcome::TimedOut => "timed out".to_owned(),
        Outcome::ConnectFailed => "no connection".to_owned(),
        Outcome::Reset => "connection closed".to_owned(),
        Outcome::Malformed => "not HTTP".to_owned(),
        Outcome::Shed => "shed".to_owned(),
        Outcome::CutShort => "cut short".to_owned(),
    }
}

/// The response time with intervals that allow for slow answers coming in bunches.
fn response(record: &ActionRecord) -> Latency {
    let interval = |q: f64| {
        let inflation = inflation_at(q, &record.blocks, |q| record.response.value_at_quantile(q))?;
        let (low, high) = quantile_bounds(q, record.response.len(), inflation)?;
        Some((
            seconds(record.response.value_at_quantile(low)),
            seconds(record.response.value_at_quantile(high)),
        ))
    };
    latency(&record.response, interval, |value| record.censored_from.is_some_and(|from| value >= from))
}

fn latency(
    times: &Times,
    interval: impl Fn(f64) -> Option<(f64, f64)>,
    censored: impl Fn(u64) -> bool,
) -> Latency {
    if times.is_empty() {
        return Latency::default();
    }
    let quantiles = QUANTILES.map(|q| {
        let value = times.value_at_quantile(q);
        Quantile { q, value_s: seconds(value), interval_s: interval(q), censored: censored(value) }
    });
    Latency {
        count: times.len(),
        mean_s: times.mean() / NANOS_PER_SECOND,
        max_s: seconds(times.max()),
        quantiles: quantiles.to_vec(),
    }
}

/// A time without intervals.
pub(crate) fn plain(times: &Times) -> Latency {
    latency(times, |_| None, |_| false)
}

fn seconds(nanos: u64) -> f64 {
    nanos as f64 / NANOS_PER_SECOND
}

/// What the recorder has to count for each promise. `actions` are the names of the plan.
pub(crate) fn attainments(slo: &[Objective], actions: &[&str]) -> Vec<Attainment> {
    slo.iter()
        .map(|objective| {
            let action = objective.action.as_deref().map(|name| {
                let index = actions.iter().position(|action| *action == name);
                // An action that this run does not do is never due, and its promise cannot be told.
                u16::try_from(index.unwrap_or(usize::from(u16::MAX))).unwrap_or(u16::MAX)
            });
            let limit = match objective.goal {
                Goal::Within { limit, .. } => Some(u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX)),
                Goal::Errors { .. } | Goal::Available { .. } => None,
            };
            Attainment { action, limit, kept: 0, scheduled: 0 }
        })
        .collect()
}

/// What became of each promise.
pub(crate) fn slo(objectives: &[Objective], recorder: &Recorder) -> Vec<SloOutcome> {
    objectives
        .iter()
        .zip(&recorder.counted.attainments)
        .map(|(objective, attainment)| outcome(objective, attainment, bunching(attainment, recorder)))
        .collect()
}

/// The same of one phase: slow answers bunch as those of all its actions do, and failures as in its seconds.
pub(crate) fn slo_of_phase(
    objectives: &[Objective],
    attainments: &[Attainment],
    all: &ActionRecord,
    seconds: &[SecondRecord],
) -> Vec<SloOutcome> {
    let of = |attainment: &Attainment| bunching_in(attainment, Some(all), seconds);
    objectives.iter().zip(attainments).map(|(goal, kept)| outcome(goal, kept, of(kept))).collect()
}

/// How many requests are worth one independent one where a promise was missed in bunches: of slow answers to its own
/// requests, or of failures, whichever come in the larger ones. A run that is too short to see counts each.
fn bunching(attainment: &Attainment, recorder: &Recorder) -> f64 {
    let record = attainment
        .action
        .map_or(Some(&recorder.all), |action| recorder.counted.actions.get(usize::from(action)));
    bunching_in(attainment, record, recorder.seconds())
}

fn bunching_in(attainment: &Attainment, record: Option<&ActionRecord>, seconds: &[SecondRecord]) -> f64 {
    if attainment.kept == attainment.scheduled {
        return 1.0;
    }
    let slow =
        attainment.limit.zip(record).and_then(|(limit, record)| inflation(&record.blocks.above(limit)));
    let failed: Vec<(u64, u64)> =
        seconds.iter().map(|second| (second.scheduled - second.good, second.scheduled)).collect();
    slow.unwrap_or(1.0).max(inflation(&failed).unwrap_or(1.0))
}

/// `read question p99 < 200 ms`, `all errors < 0.1%`.
pub(crate) fn promise_in_words(objective: &Objective) -> String {
    match &objective.action {
        Some(action) => format!("{action} {}", objective.text),
        None if matches!(objective.goal, Goal::Available { .. }) => {
            format!("availability {}", objective.text)
        }
        None => format!("all {}", objective.text),
    }
}

/// The share of requests, or of time, that has to keep a promise.
pub(crate) fn promised_share(objective: &Objective) -> f64 {
    match objective.goal {
        Goal::Within { share, .. } | Goal::Available { share } => share.share(),
        Goal::Errors { share } => 1.0 - share.share(),
    }
}

fn outcome(objective: &Objective, attainment: &Attainment, bunching: f64) -> SloOutcome {
    let (promise, share) = (promise_in_words(objective), promised_share(objective));
    let Attainment { kept, scheduled, .. } = *attainment;
    let open = SloOutcome {
        promise,
        verdict: Attained::CannotTell,
        promised_share: share,
        attained_share: None,
        interval: None,
        independent: None,
        worth: None,
        scheduled: 0,
        measurable: !matches!(objective.goal, Goal::Available { .. }),
        line: objective.line,
    };
    judged(open, kept, scheduled, bunching)
}

/// A promise, judged on how many of those scheduled kept it, where so many requests are worth one independent one.
pub(crate) fn judged(outcome: SloOutcome, kept: u64, scheduled: u64, bunching: f64) -> SloOutcome {
    let share = outcome.promised_share;
    let is_measured = outcome.measurable && scheduled > 0;
    let interval = is_measured.then(|| share_interval(kept, scheduled, bunching));
    let verdict = match interval {
        Some((low, _)) if low >= share => Attained::Met,
        Some((_, high)) if high < share => Attained::Missed,
        _ => Attained::CannotTell,
    };
    let in_bunches = is_measured && bunching > 1.0;
    SloOutcome {
        verdict,
        attained_share: interval.map(|_| kept as f64 / scheduled as f64),
        interval,
        independent: in_bunches.then(|| clopper_pearson(kept, scheduled)),
        worth: in_bunches.then(|| scheduled as f64 / bunching),
        scheduled: if outcome.measurable { scheduled } else { 0 },
        ..outcome
    }
}

/// The run second by second; seconds that were set aside are not among them.
pub(crate) fn seconds_of(recorder: &Recorder, set_aside: &[u32]) -> Vec<Second> {
    (0..)
        .zip(recorder.seconds())
        // Of a second that was set aside in part, what counts is there.
        .filter(|(at_s, second)| second.scheduled > 0 || set_aside.binary_search(at_s).is_err())
        .map(|(at_s, second)| Second {
            at_s,
            scheduled: second.scheduled,
            good: second.good,
            p50_s: seconds(second.p50),
            p99_s: seconds(second.p99),
            max_s: seconds(second.max),
        })
        .collect()
}

/// The median response of each second that counts, in seconds, with its number.
pub(crate) fn medians(recorder: &Recorder) -> Vec<(usize, f64)> {
    let seconds = recorder.seconds().iter().enumerate().filter(|(_, second)| second.p50 > 0);
    seconds.map(|(number, second)| (number, second.p50 as f64 / 1e9)).collect()
}

/// What is to be known of a beginning that differs from the rest.
pub(crate) fn first_seconds(recorder: &Recorder) -> Option<String> {
    let medians = medians(recorder);
    let series: Vec<f64> = medians.iter().map(|(_, median)| *median).collect();
    let start = settled::start(&series)?;
    let (first, later) = (show::seconds(start.at_first_s), show::seconds(start.later_s));
    let from = medians.get(start.seconds)?.0;
    let all = &recorder.all;
    let without = all.blocks.quantile_from(from, 0.99).map_or(String::new(), |p99| {
        format!("; without them p99 would be about {}", show::seconds(p99 as f64 / 1e9))
    });
    Some(format!(
        "the first {} s after the warm-up differ from the rest by MSER (a median of {first}, then {later}) and count all the same{without}. A longer --warmup leaves them out",
        start.seconds
    ))
}

/// The percentile spectrum: five points for each halving of what is left, as far as the samples reach.
pub(crate) fn spectrum(all: &ActionRecord) -> Vec<SpectrumPoint> {
    const POINTS_PER_HALVING: f64 = 5.0;
    /// 2^64 samples would need as many.
    const MOST_POINTS: u32 = 320;
    if all.response.is_empty() {
        return Vec::new();
    }
    let last = 1.0 - 1.0 / all.response.len() as f64;
    (0..MOST_POINTS)
        .map(|step| 1.0 - 0.5f64.powf(f64::from(step) / POINTS_PER_HALVING))
        .take_while(|q| *q <= last)
        .map(|q| SpectrumPoint {
            q,
            response_s: seconds(all.response.value_at_quantile(q)),
            service_s: if all.service.is_empty() { 0.0 } else { seconds(all.service.value_at_quantile(q)) },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenarios::Scenario;

    fn promise(text: &str) -> Vec<Objective> {
        Scenario::from_yaml(&format!("name: x\nslo: {text}\n")).unwrap().slo
    }

    #[test]
    fn a_promise_is_judged_by_what_was_scheduled() {
        // 0.025^(1/368) = 0.99002: with 368 and no miss, 99 % is just shown; with 367 it is not.
        for (text, kept, scheduled, expected) in [
            ("p99 < 100 ms", 368, 368, Attained::Met),
            ("p99 < 100 ms", 367, 367, Attained::CannotTell),
            ("p99 < 100 ms", 9_700, 10_000, Attained::Missed),
            ("p99 < 100 ms", 0, 0, Attained::CannotTell),
            ("errors < 0.1%", 10_000, 10_000, Attained::Met),
            ("errors < 0.1%", 9_900, 10_000, Attained::Missed),
        ] {
            let objectives = promise(text);
            let mut counted = attainments(&objectives, &[]);
            (counted[0].kept, counted[0].scheduled) = (kept, scheduled);
            let outcome = outcome(&objectives[0], &counted[0], 1.0);
            assert_eq!(outcome.verdict, expected, "{text} {kept}/{scheduled}");
            assert_eq!((outcome.independent, outcome.worth), (None, None));
        }
    }

    #[test]
    fn one_bunch_of_misses_does_not_decide_and_both_intervals_are_said() {
        // 50 of 2,000 in one bunch of 20 s: 97.5 % of 99 % promised. Each for itself they would be a miss: the exact
        // interval of 1,950 in 2,000 ends at 98.1 %. Worth 1 in 50 of them, 39 in 40, it ends above 99 %.
        let objectives = promise("p99 < 100 ms");
        let mut counted = attainments(&objectives, &[]);
        (counted[0].kept, counted[0].scheduled) = (1_950, 2_000);
        assert_eq!(outcome(&objectives[0], &counted[0], 1.0).verdict, Attained::Missed);
        let bunched = outcome(&objectives[0], &counted[0], 50.0);
        assert_eq!((bunched.verdict, bunched.worth), (Attained::CannotTell, Some(40.0)));
        let (independent, interval) = (bunched.independent.unwrap(), bunched.interval.unwrap());
        assert!(independent.1 < 0.982 && interval.1 > 0.99 && interval.0 < independent.0);
    }
}
