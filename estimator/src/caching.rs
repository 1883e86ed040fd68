//! How many reads a cache answers, and how much falls on the hottest object, at the popularity of the most read objects.
//!
//! ```text
//! objects cached          share of objects cached x objects
//! cache hit ratio         LRU by Che's approximation (`laws::che`)
//! hottest object share  1 / H(objects, exponent)
//! ```
//!
//! Steps on the way, for `explain`, formulas and the advice. Whether a cache is worth it is for `advice` to say.

use scenarios::estimate::UnitName;
use scenarios::scenario::{Origin, Popularity, Scenario};

use crate::input::Input;
use crate::laws::LawError;
use crate::laws::che::hit_ratio;
use crate::laws::popularity::Zipf;
use crate::ledger::{Ledger, LineId};
use crate::section::Section;
use crate::storage::Storage;
use crate::term::Term;
use crate::traffic::{ActionTraffic, Traffic};

/// The share of the objects that is cached for the prediction; 20 % is the textbook's.
pub(crate) const CACHED_SHARE: f64 = 0.2;
/// Popularity of a forum's pages where the file says nothing; generic web objects have 0.8.
const EXPONENT: f64 = 1.0;
pub(crate) const GENERIC_EXPONENT: f64 = 0.8;

/// What the names of the lines are, for the advice that reads them.
pub(crate) const HITS: &str = "cache hit ratio";
pub(crate) const GENERIC_HITS: &str = "cache hit ratio at zipf 0.8";

/// The action that only reads and is done most: its objects decide about a cache.
pub(crate) fn most_read(scenario: &Scenario, ledger: &Ledger, traffic: &Traffic) -> Option<ActionTraffic> {
    let reading = traffic.actions.iter().filter(|action| {
        let action = &scenario.actions[action.index];
        action.writes.is_empty() && !action.reads.is_empty()
    });
    reading.max_by(|a, b| ledger.middle(a.rate).total_cmp(&ledger.middle(b.rate))).copied()
}

/// How steep the popularity of an action's objects is, and who says so.
pub(crate) fn exponent(scenario: &Scenario, action: ActionTraffic) -> (f64, Origin) {
    match scenario.actions[action.index].popularity {
        Some(popularity) => match popularity.value {
            Popularity::Uniform => (0.0, popularity.origin),
            Popularity::Zipf(exponent) => (exponent, popularity.origin),
        },
        None => (EXPONENT, Origin::Default("assumed: pages of a forum")),
    }
}

/// Enters what a cache would do; nothing where no action only reads, or nobody knows how many objects there are.
pub(crate) fn caching(scenario: &Scenario, ledger: &mut Ledger, traffic: &Traffic, storage: &Storage) {
    let Some(action) = most_read(scenario, ledger, traffic) else { return };
    let entity = scenario.actions[action.index].reads.first().map(|touch| touch.entity);
    let Some(stored) = storage.entities.iter().find(|stored| Some(stored.index) == entity) else { return };
    // At the end of the plan, where it is known.
    let Some(objects) = stored.counts.end.or(stored.counts.now) else { return };
    let (exponent, origin) = exponent(scenario, action);
    let share = Input::default(
        "share of objects cached",
        UnitName::Share,
        (CACHED_SHARE, CACHED_SHARE),
        "assumed: the textbook's 80/20",
    );
    let share = ledger.input(share);
    let cached = ledger.term(share) * ledger.term(objects);
    let cached = ledger.derive(Section::Background, "objects cached", UnitName::One, cached);
    let steepness =
        ledger.input(Input::between("zipf exponent", UnitName::One, (exponent, exponent), origin));
    let hits = |zipf: &Zipf| hit_ratio(zipf, CACHED_SHARE * zipf.objects());
    let of = [objects, cached, steepness].map(|id| ledger.term(id)).to_vec();
    if let Some(term) = law(ledger, "LRU hits", of, (objects, exponent), hits) {
        ledger.derive(Section::Background, HITS, UnitName::Share, term);
    }
    let of = vec![ledger.term(objects), ledger.term(cached), Term::number(GENERIC_EXPONENT)];
    if let Some(term) = law(ledger, "LRU hits", of, (objects, GENERIC_EXPONENT), hits) {
        ledger.derive(Section::Background, GENERIC_HITS, UnitName::Share, term);
    }
    let of = [objects, steepness].map(|id| ledger.term(id)).to_vec();
    if let Some(term) = law(ledger, "1/H", of, (objects, exponent), |zipf| Ok(zipf.top_share())) {
        let top = ledger.derive(Section::Background, "hottest object share", UnitName::Share, term);
        let rate = ledger.term(action.rate) * ledger.term(traffic.peak_factor) * ledger.term(top);
        ledger.derive(Section::Background, "hottest object at peak", UnitName::PerSecond, rate);
    }
}

/// A law of the popularity of so many objects, as a term that names what it reads, the objects first; `None` where the
/// law has no answer at the median.
///
/// It is solved at the tenth, fiftieth and ninetieth percentile of the objects alone and is a straight line in their
/// logarithm between these: solving it for each sample would take seconds.
fn law(
    ledger: &Ledger,
    name: &str,
    of: Vec<Term>,
    (objects, exponent): (LineId, f64),
    law: impl Fn(&Zipf) -> Result<f64, LawError>,
) -> Option<Term> {
    let spread = ledger.line(objects).spread;
    let at = |objects: f64| law(&Zipf::new(objects, exponent).ok()?).ok();
    let middle = (spread.p50, at(spread.p50)?);
    let end = |objects: f64| at(objects).map_or(middle, |value| (objects, value));
    let (low, high) =
        if spread.p10 < spread.p90 { (end(spread.p10), end(spread.p90)) } else { (middle, middle) };
    Some(Term::fold(name, of, |objects, _| objects).apply_value(|objects| {
        if objects < middle.0 { between(low, middle, objects) } else { between(middle, high, objects) }
    }))
}

/// On the straight line in ln x through two points; beyond them as at the nearer one.
fn between(low: (f64, f64), high: (f64, f64), x: f64) -> f64 {
    if x >= high.0 || low.0 >= high.0 {
        return if x >= high.0 { high.1 } else { low.1 };
    }
    if x <= low.0 {
        return low.1;
    }
    low.1 + (high.1 - low.1) * (x / low.0).ln() / (high.0 / low.0).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, estimate};

    #[test]
    fn the_hottest_of_ten_thousand_gets_a_tenth_of_the_reads() {
        let text = "name: a\nusers: 864k\nactions:\n  view: { total: 1000/s, reads: page }\n\
                    data:\n  page: { count: 10k, size: 1 KB }\n";
        let scenario = Scenario::from_yaml(text).unwrap();
        let estimate = estimate(&scenario, "a.yaml", &Options::default()).unwrap();
        let value = |name: &str| {
            estimate.quantities.iter().find(|quantity| quantity.name == name).map(|found| found.value.p50)
        };
        // H(10,000) = 9.787606; 1,000 views a second, twice that at the peak.
        assert!((value("hottest object share").unwrap() - 0.102_170).abs() < 1e-5);
        assert!((value("hottest object at peak").unwrap() - 204.34).abs() < 0.02);
        assert_eq!(value("objects cached"), Some(2_000.0));
        // Flatter popularity, fewer hits; both below a cache that always holds the right fifth, H(2,000) / H(10,000).
        let (hits, generic) = (value(HITS).unwrap(), value(GENERIC_HITS).unwrap());
        assert!(generic < hits && hits < 8.178_368 / 9.787_606, "{generic} {hits}");
    }

    #[test]
    fn between_two_points_the_line_is_straight_in_the_logarithm() {
        for (x, expected) in [(1.0, 0.2), (10.0, 0.2), (100.0, 0.3), (1_000.0, 0.4), (1e6, 0.4)] {
            assert!((between((10.0, 0.2), (1_000.0, 0.4), x) - expected).abs() < 1e-12, "{x}");
        }
        assert!((between((10.0, 0.2), (10.0, 0.2), 3.0) - 0.2).abs() < 1e-12);
    }
}
