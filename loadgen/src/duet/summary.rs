//! From pairs to what a reader sees: metric by metric, with the answer of all together.

use scenarios::comparison::{
    Against, CountCompared, ErrorsCompared, Foretold, Metric, MetricCompared, worst,
};
use scenarios::experiment;
use scenarios::show;
use scenarios::verdict::Compared;

use super::decide::{self, Differences, Rules};
use super::figures::{Figures, Pairs};
use super::foretold::leave_open;
use crate::compare::{
    Alternative, Judgement, Levels, Metric as Judged, benjamini_hochberg, judge, signed_rank,
};
use crate::statistics::median;

/// False discoveries among the actions that are shown as changed.
const DISCOVERIES: f64 = 0.05;
/// Margin of an action's median.
const ACTION_MARGIN: f64 = 0.05;
/// More failing than before, as a share of all requests: less is not worth a word.
const ERRORS_MARGIN: f64 = 0.001;
/// More pairs than this share must count.
const MOST_DROPPED: f64 = 0.25;

/// What decides of one variant.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    pub(super) judged: Vec<Judgement>,
    pub(super) errors: ErrorsCompared,
    pub(super) differences: Differences,
}

impl Standing {
    /// As of now, at this look.
    pub(super) fn of(pairs: &Pairs<'_>, rules: &Rules, look: u32) -> Standing {
        let differences: Differences =
            rules.primary.iter().map(|(metric, _)| pairs.differences(*metric)).collect();
        Standing { judged: decide::judge(&differences, rules, look), errors: errors(pairs), differences }
    }

    /// Whether nothing more needs to be measured.
    pub(super) fn is_decided(&self) -> bool {
        self.errors.word == Compared::Regressed || decide::is_decided(&self.judged)
    }

    /// Indexes of the metrics that are called.
    pub(super) fn called(&self) -> Vec<usize> {
        let is_called =
            |(at, judged): (usize, &Judgement)| (judged.word == Compared::Regressed).then_some(at);
        self.judged.iter().enumerate().filter_map(is_called).collect()
    }
}

fn errors(pairs: &Pairs<'_>) -> ErrorsCompared {
    let [baseline, candidate] = pairs
        .failures()
        .map(|(requests, failed)| if requests == 0 { 0.0 } else { failed as f64 / requests as f64 });
    let differences = pairs.failure_differences();
    let surely =
        |alternative| signed_rank(&differences, alternative).is_some_and(|test| test.p <= decide::CALL);
    let word = if candidate - baseline >= ERRORS_MARGIN && surely(Alternative::Greater) {
        Compared::Regressed
    } else if baseline - candidate >= ERRORS_MARGIN && surely(Alternative::Less) {
        Compared::Improved
    } else if (candidate - baseline).abs() < ERRORS_MARGIN && !differences.is_empty() {
        Compared::NoDifference
    } else {
        Compared::CannotTell
    };
    ErrorsCompared { baseline, candidate, word }
}

/// A variant against the baseline, as it stands at the end; the confirmation is added by whoever made it.
pub(super) fn against(
    label: &str,
    pairs: &Pairs<'_>,
    standing: &Standing,
    rules: &Rules,
    look: u32,
    actions: &[String],
) -> Against {
    let count = pairs.sound().count();
    let dropped = pairs.dropped();
    let mut against = Against {
        variant: label.to_owned(),
        word: Compared::CannotTell,
        why: Vec::new(),
        metrics: metrics(pairs, standing, rules, look, count),
        actions: by_action(pairs, actions),
        counts: counts(pairs),
        errors: standing.errors,
        pairs: u32::try_from(count).unwrap_or(u32::MAX),
        predictions: Vec::new(),
        dropped,
        looks: (look, decide::LOOKS),
        confirmation: None,
        differences: rules
            .primary
            .iter()
            .map(|(metric, _)| *metric)
            .zip(standing.differences.clone())
            .collect(),
    };
    settle(&mut against, pairs);
    against
}

/// The same with what was predicted of it, and what was asked to be shown.
pub(super) fn with_predictions(
    mut against: Against,
    mut predictions: Vec<Foretold>,
    pairs: &Pairs<'_>,
    show: &[String],
) -> Against {
    let lost: u32 = against.dropped.iter().map(|(_, times)| times).sum();
    if f64::from(lost) > MOST_DROPPED * pairs.rounds.len() as f64 {
        leave_open(&mut predictions, &format!("{lost} of {} pairs do not count", pairs.rounds.len()));
    }
    against.predictions = predictions;
    against.counts.extend(shown(pairs, show));
    against
}

/// The answer of all together, and why.
fn settle(against: &mut Against, pairs: &Pairs<'_>) {
    let all = pairs.rounds.len();
    let lost: u32 = against.dropped.iter().map(|(_, times)| times).sum();
    let too_many = all == 0 || f64::from(lost) > MOST_DROPPED * all as f64;
    if too_many {
        for metric in &mut against.metrics {
            metric.word = Compared::CannotTell;
        }
        let reasons: Vec<String> =
            against.dropped.iter().map(|(reason, times)| format!("{times} because {reason}")).collect();
        against.why.push(format!("{lost} of {all} pairs do not count: {}", reasons.join(", ")));
    }
    let ErrorsCompared { baseline, candidate, word } = against.errors;
    if word == Compared::Regressed {
        let failure = pairs.failure().map_or(String::new(), |failure| format!(" ({failure})"));
        against.why.push(format!(
            "{} of the requests fail{failure}, where {} did",
            show::share(candidate),
            show::share(baseline)
        ));
    }
    for metric in against.metrics.iter().filter(|metric| metric.primary) {
        match (metric.word, metric.baseline.zip(metric.candidate)) {
            (Compared::Regressed | Compared::Improved, _) => {
                against.why.push(format!("{} {}", metric.name, change(metric)));
            }
            (Compared::CannotTell, None) if !too_many => against.why.push(format!(
                "{} is not known: the server is not on this machine, or not to be seen, and has no process_cpu_seconds_total under /metrics",
                metric.name
            )),
            (Compared::CannotTell, _) if !too_many => {
                let seen = metric.interval.map_or("too few pairs".to_owned(), |_| change(metric));
                against.why.push(format!(
                    "{} {seen}: neither surely more than {} nor surely less",
                    metric.name,
                    show::share(metric.margin)
                ));
            }
            _ => {}
        }
    }
    let primary = against.metrics.iter().filter(|metric| metric.primary).map(|metric| metric.word);
    against.word = worst(primary.chain([word]));
}

/// `+5.1 % [+4.4, +5.9]`.
pub(crate) fn change(metric: &MetricCompared) -> String {
    let percent = |share: f64| {
        let percent = share * 100.0;
        let digits = usize::from(percent.abs() < 9.95);
        let text = format!("{percent:+.digits$}");
        // Minus nothing is nothing.
        if text.trim_start_matches(['+', '-']).chars().all(|c| "0.".contains(c)) {
            "±0.0".to_owned()
        } else {
            text.replace('-', "−")
        }
    };
    let Some(change) = metric.change else { return "–".to_owned() };
    match metric.interval {
        Some((low, high)) => format!("{} % [{}, {}]", percent(change), percent(low), percent(high)),
        None => format!("{} %", percent(change)),
    }
}

fn metrics(
    pairs: &Pairs<'_>,
    standing: &Standing,
    rules: &Rules,
    look: u32,
    count: usize,
) -> Vec<MetricCompared> {
    Metric::ALL
        .into_iter()
        .map(|metric| {
            let primary = rules.primary.iter().position(|(primary, _)| *primary == metric);
            let (margin, differences, judged) = if let Some(at) = primary {
                (rules.primary[at].1, standing.differences[at].clone(), standing.judged[at])
            } else {
                let differences = pairs.differences(metric);
                let alone = Judged { differences: &differences, margin: metric.margin() };
                let judged = judge(&[alone], rules.levels(look))[0];
                (metric.margin(), differences, judged)
            };
            let sign = if metric.is_better_when_more() { -1.0 } else { 1.0 };
            MetricCompared {
                name: metric.title().to_owned(),
                primary: primary.is_some(),
                margin,
                baseline: middle(pairs.sound().filter_map(|(one, _)| one.get(metric))),
                candidate: middle(pairs.sound().filter_map(|(_, other)| other.get(metric))),
                detectable: decide::detectable(&differences, margin, count, rules),
                ..compared(judged, sign)
            }
        })
        .collect()
}

/// Of the judgement, turned back to the change as it is.
fn compared(judged: Judgement, sign: f64) -> MetricCompared {
    let turned = |change: f64| if sign < 0.0 { (-change.ln_1p()).exp_m1() } else { change };
    let interval = judged.interval.map(|interval| {
        let ends = (turned(interval.low), turned(interval.high));
        (ends.0.min(ends.1), ends.0.max(ends.1))
    });
    MetricCompared {
        name: String::new(),
        primary: false,
        margin: 0.0,
        baseline: None,
        candidate: None,
        change: judged.change.map(turned),
        interval,
        confidence: judged.interval.map(|interval| interval.confidence),
        word: judged.word,
        detectable: None,
    }
}

fn middle(values: impl Iterator<Item = f64>) -> Option<f64> {
    let values: Vec<f64> = values.collect();
    (!values.is_empty()).then(|| median(&values))
}

/// Actions advise: of those that are shown as changed, few are by chance (Benjamini and Hochberg).
fn by_action(pairs: &Pairs<'_>, actions: &[String]) -> Vec<MetricCompared> {
    let differences: Vec<Vec<f64>> = (0..actions.len()).map(|at| pairs.action_differences(at)).collect();
    let p =
        |differences: &Vec<f64>| signed_rank(differences, Alternative::TwoSided).map_or(1.0, |test| test.p);
    let adjusted = benjamini_hochberg(&differences.iter().map(p).collect::<Vec<_>>());
    actions
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let levels = Levels { call: decide::PASS, pass: decide::PASS };
            let alone = Judged { differences: &differences[at], margin: ACTION_MARGIN };
            let mut judged = judge(&[alone], levels)[0];
            let is_called = matches!(judged.word, Compared::Regressed | Compared::Improved);
            if is_called && adjusted[at] > DISCOVERIES {
                judged.word = Compared::CannotTell;
            }
            let of = |pick: fn((&Figures, &Figures), usize) -> Option<f64>| {
                middle(pairs.sound().filter_map(|pair| pick(pair, at)))
            };
            MetricCompared {
                name: format!("{name} p50"),
                margin: ACTION_MARGIN,
                baseline: of(|(one, _), at| one.action(at)),
                candidate: of(|(_, other), at| other.action(at)),
                ..compared(judged, 1.0)
            }
        })
        .collect()
}

/// Bytes of answers, and statements to the database where the server counts them.
fn counts(pairs: &Pairs<'_>) -> Vec<CountCompared> {
    let requests: (u64, u64) =
        pairs.sound().fold((0, 0), |sum, (one, other)| (sum.0 + one.requests, sum.1 + other.requests));
    let compared = |name: &str, pick: fn(&Figures) -> Option<u64>| {
        let mut sums = (0u64, 0u64);
        for (one, other) in pairs.sound() {
            sums = (sums.0 + pick(one)?, sums.1 + pick(other)?);
        }
        (requests.0 > 0 && requests.1 > 0).then(|| CountCompared {
            name: name.to_owned(),
            baseline: sums.0 as f64 / requests.0 as f64,
            candidate: sums.1 as f64 / requests.1 as f64,
            same: sums == (sums.1, sums.0) && requests.0 == requests.1,
        })
    };
    [
        compared(experiment::BYTES, |figures| Some(figures.bytes)),
        compared(experiment::STATEMENTS, |figures| figures.sql),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Series of the servers' own counters: the median of the blocks that count.
fn shown(pairs: &Pairs<'_>, show: &[String]) -> Vec<CountCompared> {
    let of = |at: usize, series: &String| {
        let value = |figures: &Figures| figures.shown.get(at).copied().flatten();
        let baseline = middle(pairs.sound().filter_map(|(one, _)| value(one)))?;
        let candidate = middle(pairs.sound().filter_map(|(_, other)| value(other)))?;
        let same = baseline.to_bits() == candidate.to_bits();
        Some(CountCompared { name: series.clone(), baseline, candidate, same })
    };
    show.iter().enumerate().filter_map(|(at, series)| of(at, series)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_written_with_their_sign() {
        let metric = |change: f64, interval| MetricCompared {
            change: Some(change),
            interval,
            ..compared(Judgement { word: Compared::CannotTell, change: None, interval: None }, 1.0)
        };
        assert_eq!(change(&metric(0.0512, Some((0.044, 0.0591)))), "+5.1 % [+4.4, +5.9]");
        assert_eq!(change(&metric(-0.0004, Some((-0.149, 0.1)))), "±0.0 % [−15, +10]");
        assert_eq!(change(&metric(0.5, None)), "+50 %");
    }

    #[test]
    fn more_throughput_is_more() {
        let judged = Judgement {
            word: Compared::Regressed,
            change: Some(0.25),
            interval: Some(crate::compare::Interval { low: 0.0, high: 1.0, confidence: 0.98 }),
        };
        let throughput = compared(judged, -1.0);
        // A quarter worse: four fifths of what there was.
        assert!((throughput.change.unwrap() + 0.2).abs() < 1e-12);
        let (low, high) = throughput.interval.unwrap();
        assert!((low + 0.5).abs() < 1e-12 && high.abs() < 1e-12);
    }
}
