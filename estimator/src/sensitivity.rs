//! Which inputs a result varies with, from the samples that the ledger keeps anyway.
//!
//! Results are mostly products of inputs, so they are compared on logarithms: ln y = Σ eᵢ ln xᵢ + rest. The slope eᵢ of
//! the regression of ln y on ln xᵢ is the elasticity d ln y / d ln xᵢ, and the squared correlation the share of
//! Var(ln y) that xᵢ alone explains; inputs are drawn independently, so for a product the shares add up to one:
//! eᵢ² σᵢ² / Σ eⱼ² σⱼ². A step or a sum is no straight line on logarithms: there the share is Var(E[ln y | xᵢ]) / Var(ln y),
//! the first-order index of Sobol, taken over bins of xᵢ. An input that cancels out has neither. What can be zero has
//! no logarithm and counts as it is.
//!
//! Which results are worth asking for is decided in `outlook`.

use std::cell::OnceCell;

use scenarios::outlook::Driver;

use crate::uncertain::split_at;

/// What explains less is not worth a line.
const LEAST_SHARE: f64 = 0.01;
/// Two unrelated lists of n samples have a squared correlation of 1/n on average, and of more than ten times that one
/// time in six hundred.
const NOISE: f64 = 10.0;
/// Bars of a tornado; the rest is small beside them.
const MOST_DRIVERS: usize = 6;
/// Of more inputs than these, the first samples choose those that are looked at with all samples.
const MOST_CANDIDATES: usize = 16;
/// Bins with equally many samples each, in which the mean of a result is taken.
const BINS: usize = 20;
/// What varies by no more than this share of itself is constant but for rounding.
const ROUNDING: f64 = 1e-9;
/// Enough to tell the important inputs from the rest.
const FIRST_SAMPLES: usize = 1_000;

/// An input that is known only as a range; what is asked of it for one result is kept for the next.
#[derive(Debug)]
pub(crate) struct Candidate<'a> {
    name: &'a str,
    values: &'a [f64],
    first: OnceCell<Deviations>,
    all: OnceCell<Deviations>,
    sorted: OnceCell<Sorted>,
}

/// An input's samples by size.
#[derive(Debug)]
struct Sorted {
    /// The upper end of the lowest fifth, and the lower end of the highest.
    fifths: (f64, f64),
    /// The bin of each sample.
    bins: Vec<usize>,
}

impl Sorted {
    fn of(values: &[f64]) -> Sorted {
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let last = sorted.len().saturating_sub(1);
        let at = |part: usize, parts: usize| sorted.get(last * part / parts).copied().unwrap_or(0.0);
        let ends: Vec<f64> = (1..BINS).map(|bin| at(bin, BINS)).collect();
        let bins = values.iter().map(|value| ends.partition_point(|end| end < value)).collect();
        Sorted { fifths: (at(1, 5), at(4, 5)), bins }
    }
}

impl<'a> Candidate<'a> {
    pub(crate) fn new(name: &'a str, values: &'a [f64]) -> Candidate<'a> {
        Candidate { name, values, first: OnceCell::new(), all: OnceCell::new(), sorted: OnceCell::new() }
    }

    fn first(&self) -> &Deviations {
        self.first.get_or_init(|| Deviations::of(beginning(self.values)))
    }

    fn all(&self) -> &Deviations {
        self.all.get_or_init(|| Deviations::of(self.values))
    }

    fn sorted(&self) -> &Sorted {
        self.sorted.get_or_init(|| Sorted::of(self.values))
    }
}

/// The inputs that a result varies with, the most important first. All lists are of the same samples.
pub(crate) fn drivers(result: &[f64], inputs: &[&Candidate<'_>]) -> Vec<Driver> {
    let deviations = Deviations::of(result);
    let mut inputs = inputs.to_vec();
    if inputs.len() > MOST_CANDIDATES {
        let first = Deviations::of(beginning(result));
        let mut rated: Vec<_> =
            inputs.iter().map(|input| (first.regressed_on(input.first()).share, *input)).collect();
        rated.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        inputs = rated.into_iter().take(MOST_CANDIDATES).map(|(_, input)| input).collect();
    }
    let least = LEAST_SHARE.max(NOISE / result.len() as f64);
    let mut found: Vec<(Regression, &Candidate<'_>)> =
        inputs.into_iter().map(|input| (deviations.explained_by(input), input)).collect();
    found.retain(|(regression, _)| regression.share >= least);
    found.sort_by(|(a, _), (b, _)| b.share.total_cmp(&a.share));
    found.truncate(MOST_DRIVERS);
    found.into_iter().map(|(regression, input)| driver(result, regression, input)).collect()
}

fn driver(result: &[f64], Regression { share, elasticity }: Regression, input: &Candidate<'_>) -> Driver {
    let (low, high) = input.sorted().fifths;
    let median_where = |is_in: &dyn Fn(f64) -> bool| {
        let pairs = result.iter().zip(input.values);
        quantile(pairs.filter(|(_, input)| is_in(**input)).map(|(result, _)| *result).collect(), 0.5)
    };
    Driver {
        input: input.name.to_owned(),
        share,
        elasticity,
        at_low: median_where(&|input| input <= low),
        at_high: median_where(&|input| input >= high),
    }
}

fn beginning(values: &[f64]) -> &[f64] {
    &values[..values.len().min(FIRST_SAMPLES)]
}

fn quantile(mut values: Vec<f64>, share: f64) -> f64 {
    let last = values.len().saturating_sub(1);
    split_at(&mut values, share * last as f64).0
}

/// How far samples are from their mean: their logarithms, where all have one.
#[derive(Debug)]
struct Deviations {
    values: Vec<f64>,
    /// Of all of them.
    squares: f64,
    is_log: bool,
}

/// What one input says about a result.
#[derive(Clone, Copy, Debug)]
struct Regression {
    share: f64,
    elasticity: Option<f64>,
}

impl Deviations {
    fn of(values: &[f64]) -> Deviations {
        let is_log = values.iter().all(|value| *value > 0.0);
        let mut values: Vec<f64> =
            if is_log { values.iter().map(|value| value.ln()).collect() } else { values.to_vec() };
        let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
        for value in &mut values {
            *value -= mean;
        }
        let squares: f64 = values.iter().map(|value| value * value).sum();
        let rounding = ROUNDING * if is_log { mean.abs().max(1.0) } else { mean.abs() };
        let is_constant = squares <= values.len() as f64 * rounding * rounding;
        Deviations { values, squares: if is_constant { 0.0 } else { squares }, is_log }
    }

    /// By a straight line or by a step for each bin, whichever explains more.
    fn explained_by(&self, input: &Candidate<'_>) -> Regression {
        let Regression { share, elasticity } = self.regressed_on(input.all());
        Regression { share: share.max(self.share_between(&input.sorted().bins)), elasticity }
    }

    /// The share of the variance that lies between the means of bins; what chance alone puts there is taken off.
    fn share_between(&self, bins: &[usize]) -> f64 {
        let mut sums = [(0.0, 0.0); BINS];
        for (value, bin) in self.values.iter().zip(bins) {
            if let Some((sum, count)) = sums.get_mut(*bin) {
                *sum += value;
                *count += 1.0;
            }
        }
        let between: f64 =
            sums.iter().filter(|(_, count)| *count > 0.0).map(|(sum, count)| sum * sum / count).sum();
        let (samples, bins) = (self.values.len() as f64, BINS as f64);
        if self.squares <= 0.0 || samples <= bins {
            return 0.0;
        }
        1.0 - (1.0 - between / self.squares) * (samples - 1.0) / (samples - bins)
    }

    fn regressed_on(&self, input: &Deviations) -> Regression {
        let products: f64 = self.values.iter().zip(&input.values).map(|(y, x)| y * x).sum();
        let both = self.squares * input.squares;
        if both <= 0.0 || !both.is_finite() {
            return Regression { share: 0.0, elasticity: None };
        }
        let elasticity = (self.is_log && input.is_log).then(|| products / input.squares);
        Regression { share: (products * products / both).min(1.0), elasticity }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::uncertain::{Draw, Uncertain};

    const SAMPLES: usize = 10_000;
    /// The 95th percentile of the standard normal distribution.
    const NORMAL_95: f64 = 1.644_853_626_951_472_7;

    /// A log-normal with median 10 whose logarithm has this standard deviation.
    fn log_normal(sigma: f64, name: &str) -> Vec<f64> {
        let factor = (sigma * NORMAL_95).exp();
        let limits = (0.0, f64::INFINITY);
        let draw = Draw { low: 10.0 / factor, high: 10.0 * factor, limits, samples: SAMPLES };
        let Uncertain::Samples(values) = Uncertain::draw(draw, 7, name) else {
            panic!("a range has samples")
        };
        values.to_vec()
    }

    fn found(result: &[f64], inputs: &[(&str, &[f64])]) -> Vec<Driver> {
        let inputs: Vec<Candidate<'_>> =
            inputs.iter().map(|(name, values)| Candidate::new(name, values)).collect();
        drivers(result, &inputs.iter().collect::<Vec<_>>())
    }

    fn each(left: &[f64], right: &[f64], function: impl Fn(f64, f64) -> f64) -> Vec<f64> {
        left.iter().zip(right).map(|(left, right)| function(*left, *right)).collect()
    }

    #[test]
    fn the_shares_of_a_product_are_those_of_the_variances_of_the_logarithms() {
        let (a, b, c) = (log_normal(0.6, "a"), log_normal(0.3, "b"), log_normal(0.2, "c"));
        // y = a b² / c: ln y has the variance 0.6² + (2 × 0.3)² + 0.2² = 0.36 + 0.36 + 0.04 = 0.76.
        let product = each(&each(&a, &b, |a, b| a * b * b), &c, |ab, c| ab / c);
        let drivers = found(&product, &[("c", &c), ("a", &a), ("b", &b)]);
        assert_eq!(drivers.len(), 3);
        for (name, share, elasticity) in
            [("a", 0.36 / 0.76, 1.0), ("b", 0.36 / 0.76, 2.0), ("c", 0.04 / 0.76, -1.0)]
        {
            let driver = drivers.iter().find(|driver| driver.input == name).unwrap();
            // The standard error of a squared correlation of n samples is 2 r (1 - r²) / √n, at most 0.008 here; of the
            // slope of c, √(0.72 / 0.04 / n) = 0.042.
            assert!((driver.share - share).abs() < 0.03, "{driver:?}");
            assert!((driver.elasticity.unwrap() - elasticity).abs() < 0.15, "{driver:?}");
        }
        assert_eq!(drivers[2].input, "c", "the least important is last");
    }

    #[test]
    fn a_tornado_shows_the_medians_of_the_outer_fifths() {
        let (a, b) = (log_normal(0.5, "a"), log_normal(0.1, "b"));
        let drivers = found(&each(&a, &b, |a, b| a * b), &[("a", &a), ("b", &b)]);
        // The median of the lowest fifth is the tenth percentile: 1.2816 standard deviations below the middle, 100.
        let expected = |sigma: f64, sign: f64| 100.0 * (sign * 1.2816 * sigma).exp();
        for (driver, sigma) in drivers.iter().zip([0.5, 0.1]) {
            assert!((driver.at_low / expected(sigma, -1.0) - 1.0).abs() < 0.06, "{driver:?}");
            assert!((driver.at_high / expected(sigma, 1.0) - 1.0).abs() < 0.06, "{driver:?}");
        }
    }

    #[test]
    fn a_ratio_that_cancels_an_input_does_not_vary_with_it() {
        let (a, b) = (log_normal(0.5, "a"), log_normal(0.2, "b"));
        let ratio = each(&each(&a, &b, |a, b| a * b), &a, |ab, a| ab / a);
        let names: Vec<String> =
            found(&ratio, &[("a", &a), ("b", &b)]).into_iter().map(|driver| driver.input).collect();
        assert_eq!(names, ["b"]);
    }

    #[test]
    fn what_can_be_zero_counts_as_it_is() {
        let draw = |name| {
            let draw = Draw { low: 0.0, high: 6.0, limits: (0.0, 9.0), samples: SAMPLES };
            let Uncertain::Samples(values) = Uncertain::draw(draw, 7, name) else { panic!("samples") };
            // Half of them zero.
            values.iter().map(|value| (value - 3.0).max(0.0)).collect::<Vec<f64>>()
        };
        let (a, b) = (draw("a"), draw("b"));
        // 2 a + b: variances 4 to 1.
        let drivers = found(&each(&a, &b, |a, b| 2.0 * a + b), &[("a", &a), ("b", &b)]);
        assert_eq!(drivers.iter().map(|driver| driver.elasticity).collect::<Vec<_>>(), [None, None]);
        assert!(
            (drivers[0].share - 0.8).abs() < 0.03 && (drivers[1].share - 0.2).abs() < 0.03,
            "{drivers:?}"
        );
    }

    #[test]
    fn of_many_inputs_the_important_one_is_found() {
        let many: Vec<(String, Vec<f64>)> = (0..100)
            .map(|index| {
                (format!("x{index}"), log_normal(if index == 77 { 1.0 } else { 0.05 }, &format!("x{index}")))
            })
            .collect();
        let product =
            many.iter().fold(vec![1.0; SAMPLES], |all, (_, one)| each(&all, one, |all, one| all * one));
        let inputs: Vec<(&str, &[f64])> =
            many.iter().map(|(name, values)| (name.as_str(), values.as_slice())).collect();
        let drivers = found(&product, &inputs);
        assert_eq!(drivers[0].input, "x77");
        // 1 / (1 + 99 × 0.0025) = 0.80.
        assert!((drivers[0].share - 0.802).abs() < 0.03, "{drivers:?}");
    }

    #[test]
    fn a_step_varies_with_what_makes_it_step() {
        let (a, b) = (log_normal(0.5, "a"), log_normal(0.5, "b"));
        // Most often 1, and 2 beyond two standard deviations: a straight line explains a seventh of it.
        let step: Vec<f64> = a.iter().map(|a| if *a > 10.0 * 1.0_f64.exp() { 2.0 } else { 1.0 }).collect();
        let drivers = found(&step, &[("a", &a), ("b", &b)]);
        // Of the last twentieth 0.0228 / 0.05 = 0.455 step: Var(E) = 0.05 × 0.455² − 0.0228² of 0.0228 × 0.9772.
        assert!((drivers[0].share - 0.442).abs() < 0.04, "{drivers:?}");
        assert_eq!(drivers.len(), 1);
        // One that steps in the middle is explained by its bins but for the one in which it steps.
        let step: Vec<f64> = a.iter().map(|a| (a / 10.0).ceil().min(2.0)).collect();
        assert!(found(&step, &[("a", &a)])[0].share > 0.95);
    }

    #[test]
    fn nothing_varies_with_nothing() {
        let a = log_normal(0.5, "a");
        assert_eq!(found(&vec![3.0; SAMPLES], &[("a", &a)]), []);
        assert_eq!(found(&a, &[]), []);
        assert_eq!(found(&[], &[]), []);
    }
}
