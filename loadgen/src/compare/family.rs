//! Several tests at once: with twenty metrics at 5 %, one alarm is to be expected when nothing has changed.
//!
//! **Holm**, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979):
//! the chance of a single false alarm in the whole family stays below the level; for what decides. **Benjamini and
//! Hochberg**, "Controlling the false discovery rate", Journal of the Royal Statistical Society B 57 (1995): of the
//! alarms, at most that share is false on average; for what only advises.
//!
//! Both return adjusted p values in the order given: an alarm is what is not above the level.

/// P values adjusted after Holm.
#[must_use]
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let family = p_values.len();
    let mut adjusted = vec![0.0; family];
    let mut least: f64 = 0.0;
    for (rank, place) in ascending(p_values).into_iter().enumerate() {
        least = least.max((p_values[place] * (family - rank) as f64).min(1.0));
        adjusted[place] = least;
    }
    adjusted
}

/// P values adjusted after Benjamini and Hochberg.
#[must_use]
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let family = p_values.len();
    let mut adjusted = vec![0.0; family];
    let mut most: f64 = 1.0;
    for (rank, place) in ascending(p_values).into_iter().enumerate().rev() {
        most = most.min(p_values[place] * family as f64 / (rank + 1) as f64);
        adjusted[place] = most;
    }
    adjusted
}

fn ascending(p_values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    order
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Benjamini and Hochberg (1995), section 4.1: fifteen p values of a study of thrombolysis.
    const STUDY: [f64; 15] = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
        0.6528, 0.7590, 1.0,
    ];

    #[test]
    fn the_published_study_has_as_many_alarms_as_published() {
        let alarms = |adjusted: Vec<f64>| adjusted.iter().filter(|p| **p <= 0.05).count();
        // "Four hypotheses" by their procedure; three by those that control the whole family.
        assert_eq!(alarms(benjamini_hochberg(&STUDY)), 4);
        assert_eq!(alarms(holm(&STUDY)), 3);
    }

    #[test]
    fn adjusted_values_are_those_of_the_definition() {
        // Holm: 3 x 0.01, then max(0.03, 2 x 0.02) = 0.04, then max(0.04, 0.03) = 0.04.
        assert_eq!(holm(&[0.02, 0.01, 0.03]), [0.04, 0.03, 0.04]);
        // Benjamini and Hochberg: 0.03 x 3/3 = 0.03; 0.02 x 3/2 = 0.03; min(0.03, 0.01 x 3) = 0.03.
        assert_eq!(benjamini_hochberg(&[0.02, 0.01, 0.03]), [0.03, 0.03, 0.03]);
        assert!(holm(&[]).is_empty() && benjamini_hochberg(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn adjusting_keeps_the_order_and_holm_is_the_stricter(p_values in prop::collection::vec(0.0..=1.0_f64, 1..20)) {
            let (strict, lenient) = (holm(&p_values), benjamini_hochberg(&p_values));
            for first in 0..p_values.len() {
                prop_assert!(p_values[first] <= lenient[first] + 1e-12 && lenient[first] <= strict[first] + 1e-12);
                for second in 0..p_values.len() {
                    if p_values[first] < p_values[second] {
                        prop_assert!(strict[first] <= strict[second] && lenient[first] <= lenient[second]);
                    }
                }
            }
        }
    }
}
