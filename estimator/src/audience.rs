//! Who is on line at once, and what it takes to tell them news: connections that stay open, or polls.
//!
//! ```text
//! online users             users of a day x time on line of each / day; a tenth of them where the file is silent
//! updates per online user  deliveries / online users: what is delivered is read while one is on line
//! connections at peak      online users x peak factor, each of 10 to 50 KB
//! polls at peak            the same / the time between two polls
//! ```
//!
//! Entered where the file says who is on line, chooses a way to tell them, or has a write that goes to many.

use scenarios::choices::UpdatesBy;
use scenarios::estimate::UnitName;
use scenarios::scenario::{Online, Origin, Scenario};
use scenarios::units::{Dimension, Unit};

use crate::input::Input;
use crate::ledger::{Ledger, LineId};
use crate::section::Section;
use crate::term::Term;
use crate::traffic::Traffic;
use crate::users::Users;

/// Alex Xu, System Design Interview, vol. 2, chapter 2: of those of a day a tenth is there at once.
const ONLINE_SHARE: f64 = 0.1;
const ONLINE_SOURCE: &str = "Xu vol. 2 ch. 2";
/// Buffers, TLS and state of one connection: an assumption. With bare buffers and an event loop a million take under 1 GB
/// (`eranyanay/1m-go-websockets`, 2019); with a task and two buffers each, tens of kilobytes.
const CONNECTION_BYTES: (f64, f64) = (10e3, 50e3);
const CONNECTION_SOURCE: &str = "assumed; measure it";
/// Between two polls, where the file does not say.
const POLL_SECONDS: f64 = 10.0;
const POLL_SOURCE: &str = "assumed";

/// The names of the lines that advice reads.
pub(crate) const ONLINE_AT_PEAK: &str = "online at peak";
pub(crate) const UPDATES: &str = "updates per online user";
pub(crate) const POLL: &str = "time between polls";
pub(crate) const POLLS: &str = "polls at peak";
pub(crate) const CONNECTIONS: &str = "connections at peak";
pub(crate) const MEMORY: &str = "memory for connections";

/// Enters who is on line; `deliveries` is the mean rate of what is delivered to them.
pub(crate) fn audience(
    scenario: &Scenario,
    ledger: &mut Ledger,
    users: Users,
    traffic: Option<&Traffic>,
    deliveries: Option<LineId>,
) {
    let Some(online) = online(scenario, ledger, users, deliveries.is_some()) else { return };
    let mut peak = ledger.term(online);
    if let Some(traffic) = traffic {
        peak = peak * ledger.term(traffic.peak_factor);
    }
    if let Some(daily) = users.daily {
        peak = Term::fold("min", vec![peak, ledger.term(daily)], f64::min);
    }
    let peak = ledger.derive(Section::Traffic, ONLINE_AT_PEAK, UnitName::One, peak);
    if let Some(deliveries) = deliveries {
        let each = ledger.term(deliveries) / ledger.term(online);
        ledger.derive(Section::Background, UPDATES, UnitName::PerSecond, each);
    }
    let chosen = scenario.updates.map(|updates| updates.by);
    let (open, polled) = match chosen {
        Some(UpdatesBy::WebSocket | UpdatesBy::ServerSent) => (Section::Servers, Section::Background),
        Some(UpdatesBy::Poll(_)) => (Section::Background, Section::Servers),
        None => (Section::Background, Section::Background),
    };
    let connections = ledger.term(peak);
    let connections = ledger.derive(open, CONNECTIONS, UnitName::One, connections);
    let each = Input::default("memory of a connection", UnitName::Bytes, CONNECTION_BYTES, CONNECTION_SOURCE);
    let each = ledger.shared(each);
    let memory = ledger.term(connections) * ledger.term(each);
    ledger.derive(open, MEMORY, UnitName::Bytes, memory);
    let every = match (chosen, scenario.updates) {
        (Some(UpdatesBy::Poll(every)), Some(updates)) => {
            let ends = (every.low().base(), every.high().base());
            Input::between(POLL, UnitName::Seconds, ends, updates.origin)
        }
        _ => Input::default(POLL, UnitName::Seconds, (POLL_SECONDS, POLL_SECONDS), POLL_SOURCE),
    };
    let every = ledger.shared(every);
    let polls = ledger.term(peak) / ledger.term(every);
    ledger.derive(polled, POLLS, UnitName::PerSecond, polls);
}

/// Those who are on line at once, on average; `None` where the file neither says nor needs it.
fn online(scenario: &Scenario, ledger: &mut Ledger, users: Users, is_delivered: bool) -> Option<LineId> {
    const NAME: &str = "online users";
    let section = Section::Traffic;
    let Some(given) = scenario.users.online else {
        if !is_delivered && scenario.updates.is_none() {
            return None;
        }
        let daily = users.daily?;
        let ends = (ONLINE_SHARE, ONLINE_SHARE);
        let share = Input::default("online share", UnitName::Share, ends, ONLINE_SOURCE);
        let share = ledger.input(share.section(section));
        let term = ledger.term(daily) * ledger.term(share);
        return Some(ledger.derive(section, NAME, UnitName::One, term));
    };
    let read = |ledger: &mut Ledger, name: &str, unit, ends, origin: Origin| {
        ledger.input(Input::between(name, unit, ends, origin))
    };
    match given.value {
        Online::Count(range) => {
            let ends = (range.low().base(), range.high().base());
            Some(ledger.input(Input::between(NAME, UnitName::One, ends, given.origin).section(section)))
        }
        Online::Share(range) => {
            let ends = (range.low().base(), range.high().base());
            let share = read(ledger, "online share", UnitName::Share, ends, given.origin);
            let term = ledger.term(users.all_daily()?) * ledger.term(share);
            Some(ledger.derive(section, NAME, UnitName::One, term))
        }
        Online::Time(range) => {
            let ends = (range.low().base(), range.high().base());
            let time = read(ledger, "time online a day", UnitName::Seconds, ends, given.origin);
            let day = Term::constant(ledger.conventions.day_seconds, Dimension::TIME, "day", "1 day");
            let term = ledger.term(users.all_daily()?) * ledger.term(time) / day;
            Some(ledger.derive(section, NAME, UnitName::One, term))
        }
    }
}
