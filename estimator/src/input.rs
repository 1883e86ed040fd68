//! A number on its way into the ledger: given by the file, or a default with its source.

use scenarios::estimate::UnitName;
use scenarios::range::Range;
use scenarios::scenario::{Origin, Sourced};
use scenarios::units::Unit;

use crate::section::Section;

/// An input on its way into the ledger.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) section: Section,
    pub(crate) unit: UnitName,
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) limits: (f64, f64),
    pub(crate) origin: Origin,
    /// Seconds in a day, for a rate that people state by day.
    pub(crate) day_seconds: Option<f64>,
}

impl Input {
    /// A value of the file.
    pub(crate) fn read<T: Unit>(
        name: impl Into<String>,
        unit: UnitName,
        sourced: Sourced<Range<T>>,
    ) -> Input {
        let Sourced { value, origin } = sourced;
        Input::between(name, unit, (value.low().base(), value.high().base()), origin)
    }

    /// A default with its source; a point when both ends are the same.
    pub(crate) fn default(
        name: impl Into<String>,
        unit: UnitName,
        ends: (f64, f64),
        source: &'static str,
    ) -> Input {
        Input::between(name, unit, ends, Origin::Default(source))
    }

    pub(crate) fn between(
        name: impl Into<String>,
        unit: UnitName,
        ends: (f64, f64),
        origin: Origin,
    ) -> Input {
        let limits = (0.0, if unit == UnitName::Share { 1.0 } else { f64::INFINITY });
        Input {
            name: name.into(),
            section: Section::Background,
            unit,
            low: ends.0,
            high: ends.1,
            limits,
            origin,
            day_seconds: None,
        }
    }

    pub(crate) fn section(self, section: Section) -> Input {
        Input { section, ..self }
    }

    /// No draw is below this.
    pub(crate) fn at_least(self, least: f64) -> Input {
        Input { limits: (least, self.limits.1), ..self }
    }

    /// No draw is above this.
    pub(crate) fn at_most(self, most: f64) -> Input {
        Input { limits: (self.limits.0, most), ..self }
    }

    /// Written by day: `20/day`.
    pub(crate) fn by_day(self, day_seconds: f64) -> Input {
        Input { day_seconds: Some(day_seconds), ..self }
    }
}
