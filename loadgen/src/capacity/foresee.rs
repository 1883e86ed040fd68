//! Throughput over concurrency as a law, and what was said of levels before they were tried.
//!
//! **The law.** The Universal Scalability Law through the levels on connections, whose concurrency is known exactly. What it says of
//! so many connections by fewer ones alone is held against what these did.
//!
//! **From half of the capacity.** Where the server can be seen into, the levels at or below half of the capacity say it by how busy
//! processors and writer are: see `utilisation`. Of a server that cannot, latency is all there is: in a queue the reciprocal of the
//! mean response falls evenly with the rate (in M/M/1, `1/R = μ - λ`), and if answers spread as with random service, a share s lies
//! within R ln(1 / (1 - s)), so that a promise of that share within t breaks where
//!
//! ```text
//! 1/R = a - b λ    by least squares over blocks
//! λ*  = (a - ln(1 / (1 - s)) / t) / b
//! ```
//!
//! The interval follows from the scatter of the blocks (delta method, Student's t). Beyond ±10 % it is no prediction, and it is said
//! that these levels cannot tell. It is said beside what was measured, and never instead of it.

use estimator::laws::student;
use estimator::laws::usl::{self, Fit, Measurement, Options, fit::Reach};
use scenarios::capacity::{CapacityRate, Fitted, Foreseen, Law};
use scenarios::estimate::{Spread, UnitName};
use scenarios::show;

use super::search::Search;
use super::trial::{Goal, Pace, Tried};
use super::utilisation::{self, Mean, Resource, Told};

/// Half of an interval that is still a prediction, as a share.
const TELLS: f64 = 0.1;
/// Levels with fewer connections from which more of them are foretold: three coefficients, and one to see how well they fit.
const LEAST_LEVELS: usize = 4;

/// What was foreseen.
#[derive(Clone, Debug, PartialEq)]
pub struct Foresight {
    /// The law of all levels on connections.
    pub law: Option<Law>,
    /// What was said, and what came.
    pub predicted: Vec<Foreseen>,
    /// What could not be said.
    pub note: Option<String>,
}

/// The law of the levels, and what some of them said of others.
#[must_use]
pub fn foresee(search: &Search, rate: Option<&CapacityRate>, resources: &[Resource]) -> Foresight {
    let on_connections: Vec<(f64, f64)> = (search.levels().iter())
        .filter_map(|level| match level.order.pace {
            Pace::Connections(connections) => Some((f64::from(connections), level.done_per_s())),
            Pace::Rate(_) => None,
        })
        .collect();
    let mut predicted: Vec<Foreseen> =
        (LEAST_LEVELS..on_connections.len()).filter_map(|at| next_connections(&on_connections, at)).collect();
    let told = rate.and_then(|rate| capacity(search, rate, resources));
    let note = told.as_ref().and_then(|told| told.as_ref().err().cloned());
    predicted.extend(told.and_then(Result::ok));
    Foresight { law: fit(&on_connections).map(|fit| law(&fit)), predicted, note }
}

fn fit(points: &[(f64, f64)]) -> Option<Fit> {
    let points: Result<Vec<Measurement>, _> =
        points.iter().map(|(n, x)| Measurement::of_throughput(*n, *x)).collect();
    usl::fit(&points.ok()?, &Options::default()).ok()
}

fn law(fit: &Fit) -> Law {
    let fitted = |coefficient: &usl::fit::Coefficient| Fitted {
        value: coefficient.value,
        interval: coefficient.error.map(|error| error.interval),
    };
    Law {
        lambda: fitted(&fit.lambda),
        sigma: fitted(&fit.sigma),
        kappa: fitted(&fit.kappa),
        largest_n: fit.largest(),
        levels: u32::try_from(fit.used.len()).unwrap_or(u32::MAX),
    }
}

/// What fewer connections say of the next.
fn next_connections(levels: &[(f64, f64)], at: usize) -> Option<Foreseen> {
    let (connections, done) = levels[at];
    let prediction = fit(&levels[..at])?.predict(connections, Reach::Measured).ok()?;
    let best = prediction.state.throughput;
    let (low, high) = prediction.interval?;
    Some(Foreseen {
        what: format!("throughput at {} connections", show::digits(connections)),
        unit: UnitName::PerSecond,
        predicted: Spread { p10: low, p50: best, p90: high },
        measured: Some(Spread::point(done)),
        from: format!("{at} levels with fewer"),
    })
}

/// What the levels at or below half of the capacity say of it; an error says that they cannot.
fn capacity(
    search: &Search,
    rate: &CapacityRate,
    resources: &[Resource],
) -> Option<Result<Foreseen, String>> {
    let (promise, _) = search.first_to_break()?;
    let (low, high) = rate.interval?;
    let half = rate.per_s / 2.0;
    let told = if resources.is_empty() {
        by_latency(search, half, &search.rules().goals[promise]).map(|told| (told, "latency".to_owned()))
    } else {
        by_use(search, half, resources)
    };
    let told = told.and_then(|(told, by)| {
        let (low, high) = told.interval;
        let width = (high - told.per_s).max(told.per_s - low) / told.per_s;
        if width <= TELLS {
            return Ok((told, by));
        }
        let found = show::digits(told.per_s.round());
        Err(format!("by the {by} {found}/s, ±{}", show::share(width.min(9.99))))
    });
    let from = "levels at or below half of it";
    Some(match told {
        Err(why) => Err(format!("{from} cannot tell the capacity: {why}")),
        Ok((told, by)) => Ok(Foreseen {
            what: "capacity".to_owned(),
            unit: UnitName::PerSecond,
            predicted: Spread { p10: told.interval.0, p50: told.per_s, p90: told.interval.1 },
            measured: Some(Spread { p10: low, p50: rate.per_s, p90: high }),
            from: format!("{from}, by the {by}"),
        }),
    })
}

fn at_or_below(search: &Search, half: f64) -> impl Iterator<Item = (f64, &Tried)> {
    let sound = search.levels().iter().filter(|level| level.is_sound());
    sound.filter_map(move |level| {
        level.order.pace.rate().filter(|rate| *rate <= half).map(|rate| (rate, level))
    })
}

/// By what runs out first.
fn by_use(search: &Search, half: f64, resources: &[Resource]) -> Result<(Told, String), String> {
    let means: Vec<Mean> = at_or_below(search, half)
        .map(|(per_s, level)| Mean {
            per_s,
            mean_s: level.mean_s(),
            requests: level.due() as f64,
            variance: level.relative_variance(),
        })
        .collect();
    let mut first: Option<(Told, &Resource)> = None;
    for (at, resource) in resources.iter().enumerate() {
        let saturated = match utilisation::saturation(resource, half) {
            Ok(saturated) => saturated,
            // Without the first, nothing is known; one that these requests do not need is no limit.
            Err(why) if at == 0 => return Err(why),
            Err(_) => continue,
        };
        let goals = search.rules().goals.iter();
        let breaks = goals.filter_map(|goal| utilisation::breaks(resource.servers, saturated, &means, goal));
        let told = breaks.min_by(|one, other| one.per_s.total_cmp(&other.per_s));
        first = first
            .into_iter()
            .chain(told.map(|told| (told, resource)))
            .min_by(|one, other| one.0.per_s.total_cmp(&other.0.per_s));
    }
    let (told, resource) = first.ok_or("no promise breaks by what was seen")?;
    if resource.is_shared {
        return Err(format!(
            "by the {} at most {}/s, were nothing committed together; it is, and how many at a time is seen at higher rates alone",
            resource.name,
            show::digits(told.per_s.round())
        ));
    }
    Ok((told, resource.name.clone()))
}

/// By the mean responses of blocks.
fn by_latency(search: &Search, half: f64, goal: &Goal) -> Result<Told, String> {
    let blocks: Vec<(f64, f64)> = at_or_below(search, half)
        .flat_map(|(rate, level)| level.blocks.iter().map(move |block| (rate, block.mean_s)))
        .filter(|(_, mean_s)| *mean_s > 0.0)
        .collect();
    let (per_s, error) =
        extrapolated(&blocks, goal).ok_or("too few, or answers do not take longer at the higher of them")?;
    Ok(Told { per_s, interval: (per_s - error, per_s + error) })
}

/// Where the promise breaks by the mean responses at low rates, and half of its 95 % interval.
fn extrapolated(blocks: &[(f64, f64)], goal: &Goal) -> Option<(f64, f64)> {
    let limit_s = goal.limit_s?;
    let (count, degrees) = (blocks.len() as f64, blocks.len().checked_sub(2).filter(|free| *free > 0)?);
    let points: Vec<(f64, f64)> = blocks.iter().map(|(rate, mean_s)| (*rate, 1.0 / mean_s)).collect();
    let x = points.iter().map(|point| point.0).sum::<f64>() / count;
    let y = points.iter().map(|point| point.1).sum::<f64>() / count;
    let spread: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
    let slope = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum::<f64>() / spread;
    if !(spread > 0.0 && slope < 0.0) {
        return None;
    }
    let residual: f64 = points.iter().map(|point| (point.1 - y - slope * (point.0 - x)).powi(2)).sum();
    let variance = residual / degrees as f64;
    let needed = (1.0 / (1.0 - goal.share)).ln() / limit_s;
    let found = x + (needed - y) / slope;
    // Of x + (needed - y) / slope, with y and slope independent of each other.
    let error = (variance / count + variance / spread * (found - x).powi(2)).sqrt() / slope.abs();
    let t = student::two_sided(0.95, degrees)?;
    (found.is_finite() && found > 0.0 && error.is_finite()).then_some((found, t * error))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOAL: Goal = Goal { share: 0.99, limit_s: Some(0.1) };

    #[test]
    fn a_queue_is_foretold_by_its_mean_responses() {
        // M/M/1 at 200/s: R = 1 / (200 - lambda); p99 reaches 100 ms at 200 - ln(100) / 0.1 = 153.948/s.
        let blocks = [20.0, 40.0, 60.0].map(|rate| (rate, 1.0 / (200.0 - rate)));
        let (found, error) = extrapolated(&blocks, &GOAL).unwrap();
        assert!((found - 153.948).abs() < 0.001 && error < 0.001, "{found} {error}");
    }

    #[test]
    fn what_scatters_or_does_not_slow_down_foretells_nothing() {
        let noisy = [(20.0, 0.006), (20.0, 0.005), (60.0, 0.006), (60.0, 0.008)];
        let (found, error) = extrapolated(&noisy, &GOAL).unwrap();
        assert!(error > TELLS * found, "{found} ± {error}");
        assert_eq!(extrapolated(&[(20.0, 0.005), (40.0, 0.005), (60.0, 0.005)], &GOAL), None);
        assert_eq!(extrapolated(&[(20.0, 0.005), (60.0, 0.007)], &GOAL), None, "no degree of freedom");
        assert_eq!(extrapolated(&noisy, &Goal { limit_s: None, ..GOAL }), None);
    }

    #[test]
    fn more_connections_are_foretold_by_fewer() {
        // X(N) = 100 N / (1 + 0.1 (N - 1)): at 16, 100 x 16 / 2.5 = 640.
        let levels: Vec<(f64, f64)> =
            [1.0, 2.0, 4.0, 8.0, 16.0].map(|n: f64| (n, 100.0 * n / (1.0 + 0.1 * (n - 1.0)))).to_vec();
        let foreseen = next_connections(&levels, 4).unwrap();
        assert!((foreseen.predicted.p50 - 640.0).abs() < 1.0, "{foreseen:?}");
        assert_eq!(foreseen.measured, Some(Spread::point(640.0)));
        let law = law(&fit(&levels).unwrap());
        assert!((law.sigma.value - 0.1).abs() < 1e-3 && (law.lambda.value - 100.0).abs() < 0.1, "{law:?}");
    }
}
