//! Bytes that are kept: number times size, times copies; now, by day, and at the end of the plan.

use scenarios::estimate::UnitName;
use scenarios::scenario::{Copies, Entity, EntityKind, Scenario, Sourced};
use scenarios::units::Dimension;

use crate::counts::Counts;
use crate::fleet::disk_limit;
use crate::growth::Horizon;
use crate::input::Input;
use crate::ledger::{Ledger, LineId};
use crate::section::Section;
use crate::sizes::{EntitySize, is_blob, stored_size};
use crate::term::Term;

/// What is stored, as lines of the ledger.
#[derive(Clone, Debug, Default)]
pub(crate) struct Storage {
    pub(crate) entities: Vec<Stored>,
}

/// One entity.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stored {
    /// Which (an index into the scenario's data).
    pub(crate) index: usize,
    pub(crate) each: LineId,
    pub(crate) counts: Counts,
    pub(crate) now: Option<Kept>,
    pub(crate) end: Option<Kept>,
    pub(crate) is_blob: bool,
    /// Kept in main memory, not on disk.
    pub(crate) is_memory: bool,
    /// Copies of each; absent when there is one.
    copies: Option<LineId>,
    /// Pieces of data and of parity, for copies by erasure coding.
    coding: Option<(u32, u32)>,
}

/// Bytes kept of an entity.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept {
    pub(crate) one_copy: LineId,
    pub(crate) all_copies: LineId,
}

impl Stored {
    /// A row of a table on disk.
    pub(crate) fn is_row(&self) -> bool {
        !self.is_blob && !self.is_memory
    }

    /// At the end of the plan, or now where there is no plan.
    pub(crate) fn latest(&self) -> Option<Kept> {
        self.end.or(self.now)
    }
}

/// Enters what is stored.
pub(crate) fn storage(
    scenario: &Scenario,
    ledger: &mut Ledger,
    sizes: &[Option<EntitySize>],
    counts: &[Counts],
    horizon: Option<&Horizon>,
) -> Storage {
    let mut entities = Vec::new();
    for (index, (size, counts)) in sizes.iter().zip(counts).enumerate() {
        let any = counts.now.is_some() || counts.written.is_some() || counts.end.is_some();
        if let (Some(size), true) = (size, any) {
            entities.push(stored(scenario, ledger, index, size, *counts));
        }
    }
    for entity in &mut entities {
        let name = &scenario.data[entity.index].name;
        let is_action = scenario.actions.iter().any(|action| action.name == *name);
        entity.now = entity.counts.now.map(|count| kept(ledger, entity, count, name, is_action));
    }
    let mut latest = total(ledger, "total, kept", entities.iter().filter_map(|entity| entity.now));
    if let Some(horizon) = horizon {
        for entity in &mut entities {
            let name = format!("{} in {}", scenario.data[entity.index].name, horizon.label);
            entity.end = entity.counts.end.map(|count| kept(ledger, entity, count, &name, false));
        }
        if entities.iter().any(|entity| entity.end.is_some()) {
            // What does not change by then counts as it is now.
            let parts = entities.iter().filter_map(Stored::latest);
            latest = total(ledger, &format!("total in {}", horizon.label), parts);
        }
    }
    growth(scenario, ledger, &entities, horizon);
    provision(scenario, ledger, latest);
    Storage { entities }
}

/// Enters what has to be bought so that disks are no fuller than the file wants them.
fn provision(scenario: &Scenario, ledger: &mut Ledger, latest: Option<LineId>) {
    let (Some(_), Some(latest)) = (scenario.limits.disk, latest) else { return };
    let limit = disk_limit(scenario, ledger);
    let term = ledger.term(latest) / ledger.term(limit);
    ledger.derive(Section::Storage, "disk to provision", UnitName::Bytes, term);
}

fn stored(
    scenario: &Scenario,
    ledger: &mut Ledger,
    index: usize,
    size: &EntitySize,
    counts: Counts,
) -> Stored {
    let entity = &scenario.data[index];
    let (copies, coding) = copies(entity, ledger);
    let is_blob = is_blob(entity, ledger.middle(size.plain));
    let is_memory = entity.kind == Some(EntityKind::Memory);
    let each = stored_size(entity, ledger, size);
    Stored { index, each, counts, now: None, end: None, is_blob, is_memory, copies, coding }
}

/// How often the bytes of an entity are kept, where that is not once; for a code, its pieces too.
fn copies(entity: &Entity, ledger: &mut Ledger) -> (Option<LineId>, Option<(u32, u32)>) {
    let Some(Sourced { value, origin }) = entity.copies else { return (None, None) };
    let name = format!("{} copies", entity.name);
    match value {
        Copies::Whole(range) if range.high().times() > 1.0 => {
            let ends = (range.low().times(), range.high().times());
            let input = Input::between(name, UnitName::One, ends, origin).at_least(1.0);
            (Some(ledger.input(input)), None)
        }
        Copies::Whole(_) => (None, None),
        Copies::Coded { data, parity } => {
            let pieces = |number: u32| Term::number(f64::from(number));
            let term = (pieces(data) + pieces(parity)) / pieces(data);
            let id = ledger.derive(Section::Background, name, UnitName::One, term);
            ledger.set_source(id, origin);
            (Some(id), Some((data, parity)))
        }
    }
}

/// Number times size under `name`; with copies, one line for one of them and one for all.
fn kept(ledger: &mut Ledger, entity: &Stored, count: LineId, name: &str, is_action: bool) -> Kept {
    let term = ledger.term(count) * ledger.term(entity.each);
    let enter = |ledger: &mut Ledger, name: String, term| {
        ledger.derive(Section::Storage, name, UnitName::Bytes, term)
    };
    let Some(copies) = entity.copies else {
        // The plain name of an action is its rate.
        let name = if is_action { format!("{name}, one copy") } else { name.to_owned() };
        let one = enter(ledger, name, term);
        return Kept { one_copy: one, all_copies: one };
    };
    let one_copy = enter(ledger, format!("{name}, one copy"), term);
    let term = ledger.term(one_copy) * ledger.term(copies);
    let line = ledger.line(copies);
    let label = match entity.coding {
        Some((data, parity)) => format!("{data}+{parity} coded"),
        None if line.spread.is_point() => format!("{} copies", line.shown),
        None => "all copies".to_owned(),
    };
    let all_copies = enter(ledger, format!("{name}, {label}"), term);
    Kept { one_copy, all_copies }
}

/// The sum of all copies.
fn total(ledger: &mut Ledger, name: &str, parts: impl Iterator<Item = Kept>) -> Option<LineId> {
    let terms: Vec<Term> = parts.map(|part| ledger.term(part.all_copies)).collect();
    let sum = Term::sum(terms)?;
    Some(ledger.derive(Section::Storage, name, UnitName::Bytes, sum))
}

/// What is written in a day, a month and a year: by entity, and in all with copies.
///
/// With a horizon, which sums it all up, a page shows only the month of all; without, also the entities' days when
/// there are several.
fn growth(scenario: &Scenario, ledger: &mut Ledger, entities: &[Stored], horizon: Option<&Horizon>) {
    let conventions = ledger.conventions;
    let growing: Vec<(&Stored, LineId)> =
        entities.iter().filter_map(|entity| Some((entity, entity.counts.written?))).collect();
    let several = growing.len() > 1;
    for (period, seconds) in [
        ("day", conventions.day_seconds),
        ("month", conventions.month_seconds),
        ("year", conventions.year_seconds),
    ] {
        let mut terms = Vec::new();
        for (entity, written) in &growing {
            let shown = format!("1 {period}");
            let time = Term::constant(seconds, Dimension::TIME, period, &shown);
            let term = ledger.term(*written) * time * ledger.term(entity.each);
            let is_shown = period == "day" && several && horizon.is_none();
            let section = if is_shown { Section::Storage } else { Section::Background };
            let name = format!("{} per {period}", scenario.data[entity.index].name);
            let one = ledger.derive(section, name, UnitName::Bytes, term);
            terms.push(match entity.copies {
                Some(copies) => ledger.term(one) * ledger.term(copies),
                None => ledger.term(one),
            });
        }
        let section =
            if horizon.is_none() || period == "month" { Section::Storage } else { Section::Background };
        if let Some(sum) = Term::sum(terms) {
            ledger.derive(section, format!("growth per {period}"), UnitName::Bytes, sum);
        }
    }
}
