//! Large objects belong into object storage, not into the database.
//!
//! Below about 100 KB a database reads faster than a file system, above 1 MB it is slower (`SQLite`, "35% faster than
//! the filesystem"; Sears et al. 2006: below 256 KB database, above 1 MB file). Small objects still belong there when
//! they are most of all bytes, since they fill caches and backups.

use scenarios::estimate::{Advice, UnitName};

use crate::sizes::BLOB_BYTES;

use super::Findings;

/// Media above this share of all bytes move out whatever their size.
const MOST_OF_ALL: f64 = 0.5;

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let bytes = |entity: &&crate::storage::Stored| {
        entity.latest().map_or(0.0, |kept| findings.ledger.middle(kept.all_copies))
    };
    let all: f64 = findings.storage.entities.iter().map(|entity| bytes(&entity)).sum();
    let threshold = findings.write(BLOB_BYTES, UnitName::Bytes);
    let mut advice = Vec::new();
    let mut largest: Option<(&str, f64)> = None;
    for entity in &findings.storage.entities {
        let (name, each) = (findings.name(entity), findings.ledger.middle(entity.each));
        let share = if all > 0.0 { bytes(&entity) / all } else { 0.0 };
        let size = findings.write(each, UnitName::Bytes);
        let of_all = match entity.latest() {
            Some(_) => format!("; {} of all bytes", findings.write(share, UnitName::Share)),
            None => String::new(),
        };
        if each >= BLOB_BYTES {
            advice.push(blob(
                name,
                format!("{size} each ≥ {threshold}{of_all}"),
                format!("flips below {threshold} each"),
            ));
        } else if entity.is_blob && share > MOST_OF_ALL {
            let flips = format!("flips below {} of all bytes", findings.write(MOST_OF_ALL, UnitName::Share));
            advice.push(blob(name, format!("{size} each{of_all}"), flips));
        } else if largest.is_none_or(|(_, most)| each > most) {
            largest = Some((name, each));
        }
    }
    if let (true, Some((name, each))) = (advice.is_empty(), largest) {
        advice.push(Advice {
            rule: "blobs".to_owned(),
            fires: false,
            what: "no object storage needed".to_owned(),
            because: format!(
                "the largest, {name}, has {} < {threshold}",
                findings.write(each, UnitName::Bytes)
            ),
            flips: format!("flips at {threshold} each"),
        });
    }
    advice
}

fn blob(name: &str, because: String, flips: String) -> Advice {
    Advice {
        rule: "blobs".to_owned(),
        fires: true,
        what: format!("keep {name} in object storage"),
        because,
        flips,
    }
}
