//! What things cost by the month: cores, bytes kept, bytes sent. A file's own prices replace the tools' by name.
//!
//! `prices: { core: 15 USD/month, memory: 2 USD/GB/month, egress: 0.1 USD/GB }` in a scenario, or the same lines without
//! the first word as a file of their own ([`Prices::from_yaml`](crate::prices::Prices::from_yaml)).

use crate::range::Range;
use crate::scenario::Sourced;
use crate::units::{Dimension, Price, Unit};

/// Prices that a file gives; `None`: the tools' own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prices {
    /// A processor core.
    pub core: Option<Sourced<Range<Price>>>,
    /// Main memory.
    pub memory: Option<Sourced<Range<StoragePrice>>>,
    /// Disk (SSD).
    pub disk: Option<Sourced<Range<StoragePrice>>>,
    /// Object storage.
    pub blob: Option<Sourced<Range<StoragePrice>>>,
    /// Bytes sent to the Internet.
    pub egress: Option<Sourced<Range<TransferPrice>>>,
    /// Bytes sent by a content delivery network.
    pub cdn: Option<Sourced<Range<TransferPrice>>>,
    /// The file that they are from, where that is not the scenario itself.
    pub file: Option<String>,
}

impl Prices {
    /// Whether the file gives none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Prices { file: self.file.clone(), ..Prices::default() }
    }
}

/// US dollars for keeping a byte for a second; people write it per gigabyte and month.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Default)]
pub struct StoragePrice(f64);

/// US dollars for sending a byte; people write it per gigabyte.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Default)]
pub struct TransferPrice(f64);

impl Unit for StoragePrice {
    const DIMENSION: Dimension = Dimension::PRICE.over(Dimension::BYTES);
    fn from_base(value: f64) -> Option<StoragePrice> {
        (value.is_finite() && value >= 0.0).then_some(StoragePrice(value))
    }
    fn base(self) -> f64 {
        self.0
    }
}

impl Unit for TransferPrice {
    const DIMENSION: Dimension = Dimension::MONEY.over(Dimension::BYTES);
    fn from_base(value: f64) -> Option<TransferPrice> {
        (value.is_finite() && value >= 0.0).then_some(TransferPrice(value))
    }
    fn base(self) -> f64 {
        self.0
    }
}
