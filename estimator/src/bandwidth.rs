//! Bytes that travel: what users read and write, and what that is as requests and responses.
//!
//! Two views are kept apart. The payload (`data read`, `data written`) is the textbook product of rate and size. The
//! wire adds what HTTP and JSON add, which are defaults with a range until a run measures them.

use scenarios::estimate::UnitName;
use scenarios::range::Range;
use scenarios::scenario::{Action, Scenario};
use scenarios::units::Factor;

use crate::input::Input;
use crate::ledger::{Ledger, LineId};
use crate::section::Section;
use crate::sizes::{EntitySize, is_blob};
use crate::term::Term;
use crate::traffic::{ActionTraffic, Traffic};

/// Names, quotes and escapes of JSON around the data; a guess that a run replaces.
const JSON_OVERHEAD: f64 = 1.1;
/// Status line and headers of a JSON response; a guess that a run replaces.
const HEADER_BYTES: f64 = 250.0;
/// The body of an answer that carries no data of its own, such as `{"id": 1}` with links.
const EMPTY_ANSWER_BYTES: f64 = 200.0;
/// How far the guesses may be off, in either direction.
const GUESS: f64 = 1.3;
const GUESS_SOURCE: &str = "JSON over HTTP, ±30 %";

/// The bytes that travel, as lines of the ledger.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bandwidth {
    pub(crate) egress_mean: LineId,
    pub(crate) egress_peak: LineId,
    /// Bytes out by second, on average, of answers that are media; absent where nothing read is a blob.
    pub(crate) media: Option<LineId>,
    /// Likewise of actions that write nothing.
    pub(crate) only_read: Option<LineId>,
}

/// Enters the bandwidth; `None` where the file says nothing of what is read, written or answered.
pub(crate) fn bandwidth(
    scenario: &Scenario,
    ledger: &mut Ledger,
    traffic: &Traffic,
    sizes: &[Option<EntitySize>],
) -> Option<Bandwidth> {
    let known = |action: &ActionTraffic| {
        let action = &scenario.actions[action.index];
        action.answer.is_some() || !action.reads.is_empty() || !action.writes.is_empty()
    };
    if !traffic.actions.iter().any(known) {
        return None;
    }
    let wire = Wire { scenario, sizes };
    wire.payload(ledger, traffic, "data read, mean", Direction::Read);
    wire.payload(ledger, traffic, "data written, mean", Direction::Written);

    let requests = ledger.term(traffic.mean_requests);
    let answers: Vec<LineId> = traffic.actions.iter().map(|action| wire.answer(ledger, action)).collect();
    let rate = |(action, bytes): (&ActionTraffic, &LineId)| ledger.term(action.rate) * ledger.term(*bytes);
    let answered = Term::sum(traffic.actions.iter().zip(&answers).map(rate))? / requests.clone();
    let response = ledger.derive(Section::Bandwidth, "bytes per response", UnitName::Bytes, answered);
    let sent = wire.total(ledger, traffic, Wire::question)? / requests.clone();
    let request = ledger.derive(Section::Background, "bytes per request", UnitName::Bytes, sent);

    let mean = requests * ledger.term(response);
    let egress_mean = ledger.derive(Section::Background, "egress, mean", UnitName::BytesPerSecond, mean);
    let mut peak = |name: &str, bytes| {
        let peak = ledger.term(traffic.peak_requests) * ledger.term(bytes);
        ledger.derive(Section::Bandwidth, name, UnitName::BytesPerSecond, peak)
    };
    let egress_peak = peak("egress at peak", response);
    peak("ingress at peak", request);
    let media = wire.media(ledger, traffic, &answers);
    let only_read = if scenario.cdn.is_some() { wire.only_read(ledger, traffic, &answers) } else { None };
    Some(Bandwidth { egress_mean, egress_peak, media, only_read })
}

/// Which way data goes.
#[derive(Clone, Copy)]
enum Direction {
    Read,
    Written,
}

/// Whether data is counted as it is, or with what its way over the network adds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    Payload,
    Wire,
}

struct Wire<'a> {
    scenario: &'a Scenario,
    sizes: &'a [Option<EntitySize>],
}

impl Wire<'_> {
    /// Rate times size, and nothing else; entered only where there is any.
    fn payload(&self, ledger: &mut Ledger, traffic: &Traffic, name: &str, direction: Direction) {
        let mut terms = Vec::new();
        for action in &traffic.actions {
            let touched = &self.scenario.actions[action.index];
            if let Some(data) = self.data(ledger, touched, direction, View::Payload) {
                terms.push(ledger.term(action.rate) * data);
            }
        }
        if let Some(sum) = Term::sum(terms) {
            ledger.derive(Section::Bandwidth, name, UnitName::BytesPerSecond, sum);
        }
    }

    /// The bytes of what one action touches.
    fn data(&self, ledger: &mut Ledger, action: &Action, direction: Direction, view: View) -> Option<Term> {
        let (touches, verb) = match direction {
            Direction::Read => (&action.reads, "read"),
            Direction::Written => (&action.writes, "written"),
        };
        let mut terms = Vec::new();
        for touch in touches {
            let size = self.sizes[touch.entity].as_ref()?.plain;
            let count =
                touch_count(ledger, action, verb, &self.scenario.data[touch.entity].name, touch.count);
            // Blobs travel as they are.
            let as_json =
                view == View::Wire && !is_blob(&self.scenario.data[touch.entity], ledger.middle(size));
            let size = ledger.term(size);
            let size = if as_json {
                size * guess(ledger, "JSON overhead", UnitName::One, JSON_OVERHEAD)
            } else {
                size
            };
            terms.push(match count {
                Some(count) => count * size,
                None => size,
            });
        }
        Term::sum(terms)
    }

    /// Bytes out of actions whose answers are blobs: the whole answer where the file gives it, the blobs otherwise.
    fn media(&self, ledger: &mut Ledger, traffic: &Traffic, answers: &[LineId]) -> Option<LineId> {
        let mut terms = Vec::new();
        for (action, answer) in traffic.actions.iter().zip(answers) {
            let reading = &self.scenario.actions[action.index];
            let mut blobs = reading.clone();
            blobs.reads.retain(|touch| {
                let size = self.sizes.get(touch.entity).and_then(Option::as_ref);
                let is_blob =
                    |size: &EntitySize| is_blob(&self.scenario.data[touch.entity], ledger.middle(size.plain));
                size.is_some_and(is_blob)
            });
            if blobs.reads.is_empty() {
                continue;
            }
            let bytes = if reading.answer.is_some() {
                Some(ledger.term(*answer))
            } else {
                self.data(ledger, &blobs, Direction::Read, View::Payload)
            };
            terms.extend(bytes.map(|bytes| ledger.term(action.rate) * bytes));
        }
        let sum = Term::sum(terms)?;
        Some(ledger.derive(Section::Background, "media egress, mean", UnitName::BytesPerSecond, sum))
    }

    /// Bytes out of actions that write nothing.
    fn only_read(&self, ledger: &mut Ledger, traffic: &Traffic, answers: &[LineId]) -> Option<LineId> {
        let reading = traffic.actions.iter().zip(answers);
        let reading = reading.filter(|(action, _)| self.scenario.actions[action.index].writes.is_empty());
        let terms: Vec<Term> =
            reading.map(|(action, bytes)| ledger.term(action.rate) * ledger.term(*bytes)).collect();
        let sum = Term::sum(terms)?;
        Some(ledger.derive(Section::Background, "egress of reads, mean", UnitName::BytesPerSecond, sum))
    }

    /// Over all actions: mean rate times the bytes of one.
    fn total(
        &self,
        ledger: &mut Ledger,
        traffic: &Traffic,
        bytes: impl Fn(&Self, &mut Ledger, &ActionTraffic) -> LineId,
    ) -> Option<Term> {
        let terms: Vec<Term> = traffic
            .actions
            .iter()
            .map(|action| {
                let bytes = bytes(self, ledger, action);
                ledger.term(action.rate) * ledger.term(bytes)
            })
            .collect();
        Term::sum(terms)
    }

    /// Bytes of all responses of one action.
    fn answer(&self, ledger: &mut Ledger, traffic: &ActionTraffic) -> LineId {
        let action = &self.scenario.actions[traffic.index];
        let requests = ledger.term(traffic.requests);
        let term = if let Some(answer) = action.answer {
            let one = ledger.input(Input::read(format!("{}, answer", action.name), UnitName::Bytes, answer));
            requests * ledger.term(one)
        } else {
            let body = match self.data(ledger, action, Direction::Read, View::Wire) {
                Some(data) => data,
                None => guess(ledger, "empty answer", UnitName::Bytes, EMPTY_ANSWER_BYTES),
            };
            body + requests * guess(ledger, "HTTP headers", UnitName::Bytes, HEADER_BYTES)
        };
        ledger.derive(Section::Background, format!("{}, bytes out", action.name), UnitName::Bytes, term)
    }

    /// Bytes of all requests of one action.
    fn question(&self, ledger: &mut Ledger, traffic: &ActionTraffic) -> LineId {
        let action = &self.scenario.actions[traffic.index];
        let headers =
            ledger.term(traffic.requests) * guess(ledger, "HTTP headers", UnitName::Bytes, HEADER_BYTES);
        let term = match self.data(ledger, action, Direction::Written, View::Wire) {
            Some(data) => data + headers,
            None => headers,
        };
        ledger.derive(Section::Background, format!("{}, bytes in", action.name), UnitName::Bytes, term)
    }
}

/// How many of an entity one action touches, as a part of a formula; `None` when it is exactly one.
pub(crate) fn touch_count(
    ledger: &mut Ledger,
    action: &Action,
    verb: &str,
    entity: &str,
    count: Range<Factor>,
) -> Option<Term> {
    let ends = (count.low().times(), count.high().times());
    if count.is_point() {
        return (count.low() != Factor::ONE).then(|| Term::number(ends.0));
    }
    let name = format!("{}, {entity} {verb}", action.name);
    let id = ledger.shared(Input::between(name, UnitName::One, ends, action.origin));
    Some(ledger.term(id))
}

fn guess(ledger: &mut Ledger, name: &str, unit: UnitName, value: f64) -> Term {
    let ends = (value / GUESS, value * GUESS);
    let id = ledger.shared(Input::default(name, unit, ends, GUESS_SOURCE));
    ledger.term(id)
}
