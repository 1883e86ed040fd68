//! How the load moves: the wave of a day, the busiest second, and the SQL that requests turn into.
//!
//! A day is a wave, `mean × (1 + a cos(2 π (t − noon) ÷ 24 h))` with a swing `a` below 1, so the quietest hour is
//! `mean × (1 − a)`. A peak factor below 2 says how large the swing is; one of 2 or more is more than a day's wave
//! does: a burst, which is kept apart. Within the peak, arrivals are independent of each other (Poisson), so the
//! busiest seconds are three standard deviations above it: `peak + 3 √peak`.

use std::f64::consts::PI;

use scenarios::estimate::UnitName;
use scenarios::scenario::{Scenario, Shape};

use crate::input::Input;
use crate::ledger::{Ledger, LineId};
use crate::measured::QUERIES;
use crate::section::Section;
use crate::term::Term;
use crate::traffic::Traffic;

/// From here on a peak factor is a burst, not a day.
const LEAST_BURST: f64 = 2.0;
/// Wikipedia's requests go from 25,000 to 60,000 a second and back within a day: (60 − 25) ÷ (60 + 25) = 0.41.
const SWING: f64 = 0.4;
const SWING_SOURCE: &str = "Wikipedia, 25 k to 60 k/s";
const HOURS: u32 = 24;

/// The daily wave, as lines of the ledger.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wave {
    mean: LineId,
    /// The default where absent.
    swing: Option<LineId>,
}

/// Enters the busiest second, the SQL of all requests, and the quietest hour where the load has a daily wave.
pub(crate) fn peaks(scenario: &Scenario, ledger: &mut Ledger, traffic: &Traffic) -> Option<Wave> {
    let peak = ledger.term(traffic.peak_requests);
    let burst = peak.clone() + peak.apply("3 √", |peak| 3.0 * peak.sqrt());
    ledger.derive(Section::Traffic, "busiest second", UnitName::PerSecond, burst);
    queries(scenario, ledger, traffic);
    wave(scenario, ledger, traffic)
}

/// Enters how many SQL statements there are, where the file says how many a request makes, or a server counted them.
fn queries(scenario: &Scenario, ledger: &mut Ledger, traffic: &Traffic) -> Option<LineId> {
    let mut terms = Vec::new();
    for action in &traffic.actions {
        let acting = &scenario.actions[action.index];
        let queries = match acting.queries {
            Some(queries) => {
                let name = format!("{}, queries per request", acting.name);
                ledger.input(Input::read(name, UnitName::One, queries))
            }
            // A mean over all requests of the measured server: the ledger has the number in the place of this one.
            None if ledger.measured().ends(QUERIES, UnitName::One).is_some() => ledger
                .shared(Input::default(QUERIES, UnitName::One, (0.0, 0.0), "").section(Section::Traffic)),
            None => continue,
        };
        terms.push(ledger.term(action.rate) * ledger.term(action.requests) * ledger.term(queries));
    }
    let mean = ledger.derive(Section::Traffic, "mean SQL queries", UnitName::PerSecond, Term::sum(terms)?);
    let peak = ledger.term(mean) * ledger.term(traffic.peak_factor);
    Some(ledger.derive(Section::Traffic, "peak SQL queries", UnitName::PerSecond, peak))
}

fn wave(scenario: &Scenario, ledger: &mut Ledger, traffic: &Traffic) -> Option<Wave> {
    if !matches!(scenario.traffic.shape, Shape::Daily | Shape::Spike { .. }) {
        return None;
    }
    // Only where the file speaks of the day's shape is the quietest hour news.
    let is_asked = scenario.traffic.shape_origin.is_some();
    let is_day = ledger.middle(traffic.peak_factor) < LEAST_BURST;
    let swing = if is_day {
        let term = ledger.term(traffic.peak_factor) - Term::number(1.0);
        let term = term.apply("at most 1: ", |swing| swing.min(1.0));
        ledger.derive(Section::Background, "daily swing", UnitName::Share, term)
    } else if is_asked {
        ledger.input(Input::default("daily swing", UnitName::Share, (SWING, SWING), SWING_SOURCE))
    } else {
        return Some(Wave { mean: traffic.mean_requests, swing: None });
    };
    let section = if is_asked { Section::Traffic } else { Section::Background };
    let term = ledger.term(traffic.mean_requests) * (Term::number(1.0) - ledger.term(swing));
    ledger.derive(section, "trough requests", UnitName::PerSecond, term);
    Some(Wave { mean: traffic.mean_requests, swing: Some(swing) })
}

impl Wave {
    /// Requests per second at each hour, from the quietest on; the busiest is in the middle.
    pub(crate) fn curve(self, ledger: &Ledger) -> Vec<f64> {
        let mean = ledger.middle(self.mean);
        let swing = self.swing.map_or(SWING, |swing| ledger.middle(swing));
        let of_day = |hour: u32| 2.0 * PI * f64::from(hour) / f64::from(HOURS);
        (0..HOURS).map(|hour| mean * (1.0 - swing * of_day(hour).cos())).collect()
    }
}
