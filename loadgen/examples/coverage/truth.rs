//! The capacity of the made-up servers, found in another way than a search finds it.

use estimator::laws::queue::Queue;

use super::queues::{Kind, SHARE, misses};

/// Seconds that are simulated at each rate.
const SECONDS: f64 = 100_000.0;

/// The capacity, and the standard error of it.
pub(crate) fn capacity(kind: Kind, limit_s: f64) -> (f64, f64) {
    match kind {
        Kind::Queue { servers, rate } => {
            let servers_f = f64::from(u32::try_from(servers).unwrap());
            let tail = |arrivals: f64| {
                Queue::new(arrivals, rate, u32::try_from(servers).unwrap()).unwrap().response_tail(limit_s)
            };
            let (mut low, mut high) = (1.0, servers_f * rate * 0.999_9);
            for _ in 0..60 {
                let middle = f64::midpoint(low, high);
                if tail(middle) > 1.0 - SHARE { high = middle } else { low = middle }
            }
            (f64::midpoint(low, high), 0.0)
        }
        // M/M/1/K: of those who come, (1 - r) r^K / (1 - r^(K + 1)) find no place. What waits is served in time: K places are
        // done long before the limit.
        Kind::Bounded { rate, places } => {
            let refused = |load: f64| {
                let k = f64::from(u32::try_from(places).unwrap());
                if (load - 1.0).abs() < 1e-9 {
                    1.0 / (k + 1.0)
                } else {
                    (1.0 - load) * load.powf(k) / (1.0 - load.powf(k + 1.0))
                }
            };
            let (mut low, mut high) = (0.1, 2.0);
            for _ in 0..60 {
                let middle = f64::midpoint(low, high);
                if refused(middle) > 1.0 - SHARE { high = middle } else { low = middle }
            }
            (f64::midpoint(low, high) * rate, 0.0)
        }
        // What gets slower has none.
        Kind::Leak { .. } => (f64::NAN, f64::NAN),
        Kind::Lock { locked_s, .. } => simulated(kind, limit_s, 0.5 / locked_s, 1.0 / locked_s),
        Kind::Pauses { rate, .. } => simulated(kind, limit_s, 0.3 * rate, rate),
    }
}

/// By halving until the difference is within the error, then a line through the log odds of five rates.
fn simulated(kind: Kind, limit_s: f64, low: f64, high: f64) -> (f64, f64) {
    let (mut low, mut high) = (low, high * 0.995);
    for seed in 0..12 {
        let middle = f64::midpoint(low, high);
        if misses(kind, limit_s, middle, SECONDS / 20.0, seed).0 > 1.0 - SHARE {
            high = middle;
        } else {
            low = middle;
        }
    }
    let near = f64::midpoint(low, high);
    let rates: Vec<f64> = [0.98, 0.99, 1.0, 1.01, 1.02].iter().map(|part| near * part).collect();
    let points: Vec<(f64, f64, f64)> = (rates.iter().zip(100..))
        .map(|(rate, seed)| {
            let (share, error) = misses(kind, limit_s, *rate, SECONDS, seed);
            (*rate, share.ln(), error / share)
        })
        .collect();
    let mean = |of: &dyn Fn(&(f64, f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / 5.0;
    let (x, y) = (mean(&|point| point.0), mean(&|point| point.1));
    let slope = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum::<f64>()
        / points.iter().map(|point| (point.0 - x).powi(2)).sum::<f64>();
    let error = mean(&|point| point.2) / 5.0_f64.sqrt();
    (x + ((1.0 - SHARE).ln() - y) / slope, error / slope)
}
