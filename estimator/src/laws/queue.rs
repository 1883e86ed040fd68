//! M/M/c: one queue before several servers, and how many of them a promise takes.
//!
//! λ arrivals per unit of time in no order (Poisson), c servers that complete μ each, exponential. With C the share that
//! waits (Erlang C) and θ = c μ − λ the capacity that is left:
//!
//! - mean wait Wq = C / θ
//! - wait longer than t: C e^(−θ t)
//! - response (wait and service) longer than t: e^(−μ t) + C μ (e^(−θ t) − e^(−μ t)) / (μ − θ)
//!
//! Choose c by the tail that was promised and not by a utilisation: at the same utilisation a large pool waits far less
//! than a small one. Source: L. Kleinrock, "Queueing Systems", volume 1, 1975, chapter 3; the tails in A. O. Allen,
//! "Probability, Statistics, and Queueing Theory", 2nd edition, 1990, appendix C.

use super::LawError;
use super::erlang::{Blocking, MOST_SERVERS, waiting, waiting_from_blocking};
use super::error::{check, finite, not_negative, positive, quantile};

/// A queue that does not grow without end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Queue {
    arrivals: f64,
    service_rate: f64,
    servers: f64,
    /// C: the share of arrivals that waits.
    waiting: f64,
}

impl Queue {
    /// `servers` that each complete `service_rate` per unit of time, when `arrivals` come per unit of time.
    ///
    /// # Errors
    /// When an argument makes no sense, or more arrives than is served.
    pub fn new(arrivals: f64, service_rate: f64, servers: u32) -> Result<Queue, LawError> {
        let offered = not_negative("arrivals", arrivals)?;
        let load = offered / positive("service rate", service_rate)?;
        check(servers > 0, "number of servers", servers.into(), "at least one")?;
        let capacity = service_rate * f64::from(servers);
        if offered >= capacity {
            return Err(LawError::Saturated { offered, capacity });
        }
        // Rates so small that their times are no numbers.
        finite("response time", 1.0 / (capacity - offered) + 1.0 / service_rate)?;
        let waiting = waiting(servers, load)?;
        Ok(Queue { arrivals, service_rate, servers: servers.into(), waiting })
    }

    /// The share of time in which each server is busy: λ / (c μ).
    #[must_use]
    pub fn utilisation(&self) -> f64 {
        self.arrivals / (self.servers * self.service_rate)
    }

    /// The share of arrivals that waits at all (Erlang C).
    #[must_use]
    pub fn share_waiting(&self) -> f64 {
        self.waiting
    }

    /// θ = c μ − λ.
    fn left(&self) -> f64 {
        self.servers * self.service_rate - self.arrivals
    }

    /// The mean wait before service begins, over all arrivals: C / (c μ − λ).
    #[must_use]
    pub fn mean_wait(&self) -> f64 {
        self.waiting / self.left()
    }

    /// The mean time from arrival to completion: Wq + 1 / μ.
    #[must_use]
    pub fn mean_response(&self) -> f64 {
        self.mean_wait() + 1.0 / self.service_rate
    }

    /// The mean number that waits: λ Wq.
    #[must_use]
    pub fn mean_waiting(&self) -> f64 {
        self.arrivals * self.mean_wait()
    }

    /// The share of arrivals that waits longer than `time`: C e^(−(c μ − λ) t). All do before time zero.
    #[must_use]
    pub fn wait_tail(&self, time: f64) -> f64 {
        if time >= 0.0 { self.waiting * (-self.left() * time).exp() } else { 1.0 }
    }

    /// The wait that the share `p` of arrivals does not exceed; zero while no more than 1 − p wait.
    ///
    /// # Errors
    /// When `p` is not from 0 to below 1.
    pub fn wait_quantile(&self, p: f64) -> Result<f64, LawError> {
        let beyond = 1.0 - quantile("quantile", p)?;
        Ok(if self.waiting <= beyond { 0.0 } else { (self.waiting / beyond).ln() / self.left() })
    }

    /// The share of requests whose response (wait and service) takes longer than `time`. All do before time zero.
    #[must_use]
    pub fn response_tail(&self, time: f64) -> f64 {
        response_tail(self.waiting, self.service_rate, self.left(), time)
    }

    /// The response time (wait and service) within which the share `p` of requests is answered.
    ///
    /// # Errors
    /// When `p` is not from 0 to below 1.
    pub fn response_quantile(&self, p: f64) -> Result<f64, LawError> {
        /// Halvings of the bracket: as many as a double has digits.
        const HALVINGS: u32 = 60;
        let beyond = 1.0 - quantile("quantile", p)?;
        // Service alone is faster than service after a wait, and a wait of each is slower than what the share C has.
        let slower = self.left().min(self.service_rate);
        let mut low = -beyond.ln() / self.service_rate;
        let mut high = low;
        while self.response_tail(high) > beyond {
            high += 1.0 / slower;
        }
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            if self.response_tail(middle) > beyond {
                low = middle;
            } else {
                high = middle;
            }
        }
        Ok(high)
    }
}

/// e^(−μ t) + C μ (e^(−θ t) − e^(−μ t)) / (μ − θ), also where μ and θ are equal or nearly so.
fn response_tail(waiting: f64, service_rate: f64, left: f64, time: f64) -> f64 {
    if time <= 0.0 {
        return 1.0;
    }
    let difference = (left - service_rate).abs() * time;
    // (1 − e^(−x)) / x, which is 1 at zero.
    let evenly = if difference < 1e-8 { 1.0 } else { -(-difference).exp_m1() / difference };
    let slower = (-left.min(service_rate) * time).exp();
    (-service_rate * time).exp() + waiting * service_rate * time * slower * evenly
}

/// What a promise is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promised {
    /// The time until service begins.
    Wait,
    /// The time until the answer: wait and service.
    Response,
}

/// The fewest servers with which the share `p` of arrivals has its wait or response within `time`.
///
/// # Errors
/// When an argument makes no sense; when the service alone takes too long, so that no number of servers keeps the
/// promise; when it would take more than ten million.
pub fn servers_for(
    promised: Promised,
    time: f64,
    p: f64,
    arrivals: f64,
    service_rate: f64,
) -> Result<u32, LawError> {
    let load = not_negative("arrivals", arrivals)? / positive("service rate", service_rate)?;
    let time = not_negative("time", time)?;
    let beyond = 1.0 - quantile("share", p)?;
    if promised == Promised::Response && (-service_rate * time).exp() > beyond {
        return Err(LawError::OutOfReach(
            "the service alone takes longer: make it faster, no server more helps",
        ));
    }
    for (servers, blocked) in (1..=MOST_SERVERS).zip(Blocking::new(load)) {
        let left = f64::from(servers) * service_rate - arrivals;
        if left <= 0.0 {
            continue;
        }
        let waiting = waiting_from_blocking(blocked, load / f64::from(servers));
        let tail = match promised {
            Promised::Wait => waiting * (-left * time).exp(),
            Promised::Response => response_tail(waiting, service_rate, left, time),
        };
        if tail <= beyond {
            return Ok(servers);
        }
    }
    Err(LawError::OutOfReach("it would take more than 10 million servers"))
}

#[cfg(test)]
mod tests;
