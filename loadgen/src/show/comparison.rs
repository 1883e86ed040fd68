//! What people and programs see of comparisons; every form is a function of the same value.
//!
//! | file | what it makes |
//! | --- | --- |
//! | `text.rs` | a screen of a terminal |
//! | `foretold.rs` | what was predicted and what became of it, in the forms below |
//! | `markdown.rs` | a comment on a pull request |
//! | `test_cases.rs` | test cases for a build server |
//! | `stored.rs` | what was held against a stored run, in the forms above |
//! | `exports.rs` | what other tools that follow benchmarks read |

pub(crate) mod exports;
pub(crate) mod foretold;
pub(crate) mod markdown;
mod stored;
pub(crate) mod test_cases;
pub(crate) mod text;

use scenarios::comparison::{Against, Comparison, CountCompared, Metric, MetricCompared, worst};
use scenarios::show;
use scenarios::verdict::Compared;
use serde::Serialize;

use crate::duet;
use crate::history::Tripwire;

/// Comparisons of one command.
#[derive(Debug, Serialize)]
pub(crate) struct Job {
    /// The version of this form.
    pub(crate) schema: u32,
    /// The answer of all together; `None` where nothing could be compared.
    pub(crate) word: Option<Compared>,
    /// The exit code.
    pub(crate) exit_code: u8,
    /// In the order in which they were asked for.
    pub(crate) parts: Vec<Part>,
}

/// One comparison, or why there is none.
#[derive(Debug, Serialize)]
pub(crate) struct Part {
    pub(crate) scenario: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) comparison: Option<Comparison>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    /// Whether the servers were asked, and do not answer the same.
    pub(crate) answers_differ: bool,
    /// Where there was no baseline beside it: how it stands against a stored run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stored: Option<Tripwire>,
}

impl Part {
    /// A comparison that was done.
    pub(crate) fn done(comparison: Comparison) -> Part {
        let scenario = comparison.scenario.clone();
        Part { scenario, comparison: Some(comparison), error: None, answers_differ: false, stored: None }
    }

    /// One that was not.
    pub(crate) fn failed(scenario: &str, error: String, answers_differ: bool) -> Part {
        let scenario = scenario.to_owned();
        Part { scenario, comparison: None, error: Some(error), answers_differ, stored: None }
    }

    /// The answer; `None` where it could not be done.
    pub(crate) fn word(&self) -> Option<Compared> {
        match (&self.stored, &self.comparison) {
            (Some(stored), _) => Some(stored.word),
            (None, Some(comparison)) => Some(comparison.word()),
            (None, None) => self.answers_differ.then_some(Compared::CannotTell),
        }
    }
}

impl Job {
    pub(crate) fn new(parts: Vec<Part>) -> Job {
        let words: Vec<Compared> = parts.iter().filter_map(Part::word).collect();
        let word = (!words.is_empty()).then(|| worst(words));
        Job { schema: scenarios::comparison::COMPARISON_SCHEMA, word, exit_code: 0, parts }
    }
}

/// The answer in a word, and its sign.
pub(crate) fn symbol(word: Option<Compared>) -> (&'static str, &'static str) {
    match word {
        Some(Compared::Improved) => ("✓", "improved"),
        Some(Compared::NoDifference) => ("✓", "no difference"),
        Some(Compared::Regressed) => ("✗", "regressed"),
        Some(Compared::CannotTell) => ("?", "cannot tell"),
        None => ("!", "could not be done"),
    }
}

/// A figure with its unit.
pub(crate) fn figure(name: &str, value: f64) -> String {
    if name == Metric::Throughput.title() {
        format!("{}/s", show::digits(value))
    } else {
        show::seconds(value)
    }
}

/// The verdict on a metric, with what it could not say.
pub(crate) fn verdict(metric: &MetricCompared) -> String {
    match metric.word {
        Compared::NoDifference => format!("no difference beyond {}", show::share(metric.margin)),
        word => word.word().to_owned(),
    }
}

/// Half of the letters of a picture, the middle aside.
const HALF: i32 = 9;

/// The interval of a change on a line from three margins down to three margins up: `·····┊····│··━●━·┊····`.
pub(crate) fn picture(metric: &MetricCompared) -> String {
    let (Some(change), true) = (metric.change, metric.margin > 0.0) else { return String::new() };
    let whole = 3.0 * metric.margin;
    #[expect(clippy::cast_possible_truncation, reason = "between the ends")]
    let at = |share: f64| {
        (share / whole * f64::from(HALF)).round().clamp(f64::from(-HALF), f64::from(HALF)) as i32
    };
    let (low, high) = metric.interval.unwrap_or((change, change));
    let (low, high, middle) = (at(low), at(high), at(change));
    (-HALF..=HALF)
        .map(|place| match place {
            _ if place == middle => '●',
            _ if place >= low && place <= high => '━',
            0 => '│',
            _ if place.abs() == at(metric.margin) => '┊',
            _ => '·',
        })
        .collect()
}

/// Whether a count is the same, and by how much it is not.
pub(crate) fn same(count: &CountCompared) -> String {
    if count.same {
        return "the same to the last one".to_owned();
    }
    if count.baseline <= 0.0 {
        return format!("not the same: {}", show::digits(count.candidate));
    }
    let change = count.candidate / count.baseline - 1.0;
    format!("not the same: {:+.3} %", change * 100.0)
}

/// After which look it ended.
pub(crate) fn looks(against: &Against) -> String {
    let (look, of) = against.looks;
    if look > of { "last look".to_owned() } else { format!("look {look} of {of}") }
}

/// How the comparison was made, in a line.
pub(crate) fn method(comparison: &Comparison) -> String {
    let load = &comparison.load;
    let offered = match load.requests_per_s {
        Some(rate) => format!("{} requests/s ({})", show::digits(rate), load.rule),
        None => load.rule.clone(),
    };
    format!(
        "blocks of {} at {offered}; {} of at most {}",
        show::seconds(load.block_s),
        show::seconds(comparison.took_s),
        show::seconds(comparison.most_s)
    )
}

/// What could have been seen, in a line; from the self-test if there was one.
pub(crate) fn could_have_seen(comparison: &Comparison, at: usize) -> String {
    let against = &comparison.against[at];
    match &comparison.self_test {
        Some(test) => format!("this machine can see (self-test, {} pairs): {}", test.pairs, duet::seen(test)),
        None => format!("could have seen with {} pairs: {}", against.pairs, duet::seen(against)),
    }
}

#[cfg(test)]
pub(crate) mod sample {
    use scenarios::comparison::{
        BlockLoad, COMPARISON_SCHEMA, Confirmation, CountCompared, ErrorsCompared, Foretold, Variant,
    };
    use scenarios::experiment::Scale;
    use scenarios::verdict::Finding;

    use super::*;

    fn row(metric: Metric, base: f64, change: f64, half: f64, word: Compared) -> MetricCompared {
        MetricCompared {
            name: metric.title().to_owned(),
            primary: matches!(metric, Metric::Cpu | Metric::P50 | Metric::P99),
            margin: metric.margin(),
            baseline: Some(base),
            candidate: Some(base * (1.0 + change)),
            change: Some(change),
            interval: Some((change - half, change + half)),
            confidence: Some(0.981),
            word,
            detectable: Some(metric.margin() + half),
        }
    }

    /// A comparison in which `b` is slower, and a second try agreed.
    pub(crate) fn regressed() -> Comparison {
        use Compared::{CannotTell, NoDifference, Regressed};
        let against = Against {
            variant: "b".to_owned(),
            word: Regressed,
            why: vec!["CPU per request +5.1 % [+4.4, +5.8]".to_owned()],
            predictions: Vec::new(),
            metrics: vec![
                row(Metric::Cpu, 210e-6, 0.051, 0.007, Regressed),
                row(Metric::Throughput, 396.0, 0.0, 0.001, NoDifference),
                row(Metric::Mean, 0.9e-3, 0.02, 0.02, CannotTell),
                row(Metric::P50, 0.6e-3, 0.021, 0.025, CannotTell),
                row(Metric::P90, 1.6e-3, 0.01, 0.02, NoDifference),
                row(Metric::P99, 4.2e-3, 0.03, 0.08, CannotTell),
            ],
            actions: vec![MetricCompared {
                name: "ask <b> p50".to_owned(),
                primary: false,
                ..row(Metric::P50, 1.1e-3, 0.06, 0.02, Regressed)
            }],
            counts: vec![CountCompared {
                name: "SQL statements of a request".to_owned(),
                baseline: 2.5,
                candidate: 2.5,
                same: true,
            }],
            errors: ErrorsCompared { baseline: 0.0, candidate: 0.0, word: NoDifference },
            pairs: 31,
            dropped: vec![("the generator was late itself".to_owned(), 1)],
            looks: (1, 3),
            confirmation: Some(Confirmation { agrees: true, pairs: 31, changes: vec![(Metric::Cpu, 0.049)] }),
            differences: vec![(Metric::Cpu, vec![0.04, 0.05, 0.06])],
        };
        let variant = |label: &str, what: &str| Variant {
            label: label.to_owned(),
            what: what.to_owned(),
            requests: 12_400,
            failed: 0,
            memory_bytes: Some(42_000_000),
            figures: vec![],
        };
        Comparison {
            schema: COMPARISON_SCHEMA,
            scenario: "forum".to_owned(),
            scenario_hash: "0123456789abcdef".to_owned(),
            seed: 7,
            command: "loadgen check forum --b 'reference --extra-work 10us'".to_owned(),
            version: "loadgen 0.1.0 (release)".to_owned(),
            machine: "two cores".to_owned(),
            started_unix_s: 1_795_000_000,
            took_s: 152.0,
            most_s: 300.0,
            interrupted: false,
            load: BlockLoad {
                requests_per_s: Some(1_200.0),
                connections: None,
                actions_per_s: Some(1_200.0),
                rule: "50 % of the 2,400/s that a carried in a probe".to_owned(),
                block_s: 1.0,
                capacity_per_s: Some(2_400.0),
            },
            because: None,
            variants: vec![variant("a", "reference"), variant("b", "reference --extra-work 10us")],
            against: vec![against],
            self_test: None,
        }
    }

    /// A prediction with what became of it.
    pub(crate) fn foretold(finding: Finding) -> Foretold {
        let predicted = match finding {
            Finding::Confirmed => (0.03, 0.08),
            Finding::Refuted => (-0.7, -0.3),
            Finding::CannotTell => (0.05, 0.1),
        };
        Foretold {
            name: "CPU per request".to_owned(),
            text: format!("{}%..{}%", predicted.0 * 100.0, predicted.1 * 100.0),
            scale: Scale::Share,
            predicted,
            measured: Some(0.051),
            interval: Some((0.044, 0.058)),
            confidence: Some(0.98),
            finding,
            note: String::new(),
        }
    }

    /// The same comparison, of which something was predicted.
    pub(crate) fn predicted() -> Comparison {
        let mut comparison = regressed();
        comparison.because = Some("extra work is <work>".to_owned());
        let unknown = Foretold {
            name: "errors".to_owned(),
            scale: Scale::Points,
            measured: None,
            interval: None,
            note: "not measured".to_owned(),
            ..foretold(Finding::CannotTell)
        };
        comparison.against[0].predictions =
            vec![foretold(Finding::Confirmed), foretold(Finding::Refuted), unknown];
        comparison
    }

    /// The same, as the one part of a job.
    pub(crate) fn job(comparison: Comparison) -> Job {
        Job::new(vec![Part::done(comparison)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_shows_where_the_interval_lies() {
        let comparison = sample::regressed();
        let metrics = &comparison.against[0].metrics;
        assert_eq!(picture(&metrics[0]), "······┊··│··┊···━●━");
        assert_eq!(picture(&metrics[5]), "······━━━━━●━━━━···");
    }

    #[test]
    fn what_could_not_be_done_is_no_answer() {
        let failed = |answers_differ| Part::failed("x", "no".to_owned(), answers_differ);
        assert_eq!(Job::new(vec![failed(false)]).word, None);
        assert_eq!(Job::new(vec![failed(true)]).word, Some(Compared::CannotTell));
    }
}
