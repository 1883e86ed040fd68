//! How the samples of a number are distributed: the bars of a histogram.
//!
//! The outermost hundredth of the samples is left out, so that two samples far away do not press all others into one
//! bar. A number that spans a large factor gets bins of equal ratio if that puts its median nearer to the middle; a small
//! whole number gets one bin for each value.

use scenarios::outlook::Histogram;

use crate::uncertain::split_at;

/// Enough to show a shape, few enough for ten thousand samples to fill.
const BINS: usize = 25;
/// The share left out at each end.
const TAIL: f64 = 0.005;
/// Beyond this, a half added to a whole number is lost, and a step of one leads nowhere.
const MOST_WHOLE: f64 = 1e15;
/// Highest over lowest value from which on bins have equal ratios.
const WIDE: f64 = 6.0;

/// The histogram of samples; `None` when all but the outermost are the same.
pub(crate) fn histogram(values: &[f64]) -> Option<Histogram> {
    let mut sorted = values.to_vec();
    let last = values.len().checked_sub(1)? as f64;
    let high = split_at(&mut sorted, (1.0 - TAIL) * last).0;
    let middle = split_at(&mut sorted, 0.5 * last).0;
    let low = split_at(&mut sorted, TAIL * last).0;
    if low >= high {
        return None;
    }
    let (edges, is_logarithmic) = edges(values, low, middle, high);
    let mut counts = vec![0; edges.len().saturating_sub(1)];
    for value in values {
        // The last bin has its upper end.
        let below = edges.partition_point(|edge| edge <= value);
        let bin = if edges.last() == Some(value) { below.checked_sub(2) } else { below.checked_sub(1) };
        if let Some(count) = bin.and_then(|bin| counts.get_mut(bin)) {
            *count += 1;
        }
    }
    Some(Histogram { edges, counts, is_logarithmic })
}

fn edges(values: &[f64], low: f64, middle: f64, high: f64) -> (Vec<f64>, bool) {
    let (first, last) = (low.floor(), high.ceil());
    let is_small = last - first < BINS as f64 && first.abs().max(last.abs()) < MOST_WHOLE;
    if is_small && values.iter().all(|value| value.fract() == 0.0) {
        let mut edge = first - 0.5;
        let mut edges = vec![edge];
        while edge < last {
            edge += 1.0;
            edges.push(edge);
        }
        return (edges, false);
    }
    let off_centre = |low: f64, middle: f64, high: f64| ((middle - low) / (high - low) - 0.5).abs();
    let is_logarithmic = low > 0.0
        && high / low > WIDE
        && off_centre(low.ln(), middle.ln(), high.ln()) < off_centre(low, middle, high);
    let (from, to) = if is_logarithmic { (low.ln(), high.ln()) } else { (low, high) };
    let inner = (1..BINS).map(|bin| {
        let edge = from + (to - from) * bin as f64 / BINS as f64;
        if is_logarithmic { edge.exp() } else { edge }
    });
    ([low].into_iter().chain(inner).chain([high]).collect(), is_logarithmic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evenly_spread_values_fill_every_bin_alike() {
        let values: Vec<f64> = (0..10_000).map(f64::from).collect();
        let Histogram { edges, counts, is_logarithmic } = histogram(&values).unwrap();
        // 10,000 values are 0 to 9,999; one in two hundred lies below the first edge and above the last.
        assert!((edges[0] - 49.995).abs() < 1e-9 && (edges[BINS] - 9_949.005).abs() < 1e-9, "{edges:?}");
        assert!(counts.iter().all(|count| (395..=397).contains(count)), "{counts:?}");
        assert_eq!(counts.iter().sum::<u32>(), 9_900);
        assert!(!is_logarithmic, "though it spans a factor of 199");
    }

    #[test]
    fn a_wide_number_has_bins_of_equal_ratio() {
        let values: Vec<f64> = (0..1_000).map(|k| 10f64.powf(f64::from(k) / 333.0)).collect();
        let Histogram { edges, counts, is_logarithmic } = histogram(&values).unwrap();
        assert!(is_logarithmic);
        let ratios: Vec<f64> = edges.windows(2).map(|pair| pair[1] / pair[0]).collect();
        assert!(ratios.iter().all(|ratio| (ratio / ratios[0] - 1.0).abs() < 1e-9), "{ratios:?}");
        assert!(counts.iter().all(|count| (38..=41).contains(count)), "{counts:?}");
    }

    #[test]
    fn small_whole_numbers_have_a_bin_each() {
        let values: Vec<f64> = [2.0; 500].into_iter().chain([3.0; 300]).chain([5.0; 200]).collect();
        let Histogram { edges, counts, is_logarithmic } = histogram(&values).unwrap();
        assert_eq!(
            (edges, counts, is_logarithmic),
            (vec![1.5, 2.5, 3.5, 4.5, 5.5], vec![500, 300, 0, 200], false)
        );
    }

    #[test]
    fn whole_numbers_that_have_no_halves_between_them_have_even_bins() {
        // Neighbours beyond 2^53 are two apart.
        let values: Vec<f64> = [1e16; 50].into_iter().chain([1e16 + 2.0; 50]).collect();
        let Histogram { edges, counts, .. } = histogram(&values).unwrap();
        assert_eq!((edges.len(), counts.iter().sum::<u32>()), (BINS + 1, 100), "{edges:?}");
    }

    #[test]
    fn one_value_is_no_distribution() {
        assert_eq!(histogram(&[4.0; 100]), None);
        assert_eq!(histogram(&[]), None);
    }
}
