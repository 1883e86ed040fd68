//! What the arithmetic says: numbers with their ranges, formulas, kinds and sources. Travels as JSON.

use serde::{Deserialize, Serialize};

use crate::conventions::Conventions;
use crate::outlook::Outlook;
use crate::units::Dimension;

/// The version of the JSON form of [`Estimate`]; grows when a reader of the old form would be misled.
pub const ESTIMATE_SCHEMA: u32 = 1;

/// The estimate of one scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// [`ESTIMATE_SCHEMA`] of the writer.
    pub schema: u32,
    /// The scenario's name.
    pub scenario: String,
    /// The conventions that every number follows.
    pub conventions: Conventions,
    /// One line about the size of the system: `1 B users`.
    pub about: String,
    /// Every number, grouped by section, in reading order.
    pub quantities: Vec<Quantity>,
    /// Requests per second at each of the 24 hours of a day, the quietest first; empty where the load has no daily
    /// wave. Bursts are not in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub daily_curve: Vec<f64>,
    /// What the numbers advise.
    pub advice: Vec<Advice>,
    /// The claims of the file, held against the numbers.
    pub claims: Vec<ClaimCheck>,
    /// Of the Monte Carlo; the same seed gives the same ranges.
    pub seed: u64,
    /// Monte Carlo samples behind each range.
    pub samples: u32,
    /// What stands behind the key results; empty in a file that says nothing of it.
    #[serde(default, skip_serializing_if = "Outlook::is_empty")]
    pub outlook: Outlook,
    /// The measurement that some of the numbers are from; absent where none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibrated: Option<Calibrated>,
}

/// The measurement that numbers of an estimate are from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibrated {
    /// `measured 2026-11-23 on AMD EPYC, 2 cores`.
    pub source: String,
    /// Which numbers, in reading order.
    pub quantities: Vec<String>,
}

/// One number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quantity {
    /// Unique within the estimate, lower case: `song, 3 copies`, `peak actions`.
    pub name: String,
    /// `Traffic`, `Storage`, `Bandwidth`, `Servers`, ...
    pub section: String,
    /// The value as a spread; equal ends when exactly known.
    pub value: Spread,
    /// Unit of the value.
    pub unit: UnitName,
    /// The unit in which the file wants to see it; absent when that is for the reader to choose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<ShownIn>,
    /// Given, derived, default or measured.
    pub kind: Kind,
    /// The formula in names: `count × size`. Empty for a given value.
    pub formula: String,
    /// The formula in numbers: `100 M × 5 MB`.
    pub working: String,
    /// `spotify.yaml:4`, or the cited source of a default.
    pub source: String,
    /// Nothing outside of `Background` is computed from it: pages are silent about it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_idle: bool,
}

/// A unit that a formula of the file asked for: `in TB/day`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShownIn {
    /// As written in the file.
    pub unit: String,
    /// One of it in the base unit of the number.
    pub factor: f64,
}

/// The base unit of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnitName {
    /// A pure number.
    #[serde(rename = "1")]
    One,
    /// A share between 0 and 1, printed in per cent.
    #[serde(rename = "share")]
    Share,
    /// Bytes.
    #[serde(rename = "B")]
    Bytes,
    /// Per second.
    #[serde(rename = "1/s")]
    PerSecond,
    /// Bytes per second.
    #[serde(rename = "B/s")]
    BytesPerSecond,
    /// Seconds.
    #[serde(rename = "s")]
    Seconds,
    /// US dollars per month.
    #[serde(rename = "USD/month")]
    DollarsPerMonth,
    /// US dollars.
    #[serde(rename = "USD")]
    Dollars,
    /// Any other, such as dollars per byte: a product of powers of byte, second and dollar.
    #[serde(untagged)]
    Other(Dimension),
}

impl UnitName {
    /// The unit in which a number of this dimension is kept.
    #[must_use]
    pub fn of(dimension: Dimension) -> UnitName {
        match dimension {
            Dimension::NONE => UnitName::One,
            Dimension::BYTES => UnitName::Bytes,
            Dimension::RATE => UnitName::PerSecond,
            Dimension::BANDWIDTH => UnitName::BytesPerSecond,
            Dimension::TIME => UnitName::Seconds,
            Dimension::PRICE => UnitName::DollarsPerMonth,
            Dimension::MONEY => UnitName::Dollars,
            other => UnitName::Other(other),
        }
    }

    /// What it measures.
    #[must_use]
    pub fn dimension(self) -> Dimension {
        match self {
            UnitName::One | UnitName::Share => Dimension::NONE,
            UnitName::Bytes => Dimension::BYTES,
            UnitName::PerSecond => Dimension::RATE,
            UnitName::BytesPerSecond => Dimension::BANDWIDTH,
            UnitName::Seconds => Dimension::TIME,
            UnitName::DollarsPerMonth => Dimension::PRICE,
            UnitName::Dollars => Dimension::MONEY,
            UnitName::Other(dimension) => dimension,
        }
    }
}

/// The tenth, fiftieth and ninetieth percentile of a number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Below this one time in ten.
    pub p10: f64,
    /// The median.
    pub p50: f64,
    /// Above this one time in ten.
    pub p90: f64,
}

impl Spread {
    /// A number known exactly.
    #[must_use]
    pub fn point(value: f64) -> Spread {
        Spread { p10: value, p50: value, p90: value }
    }

    /// Whether there is no spread.
    #[must_use]
    #[expect(clippy::float_cmp, reason = "a point is stored as three equal numbers")]
    pub fn is_point(self) -> bool {
        self.p10 == self.p90
    }
}

/// Where a number comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The file says so.
    Given,
    /// A formula says so.
    Derived,
    /// A cited source says so.
    Default,
    /// A run says so.
    Measured,
}

/// A recommendation with the figure that decided.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Advice {
    /// Which rule spoke: `blobs`, `sharding`.
    pub rule: String,
    /// Whether it recommends doing something (`true`) or says that it is not needed.
    pub fires: bool,
    /// What to do: `keep song in object storage`.
    pub what: String,
    /// The figures: `5 MB each ≥ 100 KB; 99.9 % of all bytes`.
    pub because: String,
    /// What would change its mind: `flips at 1.4 B users`; empty if nothing would.
    pub flips: String,
    /// Which of three; absent in older files, where `fires` decides: see [`Advice::outcome`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// The figures with their thresholds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<Held>,
    /// Where it changes its mind, when one input alone can do that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flip: Option<Flip>,
}

impl Advice {
    /// Needed, not needed, or not to be said.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.outcome.unwrap_or(if self.fires { Outcome::Needed } else { Outcome::NotNeeded })
    }
}

/// What a rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Outcome {
    /// Do it.
    #[serde(rename = "needed")]
    Needed,
    /// Leave it.
    #[serde(rename = "not needed")]
    NotNeeded,
    /// The file does not say what the rule asks for.
    #[serde(rename = "cannot say")]
    CannotSay,
}

/// A figure held against its threshold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// What it is: `reads per write`.
    pub figure: String,
    /// Its median.
    pub value: f64,
    /// From where the rule reads it the other way.
    pub threshold: f64,
    /// Of both.
    pub unit: UnitName,
    /// `value ÷ threshold`: 1 at the threshold.
    pub margin: f64,
    /// Who says so: `AWS SLA, 2022`, `assumed`; empty where it follows from the numbers.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// Where a rule changes its mind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Flip {
    /// What has to change: `load`, `writes`, `size of the system`, `size of song`, `requests per action`, `peak factor`,
    /// `promised downtime`, or the background work of an action.
    pub input: String,
    /// By which factor: it decides otherwise just beyond it.
    pub times: f64,
}

/// A claim of the file against the estimate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimCheck {
    /// The quantity, as the file names it.
    pub quantity: String,
    /// The number of the estimate that this is: [`Quantity::name`].
    pub resolved: String,
    /// The claim, as written.
    pub claimed: String,
    /// What the estimate says; `None` when it has no such number.
    pub estimated: Option<Spread>,
    /// Unit of the estimate.
    pub unit: UnitName,
    /// The outcome.
    pub verdict: crate::verdict::Finding,
    /// Line of the claim in the file.
    pub line: usize,
}
