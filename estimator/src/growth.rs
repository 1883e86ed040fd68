//! The plan horizon, and what growth makes of it.
//!
//! With growth g per year, y years hold not y years of today's writes but ((1 + g)^y − 1) / g of them: the first year
//! at today's rate, the second at (1 + g) times that, and so on. Where the file says `linear`, the same number comes on
//! top each year: the factor is 1 + g y, and y years hold y + g y² / 2 years of today's writes.

use scenarios::conventions::Conventions;
use scenarios::estimate::UnitName;
use scenarios::scenario::{GrowthLaw, Scenario};
use scenarios::units::Dimension;

use crate::fleet::round_up;
use crate::ledger::{Ledger, LineId};
use crate::section::Section;
use crate::servers::Servers;
use crate::term::Term;
use crate::traffic::Traffic;
use crate::users::Users;

/// How far ahead the file plans.
#[derive(Clone, Debug)]
pub(crate) struct Horizon {
    pub(crate) seconds: f64,
    /// `3 years`.
    pub(crate) label: String,
    /// By what the number of users and the rates of all actions have grown by then; absent without growth.
    pub(crate) factor: Option<LineId>,
}

/// Below this, growth is none: the quotient would only be rounding noise.
const LEAST_GROWTH: f64 = 1e-12;

/// By what the load has grown in `years` years.
fn grown(law: GrowthLaw, growth: f64, years: f64) -> f64 {
    match law {
        GrowthLaw::Compound => (years * growth.ln_1p()).exp(),
        GrowthLaw::Linear => 1.0 + growth * years,
    }
}

/// Years of today's rate that pass in `years` years.
fn years_of_writes(law: GrowthLaw, growth: f64, years: f64) -> f64 {
    if law == GrowthLaw::Linear {
        return years + growth * years * years / 2.0;
    }
    if growth.abs() < LEAST_GROWTH { years } else { (years * growth.ln_1p()).exp_m1() / growth }
}

impl Horizon {
    /// Enters the horizon into the ledger, if the file has one.
    pub(crate) fn of(scenario: &Scenario, ledger: &mut Ledger, users: Users) -> Option<Horizon> {
        let seconds = scenario.horizon?.value.as_secs_f64();
        let label = label(seconds, &ledger.conventions);
        let years = seconds / ledger.conventions.year_seconds;
        let factor = users.growth.map(|growth| {
            let law = users.growth_law;
            let name = match law {
                GrowthLaw::Compound => format!("compound over {label}"),
                GrowthLaw::Linear => format!("linear over {label}"),
            };
            let term = ledger.term(growth).apply(&name, |growth| grown(law, growth, years));
            ledger.derive(Section::Background, format!("growth in {label}"), UnitName::One, term)
        });
        Some(Horizon { seconds, label, factor })
    }

    /// Seconds of today's rate whose writes still exist at the end, when each is kept for `keep` (for ever: `None`).
    pub(crate) fn seconds_of_writes(&self, ledger: &Ledger, users: Users, keep: Option<f64>) -> Term {
        let year = ledger.conventions.year_seconds;
        let kept = self.seconds.min(keep.unwrap_or(f64::INFINITY));
        let text = |seconds: f64| label(seconds, &ledger.conventions);
        let Some(growth) = users.growth else {
            return Term::constant(kept, Dimension::TIME, &text(kept), &text(kept));
        };
        let (all, gone) = (self.seconds / year, (self.seconds - kept) / year);
        let name = if gone > 0.0 {
            format!("years of writes in the last {} of {}", text(kept), self.label)
        } else {
            format!("years of writes in {}", self.label)
        };
        let sum = |growth, years| years_of_writes(users.growth_law, growth, years);
        let years = ledger.term(growth).apply(&name, |growth| sum(growth, all) - sum(growth, gone));
        years * Term::constant(year, Dimension::TIME, "year", &text(year))
    }

    /// The share of what there is today that is still kept at the end, when each is kept for `keep`: it is of
    /// every age alike.
    pub(crate) fn share_left(&self, keep: f64) -> f64 {
        if keep > 0.0 { (1.0 - self.seconds / keep).max(0.0) } else { 0.0 }
    }
}

/// `3 years`, `18 months`, `10 days`: the largest unit that makes it a whole number.
fn label(seconds: f64, conventions: &Conventions) -> String {
    for (name, unit) in [
        ("year", conventions.year_seconds),
        ("month", conventions.month_seconds),
        ("day", conventions.day_seconds),
        ("hour", 3_600.0),
    ] {
        let number = seconds / unit;
        if number.round() >= 1.0 && (number - number.round()).abs() < 1e-6 {
            let many = if number.round() > 1.0 { "s" } else { "" };
            return format!("{} {name}{many}", number.round());
        }
    }
    scenarios::show::seconds(seconds)
}

/// Enters what the load has become at the horizon.
pub(crate) fn growth(ledger: &mut Ledger, users: Users, traffic: Option<&Traffic>, horizon: &Horizon) {
    let Some(factor) = horizon.factor else { return };
    let grow = |ledger: &mut Ledger, id: Option<LineId>, unit| {
        if let Some(id) = id {
            let name = format!("{} in {}", ledger.line(id).name, horizon.label);
            let term = ledger.term(id) * ledger.term(factor);
            ledger.derive(Section::Growth, name, unit, term);
        }
    };
    grow(ledger, users.all(), UnitName::One);
    grow(ledger, traffic.map(|traffic| traffic.peak_requests), UnitName::PerSecond);
}

/// Enters the machines of the horizon: busy ones grow with the load, idle ones, which are there for its fluctuations,
/// with its square root (Baron Schwartz, xaprb.com, square-root staffing).
pub(crate) fn staffing(ledger: &mut Ledger, horizon: &Horizon, servers: Servers) {
    let Some(factor) = horizon.factor else { return };
    let number = || ledger.term(servers.number);
    let busy = number() * ledger.term(servers.used);
    let idle = number() * (Term::number(1.0) - ledger.term(servers.used));
    let term = busy * ledger.term(factor) + idle * ledger.term(factor).apply("√", f64::sqrt);
    let name = format!("servers in {}", horizon.label);
    ledger.derive(Section::Growth, name, UnitName::One, term.apply("round up", round_up));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_compounds_by_year() {
        // (1.3^3 - 1) / 0.3 = 3.99, (1.6^3 - 1) / 0.6 = 5.16: estimation.md, working of the last claim.
        for (growth, years, expected) in
            [(0.3, 3.0, 3.99), (0.6, 3.0, 5.16), (0.0, 3.0, 3.0), (1.0, 2.0, 3.0)]
        {
            assert!(
                (years_of_writes(GrowthLaw::Compound, growth, years) - expected).abs() < 1e-9,
                "{growth} {years}"
            );
        }
    }

    #[test]
    fn linear_growth_adds_the_same_each_year() {
        // Typeahead of the Grokking notes: 2 % a day for a year is 8.3 times as much, and compounded 1,377 times.
        assert!((grown(GrowthLaw::Linear, 7.3, 1.0) - 8.3).abs() < 1e-12);
        assert!((grown(GrowthLaw::Compound, 1.02f64.powi(365) - 1.0, 1.0) - 1_377.408).abs() < 0.001);
        // Half a year at the old rate and half of what came on top: 3 + 0.1 × 9 / 2.
        assert!((years_of_writes(GrowthLaw::Linear, 0.1, 3.0) - 3.45).abs() < 1e-12);
    }

    #[test]
    fn a_horizon_is_named_by_its_largest_whole_unit() {
        let conventions = Conventions::default();
        for (days, expected) in [
            (1_095.0, "3 years"),
            (365.0, "1 year"),
            (30.44, "1 month"),
            (10.0, "10 days"),
            (0.25, "6 hours"),
        ] {
            assert_eq!(label(days * 86_400.0, &conventions), expected);
        }
    }
}
