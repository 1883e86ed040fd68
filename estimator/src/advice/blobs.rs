//! Large objects belong into object storage, not into the database.
//!
//! Below about 100 KB a database reads faster than a file system, above 1 MB it is slower (`SQLite`, "35% faster than
//! the filesystem"; Sears et al. 2006: below 256 KB database, above 1 MB file). Small objects still belong there when
//! they are most of all bytes, since they fill caches and backups.

use scenarios::estimate::{Advice, UnitName};

use crate::sizes::BLOB_BYTES;

use super::Findings;
use super::say::{Threshold, flip, held, outcome, say};

/// Media above this share of all bytes move out whatever their size.
const MOST_OF_ALL: Threshold = Threshold(0.5, "assumed: most of it");
const LEAST_BYTES: Threshold = Threshold(BLOB_BYTES, "SQLite; Sears et al. 2006");

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let bytes = |entity: &&crate::storage::Stored| {
        entity.latest().map_or(0.0, |kept| findings.ledger.middle(kept.all_copies))
    };
    let all: f64 = findings.storage.entities.iter().map(|entity| bytes(&entity)).sum();
    let threshold = findings.write(BLOB_BYTES, UnitName::Bytes);
    let mut advice = Vec::new();
    let mut largest: Option<(&crate::storage::Stored, f64)> = None;
    for entity in &findings.storage.entities {
        let (name, each) = (findings.name(entity), findings.ledger.middle(entity.each));
        let share = if all > 0.0 { bytes(&entity) / all } else { 0.0 };
        let size = findings.write(each, UnitName::Bytes);
        let of_all = match entity.latest() {
            Some(_) => format!("; {} of all bytes", findings.write(share, UnitName::Share)),
            None => String::new(),
        };
        if each >= BLOB_BYTES {
            let because = format!("{size} each ≥ {threshold}{of_all}");
            let mut needed = blob(name, because, format!("flips below {threshold} each"));
            needed.figures = vec![held("bytes of one", each, LEAST_BYTES, UnitName::Bytes)];
            // A blob that is most of all bytes stays one when it is smaller.
            if !(entity.is_blob && share > MOST_OF_ALL.0) && is_plain(findings, entity) {
                needed.flip = flip(&format!("size of {name}"), BLOB_BYTES / each);
            }
            advice.push(needed);
        } else if entity.is_blob && share > MOST_OF_ALL.0 {
            let flips =
                format!("flips below {} of all bytes", findings.write(MOST_OF_ALL.0, UnitName::Share));
            let mut needed = blob(name, format!("{size} each{of_all}"), flips);
            needed.figures = vec![held("of all bytes", share, MOST_OF_ALL, UnitName::Share)];
            advice.push(needed);
        } else if largest.is_none_or(|(_, most)| each > most) {
            largest = Some((entity, each));
        }
    }
    if let (true, Some((entity, each))) = (advice.is_empty(), largest) {
        let mut none = say("blobs", outcome(false), "no object storage needed");
        let (name, size) = (findings.name(entity), findings.write(each, UnitName::Bytes));
        none.because = format!("the largest, {name}, has {size} < {threshold}");
        none.flips = format!("flips at {threshold} each");
        none.figures = vec![held("bytes of the largest", each, LEAST_BYTES, UnitName::Bytes)];
        none.flip =
            flip(&format!("size of {name}"), BLOB_BYTES / each).filter(|_| is_plain(findings, entity));
        advice.push(none);
    }
    advice
}

fn blob(name: &str, because: String, flips: String) -> Advice {
    let mut needed = say("blobs", outcome(true), format!("keep {name} in object storage"));
    (needed.because, needed.flips) = (because, flips);
    needed
}

/// Stored as large as the file says: then size and stored size grow alike.
fn is_plain(findings: Findings<'_>, stored: &crate::storage::Stored) -> bool {
    let entity = &findings.scenario.data[stored.index];
    entity.indexes.is_none() && entity.variants.is_none()
}
