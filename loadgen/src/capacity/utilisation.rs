//! The capacity from half of it and below, by how busy what is limited is (the utilisation law).
//!
//! Each request takes a part of each resource, whatever else goes on; latency says little of that while there is room, utilisation all:
//!
//! ```text
//! U(λ) = a + d λ        servers of the resource that are busy; a is left out where it cannot be told from zero
//! Λ    = (c - a) / d    all c of them are: nothing beyond is carried (Denning and Buzen, "The Operational Analysis of Queueing
//!                       Network Models", 1978)
//! ```
//!
//! Before that, a promise about latency breaks. As in M/M/c with μ = Λ / c, but for two things that the responses R tell at the same
//! levels: how irregular service is (k: 1 where it is random, less where it is even; Pollaczek and Khinchine), and what a request
//! spends elsewhere (r):
//!
//! ```text
//! R(λ) = r + 1 / μ + k W(λ)                     W: the mean wait of M/M/c
//! k    ~ (1 + Var R / R²) / 2                   while there is hardly a queue, responses are as irregular as service
//! λ*:    e^(-μ (t - r)) + C μ (e^(-θ (t - r) / k) - e^(-μ (t - r))) / (μ - θ / k) = 1 - s,   θ = Λ - λ*
//! ```
//!
//! k and r are weighed on a grid by how well they explain R. Where the interval is wider than ±10 %, these levels cannot tell.

use estimator::laws::queue::Queue;
use estimator::laws::student;

use super::trial::Goal;

/// Stretches from which a resource's use is believed.
const LEAST_STRETCHES: usize = 4;
/// Busier than this at half of the capacity, and it is not these requests that keep it busy.
const BUSY_ALREADY: f64 = 0.8;
/// How irregular service may be, and how far from it responses at low levels may be: a factor of e^0.2.
const IRREGULAR: (f64, f64) = (0.4, 6.0);
const IRREGULAR_SPREAD: f64 = 0.2;
const IRREGULARS: u32 = 24;
/// How much of the mean response may be spent elsewhere, in so many steps; half of all servers spend nothing.
const ELSEWHERE: u32 = 12;
const NOTHING_ELSEWHERE: f64 = 0.5;
/// A mean response is never known better than this.
const LEAST_ERROR: f64 = 0.03;

/// How busy a resource was for a while at one level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Use {
    /// Requests answered in it, per second.
    pub per_s: f64,
    /// Servers of the resource that were busy, on average.
    pub busy: f64,
    /// How long it was, in seconds.
    pub seconds: f64,
}

/// Something of which there is so much: processors, one writer.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// `processors`.
    pub name: String,
    /// How many there are.
    pub servers: u32,
    /// Stretches of all levels at a rate.
    pub uses: Vec<Use>,
    /// Whether requests share what they take where several come together, so that each takes less the more there are.
    pub is_shared: bool,
}

/// A mean response at a rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mean {
    /// Requests per second.
    pub per_s: f64,
    /// Mean response in seconds.
    pub mean_s: f64,
    /// Of so many requests.
    pub requests: f64,
    /// Their variance as a multiple of the squared mean.
    pub variance: f64,
}

/// What low levels say of the rate at which a promise breaks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Told {
    /// The rate.
    pub per_s: f64,
    /// Its 95 % interval.
    pub interval: (f64, f64),
}

/// The rate at which all of a resource is in use, with half of its 95 % interval; by stretches at or below `half`.
///
/// # Errors
/// They cannot tell, and why.
pub fn saturation(resource: &Resource, half: f64) -> Result<(f64, f64), String> {
    let uses: Vec<Use> =
        resource.uses.iter().copied().filter(|one| one.per_s <= half && one.per_s > 0.0).collect();
    if uses.len() < LEAST_STRETCHES {
        return Err(format!("too little was seen of the {}", resource.name));
    }
    let servers = f64::from(resource.servers);
    if uses.iter().any(|one| one.busy > BUSY_ALREADY * servers) {
        return Err(format!("the {} were busy already, by these requests or by others", resource.name));
    }
    let found = with_base(&uses, servers).or_else(|| without_base(&uses, servers));
    found
        .filter(|(rate, error)| rate.is_finite() && error.is_finite() && *rate > 0.0)
        .ok_or_else(|| format!("more requests did not keep the {} busier", resource.name))
}

fn sum(uses: &[Use], of: impl Fn(&Use) -> f64) -> f64 {
    uses.iter().map(|one| of(one) * one.seconds).sum()
}

/// U = d λ.
fn without_base(uses: &[Use], servers: f64) -> Option<(f64, f64)> {
    let squares = sum(uses, |one| one.per_s.powi(2));
    let each = sum(uses, |one| one.per_s * one.busy) / squares;
    let degrees = uses.len() - 1;
    let variance = sum(uses, |one| (one.busy - each * one.per_s).powi(2)) / degrees as f64;
    let t = student::two_sided(0.95, degrees)?;
    let error = t * (variance / squares).sqrt() / each;
    Some((servers / each, servers / each * error))
}

/// U = a + d λ; `None` where a cannot be told from zero.
fn with_base(uses: &[Use], servers: f64) -> Option<(f64, f64)> {
    let whole = sum(uses, |_| 1.0);
    let (x, y) = (sum(uses, |one| one.per_s) / whole, sum(uses, |one| one.busy) / whole);
    let spread = sum(uses, |one| (one.per_s - x).powi(2));
    let each = sum(uses, |one| (one.per_s - x) * (one.busy - y)) / spread;
    let base = y - each * x;
    let degrees = uses.len().checked_sub(2).filter(|free| *free > 0)?;
    let variance = sum(uses, |one| (one.busy - base - each * one.per_s).powi(2)) / degrees as f64;
    let t = student::two_sided(0.95, degrees)?;
    let is_there = base.abs() > t * (variance * (1.0 / whole + x * x / spread)).sqrt();
    let found = (servers - base) / each;
    let error = t * (variance * (1.0 / whole + (found - x).powi(2) / spread)).sqrt() / each;
    (is_there && each > 0.0).then_some((found, error))
}

/// Where a promise breaks on a resource that is all in use at `saturated`, give or take `error`, by mean responses at or below half.
#[must_use]
pub fn breaks(servers: u32, (saturated, error): (f64, f64), means: &[Mean], goal: &Goal) -> Option<Told> {
    let Some(limit_s) = goal.limit_s else {
        // What cannot be served fails, and what may fail comes on top.
        let rate = saturated / goal.share;
        return Some(Told { per_s: rate, interval: (rate - error, rate + error) });
    };
    let service_s = f64::from(servers) / saturated;
    let shortest = means.iter().map(|mean| mean.mean_s).fold(f64::INFINITY, f64::min);
    let usual = usual(means).clamp(IRREGULAR.0, IRREGULAR.1);
    let room = (shortest - service_s).clamp(0.0, limit_s * 0.9);
    let mut places: Vec<(f64, f64)> = Vec::new();
    for irregular in irregulars() {
        for step in 0..=ELSEWHERE {
            let elsewhere = room * f64::from(step) / f64::from(ELSEWHERE);
            let believed =
                if step == 0 { NOTHING_ELSEWHERE } else { (1.0 - NOTHING_ELSEWHERE) / f64::from(ELSEWHERE) };
            let weight = believed.ln() - 0.5 * ((irregular / usual).ln() / IRREGULAR_SPREAD).powi(2)
                + explains(servers, saturated, means, (irregular, elsewhere + service_s));
            let rate = rate_at(servers, saturated, (limit_s - elsewhere, irregular), 1.0 - goal.share);
            places.push((rate, weight));
        }
    }
    let (per_s, (low, high)) = weighed(&mut places)?;
    let both = |one: f64| (one.powi(2) + (error * per_s / saturated).powi(2)).sqrt();
    Some(Told { per_s, interval: (per_s - both(per_s - low), per_s + both(high - per_s)) })
}

fn irregulars() -> impl Iterator<Item = f64> {
    let (low, high) = IRREGULAR;
    (0..IRREGULARS).map(move |at| low * (high / low).powf(f64::from(at) / f64::from(IRREGULARS - 1)))
}

/// How well the mean responses are explained, as a log likelihood.
fn explains(servers: u32, saturated: f64, means: &[Mean], (irregular, unloaded_s): (f64, f64)) -> f64 {
    let each = means.iter().filter_map(|mean| {
        let queue = Queue::new(mean.per_s, saturated / f64::from(servers), servers).ok()?;
        let expected = unloaded_s + irregular * queue.mean_wait();
        // Neighbours share their queue: the time for which it remembers grows with the utilisation.
        let alike = (1.0 + queue.utilisation()) / (1.0 - queue.utilisation());
        let error = mean.mean_s * (alike / mean.requests.max(1.0).sqrt()).max(LEAST_ERROR);
        Some(-0.5 * ((mean.mean_s - expected) / error).powi(2))
    });
    each.sum()
}

/// How irregular service is by the responses at the lowest rate.
fn usual(means: &[Mean]) -> f64 {
    let lowest = means.iter().min_by(|one, other| one.per_s.total_cmp(&other.per_s));
    lowest.map_or(1.0, |mean| f64::midpoint(1.0, mean.variance))
}

/// The rate at which this share of requests takes longer, by halving.
fn rate_at(servers: u32, saturated: f64, (time_s, irregular): (f64, f64), share: f64) -> f64 {
    let each = saturated / f64::from(servers);
    let service = (-each * time_s).exp();
    let misses = |rate: f64| {
        let Ok(queue) = Queue::new(rate, each, servers) else { return 1.0 };
        let left = (saturated - rate) / irregular;
        // Both rates alike would be 0 / 0; the limit is continuous.
        let left = if (left / each - 1.0).abs() < 1e-6 { each * (1.0 + 1e-6) } else { left };
        service + queue.share_waiting() * each * ((-left * time_s).exp() - service) / (each - left)
    };
    let (mut low, mut high) = (0.0, saturated);
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if misses(middle) > share { high = middle } else { low = middle }
    }
    f64::midpoint(low, high)
}

/// The median by weight, and the ends of the middle 95 %.
fn weighed(places: &mut [(f64, f64)]) -> Option<(f64, (f64, f64))> {
    places.sort_by(|one, other| one.0.total_cmp(&other.0));
    let most = places.iter().map(|(_, log)| *log).fold(f64::NEG_INFINITY, f64::max);
    let whole: f64 = places.iter().map(|(_, log)| (log - most).exp()).sum();
    let at = |share: f64| {
        let mut below = 0.0;
        places.iter().find_map(|(rate, log)| {
            below += (log - most).exp() / whole;
            (below >= share).then_some(*rate)
        })
    };
    Some((at(0.5)?, (at(0.025)?, at(0.975).or(places.last().map(|(rate, _)| *rate))?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOAL: Goal = Goal { share: 0.99, limit_s: Some(0.1) };

    fn resource(servers: u32, uses: &[(f64, f64)]) -> Resource {
        let uses =
            uses.iter().map(|(per_s, busy)| Use { per_s: *per_s, busy: *busy, seconds: 1.0 }).collect();
        Resource { name: "processors".to_owned(), servers, uses, is_shared: false }
    }

    #[test]
    fn what_each_request_takes_says_when_all_is_in_use() {
        // 5 ms of one server each: all of it at 200/s.
        let one = resource(1, &[(20.0, 0.1), (40.0, 0.2), (60.0, 0.3), (80.0, 0.4), (190.0, 0.99)]);
        let (found, error) = saturation(&one, 100.0).unwrap();
        assert!((found - 200.0).abs() < 1e-6 && error < 1e-6, "{found} {error}");
        // A fifth of a processor whatever is asked, and 0.5 ms each: (2 - 0.2) / 0.0005 = 3,600/s.
        let two = resource(2, &[(400.0, 0.4), (800.0, 0.6), (1_200.0, 0.8), (400.0, 0.4)]);
        let (found, error) = saturation(&two, 1_500.0).unwrap();
        assert!((found - 3_600.0).abs() < 1e-6 && error < 1e-6, "{found} {error}");
    }

    #[test]
    fn too_little_or_too_busy_says_nothing() {
        let uses = [(20.0, 0.1), (40.0, 0.2), (60.0, 0.3), (80.0, 0.9)];
        assert!(saturation(&resource(1, &uses), 70.0).unwrap_err().contains("too little"));
        assert!(saturation(&resource(1, &uses), 100.0).unwrap_err().contains("busy already"));
        let idle = [(20.0, 0.0), (40.0, 0.0), (60.0, 0.0), (80.0, 0.0)];
        assert!(saturation(&resource(1, &idle), 100.0).unwrap_err().contains("busier"));
    }

    #[test]
    fn a_queue_breaks_where_its_law_says() {
        // M/M/1 at 200/s within 100 ms: 200 - ln(100) / 0.1 = 153.95/s; R = 1 / (200 - rate).
        let means = [40.0, 72.0].map(|per_s| Mean {
            per_s,
            mean_s: 1.0 / (200.0 - per_s),
            requests: 1e6,
            variance: 1.0,
        });
        let told = breaks(1, (200.0, 1.0), &means, &GOAL).unwrap();
        assert!((told.per_s / 153.95 - 1.0).abs() < 0.05, "{told:?}");
        assert!(told.interval.0 < 153.95 && 153.95 < told.interval.1, "{told:?}");
        // 8 ms elsewhere (and the variance of both in sequence, (4² + 8²) / 12² = 0.55) leave 92 ms: a lock for 4 ms, at most 250/s. 250 - ln(100) / 0.092 = 199.9/s.
        let lock = [50.0, 90.0].map(|per_s| Mean {
            per_s,
            mean_s: 0.008 + 1.0 / (250.0 - per_s),
            requests: 1e6,
            variance: 0.55,
        });
        let told = breaks(1, (250.0, 1.0), &lock, &GOAL).unwrap();
        assert!((told.per_s / 199.9 - 1.0).abs() < 0.08, "{told:?}");
        // Failures have no limit in time: what cannot be served fails, and 1 in 100 may.
        let failures = Goal { share: 0.99, limit_s: None };
        let told = breaks(1, (99.0, 1.0), &[], &failures).unwrap();
        assert!((told.per_s - 100.0).abs() < 1e-9 && told.interval == (99.0, 101.0), "{told:?}");
    }
}
