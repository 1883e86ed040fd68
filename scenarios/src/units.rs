//! Units as types: bytes, rates, bandwidths, ratios, counts, money.
//!
//! Each unit has one private base value and named constructors and readers, and only the arithmetic that makes sense,
//! so that a size cannot be passed where a rate is due. [`Dimension`] is the same knowledge at run time: it is what
//! lets the parser refuse `5 s` where bytes are wanted. How a number is written is the business of `quantity` (in)
//! and `show` (out).

use std::ops::{Add, Mul};
use std::time::Duration;

/// What a number measures: the exponents of byte, second and dollar. All zero is a pure number (a count, a ratio).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Dimension {
    /// Exponent of the byte.
    pub bytes: i8,
    /// Exponent of the second.
    pub seconds: i8,
    /// Exponent of the dollar.
    pub money: i8,
}

impl Dimension {
    /// A pure number: a count, a ratio, a factor.
    pub const NONE: Dimension = Dimension { bytes: 0, seconds: 0, money: 0 };
    /// A size in bytes.
    pub const BYTES: Dimension = Dimension { bytes: 1, seconds: 0, money: 0 };
    /// A time in seconds.
    pub const TIME: Dimension = Dimension { bytes: 0, seconds: 1, money: 0 };
    /// Events per second.
    pub const RATE: Dimension = Dimension { bytes: 0, seconds: -1, money: 0 };
    /// Bytes per second.
    pub const BANDWIDTH: Dimension = Dimension { bytes: 1, seconds: -1, money: 0 };
    /// Dollars.
    pub const MONEY: Dimension = Dimension { bytes: 0, seconds: 0, money: 1 };
    /// Dollars per second; people write it per month.
    pub const PRICE: Dimension = Dimension { bytes: 0, seconds: -1, money: 1 };

    /// The dimension of a product.
    #[must_use]
    pub const fn times(self, other: Dimension) -> Dimension {
        Dimension {
            bytes: self.bytes.saturating_add(other.bytes),
            seconds: self.seconds.saturating_add(other.seconds),
            money: self.money.saturating_add(other.money),
        }
    }

    /// The dimension of a quotient.
    #[must_use]
    pub const fn over(self, other: Dimension) -> Dimension {
        Dimension {
            bytes: self.bytes.saturating_sub(other.bytes),
            seconds: self.seconds.saturating_sub(other.seconds),
            money: self.money.saturating_sub(other.money),
        }
    }

    /// What a person would call it, with an example: used in error messages.
    #[must_use]
    pub fn describe(self) -> String {
        match self {
            Dimension::NONE => "a number (like 20k)".to_owned(),
            Dimension::BYTES => "a size (like 5 MB)".to_owned(),
            Dimension::TIME => "a duration (like 200 ms)".to_owned(),
            Dimension::RATE => "a rate (like 12k/day)".to_owned(),
            Dimension::BANDWIDTH => "a bandwidth (like 5 MB/s)".to_owned(),
            Dimension::MONEY => "an amount of money (like 40 USD)".to_owned(),
            Dimension::PRICE => "a price (like 40 USD/month)".to_owned(),
            Dimension { bytes: -1, seconds: -1, money: 1 } => {
                "a price of bytes kept (like 0.2 USD/GB/month)".to_owned()
            }
            Dimension { bytes: -1, seconds: 0, money: 1 } => {
                "a price of bytes sent (like 0.1 USD/GB)".to_owned()
            }
            Dimension { bytes, seconds, money } => {
                format!("a quantity in bytes^{bytes} seconds^{seconds} dollars^{money}")
            }
        }
    }
}

/// A type with a base unit, so that ranges, parsing and printing are written once.
pub trait Unit: Copy + PartialOrd + std::fmt::Debug {
    /// What it measures.
    const DIMENSION: Dimension;
    /// Values outside what the type allows (below zero, not finite, above one for a ratio) give `None`.
    fn from_base(value: f64) -> Option<Self>;
    /// The value in its base unit (bytes, seconds, per second, dollars).
    fn base(self) -> f64;
    /// What the type allows, for the error message when `from_base` refused.
    const ALLOWED: &'static str = "must be zero or more";
    /// What to write instead, for its hint.
    const INSTEAD: &'static str = "write a number of zero or more, and not too large to count with";
}

macro_rules! unit {
    ($(#[$doc:meta])* $name:ident, $dimension:ident, $new:ident, $read:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Default)]
        pub struct $name(f64);

        impl $name {
            #[doc = concat!("From a number of ", $what, "; `None` when negative, infinite or not a number.")]
            #[must_use]
            pub fn $new(value: f64) -> Option<$name> {
                (value.is_finite() && value >= 0.0).then_some($name(value))
            }

            #[doc = concat!("As a number of ", $what, ".")]
            #[must_use]
            pub fn $read(self) -> f64 {
                self.0
            }
        }

        impl Unit for $name {
            const DIMENSION: Dimension = Dimension::$dimension;
            fn from_base(value: f64) -> Option<$name> {
                $name::$new(value)
            }
            fn base(self) -> f64 {
                self.0
            }
        }

        impl Add for $name {
            type Output = $name;
            fn add(self, other: $name) -> $name {
                $name(self.0 + other.0)
            }
        }
    };
}

unit!(
    /// A size in bytes; an estimate, so not necessarily whole.
    Bytes, BYTES, new, bytes, "bytes"
);
unit!(
    /// Events per second; finite and never negative.
    Rate, RATE, per_second, in_one_second, "events per second"
);
unit!(
    /// Bytes per second.
    Bandwidth, BANDWIDTH, bytes_per_second, in_one_second, "bytes per second"
);
unit!(
    /// How many there are.
    Count, NONE, new, number, "things"
);
unit!(
    /// A factor, such as the busiest hour over the mean one.
    Factor, NONE, new, times, "times"
);
unit!(
    /// US dollars.
    Money, MONEY, dollars, in_dollars, "dollars"
);
unit!(
    /// US dollars over time.
    Price, PRICE, dollars_per_second, in_dollars_per_second, "dollars per second"
);

impl Factor {
    /// Exactly once.
    pub const ONE: Factor = Factor(1.0);
}

impl Rate {
    /// Requests in flight at this rate when each takes `time` (Little's law, N = X R).
    #[must_use]
    pub fn in_flight(self, time: Duration) -> Count {
        Count(self.0 * time.as_secs_f64())
    }
}

impl Mul<Bytes> for Rate {
    type Output = Bandwidth;
    fn mul(self, size: Bytes) -> Bandwidth {
        Bandwidth(self.0 * size.0)
    }
}

impl Mul<Bytes> for Count {
    type Output = Bytes;
    fn mul(self, size: Bytes) -> Bytes {
        Bytes(self.0 * size.0)
    }
}

/// A share between nothing (0) and all (1).
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Default)]
pub struct Ratio(f64);

impl Ratio {
    /// Everything.
    pub const ALL: Ratio = Ratio(1.0);

    /// `None` unless `value` lies between 0 and 1.
    #[must_use]
    pub fn new(value: f64) -> Option<Ratio> {
        (0.0..=1.0).contains(&value).then_some(Ratio(value))
    }

    /// Between 0 and 1.
    #[must_use]
    pub fn share(self) -> f64 {
        self.0
    }
}

impl Unit for Ratio {
    const DIMENSION: Dimension = Dimension::NONE;
    const ALLOWED: &'static str = "must lie between 0 and 1 (0 % and 100 %)";
    const INSTEAD: &'static str = "write a share, like `0.65` or `99.9%`";
    fn from_base(value: f64) -> Option<Ratio> {
        Ratio::new(value)
    }
    fn base(self) -> f64 {
        self.0
    }
}

impl Unit for Duration {
    const DIMENSION: Dimension = Dimension::TIME;
    fn from_base(value: f64) -> Option<Duration> {
        Duration::try_from_secs_f64(value).ok()
    }
    fn base(self) -> f64 {
        self.as_secs_f64()
    }
}

/// Compound growth: the share added per second of the file's convention; `0.5` per year is +50 % a year.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Default)]
pub struct Growth(f64);

impl Growth {
    /// The share added in `year_seconds`, the length of a year by the file's convention.
    #[must_use]
    pub fn per_year(self, year_seconds: f64) -> f64 {
        self.0 * year_seconds
    }
}

impl Unit for Growth {
    const DIMENSION: Dimension = Dimension::RATE;
    fn from_base(value: f64) -> Option<Growth> {
        (value.is_finite() && value >= 0.0).then_some(Growth(value))
    }
    fn base(self) -> f64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_refuses_what_cannot_be() {
        for bad in [-1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Bytes::new(bad), None);
            assert_eq!(Rate::per_second(bad), None);
            assert_eq!(Ratio::new(bad), None);
        }
        assert_eq!(Ratio::new(1.000_1), None);
        assert_eq!(Ratio::new(1.0), Some(Ratio::ALL));
    }

    #[test]
    fn little_s_law_and_bandwidth_follow_from_the_types() {
        let rate = Rate::per_second(200.0).unwrap();
        // 200/s, each taking 50 ms: 10 in flight; 200/s of 6 KB: 1.2 MB/s.
        assert_eq!(rate.in_flight(Duration::from_millis(50)), Count::new(10.0).unwrap());
        assert_eq!(rate * Bytes::new(6_000.0).unwrap(), Bandwidth::bytes_per_second(1.2e6).unwrap());
    }

    #[test]
    fn dimensions_multiply_and_divide() {
        assert_eq!(Dimension::RATE.times(Dimension::BYTES), Dimension::BANDWIDTH);
        assert_eq!(Dimension::BANDWIDTH.over(Dimension::RATE), Dimension::BYTES);
        assert_eq!(Dimension::MONEY.over(Dimension::TIME), Dimension::PRICE);
    }
}
