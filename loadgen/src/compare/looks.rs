//! Looking before the end without paying for it with false alarms.
//!
//! Who looks three times at 1 % alarms in 2 % of the cases. O'Brien and Fleming, "A multiple testing procedure for
//! clinical trials", Biometrics 35 (1979), ask for more at an early look: at look k of K equal ones, the statistic must
//! reach C sqrt(K / k). C is found such that the chance of reaching any of the bounds, when nothing has changed, is
//! the level. The chance is computed by the recursion of Armitage, `McPherson` and Rowe (1969): the density of the sum
//! after each look, where no bound was reached so far, is that of the look before, spread by one more share of the data.

use super::normal::{normal_density, normal_probability, normal_quantile};

/// Looks at most: more are a test after every block, for which there are better methods.
const MOST_LOOKS: u32 = 20;
/// Points of the density below the bound; at 400 the constants are exact to four digits.
const POINTS: usize = 400;
/// Halvings of the range of the constant: to a ten-millionth.
const HALVINGS: usize = 26;
/// How far below zero the density is followed, in standard deviations of one look's share.
const FAR: f64 = 8.0;

/// Why there are no bounds.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum LooksError {
    /// So many looks.
    #[error("{0} looks, where 1 to {MOST_LOOKS} are possible")]
    Looks(u32),
    /// Such a level.
    #[error("a level of {0}, where one above 0 and below 0.5 is possible")]
    Level(f64),
}

/// One-sided bounds for equal looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OBrienFleming {
    looks: u32,
    constant: f64,
}

impl OBrienFleming {
    /// Bounds for `looks` equal looks that together raise a false alarm with the probability `level` (one-sided).
    ///
    /// # Errors
    /// There are no looks, or too many, or the level is no share below a half.
    pub fn new(looks: u32, level: f64) -> Result<OBrienFleming, LooksError> {
        if !(1..=MOST_LOOKS).contains(&looks) {
            return Err(LooksError::Looks(looks));
        }
        if !(level > 0.0 && level < 0.5) {
            return Err(LooksError::Level(level));
        }
        // A single look is the plain test; twenty at any level that is used need less than one and a half times that.
        let single = -normal_quantile(level);
        let (mut low, mut high) = (single, 1.5 * single + 1.0);
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            if crossing(looks, middle) > level {
                low = middle;
            } else {
                high = middle;
            }
        }
        Ok(OBrienFleming { looks, constant: f64::midpoint(low, high) })
    }

    /// What the statistic (a standard normal deviate of all data so far) has to reach at look `look`, counted from 1.
    #[must_use]
    pub fn bound(&self, look: u32) -> f64 {
        let look = look.clamp(1, self.looks);
        self.constant * (f64::from(self.looks) / f64::from(look)).sqrt()
    }

    /// The one-sided level of look `look` by itself: its p value must be below it, and an interval at it holds the truth
    /// with this much left out on one side.
    #[must_use]
    pub fn level(&self, look: u32) -> f64 {
        normal_probability(-self.bound(look))
    }

    /// How many looks there are.
    #[must_use]
    pub fn looks(&self) -> u32 {
        self.looks
    }
}

/// The probability that the sum of standard normal shares reaches `constant` sqrt(`looks`) after any of the looks: in
/// terms of sums, the bound is the same at each.
fn crossing(looks: u32, constant: f64) -> f64 {
    let bound = constant * f64::from(looks).sqrt();
    let lowest = -FAR * f64::from(looks).sqrt();
    let step = (bound - lowest) / (POINTS - 1) as f64;
    let points: Vec<f64> = (0..POINTS).map(|k| lowest + step * k as f64).collect();
    // Simpson's rule needs an odd number of points; the trapezoid's is as good for densities that end in nothing, and
    // its error at the bound is of the order of step squared.
    let weight = |k: usize| if k == 0 || k == POINTS - 1 { 0.5 * step } else { step };
    // How far one more share of the data carries depends on the distance alone.
    let carried: Vec<f64> = (0..POINTS).map(|apart| normal_density(step * apart as f64)).collect();
    let mut crossed = normal_probability(-bound);
    let mut density: Vec<f64> = points.iter().map(|at| normal_density(*at)).collect();
    for _ in 1..looks {
        crossed +=
            (0..POINTS).map(|k| weight(k) * density[k] * normal_probability(points[k] - bound)).sum::<f64>();
        density = (0..POINTS)
            .map(|to| (0..POINTS).map(|k| weight(k) * density[k] * carried[to.abs_diff(k)]).sum())
            .collect();
    }
    crossed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_are_the_published_ones() {
        // Jennison and Turnbull, "Group Sequential Methods" (2000), table 2.3, for two-sided levels of 5 % and 1 %: one-sided
        // half of that, to which the other side adds nothing in three digits.
        for (looks, level, constant) in [
            (1, 0.025, 1.960),
            (2, 0.025, 1.977),
            (3, 0.025, 2.004),
            (4, 0.025, 2.024),
            (5, 0.025, 2.040),
            (2, 0.005, 2.580),
            (3, 0.005, 2.595),
            (5, 0.005, 2.621),
        ] {
            let bounds = OBrienFleming::new(looks, level).unwrap();
            assert!((bounds.constant - constant).abs() < 1.5e-3, "{looks} {level}: {}", bounds.constant);
        }
    }

    #[test]
    fn early_looks_ask_for_more() {
        let bounds = OBrienFleming::new(3, 0.01).unwrap();
        // 2.354 sqrt(3 / k): 4.08, 2.88, 2.35.
        for (look, bound) in [(1, 4.08), (2, 2.88), (3, 2.35)] {
            assert!((bounds.bound(look) - bound).abs() < 6e-3, "{look}: {}", bounds.bound(look));
        }
        assert!(bounds.level(1) < bounds.level(2) && bounds.level(3) < 0.01 && bounds.looks() == 3);
        assert_eq!(OBrienFleming::new(0, 0.01), Err(LooksError::Looks(0)));
        assert_eq!(OBrienFleming::new(3, 0.5), Err(LooksError::Level(0.5)));
    }
}
