//! What backups take: full copies and the log of changes between them, compressed.
//!
//! `(rows × full copies + bytes written per second × length of the log) × ratio`, of one copy of all rows at the end
//! of the plan. Blobs are not in it: object storage keeps versions of its own.

use scenarios::estimate::UnitName;
use scenarios::scenario::Scenario;

use crate::input::Input;
use crate::ledger::{Ledger, LineId};
use crate::section::Section;
use crate::storage::{Storage, Stored};
use crate::term::Term;

/// As long as daily copies are usually kept, so that every moment between two of them can be brought back.
const LOG_DAYS: f64 = 7.0;
/// Assumption: dumps of text compress to about a third, and so does the log.
const RATIO: f64 = 0.3;
const ASSUMED: &str = "assumption";

/// Enters what the backups take, where the file asks for them.
pub(crate) fn backup(scenario: &Scenario, ledger: &mut Ledger, storage: &Storage) -> Option<LineId> {
    let asked = scenario.backup?;
    let rows = || storage.entities.iter().filter(|entity| entity.is_row());
    let kept: Vec<Term> = rows().filter_map(Stored::latest).map(|kept| ledger.term(kept.one_copy)).collect();
    let kept = Term::sum(kept)?;
    let full = ledger.input(Input::read("full backups kept", UnitName::One, asked.full));
    let ratio = match asked.ratio {
        Some(ratio) => ledger.input(Input::read("backup ratio", UnitName::Share, ratio)),
        None => ledger.input(Input::default("backup ratio", UnitName::Share, (RATIO, RATIO), ASSUMED)),
    };
    let one = ledger.derive(Section::Background, "rows to back up", UnitName::Bytes, kept);
    let mut bytes = ledger.term(one) * ledger.term(full);
    let written: Vec<Term> = rows()
        .filter_map(|entity| Some(ledger.term(entity.counts.written?) * ledger.term(entity.each)))
        .collect();
    if let Some(written) = Term::sum(written) {
        let input = if let Some(log) = asked.log {
            let seconds = log.value.as_secs_f64();
            Input::between("log kept", UnitName::Seconds, (seconds, seconds), log.origin)
        } else {
            let seconds = LOG_DAYS * ledger.conventions.day_seconds;
            Input::default("log kept", UnitName::Seconds, (seconds, seconds), ASSUMED)
        };
        let window = ledger.input(input);
        let log = written * ledger.term(window);
        let log = ledger.derive(Section::Background, "log of changes", UnitName::Bytes, log);
        bytes = bytes + ledger.term(log);
    }
    let term = bytes * ledger.term(ratio);
    Some(ledger.derive(Section::Storage, "backups", UnitName::Bytes, term))
}
