//! Bytes of one of each entity: as given, and as a database stores it.
//!
//! An entity that names its indexes is a row of a table, so a row header, the share of a page that stays empty and
//! the index entries come on top. One that names none is stored as large as it is said to be.

use scenarios::estimate::UnitName;
use scenarios::scenario::{ActionRate, Entity, EntityKind, Scenario, Size, Variants};
use scenarios::units::Dimension;

use crate::input::Input;
use crate::ledger::{Ledger, LineId};
use crate::section::Section;
use crate::term::Term;

pub(crate) const POSTGRES: &str = "PostgreSQL page layout";
/// Tuple header (24 B aligned) and item pointer (4 B): `PostgreSQL` manual, database page layout.
pub(crate) const ROW_OVERHEAD_BYTES: f64 = 28.0;
/// B-tree leaf pages are 90 % full by default; heap pages of rows that are rarely updated are about as full.
pub(crate) const PAGE_FILL: f64 = 0.9;
/// An index tuple's header (8 B) and item pointer (4 B): `PostgreSQL` manual, B-tree structure.
pub(crate) const INDEX_POINTER_BYTES: f64 = 12.0;
/// A column that is not among the fields: an id or a time.
const INDEX_KEY_BYTES: f64 = 8.0;

/// From this size on an entity is a blob, unless the file says otherwise: databases are faster below it
/// (`SQLite`, "35% faster than the filesystem"; Sears et al. 2006 put the limit at 256 KB).
pub(crate) const BLOB_BYTES: f64 = 100e3;

/// Whether an entity is a file or an object rather than a row: as the file says, or by its size.
pub(crate) fn is_blob(entity: &Entity, bytes: f64) -> bool {
    match entity.kind {
        Some(kind) => kind == EntityKind::Blob,
        None => bytes >= BLOB_BYTES,
    }
}

/// The bytes of one of an entity, as given.
#[derive(Clone, Debug)]
pub(crate) struct EntitySize {
    /// The whole: what travels over the network.
    pub(crate) plain: LineId,
    /// Its parts by name, where the file lists them.
    fields: Vec<(String, LineId)>,
}

/// Which entities are counted, read or written by an action that happens.
fn is_used(scenario: &Scenario, index: usize) -> bool {
    let happens = |rate| {
        let (ActionRate::PerUser(range) | ActionRate::Total(range)) = rate;
        range.high().in_one_second() > 0.0
    };
    // Formulas of the file's own may name anything.
    !scenario.quantities.is_empty()
        || scenario.data[index].count.is_some()
        || scenario
            .actions
            .iter()
            .filter(|action| happens(action.rate.value))
            .flat_map(|action| action.reads.iter().chain(&action.writes))
            .any(|touch| touch.entity == index)
}

/// Enters the sizes of all entities that matter, in the order of the file.
pub(crate) fn sizes(scenario: &Scenario, ledger: &mut Ledger) -> Vec<Option<EntitySize>> {
    (0..scenario.data.len())
        .map(|index| is_used(scenario, index).then(|| entity_size(scenario, ledger, index)))
        .collect()
}

fn entity_size(scenario: &Scenario, ledger: &mut Ledger, index: usize) -> EntitySize {
    let entity = &scenario.data[index];
    let name = &entity.name;
    let mut fields = Vec::new();
    let plain = match &entity.size {
        Size::Whole(size) => ledger.input(Input::read(format!("{name} size"), UnitName::Bytes, *size)),
        Size::Fields(list) => {
            for (field, size) in list {
                let id = ledger.input(Input::read(format!("{name} {field}"), UnitName::Bytes, *size));
                fields.push((field.clone(), id));
            }
            let zero = Term::constant(0.0, Dimension::BYTES, "nothing", "0 B");
            let sum = Term::sum(fields.iter().map(|(_, id)| ledger.term(*id))).unwrap_or(zero);
            ledger.derive(Section::Background, format!("{name} size"), UnitName::Bytes, sum)
        }
    };
    EntitySize { plain, fields }
}

/// Enters the bytes of one of an entity with the versions that are kept beside it.
fn with_variants(entity: &Entity, ledger: &mut Ledger, plain: LineId) -> LineId {
    let Some(variants) = &entity.variants else { return plain };
    let name = &entity.name;
    let mut bytes = ledger.term(plain);
    match &variants.value {
        Variants::Number(number) => {
            let ends = (number.low().times(), number.high().times());
            let input = Input::between(format!("{name} variants"), UnitName::One, ends, variants.origin);
            let number = ledger.input(input.at_least(1.0));
            bytes = bytes * ledger.term(number);
        }
        Variants::Sizes(sizes) => {
            for (variant, size) in sizes {
                let input = Input::read(format!("{name}, {variant}"), UnitName::Bytes, *size);
                let id = ledger.input(input);
                bytes = bytes + ledger.term(id);
            }
        }
    }
    ledger.derive(Section::Storage, format!("{name}, all variants"), UnitName::Bytes, bytes)
}

/// Enters the bytes of one of an entity as it is stored: all its variants, and what a database adds.
pub(crate) fn stored_size(entity: &Entity, ledger: &mut Ledger, size: &EntitySize) -> LineId {
    let plain = with_variants(entity, ledger, size.plain);
    let Some(indexes) = &entity.indexes else { return plain };
    let constant = |ledger: &mut Ledger, name: &str, unit, value| {
        ledger.shared(Input::default(name, unit, (value, value), POSTGRES))
    };
    let overhead = constant(ledger, "row overhead", UnitName::Bytes, ROW_OVERHEAD_BYTES);
    let fill = constant(ledger, "page fill", UnitName::Share, PAGE_FILL);
    let mut bytes = ledger.term(plain) + ledger.term(overhead);
    for column in &indexes.value {
        let pointer = constant(ledger, "index pointer", UnitName::Bytes, INDEX_POINTER_BYTES);
        let key = match size.fields.iter().find(|(field, _)| field == column) {
            Some((_, id)) => *id,
            None => constant(ledger, "index key", UnitName::Bytes, INDEX_KEY_BYTES),
        };
        bytes = bytes + ledger.term(key) + ledger.term(pointer);
    }
    let stored = bytes / ledger.term(fill);
    ledger.derive(Section::Storage, format!("{}, each", entity.name), UnitName::Bytes, stored)
}
