//! Where a promise breaks: one curve through all levels, and the rate at which it crosses the promise.
//!
//! Near the boundary the odds of a miss grow about exponentially with the rate (in M/M/1 exactly: a request takes longer than t
//! with e^-(μ-λ)t). With c the capacity, s the share that has to hold and b how steep it is:
//!
//! ```text
//! logit q(λ) = logit(1 - s) + b (λ / c - 1)
//! ```
//!
//! c and b are found together on a grid, each pair weighed by the likelihood of all levels; the estimate is the median of c, the
//! interval lies between its quantiles. So it needs no slope that can be told from zero, and no level without a miss is in the way.
//! Where misses begin at once, no level lies on the curve: see `cliff`.
//!
//! **Misses come in bunches.** One long queue makes dozens of them. Each level therefore counts for `1 / φ` of its requests, and
//! bunches are the larger the more misses there are (in M/M/1 about as the root of their share):
//!
//! ```text
//! φ(λ) = φ (q(λ) / (1 - s))^½
//! φ    = (ν φ₀ + k φ̂) / (ν + k) x (t / z)²
//! φ̂    = Σ (m - n q)² / Σ n q (1 - q) (q / (1 - s))^½ x k / (k - 2)     over the k blocks near the boundary
//! φ₀   = 3.5 x λ x limit
//! ```
//!
//! φ₀ is what is believed before, worth ν blocks: a queue in which requests take longer than the limit stays so for a few times
//! the limit (3.0 to 4.0 times in the simulated queues of the example `coverage`). Without it a search would end as soon as misses
//! happen to look spread out.
//!
//! with Student's t over the normal law's 1.96, since φ is itself an estimate (quasi-likelihood; `McCullagh` and Nelder,
//! "Generalized Linear Models", 1989, chapter 9). **The curve is only straight nearby**: a level counts the less the farther its
//! rate is from the boundary (local likelihood; Loader, "Local Regression and Likelihood", 1999).

use std::f64::consts::TAU;

use estimator::laws::student;

use super::cliff::cliff;
use super::trial::{Goal, Tried};
use crate::statistics::Z_95;

/// Places of the grid: capacities, and steepnesses.
const CAPACITIES: usize = 160;
const SLOPES: usize = 30;
/// Steepness that is tried: by a tenth more load the odds of a miss grow by e^0.2; or from nothing to all by a hundredth, a cliff.
const LEAST_SLOPE: f64 = 2.0;
const MOST_SLOPE: f64 = 3_000.0;
/// What is believed of it before: as many as requests come within the limit, as in M/M/1 (where ln q = -(μ - λ) t), within
/// bounds; give or take a factor of e^0.9.
const USUAL_SLOPES: std::ops::RangeInclusive<f64> = 5.0..=60.0;
const SLOPE_SPREAD: f64 = 0.9;
/// How many servers break in another way, at any steepness.
const ANY_SLOPE: f64 = 0.15;
/// How far from the boundary levels count in full, as a share of the rate.
const WIDEST: f64 = 0.15;
const NARROWEST: f64 = 0.03;
/// The same in log odds: what is e^3 times as likely is another matter.
pub(super) const NEAR_IN_ODDS: f64 = 3.0;
/// How often centre, width and bunching are found from each other.
const ROUNDS: usize = 4;
/// Levels tell of how misses bunch where so many times more or fewer are expected than may be.
const NEAR_SHARE: f64 = 5.0;
/// Bunches before any is seen: so many times the requests that come within the limit, worth so many blocks.
const USUAL_BUNCH: f64 = 3.5;
const BELIEVED_BLOCKS: f64 = 10.0;
/// The same of failures, which know no limit.
const USUAL_FAILURES: f64 = 10.0;

/// Where a promise breaks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Boundary {
    /// The rate.
    pub per_s: f64,
    /// Its 95 % interval.
    pub interval: (f64, f64),
    /// How much the log odds of a miss grow with the rate, relative to it.
    pub slope: f64,
    /// How many requests are worth one independent one.
    pub bunching: f64,
    /// Whether no level lies on the slope, so that nothing is known but on which side each is.
    pub is_cliff: bool,
}

impl Boundary {
    /// Half of the interval, as a share of the rate.
    #[must_use]
    pub fn half_width(&self) -> f64 {
        (self.interval.1 - self.interval.0) / 2.0 / self.per_s
    }

    /// The share of misses at a rate, where so many may miss.
    #[must_use]
    pub fn misses_at(&self, rate: f64, may_miss: f64) -> f64 {
        share_of(logit(may_miss) + self.slope * (rate / self.per_s - 1.0))
    }
}

/// One block as the fit sees it.
#[derive(Clone, Copy, Debug)]
struct Point {
    level: usize,
    rate: f64,
    scheduled: f64,
    missed: f64,
    /// How much larger the bunches of misses are than at the boundary.
    larger: f64,
}

/// The boundary of a promise by all levels at a rate; `None` where fewer than two say something.
#[must_use]
pub fn boundary(levels: &[Tried], promise: usize, goal: &Goal) -> Option<Boundary> {
    cliff(levels, promise, goal).or_else(|| by_curve(levels, promise, goal))
}

fn by_curve(levels: &[Tried], promise: usize, goal: &Goal) -> Option<Boundary> {
    let points = points(levels, promise);
    let (low, high) = range(&points)?;
    let may_miss = (1.0 - goal.share).clamp(1e-9, 0.999_999);
    let believed =
        |rate: f64| goal.limit_s.map_or(USUAL_FAILURES, |limit_s| (USUAL_BUNCH * rate * limit_s).max(1.0));
    let usual = |rate: f64| {
        goal.limit_s.map(|limit_s| (rate * limit_s).clamp(*USUAL_SLOPES.start(), *USUAL_SLOPES.end()))
    };
    let mut centre = crossing(&points, may_miss);
    let mut slope = usual(centre).unwrap_or(*USUAL_SLOPES.end());
    let mut bunching = believed(centre);
    let mut found = None;
    for _ in 0..ROUNDS {
        let width = width(&points, centre, slope, may_miss);
        let near: Vec<(Point, f64)> = (points.iter())
            .map(|point| {
                let larger = found
                    .map_or(1.0, |curve: Boundary| (curve.misses_at(point.rate, may_miss) / may_miss).sqrt());
                (Point { larger, ..*point }, nearness(point.rate, centre, width))
            })
            .collect();
        // At first anywhere, then around what was found, which makes the grid finer.
        let around = found.map_or((low * 0.4, high * 1.6), |_: Boundary| (centre * 0.6, centre * 1.6));
        let grid = Grid::weigh(&near, may_miss, (bunching, usual(centre)), around);
        let curve = grid.summary(bunching);
        bunching = self::bunching(&near, &curve, may_miss, believed(curve.per_s));
        (centre, slope) = (curve.per_s, curve.slope);
        found = Some(Boundary { bunching, ..curve });
    }
    found
}

fn points(levels: &[Tried], promise: usize) -> Vec<Point> {
    let sound = levels.iter().enumerate().filter(|(_, level)| level.is_sound());
    sound
        .filter_map(|(at, level)| level.order.pace.rate().map(|rate| (at, rate, level)))
        .flat_map(|(level, rate, tried)| {
            tried.blocks.iter().map(move |block| {
                let tally = block.tally(promise);
                Point {
                    level,
                    rate,
                    scheduled: tally.scheduled as f64,
                    missed: tally.missed as f64,
                    larger: 1.0,
                }
            })
        })
        .filter(|point| point.scheduled > 0.0)
        .collect()
}

fn range(points: &[Point]) -> Option<(f64, f64)> {
    let low = points.iter().map(|point| point.rate).fold(f64::INFINITY, f64::min);
    let high = points.iter().map(|point| point.rate).fold(0.0, f64::max);
    (high > low).then_some((low, high))
}

/// Where the share of misses first crosses what is allowed, by the bare counts: something to begin with.
fn crossing(points: &[Point], may_miss: f64) -> f64 {
    let good = |point: &&Point| point.missed <= may_miss * point.scheduled;
    let (low, high) = range(points).unwrap_or((1.0, 1.0));
    let below = points.iter().filter(good).map(|point| point.rate).fold(low, f64::max);
    let above =
        points.iter().filter(|point| !good(point)).map(|point| point.rate).fold(f64::INFINITY, f64::min);
    if above.is_finite() { f64::midpoint(below, above) } else { high }
}

/// How far from the centre levels count: as far as the curve is straight, but at least to a level on either side.
fn width(points: &[Point], centre: f64, slope: f64, may_miss: f64) -> f64 {
    let straight = (NEAR_IN_ODDS / slope).clamp(NARROWEST, WIDEST);
    let away = |point: &Point| (point.rate / centre - 1.0).abs();
    let nearest = |side: &dyn Fn(&Point) -> bool| {
        points.iter().filter(|point| side(point)).map(away).fold(f64::INFINITY, f64::min)
    };
    let missing = |point: &Point| point.missed > may_miss * point.scheduled;
    let sides = [nearest(&|point| point.rate < centre && !missing(point)), nearest(&|point| missing(point))];
    let needed = sides.into_iter().filter(|away| away.is_finite()).fold(0.0, f64::max);
    straight.max(needed)
}

/// How much a level counts.
fn nearness(rate: f64, centre: f64, width: f64) -> f64 {
    (-0.5 * ((rate / centre - 1.0) / width).powi(2)).exp()
}

/// How much more blocks vary than independent misses would.
fn bunching(near: &[(Point, f64)], curve: &Boundary, may_miss: f64, believed: f64) -> f64 {
    let (mut squares, mut variance, mut blocks) = (0.0, 0.0, 0.0);
    for (point, nearness) in near {
        let q = curve.misses_at(point.rate, may_miss);
        if !(may_miss / NEAR_SHARE..=may_miss * NEAR_SHARE).contains(&q) {
            continue;
        }
        squares += nearness * (point.missed - point.scheduled * q).powi(2);
        variance += nearness * point.scheduled * q * (1.0 - q) * (q / may_miss).sqrt();
        blocks += nearness;
    }
    // Two of the blocks went into the curve.
    let free = (blocks - 2.0).max(0.0);
    let seen = if variance > 0.0 { squares / variance * blocks } else { 0.0 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "ten and more")]
    let degrees = (BELIEVED_BLOCKS + free) as usize;
    let t = student::two_sided(0.95, degrees).unwrap_or(Z_95);
    let both =
        if free > 0.0 { (BELIEVED_BLOCKS * believed + seen) / (BELIEVED_BLOCKS + free) } else { believed };
    (both * (t / Z_95).powi(2)).max(1.0)
}

/// Capacities and steepnesses with their weights.
struct Grid {
    capacities: Vec<f64>,
    slopes: Vec<f64>,
    /// By capacity, then by steepness; they add up to 1.
    weights: Vec<Vec<f64>>,
}

impl Grid {
    fn weigh(
        near: &[(Point, f64)],
        may_miss: f64,
        believed: (f64, Option<f64>),
        (low, high): (f64, f64),
    ) -> Grid {
        let capacities = spread(low, high, CAPACITIES);
        let slopes = spread(LEAST_SLOPE, MOST_SLOPE, SLOPES);
        let levels = by_level(near);
        let logs: Vec<Vec<f64>> = (capacities.iter())
            .map(|capacity| {
                slopes
                    .iter()
                    .map(|slope| log_weight(&levels, (*capacity, *slope), may_miss, believed))
                    .collect()
            })
            .collect();
        let most = logs.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<Vec<f64>> =
            logs.iter().map(|row| row.iter().map(|log| (log - most).exp()).collect()).collect();
        let sum: f64 = weights.iter().flatten().sum();
        let weights = weights.into_iter().map(|row| row.into_iter().map(|w| w / sum).collect()).collect();
        Grid { capacities, slopes, weights }
    }

    fn summary(&self, bunching: f64) -> Boundary {
        let by_capacity: Vec<f64> = self.weights.iter().map(|row| row.iter().sum()).collect();
        let by_slope: Vec<f64> =
            (0..self.slopes.len()).map(|at| self.weights.iter().map(|row| row[at]).sum()).collect();
        let at = |q| quantile(&self.capacities, &by_capacity, q);
        Boundary {
            per_s: at(0.5),
            interval: (at(0.025), at(0.975)),
            slope: quantile(&self.slopes, &by_slope, 0.5),
            bunching,
            is_cliff: false,
        }
    }
}

/// Blocks of one level as one.
fn by_level(near: &[(Point, f64)]) -> Vec<(Point, f64)> {
    let mut levels: Vec<(Point, f64)> = Vec::new();
    for (point, nearness) in near {
        match levels.last_mut().filter(|(last, _)| last.level == point.level) {
            Some((last, _)) => {
                last.scheduled += point.scheduled;
                last.missed += point.missed;
            }
            None => levels.push((*point, *nearness)),
        }
    }
    levels
}

fn log_weight(
    levels: &[(Point, f64)],
    (capacity, slope): (f64, f64),
    may_miss: f64,
    (bunching, usual_slope): (f64, Option<f64>),
) -> f64 {
    // What is far beyond the promise is beyond it, and its share says nothing of the curve: an overloaded server refuses what it
    // cannot do, which is a straight line.
    let most = logit(may_miss) + NEAR_IN_ODDS;
    let likelihood = levels.iter().map(|(point, nearness)| {
        let odds = (logit(may_miss) + slope * (point.rate / capacity - 1.0)).min(most);
        let missed = point.missed.min(point.scheduled * share_of(most));
        // ln q and ln(1 - q) without cancellation.
        let (ln_q, ln_rest) = (-softplus(-odds), -softplus(odds));
        let bunches = (bunching * point.larger).max(1.0);
        nearness / bunches * (missed * ln_q + (point.scheduled - missed) * ln_rest)
    });
    believed(slope, usual_slope).ln() + likelihood.sum::<f64>()
}

/// How probable a steepness is before any level: about as usual, or anything, for a server that breaks at once. What makes
/// requests fail rather than wait has no usual steepness.
fn believed(slope: f64, usual: Option<f64>) -> f64 {
    let any = 1.0 / (MOST_SLOPE / LEAST_SLOPE).ln();
    usual.map_or(any, |usual| {
        let away = (slope / usual).ln() / SLOPE_SPREAD;
        let about = (-0.5 * away * away).exp() / (SLOPE_SPREAD * TAU.sqrt());
        (1.0 - ANY_SLOPE) * about + ANY_SLOPE * any
    })
}

/// Numbers with equal ratios.
fn spread(low: f64, high: f64, count: usize) -> Vec<f64> {
    let step = (high / low).ln() / (count as f64 - 1.0);
    (0..count).map(|at| low * (step * at as f64).exp()).collect()
}

/// Where so much of the weight lies below, between two places in proportion.
fn quantile(values: &[f64], weights: &[f64], q: f64) -> f64 {
    let mut below = 0.0;
    for (at, weight) in weights.iter().enumerate() {
        if below + weight >= q {
            let before = if at == 0 { values[0] } else { values[at - 1] };
            let part = if *weight > 0.0 { (q - below) / weight } else { 0.0 };
            // The weight of a place belongs to the stretch around it.
            let (from, to) = (
                f64::midpoint(before, values[at]),
                f64::midpoint(values[at], *values.get(at + 1).unwrap_or(&values[at])),
            );
            return from + (to - from) * part;
        }
        below += weight;
    }
    values.last().copied().unwrap_or_default()
}

pub(super) fn logit(share: f64) -> f64 {
    (share / (1.0 - share)).ln()
}

pub(super) fn share_of(odds: f64) -> f64 {
    1.0 / (1.0 + (-odds).exp())
}

/// ln(1 + e^x).
fn softplus(x: f64) -> f64 {
    if x > 30.0 { x } else { x.exp().ln_1p() }
}
