//! How long levels and their blocks are, by the budget.

use scenarios::capacity::Purpose;

use super::trial::{Order, Pace};

/// Seconds of load in which everything has the length given below; a smaller budget has shorter blocks.
const USUAL_BUDGET_S: f64 = 300.0;
/// Nothing is made shorter than by this.
const SHORTEST: f64 = 0.4;
/// Seconds after a change of rate that do not count.
const SKIP_S: f64 = 3.0;
/// Seconds of a block: many times as long as a queue remembers.
const BLOCK_S: f64 = 5.0;
/// Requests of a block, at least.
const BLOCK_REQUESTS: f64 = 150.0;
/// Of the budget that one block may take, however few requests it has.
const BLOCK_SHARE: f64 = 0.08;
/// Blocks of a level: while the boundary is not yet in sight, and then.
const BRACKET_BLOCKS: u32 = 2;
const NARROW_BLOCKS: u32 = 3;
/// Seconds on connections, before they count and then.
const CONNECTIONS_SKIP_S: f64 = 1.0;
const CONNECTIONS_S: f64 = 2.0;
/// Of the budget, what connections may take.
const CONNECTIONS_SHARE: f64 = 0.1;

/// Lengths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    scale: f64,
    longest_block_s: f64,
    /// Of the budget, what connections may take.
    pub share_for_connections: f64,
}

impl Timing {
    /// For a budget of so many seconds.
    #[must_use]
    pub fn of(budget_s: f64) -> Timing {
        Timing {
            scale: (budget_s / USUAL_BUDGET_S).clamp(SHORTEST, 1.0),
            longest_block_s: budget_s * BLOCK_SHARE,
            share_for_connections: CONNECTIONS_SHARE,
        }
    }

    /// A level on connections.
    #[must_use]
    pub fn connections(&self, connections: u32) -> Order {
        Order {
            pace: Pace::Connections(connections),
            purpose: Purpose::Bracket,
            skip_s: CONNECTIONS_SKIP_S * self.scale,
            block_s: CONNECTIONS_S * self.scale,
            most_blocks: 1,
        }
    }

    /// A level at a rate.
    #[must_use]
    pub fn rate(&self, rate: f64, purpose: Purpose) -> Order {
        let enough = (BLOCK_REQUESTS / rate).min(self.longest_block_s);
        Order {
            pace: Pace::Rate(rate),
            purpose,
            skip_s: SKIP_S * self.scale,
            block_s: (BLOCK_S * self.scale).max(enough),
            most_blocks: match purpose {
                Purpose::Bracket | Purpose::Predict => BRACKET_BLOCKS,
                Purpose::Narrow | Purpose::Confirm => NARROW_BLOCKS,
            },
        }
    }
}
