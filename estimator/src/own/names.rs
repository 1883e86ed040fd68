//! What a name in a formula stands for.
//!
//! In this order: a quantity of the file's own; inside `sum(data, ...)` a property of the thing at hand; a line of the
//! estimate by its name or by what people call it (`peak qps`); a property of something in the file (`song count`,
//! `ask rate`, `node memory`, `plan`).

use scenarios::error::nearest;
use scenarios::estimate::UnitName;
use scenarios::formula::Items;
use scenarios::range::Range;
use scenarios::scenario::{Copies, Origin, Scenario, Sourced};
use scenarios::units::{Dimension, Unit};

use crate::claims;
use crate::input::Input;
use crate::ledger::{Ledger, LineId};
use crate::term::Term;

use super::{Entered, Known, Own};

/// Everything of a kind, one at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub(super) items: Items,
    pub(super) index: usize,
}

/// What a name stands for.
pub(super) enum Found {
    Own(Entered),
    Line(LineId),
    Term(Term),
}

/// Properties of what is stored and of what users do.
const OF_DATA: &[&str] = &["count", "size", "copies", "stored", "keep"];
const OF_ACTIONS: &[&str] = &["rate", "requests", "answer"];
const OF_NODE: &[&str] = &["cores", "memory", "disk", "price"];

/// Looks a name up.
pub(super) fn find(
    known: Known<'_>,
    ledger: &mut Ledger,
    own: &Own,
    item: Option<Item>,
    name: &str,
) -> Option<Found> {
    if let Some(property) = item.and_then(|item| property(known, ledger, item, name)) {
        return Some(property);
    }
    if let Some(entered) = own.lines.get(name) {
        return Some(Found::Own(entered.clone()));
    }
    if let Some(id) = claims::look_up(ledger, name) {
        return Some(Found::Line(id));
    }
    if matches!(name, "plan" | "horizon") {
        let horizon = known.scenario.horizon?;
        let ends = (horizon.value.as_secs_f64(), horizon.value.as_secs_f64());
        return Some(Found::Line(shared(ledger, name, UnitName::Seconds, ends, horizon.origin)));
    }
    let (thing, last) = name.rsplit_once(' ')?;
    if let Some(index) = known.scenario.data.iter().position(|entity| entity.name == thing)
        && let Some(found) = property(known, ledger, Item { items: Items::Data, index }, last)
    {
        return Some(found);
    }
    if let Some(index) = known.scenario.actions.iter().position(|action| action.name == thing)
        && let Some(found) = property(known, ledger, Item { items: Items::Actions, index }, last)
    {
        return Some(found);
    }
    (thing == "node").then(|| of_node(known.scenario, ledger, last)).flatten()
}

fn shared(ledger: &mut Ledger, name: &str, unit: UnitName, ends: (f64, f64), origin: Origin) -> LineId {
    ledger.shared(Input::between(name, unit, ends, origin))
}

fn property(known: Known<'_>, ledger: &mut Ledger, item: Item, property: &str) -> Option<Found> {
    let Item { items, index } = item;
    match items {
        Items::Data => of_data(known, ledger, index, property),
        Items::Actions => of_action(known, ledger, index, property),
    }
}

fn of_data(known: Known<'_>, ledger: &mut Ledger, index: usize, property: &str) -> Option<Found> {
    let entity = known.scenario.data.get(index)?;
    let line = match property {
        "count" => known.counts.get(index)?.now?,
        "size" => known.sizes.get(index)?.as_ref()?.plain,
        "stored" => {
            let stored = ledger.find(&format!("{}, each", entity.name));
            stored.or(known.sizes.get(index)?.as_ref().map(|size| size.plain))?
        }
        "copies" => {
            let name = format!("{} copies", entity.name);
            match (ledger.find(&name), entity.copies) {
                (Some(line), _) => line,
                (None, Some(Sourced { value, origin })) => {
                    let ends = match value {
                        Copies::Whole(range) => (range.low().times(), range.high().times()),
                        Copies::Coded { data, parity } => {
                            let times = f64::from(data + parity) / f64::from(data);
                            (times, times)
                        }
                    };
                    shared(ledger, &name, UnitName::One, ends, origin)
                }
                (None, None) => {
                    return Some(Found::Term(Term::constant(1.0, Dimension::NONE, &name, "1")));
                }
            }
        }
        "keep" => {
            let Sourced { value, origin } = entity.keep?;
            let ends = (value.as_secs_f64(), value.as_secs_f64());
            shared(ledger, &format!("{} keep", entity.name), UnitName::Seconds, ends, origin)
        }
        _ => return None,
    };
    Some(Found::Line(line))
}

fn of_action(known: Known<'_>, ledger: &mut Ledger, index: usize, property: &str) -> Option<Found> {
    let traffic = known.traffic?.actions.iter().find(|action| action.index == index)?;
    let line = match property {
        "rate" => traffic.rate,
        "requests" => traffic.requests,
        "answer" => {
            let action = known.scenario.actions.get(index)?;
            let name = format!("{} answer", action.name);
            ledger
                .find(&name)
                .or_else(|| Some(ledger.shared(Input::read(name, UnitName::Bytes, action.answer?))))?
        }
        _ => return None,
    };
    Some(Found::Line(line))
}

fn of_node(scenario: &Scenario, ledger: &mut Ledger, property: &str) -> Option<Found> {
    fn read<T: Unit>(
        ledger: &mut Ledger,
        property: &str,
        unit: UnitName,
        value: Option<Sourced<Range<T>>>,
        scale: f64,
    ) -> Option<LineId> {
        let Sourced { value, origin } = value?;
        let ends = (value.low().base() * scale, value.high().base() * scale);
        Some(shared(ledger, &format!("node {property}"), unit, ends, origin))
    }
    let node = scenario.node?;
    let month = ledger.conventions.month_seconds;
    let line = match property {
        "cores" => read(ledger, property, UnitName::One, node.cores, 1.0),
        "memory" => read(ledger, property, UnitName::Bytes, node.memory, 1.0),
        "disk" => read(ledger, property, UnitName::Bytes, node.disk, 1.0),
        "price" => read(ledger, property, UnitName::DollarsPerMonth, node.price, month),
        _ => None,
    }?;
    Some(Found::Line(line))
}

/// What to say of a name that stands for nothing.
pub(super) fn hint(known: Known<'_>, ledger: &Ledger, item: Option<Item>, name: &str) -> String {
    if let Some(Item { items, .. }) = item {
        let known = match items {
            Items::Data => OF_DATA,
            Items::Actions => OF_ACTIONS,
        };
        if name.split(' ').count() == 1 {
            return format!("here it may be {}, or the name of a quantity", known.join(", "));
        }
    }
    let scenario = known.scenario;
    let own = scenario.quantities.iter().map(|own| own.name.clone());
    let data =
        scenario.data.iter().flat_map(|of| OF_DATA.iter().map(move |last| format!("{} {last}", of.name)));
    let actions = scenario
        .actions
        .iter()
        .flat_map(|of| OF_ACTIONS.iter().map(move |last| format!("{} {last}", of.name)));
    let node = OF_NODE.iter().map(|last| format!("node {last}"));
    let names: Vec<String> = own.chain(data).chain(actions).chain(node).collect();
    match nearest(name, names.iter().map(String::as_str).chain(ledger.names())) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "a name is a quantity of the file's own, a line of the estimate (`estimator estimate` shows them), \
                 or like `song count`, `ask rate`, `node memory`, `plan`"
            .to_owned(),
    }
}
