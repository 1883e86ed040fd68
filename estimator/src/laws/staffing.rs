//! How many servers growth takes, and what one pool saves over separate queues.
//!
//! The busy servers grow with the load, the idle ones only with its square root, because chance evens out in a larger
//! pool: busy × g + idle × √g. Source: B. Schwartz, "The Square Root Staffing Law" (xaprb.com); the law itself is
//! Halfin and Whitt, Operations Research 29(3), 1981. It keeps the share of requests that waits, not the utilisation.

use super::LawError;
use super::error::{not_negative, positive, share};
use super::one_server;
use super::queue::Queue;

/// Servers that keep the waiting as it is when the load grows `growth` times; not rounded.
///
/// # Errors
/// When an argument makes no sense.
pub fn servers_after_growth(servers: f64, utilisation: f64, growth: f64) -> Result<f64, LawError> {
    let servers = positive("number of servers", servers)?;
    let busy = servers * share("utilisation", utilisation)?;
    let growth = not_negative("growth", growth)?;
    Ok(busy * growth + (servers - busy) * growth.sqrt())
}

/// Mean waits of the same servers behind one queue and behind a queue each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pooling {
    /// All servers take from one queue (M/M/c): what a balancer that knows who is free comes near to.
    pub pooled: f64,
    /// Each server has its own queue and an equal share of the arrivals (c times M/M/1).
    pub separate: f64,
}

/// Mean waits of `servers` that each get `arrivals` of the `service_rate` they can do, pooled and separate.
///
/// # Errors
/// When an argument makes no sense, or more arrives than is served.
pub fn pooling(arrivals: f64, service_rate: f64, servers: u32) -> Result<Pooling, LawError> {
    let separate = one_server::mean_wait(arrivals, service_rate)?;
    let pooled = Queue::new(arrivals * f64::from(servers), service_rate, servers)?.mean_wait();
    Ok(Pooling { pooled, separate })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_servers_at_a_quarter_become_twenty_one_when_the_load_triples() {
        // 2.5 × 3 + 7.5 × √3 = 7.5 + 12.99 = 20.49.
        let found = servers_after_growth(10.0, 0.25, 3.0).unwrap();
        assert!((found - 20.490_381_056_766_58).abs() < 1e-12, "{found}");
        assert!((found.ceil() - 21.0).abs() < 1e-12);
    }

    #[test]
    fn two_servers_behind_one_queue_wait_half_as_long() {
        // 49/h of 55/h: ρ = 0.8909; M/M/1 waits ρ/6 = 0.1485 h. M/M/2: a = 1.7818, B = 0.3633, C = 0.8396, /12 = 0.0700 h.
        let Pooling { pooled, separate } = pooling(49.0, 55.0, 2).unwrap();
        assert!((pooled - 0.070).abs() < 0.0005, "{pooled}");
        assert!((separate - 0.149).abs() < 0.0006, "{separate}");
        let Pooling { pooled, separate } = pooling(49.0, 55.0, 1).unwrap();
        assert!((pooled - separate).abs() < 1e-15, "one server is its own pool: {pooled} {separate}");
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for refused in [
            servers_after_growth(0.0, 0.5, 2.0),
            servers_after_growth(1.0, 1.1, 2.0),
            servers_after_growth(1.0, 0.5, -2.0),
        ] {
            assert!(refused.is_err(), "{refused:?}");
        }
        assert!(pooling(55.0, 55.0, 2).is_err() && pooling(49.0, 55.0, 0).is_err());
    }
}
