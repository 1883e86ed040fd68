//! Prices as parts of formulas: the file's own, or public list prices with their date.
//!
//! Kept bytes are priced by gigabyte and month, sent bytes by gigabyte; a formula over a month reads both as dollars
//! for each gigabyte.

use scenarios::estimate::UnitName;
use scenarios::range::Range;
use scenarios::scenario::{Scenario, Sourced};
use scenarios::units::{Dimension, Unit};

use crate::input::Input;
use crate::ledger::Ledger;
use crate::term::Term;

/// Simon Eskildsen, napkin-math, cloud list prices read in March 2026.
pub(crate) const PRICE_SOURCE: &str = "napkin-math, 2026-03";
/// A core for a month.
const CORE_USD: f64 = 15.0;
/// A gigabyte of main memory for a month.
const MEMORY_USD_PER_GB: f64 = 2.0;
/// A gigabyte on SSD for a month.
const DISK_USD_PER_GB: f64 = 0.2;
/// A gigabyte in object storage for a month, replication included.
const BLOB_USD_PER_GB: f64 = 0.02;
/// A gigabyte sent to the Internet.
const EGRESS_USD_PER_GB: f64 = 0.1;
/// A gigabyte sent by a content delivery network.
const CDN_USD_PER_GB: f64 = 0.05;
const GIGABYTE: f64 = 1e9;

/// What is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Good {
    Core,
    Memory,
    Disk,
    Blob,
    Egress,
    Cdn,
}

/// Our own prices: what is paid for, dollars, and for how much of it.
pub(crate) fn listed_prices() -> [(&'static str, f64, &'static str); 6] {
    let row = |name: &'static str, good: Good, per: &'static str| (name, good.list_price(), per);
    [
        row("core", Good::Core, "a month"),
        row("memory", Good::Memory, "a GB and month"),
        row("SSD", Good::Disk, "a GB and month"),
        row("object storage", Good::Blob, "a GB and month"),
        row("egress", Good::Egress, "a GB"),
        row("egress by a CDN", Good::Cdn, "a GB"),
    ]
}

/// A price in a formula.
pub(crate) struct Priced {
    pub(crate) term: Term,
    /// Ours, not the file's.
    pub(crate) is_default: bool,
}

impl Good {
    fn name(self) -> &'static str {
        match self {
            Good::Core => "price of a core",
            Good::Memory => "price of memory",
            Good::Disk => "price of disk",
            Good::Blob => "price of object storage",
            Good::Egress => "price of egress",
            Good::Cdn => "price of CDN",
        }
    }

    /// Dollars for a core and month, or for a gigabyte.
    fn list_price(self) -> f64 {
        match self {
            Good::Core => CORE_USD,
            Good::Memory => MEMORY_USD_PER_GB,
            Good::Disk => DISK_USD_PER_GB,
            Good::Blob => BLOB_USD_PER_GB,
            Good::Egress => EGRESS_USD_PER_GB,
            Good::Cdn => CDN_USD_PER_GB,
        }
    }

    /// Dollars for sending a byte; of what is not sent, nothing.
    pub(crate) fn per_byte_sent(self, scenario: &Scenario) -> f64 {
        let given = match self {
            Good::Egress => scenario.prices.egress,
            Good::Cdn => scenario.prices.cdn,
            Good::Core | Good::Memory | Good::Disk | Good::Blob => return 0.0,
        };
        given.map_or(self.list_price() / GIGABYTE, |price| price.value.middle())
    }

    /// The price, for a formula over a month.
    pub(crate) fn price(self, scenario: &Scenario, ledger: &mut Ledger) -> Priced {
        let given = &scenario.prices;
        let month = ledger.conventions.month_seconds;
        let input = match self {
            Good::Core => given.core.map(|price| self.given(price, UnitName::DollarsPerMonth, month)),
            Good::Memory => given.memory.map(|price| self.given(price, PER_BYTE, month)),
            Good::Disk => given.disk.map(|price| self.given(price, PER_BYTE, month)),
            Good::Blob => given.blob.map(|price| self.given(price, PER_BYTE, month)),
            Good::Egress => given.egress.map(|price| self.given(price, PER_BYTE, 1.0)),
            Good::Cdn => given.cdn.map(|price| self.given(price, PER_BYTE, 1.0)),
        };
        let Some(input) = input else { return Priced { term: self.listed(), is_default: true } };
        let line = match input.origin {
            scenarios::scenario::Origin::File(line) => Some(line),
            _ => None,
        };
        let id = ledger.shared(input);
        if let (Some(file), Some(line)) = (&given.file, line) {
            ledger.cite(id, &format!("{file}:{line}"));
        }
        let term = ledger.term(id);
        Priced { term: term.measuring(self.dimension()), is_default: false }
    }

    fn given<T: Unit>(self, price: Sourced<Range<T>>, unit: UnitName, seconds: f64) -> Input {
        let ends = (price.value.low().base() * seconds, price.value.high().base() * seconds);
        Input::between(self.name(), unit, ends, price.origin)
    }

    /// Public list prices need no line of their own: the formula shows them, and its source their date.
    fn listed(self) -> Term {
        let price = self.list_price();
        match self {
            Good::Core => Term::constant(price, self.dimension(), self.name(), &format!("{price} USD/month")),
            _ => {
                Term::constant(price / GIGABYTE, self.dimension(), "price per GB", &format!("{price} USD/GB"))
            }
        }
    }

    fn dimension(self) -> Dimension {
        match self {
            Good::Core => Dimension::PRICE,
            _ => Dimension::PRICE.over(Dimension::BYTES),
        }
    }
}

/// Dollars for each byte of a month.
const PER_BYTE: UnitName = UnitName::Other(Dimension::MONEY.over(Dimension::BYTES));
