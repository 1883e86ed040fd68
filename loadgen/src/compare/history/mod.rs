//! The run in which a step came into a history of runs.
//!
//! A history is one figure of each run, oldest first. Two detectors, both of which look for the point that divides a
//! stretch best, ask whether chance would divide it as well, and go on with both parts:
//!
//! - [`steps()`], the one to use: robust against single runs that are far off (each value is drawn towards the median of
//!   its neighbours) and against drift that resembles itself from run to run (chance is tried with whole blocks of runs
//!   changed round). The price: it says nothing about the last three runs.
//! - [`e_divisive()`], as other tools have it (Matteson and James, 2014), for comparison: quicker, and fooled by both.
//!
//! Steps are looked for in the logarithm, so that 100 to 110 and 1 to 1.1 are the same step.

mod e_divisive;
mod steps;

pub use e_divisive::e_divisive;
pub use steps::{Settings, steps};

/// A step in a history.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The first run after it, counted from 0.
    pub at: usize,
    /// The level after it over the level before it: 1.1 for 10 % more.
    pub ratio: f64,
    /// How often chance alone divides the history as well.
    pub p: f64,
}

/// The logarithms, if every value has one.
fn logarithms(values: &[f64]) -> Option<Vec<f64>> {
    values.iter().map(|value| (value.is_finite() && *value > 0.0).then(|| value.ln())).collect()
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
    use rand_distr::{Distribution, StandardNormal};

    use super::*;

    #[derive(Clone, Copy, Debug)]
    enum Noise {
        /// Independent, 3 %.
        Plain,
        /// 3 %, and one run in twenty is half as much again.
        Outliers,
        /// An autoregression of 0.5 of the same size.
        Drift,
    }

    /// A hundred runs around 100; from run `from` on by `factor` more.
    fn history(noise: Noise, from: usize, factor: f64, seed: u64) -> Vec<f64> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut last = 0.0;
        (0..100)
            .map(|run| {
                let draw: f64 = StandardNormal.sample(&mut random);
                let off = match noise {
                    Noise::Plain => 0.03 * draw,
                    Noise::Outliers => 0.03 * draw + if random.random_range(0..20) == 0 { 0.4 } else { 0.0 },
                    Noise::Drift => {
                        // The variance of an autoregression is that of its steps over 1 - 0.25.
                        last = 0.5 * last + 0.03 * 0.75f64.sqrt() * draw;
                        last
                    }
                };
                100.0 * off.exp() * if run >= from { factor } else { 1.0 }
            })
            .collect()
    }

    const SERIES: u64 = 20;

    fn with_steps(noise: Noise, factor: f64, find: impl Fn(&[f64]) -> Vec<Step>) -> (usize, usize, usize) {
        let (mut none, mut hits, mut extra) = (0, 0, 0);
        for seed in 0..SERIES {
            let found = find(&history(noise, 60, factor, seed));
            let near = found.iter().filter(|step| step.at.abs_diff(60) <= 3).count();
            none += usize::from(found.is_empty());
            hits += usize::from(near > 0);
            extra += usize::from(found.len() > near.min(1));
        }
        (none, hits, extra)
    }

    fn robust(values: &[f64]) -> Vec<Step> {
        steps(values, &Settings::default()).expect("positive values")
    }

    #[test]
    fn a_history_without_a_step_has_none_whatever_its_noise() {
        for noise in [Noise::Plain, Noise::Outliers, Noise::Drift] {
            let (none, ..) = with_steps(noise, 1.0, robust);
            assert!(none >= 19, "{noise:?}: {none} of 20 without a step");
        }
    }

    #[test]
    fn a_step_of_a_tenth_is_found_where_it_came_in() {
        for noise in [Noise::Plain, Noise::Outliers, Noise::Drift] {
            let (_, hits, extra) = with_steps(noise, 1.1, robust);
            assert!(hits >= 18 && extra <= 2, "{noise:?}: {hits} of 20 found, {extra} with more");
        }
        let found = robust(&history(Noise::Plain, 60, 1.1, 3));
        assert!(found.len() == 1 && (found[0].ratio - 1.1).abs() < 0.02 && found[0].p <= 0.005, "{found:?}");
    }

    #[test]
    fn what_resembles_itself_fools_the_other_detector() {
        let divisive = |values: &[f64]| e_divisive(values, 0.01, 99, 7).expect("positive values");
        let (_, hits, _) = with_steps(Noise::Plain, 1.1, divisive);
        assert!(hits >= 18, "{hits}");
        let (none, ..) = with_steps(Noise::Drift, 1.0, divisive);
        assert!(none <= 17, "{none} of 20 without a step: no longer worse, so say so in the documentation");
    }

    #[test]
    fn histories_that_are_too_short_or_have_no_logarithm_are_refused() {
        assert_eq!(robust(&[1.0, 2.0, 1.0]), []);
        assert_eq!(robust(&[]), []);
        assert_eq!(robust(&[5.0; 40]), []);
        assert_eq!(steps(&[1.0, 0.0, 1.0], &Settings::default()), None);
        assert_eq!(e_divisive(&[1.0, -1.0], 0.01, 99, 7), None);
    }
}
