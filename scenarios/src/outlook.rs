//! What pictures are made of: how sure the key results are, what they vary with, and how the system grows.
//!
//! The numbers themselves are in [`Estimate::quantities`](crate::estimate::Estimate::quantities); this is what their
//! three percentiles do not say. All of it is optional, so that a file without it can still be read.

use serde::{Deserialize, Serialize};

use crate::estimate::{Spread, UnitName};

/// What stands behind the key results.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outlook {
    /// The numbers that people ask for first, in reading order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<KeyResult>,
    /// What changes over the plan's horizon.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub growth: Vec<Curve>,
}

impl Outlook {
    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.results.is_empty() && self.growth.is_empty()
    }
}

/// A number that people ask for first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyResult {
    /// Its name among the estimate's quantities.
    pub quantity: String,
    /// The inputs that it varies with, the most important first; empty when it is exactly known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drivers: Vec<Driver>,
    /// How its samples are distributed; absent when it is exactly known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub histogram: Option<Histogram>,
}

/// An input that a result varies with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Driver {
    /// Its name among the estimate's quantities.
    pub input: String,
    /// The share, 0 to 1, of the variance of the result's logarithm that this input alone explains. What can be zero
    /// counts as it is.
    pub share: f64,
    /// By how many per cent the result changes when the input changes by one: d log result / d log input, the slope
    /// of the regression of the logarithms. Absent where either can be zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elasticity: Option<f64>,
    /// The result's median where the input is in its lowest fifth, in the result's unit.
    pub at_low: f64,
    /// The result's median where the input is in its highest fifth, in the result's unit.
    pub at_high: f64,
}

/// How often the samples of a number fall where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// The ends of the bins, rising, in the number's unit: one more than bins. Of the samples, all but the outermost
    /// hundredth lie within.
    pub edges: Vec<f64>,
    /// Samples in each bin.
    pub counts: Vec<u32>,
    /// The bins are equally wide on a logarithmic scale, not on a linear one.
    pub is_logarithmic: bool,
}

/// A number over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// What it is of: `storage`, `peak requests`.
    pub name: String,
    /// Unit of the values.
    pub unit: UnitName,
    /// From now to the plan's horizon, in equal steps.
    pub points: Vec<CurvePoint>,
}

/// A number at a time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Seconds from now.
    pub seconds: f64,
    /// What it is by then.
    pub value: Spread,
}
