//! The statistics of a comparison: did it get slower, by how much, and how sure is that.
//!
//! Pure functions of plain numbers, each from a published source and held against published values. They assume what
//! the duet of a comparison provides: two variants measured in short blocks, in random order within each pair, so that
//! the sign of each difference is a fair coin when nothing has changed, whatever the machine drifts. That is why the
//! paired tests come first here; the test for two independent samples is for those who have no pairs.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `ranks.rs` | ranks, and the middle ones for what is equal |
//! | `signed_rank.rs` | paired differences: Wilcoxon's test, the pseudomedian, its interval by Walsh averages |
//! | `rank_sum.rs` | two samples without pairs: the exact test of Mann and Whitney, with ties |
//! | `quantile.rs` | a quantile and its interval: by order statistics, and by Harrell and Davis |
//! | `bootstrap.rs` | intervals by resampling whole blocks, with bias and acceleration corrected |
//! | `family.rs` | several tests at once: Holm, Benjamini and Hochberg |
//! | `looks.rs` | looking before the end: the bounds of O'Brien and Fleming |
//! | `judge.rs` | what all of it says of a set of metrics, in four words |
//! | `normal.rs` | the normal law |
//! | `history/` | the run in which a step came into a history of runs |
//!
//! How blocks are measured is the business of whoever calls.

mod bootstrap;
mod family;
pub mod history;
mod judge;
mod looks;
mod normal;
mod quantile;
mod rank_sum;
mod ranks;
mod signed_rank;

pub use bootstrap::{Resampling, block_bootstrap};
pub use family::{benjamini_hochberg, holm};
pub use judge::{Judgement, Levels, Metric, judge};
pub use looks::{LooksError, OBrienFleming};
pub use normal::{normal_probability, normal_quantile};
pub use quantile::{harrell_davis, order_statistics};
pub use rank_sum::{RankSum, rank_sum};
pub use signed_rank::{SignedRank, pseudomedian, pseudomedian_interval, signed_rank};

/// Which way a difference is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alternative {
    /// The first is larger, or the differences are above zero.
    Greater,
    /// The first is smaller, or the differences are below zero.
    Less,
    /// Either.
    TwoSided,
}

impl Alternative {
    /// The p value from the two tails, both of which include what was seen. Twice the smaller one where either way
    /// counts, as the distribution may be skewed by ties.
    fn p(self, at_most: f64, at_least: f64) -> f64 {
        match self {
            Alternative::Greater => at_least.min(1.0),
            Alternative::Less => at_most.min(1.0),
            Alternative::TwoSided => (2.0 * at_most.min(at_least)).min(1.0),
        }
    }
}

/// From where to where something lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// How often such an interval covers the truth: as asked, or more where only certain values are possible.
    pub confidence: f64,
}
