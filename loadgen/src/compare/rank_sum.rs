//! Two samples without pairs: does one tend to be larger than the other.
//!
//! Mann and Whitney, "On a test of whether one of two random variables is stochastically larger than the other",
//! Annals of Mathematical Statistics 18 (1947). Under "no change" every choice of places for the first sample is as
//! likely as any other, so its sum of ranks can be counted out over all choices, with the middle ranks of what is
//! equal: the normal law with a correction for ties is wrong by up to 0.012 where samples are small.

use super::Alternative;
use super::normal::normal_probability;
use super::ranks::doubled_ranks;

/// Product of the sizes up to which all choices are counted: 40 values against 40 take some 20 ms.
const EXACT_MOST: usize = 1_600;

/// What the rank-sum test found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankSum {
    /// U: how many pairs the first sample wins, a tie being half a win.
    pub statistic: f64,
    /// How often chance alone brings what was seen, or more.
    pub p: f64,
    /// Whether the distribution was counted out; otherwise the normal law, corrected for ties and continuity.
    pub is_exact: bool,
}

/// Tests whether the first sample tends to be larger than the second, smaller, or either. `None` when one is empty or
/// a value is not a number.
#[must_use]
pub fn rank_sum(first: &[f64], second: &[f64], alternative: Alternative) -> Option<RankSum> {
    if first.is_empty() || second.is_empty() || first.iter().chain(second).any(|value| value.is_nan()) {
        return None;
    }
    let both: Vec<f64> = first.iter().chain(second).copied().collect();
    let ranks = doubled_ranks(&both);
    let seen: usize = ranks[..first.len()].iter().sum();
    let least = first.len() * (first.len() + 1);
    let is_exact = first.len() * second.len() <= EXACT_MOST;
    let (at_most, at_least) = if is_exact {
        let shares = sums(&ranks, first.len());
        (shares[..=seen].iter().sum(), shares[seen..].iter().sum())
    } else {
        by_normal_law(&ranks, first.len(), seen)
    };
    Some(RankSum { statistic: (seen - least) as f64 / 2.0, p: alternative.p(at_most, at_least), is_exact })
}

/// How likely each doubled sum is of `chosen` ranks, all choices being alike.
///
/// Built one rank at a time: the chance that the next rank is among the chosen is that of the places left, so shares
/// stay between 0 and 1 and nothing overflows.
fn sums(ranks: &[usize], chosen: usize) -> Vec<f64> {
    let most = ranks.iter().sum::<usize>();
    let mut shares = vec![vec![0.0; most + 1]; chosen + 1];
    shares[0][0] = 1.0;
    let mut highest = 0;
    for (taken, rank) in ranks.iter().enumerate() {
        highest += rank;
        let left = (ranks.len() - taken) as f64;
        for count in (0..=chosen.min(taken + 1)).rev() {
            for sum in (0..=highest).rev() {
                let stay = (left - (chosen - count) as f64) / left;
                let mut share = if taken >= count { shares[count][sum] * stay } else { 0.0 };
                if count > 0 && sum >= *rank {
                    share += shares[count - 1][sum - rank] * (chosen - count + 1) as f64 / left;
                }
                shares[count][sum] = share;
            }
        }
    }
    shares.swap_remove(chosen)
}

fn by_normal_law(ranks: &[usize], chosen: usize, seen: usize) -> (f64, f64) {
    let all = ranks.len() as f64;
    let (m, n) = (chosen as f64, all - chosen as f64);
    let mean = ranks.iter().sum::<usize>() as f64 / all;
    // Variance of a sum of m ranks drawn without putting back; ties are in the ranks already.
    let spread = ranks.iter().map(|rank| (*rank as f64 - mean).powi(2)).sum::<f64>() / (all - 1.0);
    let deviation = (m * n / all * spread).sqrt();
    if deviation == 0.0 {
        return (1.0, 1.0);
    }
    let z = |shift: f64| (seen as f64 - m * mean + shift) / deviation;
    (normal_probability(z(1.0)), 1.0 - normal_probability(z(-1.0)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_published_example_comes_out() {
        // Hollander and Wolfe (1973), p. 69 ff., as in R's documentation of wilcox.test: permeability constants,
        // W = 35, p = 0.1272 for "greater".
        let term = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
        let early = [1.15, 0.88, 0.90, 0.74, 1.21];
        let test = rank_sum(&term, &early, Alternative::Greater).unwrap();
        assert_eq!((test.statistic, test.is_exact), (35.0, true));
        assert!((test.p - 0.1272).abs() < 5e-5, "{}", test.p);
    }

    #[test]
    fn small_samples_and_ties_are_counted_out() {
        // 4 against 4, all of one above all of the other: 1 of C(8, 4) = 70 choices.
        let (low, high) = ([1.0, 2.0, 3.0, 5.0], [11.0, 12.0, 13.0, 15.0]);
        let p = |first: &[f64], second: &[f64], alternative| rank_sum(first, second, alternative).unwrap().p;
        assert!((p(&low, &high, Alternative::Less) - 1.0 / 70.0).abs() < 1e-12);
        assert!((p(&low, &high, Alternative::TwoSided) - 2.0 / 70.0).abs() < 1e-12);
        // {1, 2} against {2, 3}: ranks 1, 2.5 | 2.5, 4. Six choices have the sums 3.5, 3.5, 5, 5, 6.5, 6.5; at most 3.5: 2.
        assert!((p(&[1.0, 2.0], &[2.0, 3.0], Alternative::Less) - 2.0 / 6.0).abs() < 1e-12);
        // All alike: every choice is as extreme as any other.
        assert_eq!(p(&[1.0, 1.0], &[1.0, 1.0], Alternative::TwoSided), 1.0);
        assert!(rank_sum(&[], &[1.0], Alternative::Less).is_none());
        assert!(rank_sum(&[f64::NAN], &[1.0], Alternative::Less).is_none());
    }

    #[test]
    fn the_normal_law_takes_over_without_a_step() {
        let first: Vec<f64> = (0..40).map(|k| f64::from(k % 17) + 1.0).collect();
        let second: Vec<f64> = (0..40).map(|k| f64::from(k % 19)).collect();
        let exact = rank_sum(&first, &second, Alternative::Less).unwrap();
        let both: Vec<f64> = first.iter().chain(&second).copied().collect();
        let ranks = doubled_ranks(&both);
        let (at_most, _) = by_normal_law(&ranks, 40, ranks[..40].iter().sum());
        assert!(exact.is_exact && (exact.p - at_most).abs() < 2e-3, "{} {at_most}", exact.p);
    }

    proptest! {
        #[test]
        fn who_is_first_does_not_matter(
            first in prop::collection::vec(0..12_i32, 1..12),
            second in prop::collection::vec(0..12_i32, 1..12),
        ) {
            let [first, second] = [first, second].map(|v| v.into_iter().map(f64::from).collect::<Vec<_>>());
            let one = rank_sum(&first, &second, Alternative::Greater).unwrap();
            let other = rank_sum(&second, &first, Alternative::Less).unwrap();
            prop_assert!((one.p - other.p).abs() < 1e-9);
            // Every pair is won by one of the two, or shared.
            prop_assert_eq!(one.statistic + other.statistic, (first.len() * second.len()) as f64);
        }
    }
}
