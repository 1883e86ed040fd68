//! What a set of metrics, measured in pairs of blocks, says of two builds.
//!
//! A metric is judged by the differences ln(candidate / baseline) of its pairs, turned so that more is worse, and by a
//! margin below which a change is not worth a word. With the pseudomedian as the estimate and bounds that each leave out
//! `call` on their side:
//!
//! - **regressed**: surely above zero, and the estimate reaches the margin;
//! - **improved**: surely below zero, and the estimate reaches the margin on that side;
//! - **no difference**: an upper bound that leaves out `pass` stays below the margin (and it is no improvement);
//! - **cannot tell**: anything else; more pairs may.
//!
//! "Surely" holds for the family: what decides is Holm's adjusted p value, so the chance that any of the metrics is called
//! when nothing has changed is at most `level` on each side. "No difference" of all needs no such care, since each has to
//! show it for itself (Berger, "Multiparameter hypothesis testing and acceptance sampling", Technometrics 24 (1982)).

use scenarios::verdict::Compared;

use super::{Alternative, Interval, holm, pseudomedian, pseudomedian_interval, signed_rank};

/// One metric of a comparison.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metric<'a> {
    /// ln(candidate / baseline) of each pair; the other way round where more is better.
    pub differences: &'a [f64],
    /// A change of less is not worth a word: 0.02 for 2 %.
    pub margin: f64,
}

/// What is said of one metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judgement {
    /// In a word.
    pub word: Compared,
    /// The change as a share, more being worse: 0.05 for 5 % worse. `None` without pairs.
    pub change: Option<f64>,
    /// Its interval, likewise; `None` where the pairs are too few for one.
    pub interval: Option<Interval>,
}

/// How sure a judgement must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    /// The chance that any metric of the family is called when nothing has changed, on each side.
    pub call: f64,
    /// The chance that a metric which is worse by the margin is said to show no difference.
    pub pass: f64,
}

/// Judges a family of metrics.
#[must_use]
pub fn judge(metrics: &[Metric<'_>], levels: Levels) -> Vec<Judgement> {
    let Levels { call: level, pass } = levels;
    let adjusted = |alternative| {
        // A metric without a single difference that is not zero gives no reason to doubt.
        let p = |metric: &Metric<'_>| signed_rank(metric.differences, alternative).map_or(1.0, |test| test.p);
        holm(&metrics.iter().map(p).collect::<Vec<_>>())
    };
    let (worse, better) = (adjusted(Alternative::Greater), adjusted(Alternative::Less));
    (metrics.iter().zip(worse.iter().zip(&better)))
        .map(|(metric, (worse, better))| {
            let estimate = pseudomedian(metric.differences);
            let bounds = pseudomedian_interval(metric.differences, 1.0 - 2.0 * level);
            let upper = pseudomedian_interval(metric.differences, 1.0 - 2.0 * pass).map(|bounds| bounds.high);
            let margin = metric.margin.ln_1p();
            let word = match estimate {
                Some(estimate) if *worse <= level && estimate >= margin => Compared::Regressed,
                Some(estimate) if *better <= level && estimate <= -margin => Compared::Improved,
                _ if upper.is_some_and(|upper| upper < margin) => Compared::NoDifference,
                _ => Compared::CannotTell,
            };
            let interval = bounds.map(|bounds| Interval {
                low: bounds.low.exp_m1(),
                high: bounds.high.exp_m1(),
                ..bounds
            });
            Judgement { word, change: estimate.map(f64::exp_m1), interval }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::ChaCha8Rng};
    use rand_distr::{Distribution, StandardNormal};

    use super::*;

    const ONE_PER_CENT: Levels = Levels { call: 0.01, pass: 0.01 };

    /// Ten pairs around a change, one step of a thousandth apart.
    fn around(change: f64) -> Vec<f64> {
        (0..10).map(|k| change + 0.001 * (f64::from(k) - 4.5)).collect()
    }

    #[test]
    fn each_word_has_its_case() {
        let word =
            |differences: &[f64], margin| judge(&[Metric { differences, margin }], ONE_PER_CENT)[0].word;
        // Ten of ten on one side: p = 1/1024.
        assert_eq!(word(&around(0.05), 0.02), Compared::Regressed);
        assert_eq!(word(&around(-0.05), 0.02), Compared::Improved);
        // Surely slower, and not by enough to mind.
        assert_eq!(word(&around(0.01), 0.02), Compared::NoDifference);
        assert_eq!(word(&around(0.0), 0.02), Compared::NoDifference);
        // Faster by less than the margin is no difference either.
        assert_eq!(word(&around(-0.01), 0.02), Compared::NoDifference);
        // The bounds reach from below zero to above the margin.
        let wide: Vec<f64> = around(0.0).iter().map(|difference| difference * 20.0).collect();
        assert_eq!(word(&wide, 0.02), Compared::CannotTell);
        // Five pairs can show nothing at 1 %; none at all neither, and the same in each pair is no difference.
        assert_eq!(word(&around(0.5)[..5], 0.02), Compared::CannotTell);
        assert_eq!(word(&[], 0.02), Compared::CannotTell);
        assert_eq!(word(&[0.0; 10], 0.02), Compared::NoDifference);
    }

    #[test]
    fn the_change_is_a_share() {
        let judged = judge(&[Metric { differences: &around(1.1f64.ln()), margin: 0.02 }], ONE_PER_CENT)[0];
        assert!((judged.change.unwrap() - 0.1).abs() < 1e-9, "{judged:?}");
        let interval = judged.interval.unwrap();
        assert!(interval.low < 0.1 && 0.1 < interval.high && interval.confidence >= 0.98);
    }

    /// Pairs of a change with this much noise.
    fn noisy(random: &mut ChaCha8Rng, change: f64, noise: f64) -> Vec<f64> {
        (0..40)
            .map(|_| {
                let off: f64 = StandardNormal.sample(random);
                change + noise * off
            })
            .collect()
    }

    /// In how many of 150 checks of three metrics, with the noise of a shared machine, any is called slower.
    fn called(change: f64) -> usize {
        let mut random = ChaCha8Rng::seed_from_u64(7);
        (0..150)
            .filter(|_| {
                let [cpu, p50, p99] = [0.05, 0.09, 0.18].map(|noise| noisy(&mut random, change, noise));
                let metric = |differences, margin| Metric { differences, margin };
                let judged =
                    judge(&[metric(&cpu, 0.02), metric(&p50, 0.03), metric(&p99, 0.06)], ONE_PER_CENT);
                judged.iter().any(|judged| judged.word == Compared::Regressed)
            })
            .count()
    }

    #[test]
    fn identical_builds_hardly_ever_alarm_and_slower_ones_do() {
        // At 1 %, more than five alarms in 150 come once in 250 such tests.
        let alarms = called(0.0);
        assert!(alarms <= 5, "{alarms}");
        // 5 % with 40 pairs of 5 % noise: the mean is 6.3 standard errors above zero.
        let found = called(0.05);
        assert!(found >= 148, "{found}");
    }
}
