//! From blocks to figures, and from rounds of blocks to differences of pairs.

use scenarios::comparison::Metric;

use super::block::{self, Block};

/// What is kept of a block.
#[derive(Clone, Debug, Default)]
pub(super) struct Figures {
    pub(super) requests: u64,
    pub(super) failed: u64,
    pub(super) failure: Option<String>,
    pub(super) bytes: u64,
    pub(super) sql: Option<u64>,
    /// What was asked to be shown of the server's own counters.
    pub(super) shown: Vec<Option<f64>>,
    pub(super) memory: Option<u64>,
    pub(super) unsound: Option<&'static str>,
    cpu: Option<f64>,
    per_second: f64,
    mean: Option<f64>,
    quantiles: [Option<f64>; 3],
    /// Median response time by action.
    actions: Vec<Option<f64>>,
}

impl Figures {
    pub(super) fn of(block: Block) -> Figures {
        Figures {
            requests: block.requests,
            failed: block.failed,
            failure: block.failure,
            bytes: block.bytes,
            sql: block.sql,
            shown: block.shown,
            memory: block.memory,
            unsound: block.unsound,
            cpu: block.cpu,
            per_second: block.per_second,
            mean: block::mean(&block.all),
            quantiles: [0.5, 0.9, 0.99].map(|q| block::quantile(&block.all, q)),
            actions: block.times.iter().map(|times| block::quantile(times, 0.5)).collect(),
        }
    }

    /// One figure, if it is above zero.
    pub(super) fn get(&self, metric: Metric) -> Option<f64> {
        let value = match metric {
            Metric::Cpu => self.cpu,
            Metric::Throughput => Some(self.per_second),
            Metric::Mean => self.mean,
            Metric::P50 => self.quantiles[0],
            Metric::P90 => self.quantiles[1],
            Metric::P99 => self.quantiles[2],
        };
        value.filter(|value| *value > 0.0)
    }

    /// The median response time of an action.
    pub(super) fn action(&self, action: usize) -> Option<f64> {
        self.actions.get(action).copied().flatten().filter(|value| *value > 0.0)
    }

    /// The share of its requests that failed.
    pub(super) fn failed_share(&self) -> f64 {
        if self.requests == 0 { 1.0 } else { self.failed as f64 / self.requests as f64 }
    }
}

/// A block of each of those who are compared, one right after the other, in an order drawn by lot.
pub(super) type Round = Vec<Figures>;

/// Rounds, as pairs of the baseline and one variant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pairs<'a> {
    pub(super) rounds: &'a [Round],
    pub(super) baseline: usize,
    pub(super) variant: usize,
}

impl<'a> Pairs<'a> {
    /// All pairs.
    fn all(&self) -> impl Iterator<Item = (&'a Figures, &'a Figures)> + use<'a> {
        let Pairs { rounds, baseline, variant } = *self;
        rounds.iter().map(move |round| (&round[baseline], &round[variant]))
    }

    /// Those that count.
    pub(super) fn sound(&self) -> impl Iterator<Item = (&'a Figures, &'a Figures)> + use<'a> {
        self.all().filter(|(one, other)| one.unsound.is_none() && other.unsound.is_none())
    }

    /// Why others do not, and how many each.
    pub(super) fn dropped(&self) -> Vec<(String, u32)> {
        let mut reasons: Vec<(String, u32)> = Vec::new();
        for (one, other) in self.all() {
            let Some(reason) = one.unsound.or(other.unsound) else { continue };
            match reasons.iter_mut().find(|(known, _)| known == reason) {
                Some((_, times)) => *times += 1,
                None => reasons.push((reason.to_owned(), 1)),
            }
        }
        reasons
    }

    /// ln(variant / baseline) where both have the figure; the other way round where more is better.
    pub(super) fn differences(&self, metric: Metric) -> Vec<f64> {
        let sign = if metric.is_better_when_more() { -1.0 } else { 1.0 };
        self.sound()
            .filter_map(|(one, other)| Some(sign * (other.get(metric)? / one.get(metric)?).ln()))
            .collect()
    }

    /// The same for the median response time of an action.
    pub(super) fn action_differences(&self, action: usize) -> Vec<f64> {
        self.sound()
            .filter_map(|(one, other)| Some((other.action(action)? / one.action(action)?).ln()))
            .collect()
    }

    /// By how much more fails, pair by pair, of all pairs.
    pub(super) fn failure_differences(&self) -> Vec<f64> {
        self.all().map(|(one, other)| other.failed_share() - one.failed_share()).collect()
    }

    /// Requests and failures of both, of all pairs.
    pub(super) fn failures(&self) -> [(u64, u64); 2] {
        self.all().fold([(0, 0); 2], |[one, other], (a, b)| {
            [(one.0 + a.requests, one.1 + a.failed), (other.0 + b.requests, other.1 + b.failed)]
        })
    }

    /// The most recent failure of the variant, in words.
    pub(super) fn failure(&self) -> Option<&'a str> {
        self.all().filter_map(|(_, other)| other.failure.as_deref()).last()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(cpu: f64, per_second: f64, failed: u64, unsound: Option<&'static str>) -> Figures {
        Figures { requests: 100, failed, cpu: Some(cpu), per_second, unsound, ..Figures::default() }
    }

    #[test]
    fn pairs_give_differences_of_which_more_is_worse() {
        let rounds = vec![
            vec![figures(1.0, 50.0, 0, None), figures(2.0, 100.0, 0, None)],
            vec![figures(1.0, 50.0, 0, None), figures(2.0, 100.0, 50, Some("bad"))],
            vec![figures(0.0, 50.0, 0, None), figures(2.0, 100.0, 0, None)],
        ];
        let pairs = Pairs { rounds: &rounds, baseline: 0, variant: 1 };
        assert_eq!(
            pairs.differences(Metric::Cpu),
            [2f64.ln()],
            "zero has no logarithm, and bad pairs do not count"
        );
        assert_eq!(pairs.differences(Metric::Throughput), [0.5f64.ln(), 0.5f64.ln()]);
        assert!(pairs.differences(Metric::P50).is_empty());
        assert_eq!(pairs.failure_differences(), [0.0, 0.5, 0.0]);
        assert_eq!(pairs.failures(), [(300, 0), (300, 50)]);
        assert_eq!(pairs.dropped(), [("bad".to_owned(), 1)]);
        assert_eq!(pairs.sound().count(), 2);
    }
}
