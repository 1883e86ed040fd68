//! What pairs of blocks say, look by look; pure, so that it can be tried on made-up noise.
//!
//! The metrics that decide are judged together at each of a few equal looks, with the bounds of O'Brien and Fleming: looking
//! early costs no false alarms. A regression is believed only when a second try with fresh processes says the same.

use scenarios::comparison::{Metric, worst};
use scenarios::verdict::Compared;

use crate::compare::{self, Alternative, Judgement, Levels, OBrienFleming, pseudomedian, signed_rank};
use crate::compare::{Metric as Judged, normal_quantile};
use crate::statistics::median;

/// Chance of a false alarm in the whole comparison, on each side.
pub const CALL: f64 = 0.01;
/// Chance that a metric which is worse by its margin passes as no difference: the usual level of tests of equivalence
/// (Schuirmann, "A comparison of the two one-sided tests procedure", 1987).
pub const PASS: f64 = 0.05;
/// Equal looks at which a regression can be called.
pub const LOOKS: u32 = 3;
/// The look after them, with the time that a second try would have taken: it can only say that there is no difference, since
/// nothing is left to try a regression again.
pub const LAST_LOOK: u32 = LOOKS + 1;
/// Chance that a second try says the same though nothing has changed. Little is needed: the first had its own level.
const CONFIRM: f64 = 0.10;
/// What a second try must see of the margin at least.
const CONFIRMED_SHARE: f64 = 0.5;
/// How often a change that is called detectable would have been called.
const POWER: f64 = 0.95;
/// The spread of the normal law is so many times the median of how far values are off (its upper quartile is at 0.6745).
const NORMAL_SPREAD: f64 = 1.482_6;
/// Standard error of the pseudomedian of normal values over that of their mean: the root of pi / 3.
const PSEUDOMEDIAN: f64 = 1.023_3;
/// Fewer pairs tell nothing: eight of eight on one side have p = 1/256, and three metrics at 1 % want 1/300.
pub const LEAST_PAIRS: usize = 9;

/// What decides, and how sure it must be.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// The metrics that decide, with the change below which nothing is said.
    pub primary: Vec<(Metric, f64)>,
    calls: OBrienFleming,
    passes: OBrienFleming,
}

impl Rules {
    /// Rules for these metrics; `family` comparisons share the chance of a false alarm.
    ///
    /// # Panics
    /// Never: a few looks at a level below a half always have bounds.
    #[must_use]
    pub fn new(primary: Vec<(Metric, f64)>, family: usize) -> Rules {
        let call = CALL / family.max(1) as f64;
        let looks =
            |looks, level| OBrienFleming::new(looks, level).expect("few looks at a level below a half");
        Rules { primary, calls: looks(LOOKS, call), passes: looks(LAST_LOOK, PASS) }
    }

    /// How sure a judgement at this look must be, counted from 1.
    #[must_use]
    pub fn levels(&self, look: u32) -> Levels {
        Levels { call: self.calls.level(look), pass: self.passes.level(look) }
    }
}

/// ln(variant / baseline) of each pair, for each metric that decides, in the order of the rules; more is worse.
pub type Differences = Vec<Vec<f64>>;

/// What is said of the metrics that decide.
#[must_use]
pub fn judge(differences: &Differences, rules: &Rules, look: u32) -> Vec<Judgement> {
    let metrics = rules.primary.iter().zip(differences);
    let metrics: Vec<Judged<'_>> =
        metrics.map(|((_, margin), differences)| Judged { differences, margin: *margin }).collect();
    let mut judged = compare::judge(&metrics, rules.levels(look));
    if look > LOOKS {
        for judged in judged.iter_mut().filter(|judged| judged.word == Compared::Regressed) {
            judged.word = Compared::CannotTell;
        }
    }
    judged
}

/// Whether nothing more needs to be measured: something is called, or everything is decided.
#[must_use]
pub fn is_decided(judged: &[Judgement]) -> bool {
    let word = worst(judged.iter().map(|judged| judged.word));
    word != Compared::CannotTell
}

/// Whether a second try agrees with what the first called: of each metric that was called it sees at least half of the margin,
/// on the same side, and not by chance; and both together still say the same.
#[must_use]
pub fn agrees(first: &Differences, second: &Differences, rules: &Rules, called: &[usize]) -> bool {
    let both: Differences =
        first.iter().zip(second).map(|(first, second)| [&first[..], second].concat()).collect();
    let together = judge(&both, rules, LOOKS);
    called.iter().any(|&at| {
        let (differences, (_, margin)) = (&second[at], rules.primary[at]);
        let seen = pseudomedian(differences).is_some_and(|seen| seen >= CONFIRMED_SHARE * margin.ln_1p());
        let p = signed_rank(differences, Alternative::Greater).map_or(1.0, |test| test.p);
        seen && p <= CONFIRM && together[at].word == Compared::Regressed
    })
}

/// The smallest worsening that `pairs` pairs as noisy as these would call in 95 of 100 comparisons, as a share: such that both
/// the test reaches its level and the estimate the margin. `None` with fewer than five differences.
#[must_use]
pub fn detectable(differences: &[f64], margin: f64, pairs: usize, rules: &Rules) -> Option<f64> {
    if differences.len() < 5 || pairs == 0 {
        return None;
    }
    let middle = median(differences);
    let off: Vec<f64> = differences.iter().map(|difference| (difference - middle).abs()).collect();
    let error = NORMAL_SPREAD * median(&off) * PSEUDOMEDIAN / (pairs as f64).sqrt();
    // The worst case of Holm's procedure: no other metric is called.
    let level = rules.levels(LOOKS).call / rules.primary.len().max(1) as f64;
    let power = normal_quantile(POWER);
    let by_test = (power - normal_quantile(level)) * error;
    Some(by_test.max(margin.ln_1p() + power * error).exp_m1())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Rules {
        Rules::new(vec![(Metric::Cpu, 0.02), (Metric::P99, 0.06)], 1)
    }

    /// So many pairs evenly around a change.
    fn around(change: f64, spread: f64, pairs: u32) -> Vec<f64> {
        let middle = f64::from(pairs - 1) / 2.0;
        (0..pairs).map(|k| change + spread * (f64::from(k) - middle) / middle).collect()
    }

    #[test]
    fn early_looks_want_more() {
        let rules = rules();
        let levels: Vec<f64> = (1..=LOOKS).map(|look| rules.levels(look).call).collect();
        assert!(levels[0] < levels[1] && levels[1] < levels[2] && levels[2] < CALL, "{levels:?}");
        // Ten of ten: p = 1/1024, twice that by Holm. Enough at the last look (0.0094), not at the first (2e-5).
        let differences = vec![around(0.05, 0.01, 10), around(0.0, 0.01, 10)];
        assert_eq!(judge(&differences, &rules, 3)[0].word, Compared::Regressed);
        assert_eq!(judge(&differences, &rules, 1)[0].word, Compared::CannotTell);
    }

    #[test]
    fn the_last_look_passes_and_calls_nothing() {
        let rules = rules();
        let words = |change| {
            let differences = vec![around(change, 0.01, 40), around(0.0, 0.02, 40)];
            judge(&differences, &rules, LAST_LOOK)[0].word
        };
        assert_eq!(words(0.05), Compared::CannotTell);
        assert_eq!(words(0.0), Compared::NoDifference);
        assert_eq!(words(-0.05), Compared::Improved);
    }

    #[test]
    fn one_call_decides_and_one_doubt_does_not() {
        let rules = rules();
        let words = |cpu: Vec<f64>, p99: Vec<f64>| {
            let judged = judge(&vec![cpu, p99], &rules, 3);
            is_decided(&judged)
        };
        let (calm, wild) = (around(0.0, 0.01, 30), around(0.0, 0.5, 30));
        assert!(words(around(0.05, 0.01, 30), wild.clone()), "regressed, whatever the other says");
        assert!(words(calm.clone(), calm.clone()));
        assert!(!words(calm, wild.clone()));
        assert!(!words(around(-0.05, 0.01, 30), wild), "improved, and perhaps worse elsewhere");
    }

    #[test]
    fn a_second_try_has_to_see_it_too() {
        let rules = rules();
        let first = vec![around(0.05, 0.02, 40), around(0.0, 0.02, 40)];
        let agrees = |cpu: Vec<f64>| agrees(&first, &vec![cpu, around(0.0, 0.02, 20)], &rules, &[0]);
        assert!(agrees(around(0.05, 0.02, 20)));
        // Half of the margin is too little to call by itself, and enough to agree.
        assert!(agrees(around(0.015, 0.005, 20)));
        assert!(!agrees(around(0.0, 0.02, 20)));
        assert!(!agrees(around(-0.05, 0.02, 20)));
        assert!(!agrees(vec![]));
    }

    #[test]
    fn what_could_be_seen_follows_from_noise_and_pairs() {
        let rules = rules();
        // Evenly from -0.1 to 0.1: the median of how far they are off is 0.05, the spread 0.0741.
        let noise = around(0.0, 0.1, 101);
        // Level 0.0094 / 2 and power 95 %: 2.597 + 1.645 = 4.242 standard errors of 0.0741 x 1.0233 / 10.
        let seen = detectable(&noise, 0.001, 100, &rules).unwrap();
        assert!((seen - 0.0327).abs() < 0.0005, "{seen}");
        // With a margin, it must be reached as well: 0.0198 + 1.645 x 0.00759.
        let seen = detectable(&noise, 0.05, 100, &rules).unwrap();
        assert!((seen - (1.05f64.ln() + 0.01248).exp_m1()).abs() < 0.0005, "{seen}");
        assert!(
            detectable(&noise, 0.02, 400, &rules).unwrap() < detectable(&noise, 0.02, 100, &rules).unwrap()
        );
        assert_eq!(detectable(&noise[..4], 0.02, 100, &rules), None);
    }
}
