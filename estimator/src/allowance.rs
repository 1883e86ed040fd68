//! How much one user may write: ten times what a mean user does and ten times at least, so that nobody honest meets the
//! limit.
//!
//! What may come at once is an hour of it in the busiest hour, and one at least. Both are assumptions until a run shows
//! how people really act. Steps on the way, for `explain`, formulas and the advice.

use scenarios::estimate::UnitName;
use scenarios::units::Dimension;

use crate::ledger::Ledger;
use crate::section::Section;
use crate::term::Term;
use crate::traffic::Traffic;
use crate::users::Users;

/// Above the mean user.
pub(crate) const TIMES_THE_MEAN: f64 = 10.0;
/// Nobody is told that one thing a day is enough.
pub(crate) const LEAST_A_DAY: f64 = 10.0;
const SOURCE: &str = "assumed: ten times the mean user";
const HOURS_OF_A_DAY: f64 = 24.0;

/// The names of the lines that advice reads.
pub(crate) const MEAN: &str = "writes of a mean user a day";
pub(crate) const SUSTAINED: &str = "rate limit a day";
pub(crate) const AT_ONCE: &str = "rate limit at once";

/// Enters the limit; nothing without writes, or where nobody knows how many users a day has.
pub(crate) fn allowance(ledger: &mut Ledger, users: Users, traffic: &Traffic) {
    let (Some(writes), Some(daily)) = (traffic.writes, users.daily) else { return };
    let day = Term::constant(ledger.conventions.day_seconds, Dimension::TIME, "day", "1 day");
    let each = ledger.term(writes.mean) * day / ledger.term(daily);
    let each = ledger.derive(Section::Background, MEAN, UnitName::One, each);
    let sustained = Term::number(TIMES_THE_MEAN) * ledger.term(each);
    let sustained = sustained.apply("at least 10: ", |writes| writes.max(LEAST_A_DAY));
    let sustained = ledger.derive(Section::Background, SUSTAINED, UnitName::One, sustained);
    ledger.cite(sustained, SOURCE);
    let hour = ledger.term(sustained) / Term::number(HOURS_OF_A_DAY) * ledger.term(traffic.peak_factor);
    let at_once = hour.apply("at least 1: round up", |writes| writes.ceil().max(1.0));
    let at_once = ledger.derive(Section::Background, AT_ONCE, UnitName::One, at_once);
    ledger.cite(at_once, "assumed: an hour of it at the peak");
}
