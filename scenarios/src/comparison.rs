//! What became of a comparison of two or more variants of a server, as it travels: file, page, exit code.
//!
//! Times are in seconds, sizes in bytes, changes are shares (0.05: 5 % more), and more is always worse but for throughput,
//! whose changes are shown as they are. The JSON form has a schema number, like reports.

use serde::{Deserialize, Serialize};

use crate::experiment::Scale;
use crate::verdict::{Compared, Finding};

/// The version of the JSON form; grows when a reader of the old form would be misled.
pub const COMPARISON_SCHEMA: u32 = 1;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Processor time of the server's processes for each request, in seconds.
    Cpu,
    /// Answered requests per second.
    Throughput,
    /// Mean response time.
    Mean,
    /// Median response time.
    P50,
    /// The response time within which 90 % are answered.
    P90,
    /// The same for 99 %.
    P99,
}

impl Metric {
    /// All of them, as they are shown.
    pub const ALL: [Metric; 6] =
        [Metric::Cpu, Metric::Throughput, Metric::Mean, Metric::P50, Metric::P90, Metric::P99];

    /// As typed and in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Metric::Cpu => "cpu",
            Metric::Throughput => "throughput",
            Metric::Mean => "mean",
            Metric::P50 => "p50",
            Metric::P90 => "p90",
            Metric::P99 => "p99",
        }
    }

    /// As people read it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Metric::Cpu => "CPU per request",
            other => other.name(),
        }
    }

    /// The metric of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Metric> {
        Metric::ALL.into_iter().find(|metric| metric.name() == name)
    }

    /// Whether more of it is better.
    #[must_use]
    pub fn is_better_when_more(self) -> bool {
        self == Metric::Throughput
    }

    /// The change below which nothing is said, unless told otherwise. How often checks with these margins are right, the
    /// example `power` of loadgen prints.
    #[must_use]
    pub fn margin(self) -> f64 {
        match self {
            Metric::Cpu => 0.02,
            Metric::Throughput | Metric::Mean | Metric::P50 => 0.03,
            Metric::P90 => 0.04,
            Metric::P99 => 0.06,
        }
    }
}

/// A comparison, done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The version of this form.
    pub schema: u32,
    /// The scenario's name.
    pub scenario: String,
    /// Fingerprint of its text.
    pub scenario_hash: String,
    /// Of every random draw.
    pub seed: u64,
    /// What was typed.
    pub command: String,
    /// `loadgen 0.1.0 (release)`.
    pub version: String,
    /// Processor, cores, memory, kernel.
    pub machine: String,
    /// When it began, in seconds since 1970.
    pub started_unix_s: u64,
    /// How long it took, with everything.
    pub took_s: f64,
    /// How long it was allowed to take.
    pub most_s: f64,
    /// Whether somebody ended it before its time.
    #[serde(default)]
    pub interrupted: bool,
    /// What was offered in each block.
    pub load: BlockLoad,
    /// Why b should differ, as the scenario says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// Who was compared; the first is the baseline.
    pub variants: Vec<Variant>,
    /// Each other variant against the baseline.
    pub against: Vec<Against>,
    /// The baseline against a second copy of itself, where that was asked for.
    pub self_test: Option<Against>,
}

impl Comparison {
    /// The answer of all together: the worst.
    #[must_use]
    pub fn word(&self) -> Compared {
        worst(self.against.iter().map(|against| against.word))
    }

    /// What became of all predictions together; `None` where nothing was predicted.
    #[must_use]
    pub fn finding(&self) -> Option<Finding> {
        all_found(self.against.iter().flat_map(|against| &against.predictions).map(|held| held.finding))
    }
}

/// Of several answers the one that counts: regressed, else cannot tell, else improved if any is, else no difference.
#[must_use]
pub fn worst(words: impl IntoIterator<Item = Compared>) -> Compared {
    let rank = |word: &Compared| match word {
        Compared::Regressed => 3,
        Compared::CannotTell => 2,
        Compared::Improved => 1,
        Compared::NoDifference => 0,
    };
    words.into_iter().max_by_key(rank).unwrap_or(Compared::CannotTell)
}

/// Of several predictions: refuted if any is, confirmed if all are; `None` of none.
#[must_use]
pub fn all_found(findings: impl IntoIterator<Item = Finding>) -> Option<Finding> {
    findings.into_iter().reduce(|one, other| match (one, other) {
        (Finding::Refuted, _) | (_, Finding::Refuted) => Finding::Refuted,
        (Finding::CannotTell, _) | (_, Finding::CannotTell) => Finding::CannotTell,
        (Finding::Confirmed, Finding::Confirmed) => Finding::Confirmed,
    })
}

/// What was offered in each block.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BlockLoad {
    /// Requests per second; `None` where connections ask as fast as they are answered.
    pub requests_per_s: Option<f64>,
    /// Actions per second, likewise.
    pub actions_per_s: Option<f64>,
    /// How many connections did, in that case.
    pub connections: Option<u32>,
    /// How the rate came about, in words.
    pub rule: String,
    /// Length of a block.
    pub block_s: f64,
    /// What the baseline carried in the probe, in requests per second; `None` without one.
    pub capacity_per_s: Option<f64>,
}

/// One of those who were compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    /// `a`, `b`, ...
    pub label: String,
    /// What it is, as typed.
    pub what: String,
    /// Requests of all blocks.
    pub requests: u64,
    /// Those of them that were not answered well.
    pub failed: u64,
    /// The largest resident memory seen between blocks; `None` for a server elsewhere.
    pub memory_bytes: Option<u64>,
    /// Medians over the blocks that count, by metric.
    pub figures: Vec<(Metric, f64)>,
}

/// A variant against the baseline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Against {
    /// The label of the variant.
    pub variant: String,
    /// The answer.
    pub word: Compared,
    /// What decided, or why it cannot be told; one line each.
    pub why: Vec<String>,
    /// What the scenario predicted of this variant, and what became of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub predictions: Vec<Foretold>,
    /// Metric by metric, of the whole mix.
    pub metrics: Vec<MetricCompared>,
    /// Median response time by action; says something, decides nothing.
    pub actions: Vec<MetricCompared>,
    /// What is counted exactly.
    pub counts: Vec<CountCompared>,
    /// Failures.
    pub errors: ErrorsCompared,
    /// Pairs of blocks that count.
    pub pairs: u32,
    /// Pairs that do not, by reason.
    pub dropped: Vec<(String, u32)>,
    /// How many of the planned looks were taken, and how many were planned.
    pub looks: (u32, u32),
    /// What the second try with fresh processes and swapped labels said.
    pub confirmation: Option<Confirmation>,
    /// ln(variant / baseline) of each pair by primary metric, more being worse; for pictures and second opinions.
    pub differences: Vec<(Metric, Vec<f64>)>,
}

/// One metric of a variant against the baseline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricCompared {
    /// Its name; for actions `ACTION p50`.
    pub name: String,
    /// Whether it decides.
    pub primary: bool,
    /// A change of less is not worth a word.
    pub margin: f64,
    /// The median of the baseline's blocks; `None` where it could not be measured.
    pub baseline: Option<f64>,
    /// The median of the variant's blocks.
    pub candidate: Option<f64>,
    /// The change as a share, as it is: 0.05 for 5 % more, whether that is better or worse.
    pub change: Option<f64>,
    /// Its interval.
    pub interval: Option<(f64, f64)>,
    /// How often such an interval covers the truth.
    pub confidence: Option<f64>,
    /// The answer.
    pub word: Compared,
    /// The smallest worsening that would have been called in 95 of 100 comparisons like this; `None` with too few pairs.
    pub detectable: Option<f64>,
}

/// A predicted change, held against the measured one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Foretold {
    /// What of, as the comparison prints it.
    pub name: String,
    /// As the scenario has it.
    pub text: String,
    /// In what the figures are: shares, seconds or points.
    pub scale: Scale,
    /// Both ends of the prediction.
    pub predicted: (f64, f64),
    /// The measured change; `None` where there is none.
    pub measured: Option<f64>,
    /// Its interval.
    pub interval: Option<(f64, f64)>,
    /// How often such an interval covers the truth.
    pub confidence: Option<f64>,
    /// Whether the interval lies within the prediction, apart from it, or neither.
    pub finding: Finding,
    /// Why there is no interval; empty where there is one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Something that is counted exactly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CountCompared {
    /// What is counted.
    pub name: String,
    /// For each request, in the pairs that count.
    pub baseline: f64,
    /// Likewise.
    pub candidate: f64,
    /// Whether the counts are the same to the last one.
    pub same: bool,
}

/// Failures of both.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ErrorsCompared {
    /// Failed share of the baseline's requests, of all pairs.
    pub baseline: f64,
    /// Failed share of the variant's.
    pub candidate: f64,
    /// The answer.
    pub word: Compared,
}

/// The second try after a regression.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Confirmation {
    /// Whether it said the same.
    pub agrees: bool,
    /// Pairs of blocks that count.
    pub pairs: u32,
    /// What it saw of the metrics that were called.
    pub changes: Vec<(Metric, f64)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_of_several_is_the_worst() {
        use Compared::{CannotTell, Improved, NoDifference, Regressed};
        assert_eq!(worst([NoDifference, Improved]), Improved);
        assert_eq!(worst([Improved, CannotTell, NoDifference]), CannotTell);
        assert_eq!(worst([CannotTell, Regressed]), Regressed);
        assert_eq!(worst([]), CannotTell, "nothing compared is no pass");
    }

    #[test]
    fn one_refuted_prediction_refutes_and_one_open_one_leaves_open() {
        use Finding::{CannotTell, Confirmed, Refuted};
        assert_eq!(all_found([Confirmed, Confirmed]), Some(Confirmed));
        assert_eq!(all_found([Confirmed, CannotTell]), Some(CannotTell));
        assert_eq!(all_found([CannotTell, Refuted, Confirmed]), Some(Refuted));
        assert_eq!(all_found([]), None, "nothing predicted is no success");
    }

    #[test]
    fn metrics_have_names() {
        for metric in Metric::ALL {
            assert_eq!(Metric::named(metric.name()), Some(metric));
        }
        assert_eq!(Metric::named("p75"), None);
    }
}
