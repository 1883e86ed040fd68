//! What the database does on its disk: rows and index pages written, commits, reads that miss, and the one writer.
//!
//! ```text
//! rows written    sum over actions of peak rate x rows written
//! pages written   the same, times 1 + indexes of the row: each index has a page of its own to change
//! commits         min(peak writes, 1 / t_fsync): what arrives while one is written goes with the next (group commit)
//! page reads      rows read x (1 - share found in memory)
//! SQLite writer   n / (t_fsync + n t_row) rows a second, n rows in a commit
//! ```
//!
//! Printed where the file has chosen a database; otherwise steps on the way, for `explain` and formulas.

use scenarios::estimate::UnitName;
use scenarios::scenario::{Scenario, Touch};

use crate::bandwidth::touch_count;
use crate::input::Input;
use crate::ledger::{Ledger, LineId};
use crate::section::Section;
use crate::storage::{Storage, Stored};
use crate::term::Term;
use crate::traffic::Traffic;

/// Simon Eskildsen, napkin-math, 2026-03.
const FSYNC_SECONDS: f64 = 300e-6;
const FSYNC_SOURCE: &str = "napkin-math, 2026-03";
/// Rows found in memory: an assumption, which a measurement replaces.
const FOUND_IN_MEMORY: f64 = 0.9;
const FOUND_IN_MEMORY_SOURCE: &str = "assumed; measure it";
/// Measured on the reference forum's recipe: a durable commit, and a row through sqlx.
const SQLITE_FSYNC_SECONDS: f64 = 270e-6;
const SQLITE_ROW_SECONDS: f64 = 48e-6;
const SQLITE_SOURCE: &str = "measured on the forum's recipe";
/// Rows that one commit carries when the writer is busy: an assumption.
const ROWS_PER_COMMIT: f64 = 100.0;

/// The database's work, as lines of the ledger.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Database {
    pub(crate) rows_written: LineId,
    /// Rows a second that one SQLite writer commits; where the file has chosen SQLite.
    pub(crate) one_writer: Option<LineId>,
}

/// Enters what the database does; `None` where nothing is written to rows.
pub(crate) fn database(
    scenario: &Scenario,
    ledger: &mut Ledger,
    traffic: &Traffic,
    storage: &Storage,
) -> Option<Database> {
    let chosen = scenario.choices.iter().find(|choice| choice.name == "database");
    let section = if chosen.is_some() { Section::Database } else { Section::Background };
    let work = Work { scenario, traffic, storage };
    let rows = work.at_peak(ledger, Direction::Rows)?;
    let rows_written = ledger.derive(section, "rows written at peak", UnitName::PerSecond, rows);
    let pages = work.at_peak(ledger, Direction::Pages)?;
    let pages = ledger.derive(Section::Background, "pages written at peak", UnitName::PerSecond, pages);
    let mut operations = ledger.term(pages);
    if let Some(read) = work.at_peak(ledger, Direction::Read) {
        let found =
            default(ledger, "rows found in memory", UnitName::Share, FOUND_IN_MEMORY, FOUND_IN_MEMORY_SOURCE);
        let missed = read * (Term::number(1.0) - ledger.term(found));
        let missed = ledger.derive(Section::Background, "page reads at peak", UnitName::PerSecond, missed);
        operations = operations + ledger.term(missed);
    }
    ledger.derive(section, "disk operations at peak", UnitName::PerSecond, operations);
    if let Some(writes) = traffic.writes {
        let fsync =
            default(ledger, "time of a commit to disk", UnitName::Seconds, FSYNC_SECONDS, FSYNC_SOURCE);
        let most = Term::number(1.0) / ledger.term(fsync);
        let commits = Term::fold("min", vec![ledger.term(writes.peak), most], f64::min);
        ledger.derive(section, "commits to disk at peak", UnitName::PerSecond, commits);
    }
    let is_sqlite = chosen.is_some_and(|choice| choice.value.trim().eq_ignore_ascii_case("sqlite"));
    let one_writer = is_sqlite.then(|| one_writer(ledger, rows_written));
    Some(Database { rows_written, one_writer })
}

fn default(ledger: &mut Ledger, name: &str, unit: UnitName, value: f64, source: &'static str) -> LineId {
    ledger.shared(Input::default(name, unit, (value, value), source))
}

/// SQLite has one writer, so its commits come one after the other.
fn one_writer(ledger: &mut Ledger, rows_written: LineId) -> LineId {
    let fsync =
        default(ledger, "time of a commit in SQLite", UnitName::Seconds, SQLITE_FSYNC_SECONDS, SQLITE_SOURCE);
    let row =
        default(ledger, "time of a row in SQLite", UnitName::Seconds, SQLITE_ROW_SECONDS, SQLITE_SOURCE);
    let many =
        default(ledger, "rows in a commit", UnitName::One, ROWS_PER_COMMIT, "assumed, for a busy writer");
    let time = ledger.term(fsync) + ledger.term(many) * ledger.term(row);
    let most = ledger.term(many) / time;
    let most = ledger.derive(Section::Database, "rows one SQLite writer commits", UnitName::PerSecond, most);
    let used = ledger.term(rows_written) / ledger.term(most);
    ledger.derive(Section::Database, "SQLite writer used at peak", UnitName::Share, used);
    most
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Rows,
    Pages,
    Read,
}

#[derive(Clone, Copy)]
struct Work<'a> {
    scenario: &'a Scenario,
    traffic: &'a Traffic,
    storage: &'a Storage,
}

impl Work<'_> {
    /// Over all actions that touch rows, in the busiest hour.
    fn at_peak(self, ledger: &mut Ledger, direction: Direction) -> Option<Term> {
        let mut terms = Vec::new();
        for action in &self.traffic.actions {
            let acting = &self.scenario.actions[action.index];
            let touches = if direction == Direction::Read { &acting.reads } else { &acting.writes };
            for touch in touches.iter().filter(|touch| self.is_row(touch)) {
                let entity = &self.scenario.data[touch.entity];
                let verb = if direction == Direction::Read { "read" } else { "written" };
                let mut term = ledger.term(action.rate);
                if let Some(count) = touch_count(ledger, acting, verb, &entity.name, touch.count) {
                    term = term * count;
                }
                let indexes = entity.indexes.as_ref().map_or(0, |indexes| indexes.value.len());
                if direction == Direction::Pages && indexes > 0 {
                    term = term * Term::number(1.0 + f64::from(u32::try_from(indexes).unwrap_or(u32::MAX)));
                }
                terms.push(term);
            }
        }
        Some(Term::sum(terms)? * ledger.term(self.traffic.peak_factor))
    }

    fn is_row(self, touch: &Touch) -> bool {
        let stored = self.storage.entities.iter().find(|stored| stored.index == touch.entity);
        stored.is_none_or(Stored::is_row)
    }
}
