//! The share of reads that a cache of recently used objects answers (Che's approximation).
//!
//! Requests fall on object k of N with probability q(k) ∝ k^−α. A cache of C objects keeps each for about the same
//! time T, found from Σ (1 − e^(−q(k) T)) = C; the hit ratio is then Σ q(k) (1 − e^(−q(k) T)). Source: Fricker, Robert
//! and Roberts, "A versatile and accurate approximation for LRU cache performance", arXiv 1202.3974.

/// Ranks that are summed one by one; above them, ranks are alike enough to be summed in groups.
const EXACT_RANKS: f64 = 1_000.0;
/// How much a group of ranks grows over the one before it; 2 % wide groups change the result by less than 0.01 %.
const GROUP_GROWTH: f64 = 1.02;
/// Halvings of the search for T: as many as a double has digits.
const BISECTIONS: u32 = 60;

/// A group of objects that are asked for equally often.
struct Group {
    objects: f64,
    weight: f64,
}

/// Objects in groups, with the weight k^−α of one of each.
fn groups(objects: f64, exponent: f64) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut first = 1.0;
    while first <= objects {
        let width = if first < EXACT_RANKS { 1.0 } else { (first * (GROUP_GROWTH - 1.0)).floor() };
        let number = width.min(objects - first + 1.0);
        let middle: f64 = first + (number - 1.0) / 2.0;
        groups.push(Group { objects: number, weight: middle.powf(-exponent) });
        first += number;
    }
    groups
}

/// The hit ratio of an LRU cache that holds `cached` of `objects`, asked for by Zipf's law with `exponent`.
pub(crate) fn hit_ratio(objects: f64, cached: f64, exponent: f64) -> f64 {
    let objects = objects.floor();
    if objects < 1.0 || cached <= 0.0 {
        return 0.0;
    }
    if cached >= objects {
        return 1.0;
    }
    let groups = groups(objects, exponent);
    let total: f64 = groups.iter().map(|group| group.objects * group.weight).sum();
    let present = |time: f64, group: &Group| 1.0 - (-group.weight / total * time).exp();
    let held = |time: f64| groups.iter().map(|group| group.objects * present(time, group)).sum::<f64>();
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    while held(high) < cached && high.is_finite() {
        high *= 2.0;
    }
    for _ in 0..BISECTIONS {
        let middle = f64::midpoint(low, high);
        if held(middle) < cached {
            low = middle;
        } else {
            high = middle;
        }
    }
    groups.iter().map(|group| group.objects * group.weight / total * present(high, group)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_hit_ratios_come_out() {
        // estimation.md section 4: LRU with 20 % of the items cached.
        for (objects, exponent, expected) in [
            (10_000.0, 0.8, 0.57),
            (10_000.0, 1.0, 0.77),
            (10_000.0, 0.0, 0.20),
            (100_000.0, 0.8, 0.59),
            (100_000.0, 1.0, 0.81),
        ] {
            let found = hit_ratio(objects, 0.2 * objects, exponent);
            assert!((found - expected).abs() < 0.006, "{objects} objects, alpha {exponent}: {found}");
        }
    }

    #[test]
    fn a_cache_of_nothing_never_hits_and_one_of_everything_always() {
        for (objects, cached, expected) in
            [(1e4, 0.0, 0.0), (0.0, 10.0, 0.0), (1e4, 1e4, 1.0), (1e4, 2e4, 1.0)]
        {
            assert_eq!(hit_ratio(objects, cached, 1.0).to_bits(), f64::to_bits(expected));
        }
    }

    #[test]
    fn a_billion_objects_take_no_longer_than_a_million() {
        assert!(groups(1e9, 1.0).len() < 2_000);
        let covered: f64 = groups(1e9, 1.0).iter().map(|group| group.objects).sum();
        assert!((covered - 1e9).abs() < 0.5);
    }
}
