//! Zipf's law: the k-th most popular of N objects gets the share k^−α / H of all requests.
//!
//! H = Σ (k from 1 to N) k^−α is the generalised harmonic number. α = 0 asks for all objects alike; web objects have
//! 0.64 to 0.83 (Breslau et al., "Web Caching and Zipf-like Distributions", INFOCOM 1999), the pages of a forum about 1.
//!
//! Sums over a billion ranks are not written out: the first ranks are taken one by one, the others as an integral over
//! the logarithm of the rank, by Gauss and Legendre. Some hundred points take the place of all objects, with an error
//! below one in ten thousand.

use super::LawError;
use super::error::check;

/// The most objects: the double that counts them has 53 bits, and nothing has more.
pub const MOST_OBJECTS: f64 = 1e18;
/// The steepest popularity: at 10 the first object gets 99.9 % of all requests.
pub const STEEPEST: f64 = 10.0;

/// Ranks that are taken one by one; above them one rank is so much like the next that the sum is an integral.
const SINGLE_RANKS: u32 = 64;
/// How far a stretch of the integral goes, in the logarithm of the popularity: a factor of e.
const STRETCH: f64 = 1.0;
/// Gauss-Legendre points on −1..1 with their weights (Abramowitz and Stegun, table 25.4, n = 4).
const GAUSS: [(f64, f64); 4] = [
    (-0.861_136_311_594_053, 0.347_854_845_137_454),
    (-0.339_981_043_584_856, 0.652_145_154_862_546),
    (0.339_981_043_584_856, 0.652_145_154_862_546),
    (0.861_136_311_594_053, 0.347_854_845_137_454),
];

/// Objects that are asked for equally often.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Group {
    /// How many; not a whole number where a group stands for a stretch of ranks.
    pub(super) objects: f64,
    /// The share of all requests that asks for one of them.
    pub(super) share: f64,
}

/// The popularity of a number of objects. Making one takes a few microseconds; keep it when several caches are compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Zipf {
    objects: f64,
    exponent: f64,
    /// H.
    harmonic: f64,
    /// From the most popular to the least.
    groups: Vec<Group>,
}

impl Zipf {
    /// The popularity of `objects` (rounded down) with this `exponent` α.
    ///
    /// # Errors
    /// When there is no object or more than [`MOST_OBJECTS`], or the exponent is not from 0 to [`STEEPEST`].
    pub fn new(objects: f64, exponent: f64) -> Result<Zipf, LawError> {
        let expected = "at least 1 and at most 10^18";
        check((1.0..=MOST_OBJECTS).contains(&objects), "number of objects", objects, expected)?;
        check((0.0..=STEEPEST).contains(&exponent), "Zipf exponent", exponent, "a number from 0 to 10")?;
        let objects = objects.floor();
        let mut groups = weighted(objects, exponent);
        let harmonic: f64 = groups.iter().map(|group| group.objects * group.share).sum();
        for group in &mut groups {
            group.share /= harmonic;
        }
        Ok(Zipf { objects, exponent, harmonic, groups })
    }

    /// N, a whole number.
    #[must_use]
    pub fn objects(&self) -> f64 {
        self.objects
    }

    /// H, the generalised harmonic number.
    #[must_use]
    pub fn harmonic(&self) -> f64 {
        self.harmonic
    }

    /// The share of all requests that asks for the most popular object: 1 / H.
    #[must_use]
    pub fn top_share(&self) -> f64 {
        1.0 / self.harmonic
    }

    /// The share of all requests that asks for one of the `most_popular` objects: H(n) / H(N). What a cache would hit
    /// that always held the right objects.
    ///
    /// # Errors
    /// When `most_popular` is negative or not a number.
    pub fn share_of_top(&self, most_popular: f64) -> Result<f64, LawError> {
        check(most_popular >= 0.0, "number of objects", most_popular, "at least 0")?;
        if most_popular >= self.objects {
            return Ok(1.0);
        }
        if most_popular < 1.0 {
            return Ok(0.0);
        }
        Ok((Zipf::new(most_popular, self.exponent)?.harmonic / self.harmonic).min(1.0))
    }

    pub(super) fn groups(&self) -> &[Group] {
        &self.groups
    }
}

/// Objects in groups, with the weight k^−α of one of each in the place of its share.
fn weighted(objects: f64, exponent: f64) -> Vec<Group> {
    let single = (1..=SINGLE_RANKS).map(f64::from).take_while(|rank| *rank <= objects);
    let mut groups: Vec<Group> =
        single.map(|rank| Group { objects: 1.0, share: rank.powf(-exponent) }).collect();
    // Rank k stands for the stretch from k − ½ to k + ½.
    let (start, end) = ((f64::from(SINGLE_RANKS) + 0.5).ln(), (objects + 0.5).ln());
    if objects <= f64::from(SINGLE_RANKS) {
        return groups;
    }
    let stretches = ((end - start) * exponent.max(1.0) / STRETCH).ceil();
    let width = (end - start) / stretches;
    let mut middle = start + width / 2.0;
    while middle < end {
        groups.extend(GAUSS.map(|(point, weight)| {
            let rank = (middle + point * width / 2.0).exp();
            Group { objects: weight * width / 2.0 * rank, share: rank.powf(-exponent) }
        }));
        middle += width;
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    /// H by its definition.
    fn by_definition(objects: u32, exponent: f64) -> f64 {
        (1..=objects).rev().map(|rank| f64::from(rank).powf(-exponent)).sum()
    }

    #[test]
    fn harmonic_numbers_are_those_of_the_sum() {
        for objects in [1, 2, 63, 64, 65, 66, 100, 1_000, 123_457, 1_000_000] {
            for exponent in [0.0, 0.3, 0.64, 0.8, 1.0, 1.2, 2.0, 5.0] {
                let found = Zipf::new(f64::from(objects), exponent).unwrap().harmonic();
                let expected = by_definition(objects, exponent);
                assert!((found / expected - 1.0).abs() < 2e-6, "{objects} {exponent}: {found} {expected}");
            }
        }
    }

    #[test]
    fn harmonic_numbers_of_very_many_are_those_of_the_closed_forms() {
        // H(N, 1) = ln N + γ; H(N, ½) = 2√N + ζ(½) with ζ(½) = −1.4603545; H(N, 2) = π²/6; H(N, 0) = N.
        for (objects, exponent, expected) in [
            (1e9, 1.0, 1e9_f64.ln() + 0.577_215_664_9),
            (1e18, 1.0, 1e18_f64.ln() + 0.577_215_664_9),
            (1e12, 0.5, 2e6 - 1.460_354_5),
            (1e12, 2.0, std::f64::consts::PI.powi(2) / 6.0),
            (1e15, 0.0, 1e15),
        ] {
            let found = Zipf::new(objects, exponent).unwrap().harmonic();
            assert!((found / expected - 1.0).abs() < 2e-6, "{objects} {exponent}: {found} {expected}");
        }
    }

    #[test]
    fn any_number_of_objects_is_some_hundred_groups() {
        for (objects, exponent, most) in [(1e9, 0.8, 140), (1e18, 1.0, 240), (1e18, 10.0, 1_700)] {
            let zipf = Zipf::new(objects, exponent).unwrap();
            assert!(zipf.groups().len() < most, "{}", zipf.groups().len());
            let covered: f64 = zipf.groups().iter().map(|group| group.objects).sum();
            assert!((covered / objects - 1.0).abs() < 1e-6, "{covered}");
        }
    }

    #[test]
    fn the_share_of_the_top_is_the_sum_of_its_ranks() {
        let zipf = Zipf::new(10_000.0, 1.0).unwrap();
        // H(10,000) = 9.787606; H(100) = 5.187378; H(3) = 1.833333.
        for (most_popular, expected) in
            [(0.0, 0.0), (1.0, 0.102_170), (3.0, 0.187_312), (100.0, 0.529_994), (1e4, 1.0), (1e9, 1.0)]
        {
            let found = zipf.share_of_top(most_popular).unwrap();
            assert!((found - expected).abs() < 2e-6, "{most_popular}: {found} {expected}");
        }
        assert!((zipf.top_share() - 0.102_170).abs() < 2e-6);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (objects, exponent) in
            [(0.0, 1.0), (0.5, 1.0), (1e19, 1.0), (10.0, -0.1), (10.0, 10.1), (f64::NAN, 1.0)]
        {
            assert!(Zipf::new(objects, exponent).is_err(), "{objects} {exponent}");
        }
        assert!(
            Zipf::new(10.0, f64::NAN).is_err() && Zipf::new(10.0, 1.0).unwrap().share_of_top(-1.0).is_err()
        );
    }
}
