//! The Universal Scalability Law: what more concurrency brings, and from where on it takes away.
//!
//! X(N) = λ N / (1 + σ (N − 1) + κ N (N − 1)). N is the concurrency (threads, connections, servers, requests in flight),
//! X the throughput per unit of time, λ the throughput of one, σ the share of the work that only one can do at a time
//! (contention), κ the cost of agreeing with each of the others (coherency). With R = N / X (Little's law) every one of
//! N, X and R gives the other two. Source: N. J. Gunther, "Guerrilla Capacity Planning", 2007, chapters 4 to 6.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`law`] | the curve, and what contention and coherency take from it |
//! | [`predict`] | N, X and R from each other |
//! | [`limit`] | the peak, or the ceiling that is never reached |
//! | [`measurement`] | what was measured, by any two of N, X and R |
//! | [`mod@fit`] | the coefficients from measurements, with their intervals |
//! | `least_squares`, `transform` | how they are found: by the residuals of X, or by Gunther's parabola |
//! | [`ceiling`] | measurements that stop growing at once, which no such curve does |

pub mod ceiling;
pub mod fit;
pub mod law;
mod least_squares;
pub mod limit;
pub mod measurement;
mod normal;
pub mod predict;
mod transform;

pub use fit::{Fit, FitError, Method, Options, Reach, fit};
pub use law::Usl;
pub use limit::Limit;
pub use measurement::Measurement;
pub use predict::State;

#[cfg(test)]
mod published;
