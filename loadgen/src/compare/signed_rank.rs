//! Paired differences: is their middle above zero, where is it, and between which bounds.
//!
//! Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1 (1945). Under "no change" the sign of
//! each difference is a fair coin, so the sum of the ranks of the positive ones has a distribution that can be counted
//! out, ties included: each rank is in the sum or not, with a half each. The middle is the pseudomedian of Hodges and
//! Lehmann (1963), the median of all averages of two differences (Walsh averages); counting these between two bounds
//! is the same test turned round, which gives the interval.

use super::normal::{normal_probability, normal_quantile};
use super::ranks::doubled_ranks;
use super::{Alternative, Interval};

/// Differences up to which the distribution is counted out: a check has 150 pairs, and 300 take some 10 ms.
const EXACT_MOST: usize = 300;
/// Differences up to which all pairs are averaged for the pseudomedian: 2,000 make two million averages.
const WALSH_MOST: usize = 2_000;

/// What the signed-rank test found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SignedRank {
    /// Differences that are not zero.
    pub count: usize,
    /// Sum of the ranks of the positive ones.
    pub statistic: f64,
    /// How often chance alone brings what was seen, or more.
    pub p: f64,
    /// Whether the distribution was counted out; otherwise the normal law with continuity correction.
    pub is_exact: bool,
}

/// Tests whether the differences lie above zero, below, or either. `None` when all are zero, or one is not a number.
///
/// Differences of exactly zero say nothing about a direction and are left out, as Wilcoxon did.
#[must_use]
pub fn signed_rank(differences: &[f64], alternative: Alternative) -> Option<SignedRank> {
    if differences.iter().any(|difference| difference.is_nan()) {
        return None;
    }
    let differences: Vec<f64> = differences.iter().copied().filter(|difference| *difference != 0.0).collect();
    if differences.is_empty() {
        return None;
    }
    let sizes: Vec<f64> = differences.iter().map(|difference| difference.abs()).collect();
    let ranks = doubled_ranks(&sizes);
    let positive =
        ranks.iter().zip(&differences).filter(|(_, difference)| **difference > 0.0).map(|(rank, _)| *rank);
    let doubled: usize = positive.sum();
    let is_exact = differences.len() <= EXACT_MOST;
    let (at_most, at_least) =
        if is_exact { counted(&ranks, doubled) } else { by_normal_law(&ranks, doubled) };
    Some(SignedRank {
        count: differences.len(),
        statistic: doubled as f64 / 2.0,
        p: alternative.p(at_most, at_least),
        is_exact,
    })
}

/// The shares of all ways to toss the signs whose doubled sum is at most, and at least, what was seen.
fn counted(ranks: &[usize], seen: usize) -> (f64, f64) {
    let shares = sums(ranks);
    (shares[..=seen].iter().sum(), shares[seen..].iter().sum())
}

/// How likely each doubled sum of ranks is when each rank is in it or not, with a half each.
fn sums(ranks: &[usize]) -> Vec<f64> {
    let mut shares = vec![0.0; ranks.iter().sum::<usize>() + 1];
    shares[0] = 1.0;
    let mut highest = 0;
    for rank in ranks {
        highest += rank;
        for sum in (0..=highest).rev() {
            let with = sum.checked_sub(*rank).map_or(0.0, |rest| shares[rest]);
            shares[sum] = 0.5 * (shares[sum] + with);
        }
    }
    shares
}

fn by_normal_law(ranks: &[usize], seen: usize) -> (f64, f64) {
    let mean = ranks.iter().sum::<usize>() as f64 / 2.0;
    // Each doubled rank is in the sum or not: variance a quarter of its square. Ties are in the ranks already.
    let deviation = ranks.iter().map(|rank| (*rank as f64).powi(2)).sum::<f64>().sqrt() / 2.0;
    // Sums of doubled ranks are two apart, so half a step is one.
    let z = |shift: f64| (seen as f64 - mean + shift) / deviation;
    (normal_probability(z(1.0)), 1.0 - normal_probability(z(-1.0)))
}

/// The median of all averages of two differences, each with itself too (Hodges and Lehmann). `None` for no
/// differences, more than 2,000, or one that is not a number.
#[must_use]
pub fn pseudomedian(differences: &[f64]) -> Option<f64> {
    let walsh = walsh_averages(differences)?;
    let middle = walsh.len() / 2;
    Some(if walsh.len() % 2 == 1 { walsh[middle] } else { f64::midpoint(walsh[middle - 1], walsh[middle]) })
}

/// An interval of the pseudomedian that covers it with at least this confidence, both ends included.
///
/// The ends are Walsh averages: as many are left out on each side as the signed-rank test allows. `None` where even
/// the outermost ones do not reach the confidence (with five differences, 95 % cannot be had), and where there is no
/// [`pseudomedian`].
#[must_use]
pub fn pseudomedian_interval(differences: &[f64], confidence: f64) -> Option<Interval> {
    let walsh = walsh_averages(differences)?;
    let tail = (1.0 - confidence) / 2.0;
    let (skip, below) = if differences.len() <= EXACT_MOST {
        skip_counted(differences.len(), tail)?
    } else {
        skip_by_normal_law(differences.len(), tail)
    };
    Some(Interval { low: walsh[skip], high: walsh[walsh.len() - 1 - skip], confidence: 1.0 - 2.0 * below })
}

/// How many Walsh averages may be left out on each side, and how likely the statistic is to be that small: the most
/// for which the probability of at most so many does not exceed `tail`.
fn skip_counted(count: usize, tail: f64) -> Option<(usize, f64)> {
    let ranks: Vec<usize> = (1..=count).collect();
    let shares = sums(&ranks);
    let mut below = 0.0;
    let mut found = None;
    for (statistic, share) in shares.iter().enumerate() {
        if below + share > tail {
            break;
        }
        below += share;
        found = Some((statistic, below));
    }
    found
}

fn skip_by_normal_law(count: usize, tail: f64) -> (usize, f64) {
    let n = count as f64;
    let mean = n * (n + 1.0) / 4.0;
    let deviation = (n * (n + 1.0) * (2.0 * n + 1.0) / 24.0).sqrt();
    let skip = (mean + normal_quantile(tail) * deviation - 0.5).floor().max(0.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most half of two million"
    )]
    let whole = skip as usize;
    (whole, normal_probability((skip + 0.5 - mean) / deviation))
}

fn walsh_averages(differences: &[f64]) -> Option<Vec<f64>> {
    if differences.is_empty()
        || differences.len() > WALSH_MOST
        || differences.iter().any(|difference| difference.is_nan())
    {
        return None;
    }
    let mut averages: Vec<f64> = differences
        .iter()
        .enumerate()
        .flat_map(|(place, first)| {
            differences[place..].iter().map(move |second| f64::midpoint(*first, *second))
        })
        .collect();
    averages.sort_by(f64::total_cmp);
    Some(averages)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Hollander and Wolfe, "Nonparametric Statistical Methods" (1973), p. 29 ff.: depression scale of nine patients
    /// before and after a tranquilizer.
    #[expect(clippy::approx_constant, reason = "a measurement that happens to be 3.14")]
    const AFTER: [f64; 9] = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
    const BEFORE: [f64; 9] = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30];

    fn differences() -> Vec<f64> {
        BEFORE.iter().zip(AFTER).map(|(before, after)| before - after).collect()
    }

    #[test]
    fn the_published_example_comes_out() {
        // As published, and as in R's documentation of wilcox.test: V = 40, p = 0.01953 (10 of 512 sign patterns).
        let test = signed_rank(&differences(), Alternative::Greater).unwrap();
        assert_eq!((test.count, test.statistic, test.is_exact), (9, 40.0, true));
        assert!((test.p - 10.0 / 512.0).abs() < 1e-12, "{}", test.p);
        let both = signed_rank(&differences(), Alternative::TwoSided).unwrap();
        assert!((both.p - 20.0 / 512.0).abs() < 1e-12, "{}", both.p);
        // Hollander and Wolfe: the pseudomedian, the 23rd of 45 Walsh averages, is 0.46.
        assert!((pseudomedian(&differences()).unwrap() - 0.46).abs() < 1e-9);
    }

    #[test]
    fn the_interval_leaves_out_as_many_averages_as_the_table_says() {
        // Hollander and Wolfe, table A.4: P(T+ >= 40 | n = 9) = 0.020, so the interval of 1 - 2 x 0.0195 = 96.1 %
        // leaves out 45 - 40 = 5 on each side.
        let interval = pseudomedian_interval(&differences(), 0.95).unwrap();
        let walsh = walsh_averages(&differences()).unwrap();
        assert_eq!((interval.low, interval.high), (walsh[5], walsh[39]));
        assert!((interval.confidence - (1.0 - 20.0 / 512.0)).abs() < 1e-12);
        // Five differences have 32 sign patterns: 1 - 2/32 = 93.75 % at most.
        assert!(pseudomedian_interval(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.95).is_none());
        let six = pseudomedian_interval(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 0.95).unwrap();
        assert_eq!((six.low, six.high), (1.0, 6.0));
    }

    #[test]
    fn ties_are_counted_out_too() {
        // |1|, |1|, |2|: ranks 1.5, 1.5, 3. All positive: 1 of 8 patterns. Sum 3 or more: {3}, {1.5 1.5}, {3 1.5} twice,
        // all: 5 of 8.
        let p = |differences: &[f64]| signed_rank(differences, Alternative::Greater).unwrap().p;
        assert!((p(&[1.0, 1.0, 2.0]) - 1.0 / 8.0).abs() < 1e-12);
        assert!((p(&[-1.0, -1.0, 2.0]) - 5.0 / 8.0).abs() < 1e-12);
        // A zero says nothing.
        assert!((p(&[1.0, 0.0, 1.0, 2.0]) - 1.0 / 8.0).abs() < 1e-12);
        assert!(signed_rank(&[0.0, 0.0], Alternative::Greater).is_none());
        assert!(signed_rank(&[1.0, f64::NAN], Alternative::Greater).is_none());
    }

    #[test]
    fn the_normal_law_takes_over_without_a_step() {
        let spread: Vec<f64> =
            (1..=300_u32).map(|k| if k % 5 < 2 { -f64::from(k) } else { f64::from(k) }).collect();
        assert_eq!(spread.len(), EXACT_MOST);
        let exact = signed_rank(&spread, Alternative::Greater).unwrap();
        let ranks: Vec<usize> = (1..=EXACT_MOST).map(|rank| 2 * rank).collect();
        let doubled =
            spread.iter().zip(&ranks).filter(|(value, _)| **value > 0.0).map(|(_, rank)| rank).sum();
        let (_, at_least) = by_normal_law(&ranks, doubled);
        // Far out in the tail, where the law is least good: within a twentieth of the p value.
        assert!((exact.p - at_least).abs() < exact.p / 20.0 && exact.p < 0.01, "{} {at_least}", exact.p);
        let (counted, by_law) =
            (skip_counted(EXACT_MOST, 0.025).unwrap(), skip_by_normal_law(EXACT_MOST, 0.025));
        assert!(counted.0.abs_diff(by_law.0) <= 20, "{counted:?} {by_law:?}");
    }

    proptest! {
        #[test]
        fn turning_the_signs_turns_the_test(values in prop::collection::vec(-100.0..100.0_f64, 1..40)) {
            let turned: Vec<f64> = values.iter().map(|value| -value).collect();
            let above = signed_rank(&values, Alternative::Greater).map(|test| test.p);
            let below = signed_rank(&turned, Alternative::Less).map(|test| test.p);
            prop_assert_eq!(above.is_some(), below.is_some());
            if let (Some(above), Some(below)) = (above, below) {
                prop_assert!((above - below).abs() < 1e-9);
            }
        }

        #[test]
        fn the_interval_holds_the_pseudomedian_and_moves_with_the_data(
            values in prop::collection::vec(-100.0..100.0_f64, 8..40),
            shift in -50.0..50.0_f64,
        ) {
            let middle = pseudomedian(&values).unwrap();
            let interval = pseudomedian_interval(&values, 0.95).unwrap();
            prop_assert!(interval.low <= middle && middle <= interval.high && interval.confidence >= 0.95);
            let moved: Vec<f64> = values.iter().map(|value| value + shift).collect();
            let moved = pseudomedian_interval(&moved, 0.95).unwrap();
            prop_assert!((moved.low - interval.low - shift).abs() < 1e-6);
        }
    }
}
