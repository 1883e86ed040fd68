//! Where the variables of requests come from: popular objects, rows of a table, the environment, earlier answers.

use std::collections::HashMap;
use std::sync::Arc;

use rand::{Rng, RngExt};
use rand_distr::{Distribution, Zipf};
use scenarios::requests::Rows;

/// What the world provides to a plan; gathered at the edge, so that compiling does no I/O.
#[derive(Debug, Default)]
pub struct Material {
    /// How many were seeded of each entity of the reference forum.
    pub seeded: HashMap<String, u64>,
    /// Sessions of the seeded visitors.
    pub visitors: Table,
    /// CSV files by the name that the scenario gives them.
    pub files: HashMap<String, Table>,
    /// Environment variables that the scenario names and that are set.
    pub environment: HashMap<String, String>,
    /// Files that are sent as they are, by the name that the scenario gives them.
    pub bodies: HashMap<String, Vec<u8>>,
    /// Whether the target speaks TLS.
    pub is_tls: bool,
    /// Whether cookies marked `Secure` are kept: over TLS, and where the target is this machine, as browsers do.
    pub keeps_secure_cookies: bool,
    /// Seconds since 1970, when the run began.
    pub now_unix_s: u64,
}

/// Rows with named columns; a visitor takes one row for all his variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// The rows, each as long as `columns`.
    pub rows: Vec<Vec<String>>,
}

/// The rows of one table, and which of them a visitor gets.
#[derive(Clone, Debug)]
pub(crate) struct Feeder {
    pub(crate) rows: Vec<Vec<String>>,
    pub(crate) order: Rows,
}

impl Feeder {
    /// The row of a visit; `None` when each was used once.
    pub(crate) fn row(&self, visit: u64, random: &mut impl Rng) -> Option<usize> {
        match self.order {
            Rows::Random => Some(random.random_range(0..self.rows.len())),
            Rows::InOrder => usize::try_from(visit % self.rows.len() as u64).ok(),
            Rows::Once => usize::try_from(visit).ok().filter(|row| *row < self.rows.len()),
        }
    }
}

/// One value in a request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// Drawn by popularity (an index into the plan's popular objects); the same within one action.
    Popular(usize),
    /// A column of the visitor's row of a table (an index into the plan's feeders).
    Column(usize, usize),
    /// A number: this, and what is drawn (an index into the plan's popular objects) less one.
    Number(usize, u64),
    /// One of these texts, drawn likewise.
    OneOf(usize, Arc<[String]>),
    /// An identifier of the visitor.
    Uuid(usize),
    /// The same for all.
    Fixed(String),
    /// Kept from an earlier answer of the visit; until there is one, the other value, if any.
    Kept(usize, Option<Box<Value>>),
}

/// Numbers from 1 to `count`, some more often than others.
#[derive(Clone, Debug)]
pub(crate) struct Popular {
    count: u64,
    /// `None`: all alike.
    zipf: Option<Zipf<f64>>,
    /// Odd steps over the numbers, so that popular objects are not neighbours (on one page of a database, say).
    stride: u64,
}

impl Popular {
    /// `None` when there are none, or the exponent is not one.
    pub(crate) fn new(count: u64, exponent: f64) -> Option<Popular> {
        if count == 0 {
            return None;
        }
        let zipf = if exponent > 0.0 { Some(Zipf::new(count as f64, exponent).ok()?) } else { None };
        Some(Popular { count, zipf, stride: stride(count) })
    }

    /// Draws one.
    pub(crate) fn draw(&self, random: &mut impl Rng) -> u64 {
        match &self.zipf {
            None => random.random_range(1..=self.count),
            Some(zipf) => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "from 1 to count"
                )]
                let rank = (zipf.sample(random) as u64).clamp(1, self.count);
                let spread = u128::from(rank) * u128::from(self.stride) % u128::from(self.count);
                #[expect(clippy::cast_possible_truncation, reason = "below count")]
                let spread = spread as u64;
                spread + 1
            }
        }
    }
}

/// A number near the golden section of `count` that shares no factor with it, so that multiples of it visit all.
fn stride(count: u64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below count")]
    let start = (count as f64 * 0.618_033_988_75) as u64;
    (start.max(1)..=count).find(|stride| gcd(*stride, count) == 1).unwrap_or(1)
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{SeedableRng, rngs::ChaCha8Rng};

    #[test]
    fn the_most_popular_of_a_thousand_gets_its_zipf_share() {
        // H_1000(1) = 7.485: the first gets 13.4 %, and all numbers stay within 1..=1000.
        let popular = Popular::new(1_000, 1.0).unwrap();
        let mut random = ChaCha8Rng::seed_from_u64(5);
        let mut counts = vec![0u32; 1_001];
        for _ in 0..100_000 {
            counts[usize::try_from(popular.draw(&mut random)).unwrap()] += 1;
        }
        let top = f64::from(*counts.iter().max().unwrap()) / 100_000.0;
        assert!((top - 0.1336).abs() < 0.005, "{top}");
        assert_eq!(counts[0], 0);
    }

    #[test]
    fn every_object_can_be_reached() {
        for count in [1, 2, 3, 10, 97, 100] {
            let popular = Popular::new(count, 0.5).unwrap();
            let mut random = ChaCha8Rng::seed_from_u64(1);
            let mut seen: Vec<u64> = (0..20_000).map(|_| popular.draw(&mut random)).collect();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len() as u64, count);
        }
        assert!(Popular::new(0, 1.0).is_none());
    }
}
