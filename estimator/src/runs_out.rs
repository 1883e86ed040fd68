//! When each resource of the given machines runs out as the load grows, the earliest first.
//!
//! With growth g per year, a load grows to the factor F after `ln F ÷ ln(1 + g)` years. Rows fill a disk by what is
//! written: `x` years of today's writes, `((1 + g)^t − 1) ÷ g`, fit in the room that is left, so the time is
//! `ln(1 + g x) ÷ ln(1 + g)`. Linear growth takes `(F − 1) ÷ g` and `(√(1 + 2 g x) − 1) ÷ g`. What takes more than a hundred years does not run out, and is not printed.

use scenarios::estimate::UnitName;
use scenarios::scenario::{GrowthLaw, Scenario};
use scenarios::units::Dimension;

use crate::database::Database;
use crate::fleet::disk_limit;
use crate::ledger::{Ledger, LineId};
use crate::section::Section;
use crate::servers::Servers;
use crate::storage::{Storage, Stored};
use crate::term::Term;

const LONGEST_YEARS: f64 = 100.0;
/// Below this, growth is none: the quotient would only be rounding noise.
const LEAST_GROWTH: f64 = 1e-9;

/// What may run out.
#[derive(Clone, Copy)]
pub(crate) struct Resources<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) storage: &'a Storage,
    /// Bytes a second that machines send in the busiest hour.
    pub(crate) sent: Option<LineId>,
    pub(crate) servers: Option<Servers>,
    pub(crate) database: Option<Database>,
    /// By year.
    pub(crate) growth: Option<LineId>,
    pub(crate) growth_law: GrowthLaw,
}

/// Enters the time until each resource runs out.
pub(crate) fn runs_out(ledger: &mut Ledger, resources: Resources<'_>) {
    let times = [
        ("CPU runs out in", resources.cpu(ledger)),
        ("capacity runs out in", resources.capacity(ledger)),
        ("network runs out in", resources.network(ledger)),
        ("disk of one node runs out in", resources.disk(ledger)),
        ("SQLite writer runs out in", resources.writer(ledger)),
    ];
    let year = ledger.conventions.year_seconds;
    let mut times: Vec<(&str, Term, f64)> = times
        .into_iter()
        .filter_map(|(name, years)| {
            let middle = years.as_ref()?.value.spread().p50;
            Some((name, years?, middle))
        })
        .filter(|(.., middle)| *middle < LONGEST_YEARS)
        .collect();
    times.sort_by(|(.., one), (.., other)| one.total_cmp(other));
    for (name, years, _) in times {
        let term = years * Term::constant(year, Dimension::TIME, "year", "1 year");
        ledger.derive(Section::Growth, name, UnitName::Seconds, term);
    }
}

impl Resources<'_> {
    fn until_factor(self) -> fn(f64, f64) -> f64 {
        match self.growth_law {
            GrowthLaw::Compound => until_factor,
            GrowthLaw::Linear => until_factor_linear,
        }
    }

    fn until_sum(self) -> fn(f64, f64) -> f64 {
        match self.growth_law {
            GrowthLaw::Compound => until_sum,
            GrowthLaw::Linear => until_sum_linear,
        }
    }

    fn growth(self, ledger: &Ledger) -> Term {
        self.growth.map_or_else(|| Term::number(0.0), |growth| ledger.term(growth))
    }

    /// Of the fleet, where the file says what a machine is.
    fn cpu(self, ledger: &Ledger) -> Option<Term> {
        // Where the promises were measured, how full the processors are decides nothing.
        self.scenario.node.filter(|_| !ledger.measured().has_capacity())?;
        let servers = self.servers?;
        let factor = ledger.term(servers.limit) / ledger.term(servers.used);
        self.growth?;
        Some(Term::fold("years of growth to", vec![factor, self.growth(ledger)], self.until_factor()))
    }

    /// Of the servers for the load without their spares, where one node was measured: a spare is there to fail.
    fn capacity(self, ledger: &Ledger) -> Option<Term> {
        let Servers { holds, .. } = self.servers.filter(|_| ledger.measured().has_capacity())?;
        self.growth?;
        let (servers, peak) = (ledger.find("servers for the load")?, ledger.find("peak requests")?);
        let factor = ledger.term(servers) * ledger.term(holds) / ledger.term(peak);
        Some(Term::fold("years of growth to", vec![factor, self.growth(ledger)], self.until_factor()))
    }

    fn network(self, ledger: &Ledger) -> Option<Term> {
        self.growth?;
        let one = ledger.find("network per node")?;
        let limit = ledger.find("network limit")?;
        let room = ledger.term(self.servers?.number) * ledger.term(one) * ledger.term(limit);
        let factor = room / ledger.term(self.sent?);
        Some(Term::fold("years of growth to", vec![factor, self.growth(ledger)], self.until_factor()))
    }

    /// The one that SQLite has, where the file has chosen it.
    fn writer(self, ledger: &Ledger) -> Option<Term> {
        self.growth?;
        let Database { rows_written, one_writer } = self.database?;
        let factor = ledger.term(one_writer?) / ledger.term(rows_written);
        Some(Term::fold("years of growth to", vec![factor, self.growth(ledger)], self.until_factor()))
    }

    /// One copy of all rows on one machine; what is written there, and what there is for each user.
    fn disk(self, ledger: &mut Ledger) -> Option<Term> {
        self.scenario.node?.disk?;
        let one = ledger.find("disk per node")?;
        let limit = disk_limit(self.scenario, ledger);
        let year = ledger.conventions.year_seconds;
        let rows = || self.storage.entities.iter().filter(|entity| entity.is_row());
        let now = rows().filter_map(|entity| {
            // What is kept for a time does not fill a disk: it counts as it will be.
            let kept =
                if self.scenario.data[entity.index].keep.is_some() { entity.latest() } else { entity.now };
            Some(ledger.term(kept?.one_copy))
        });
        let mut room = ledger.term(one) * ledger.term(limit);
        if let Some(now) = Term::sum(now.collect::<Vec<_>>()) {
            room = room - now;
        }
        let grows = |entity: &&Stored| self.scenario.data[entity.index].keep.is_none();
        let written = rows().filter(grows).filter_map(|entity| {
            let year = Term::constant(year, Dimension::TIME, "year", "1 year");
            Some(ledger.term(entity.counts.written?) * year * ledger.term(entity.each))
        });
        let mut parts: Vec<Term> = written.collect();
        if self.growth.is_some() {
            // What follows the users grows with them.
            let follows =
                rows().filter(|entity| entity.counts.written.is_none() && entity.counts.end.is_some());
            parts.extend(
                follows
                    .filter_map(|entity| Some(ledger.term(entity.now?.one_copy) * self.growth(ledger)))
                    .collect::<Vec<_>>(),
            );
        }
        let years = room / Term::sum(parts)?;
        Some(Term::fold("years of growth for", vec![years, self.growth(ledger)], self.until_sum()))
    }
}

/// Years until a load has grown to this factor.
fn until_factor(factor: f64, growth: f64) -> f64 {
    if factor <= 1.0 {
        0.0
    } else if growth < LEAST_GROWTH {
        LONGEST_YEARS
    } else {
        (factor.ln() / growth.ln_1p()).min(LONGEST_YEARS)
    }
}

/// Years until so many years of today's rate are written.
fn until_sum(years: f64, growth: f64) -> f64 {
    if years <= 0.0 {
        0.0
    } else if growth < LEAST_GROWTH {
        years.min(LONGEST_YEARS)
    } else {
        ((growth * years).ln_1p() / growth.ln_1p()).min(LONGEST_YEARS)
    }
}

fn until_factor_linear(factor: f64, growth: f64) -> f64 {
    if factor <= 1.0 { 0.0 } else { ((factor - 1.0) / growth.max(LEAST_GROWTH)).min(LONGEST_YEARS) }
}

fn until_sum_linear(years: f64, growth: f64) -> f64 {
    if growth < LEAST_GROWTH {
        return until_sum(years, growth);
    }
    (((1.0 + 2.0 * growth * years.max(0.0)).sqrt() - 1.0) / growth).min(LONGEST_YEARS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_takes_its_time() {
        // 1.5² = 2.25; 1 + 1.5 + 2.25 = 4.75 years of today's writes in three.
        for (found, expected) in [
            (until_factor(2.25, 0.5), 2.0),
            (until_factor(0.9, 0.5), 0.0),
            (until_factor(2.0, 0.0), LONGEST_YEARS),
            (until_sum(4.75, 0.5), 3.0),
            (until_sum(7.0, 0.0), 7.0),
            (until_sum(-1.0, 0.5), 0.0),
            // 1 + 0.5 × 3 = 2.5; 3 + 0.5 × 9 / 2 = 5.25.
            (until_factor_linear(2.5, 0.5), 3.0),
            (until_factor_linear(1.5, 0.0), LONGEST_YEARS),
            (until_sum_linear(5.25, 0.5), 3.0),
            (until_sum_linear(7.0, 0.0), 7.0),
        ] {
            assert!((found - expected).abs() < 1e-12, "{found}, expected {expected}");
        }
    }
}
