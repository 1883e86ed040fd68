//! How many of each entity there are: at the start, and at the end of the plan.
//!
//! An entity's number is given, follows the users (`start: registered`), follows another entity (`30% of user`), or
//! grows by what actions write. Only the last is changed by writes: writing to an entity that follows the users is
//! an edit of what is there, and so is an action that is asked for only by `PUT`, `PATCH` or `DELETE`.

use scenarios::estimate::UnitName;
use scenarios::requests::Method;
use scenarios::scenario::{CountOf, Scenario};
use scenarios::units::Dimension;

use crate::bandwidth::touch_count;
use crate::error::EstimateError;
use crate::growth::Horizon;
use crate::input::Input;
use crate::ledger::{Ledger, LineId};
use crate::section::Section;
use crate::term::Term;
use crate::traffic::Traffic;
use crate::users::Users;

/// How many of one entity.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    /// At the start; absent when all are still to be written.
    pub(crate) now: Option<LineId>,
    /// Written per second, averaged over the day; absent when no action adds any.
    pub(crate) written: Option<LineId>,
    /// At the horizon, where that differs from the start.
    pub(crate) end: Option<LineId>,
}

/// What counting needs to know.
#[derive(Clone, Copy)]
pub(crate) struct Counting<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) users: Users,
    pub(crate) traffic: Option<&'a Traffic>,
    pub(crate) horizon: Option<&'a Horizon>,
}

/// How far counting an entity has come; entities may count each other.
#[derive(Clone, Copy)]
enum Progress {
    Open,
    Begun,
    Done(Counts),
}

/// Enters the counts of all entities, in the order of the file.
pub(crate) fn counts(counting: Counting<'_>, ledger: &mut Ledger) -> Result<Vec<Counts>, EstimateError> {
    let mut progress = vec![Progress::Open; counting.scenario.data.len()];
    (0..progress.len()).map(|index| counting.count(ledger, &mut progress, index)).collect()
}

impl Counting<'_> {
    fn count(
        self,
        ledger: &mut Ledger,
        progress: &mut [Progress],
        index: usize,
    ) -> Result<Counts, EstimateError> {
        let entity = &self.scenario.data[index];
        match progress[index] {
            Progress::Done(counts) => return Ok(counts),
            Progress::Begun => {
                let place = ledger.place_of(entity.origin);
                return Err(EstimateError::Circle { place, entity: entity.name.clone() });
            }
            Progress::Open => progress[index] = Progress::Begun,
        }
        let counts = match entity.count.as_ref().map(|count| &count.value) {
            Some(CountOf::Users) => self.as_many_as_users(ledger, index)?,
            Some(CountOf::PerEntity { of, .. }) => {
                let other = self.count(ledger, progress, *of)?;
                self.per_entity(ledger, index, other)?
            }
            Some(CountOf::Number(range)) => {
                let origin = entity.count.as_ref().map_or(entity.origin, |count| count.origin);
                let ends = (range.low().number(), range.high().number());
                let name = format!("{} count", entity.name);
                let now = ledger.input(Input::between(name, UnitName::One, ends, origin));
                self.grown(ledger, index, Some(now))
            }
            None => self.grown(ledger, index, None),
        };
        progress[index] = Progress::Done(counts);
        Ok(counts)
    }

    fn as_many_as_users(self, ledger: &mut Ledger, index: usize) -> Result<Counts, EstimateError> {
        let entity = &self.scenario.data[index];
        let origin = entity.count.as_ref().map_or(entity.origin, |count| count.origin);
        let users = self.users.all().ok_or_else(|| EstimateError::NoCount {
            place: ledger.place_of(origin),
            entity: entity.name.clone(),
            of: "users".to_owned(),
            hint: "add `users: 1M`, or write the count as a number".to_owned(),
        })?;
        let term = ledger.term(users);
        let name = format!("{} count", entity.name);
        let now = ledger.derive(Section::Background, name, UnitName::One, term);
        ledger.set_source(now, origin);
        let end = self.horizon.and_then(|horizon| {
            let term = ledger.term(now) * ledger.term(horizon.factor?);
            self.enter_end(ledger, index, term)
        });
        Ok(Counts { now: Some(now), written: None, end })
    }

    /// So many for each of another entity; what is written comes on top, or else it keeps following the other.
    fn per_entity(self, ledger: &mut Ledger, index: usize, other: Counts) -> Result<Counts, EstimateError> {
        let entity = &self.scenario.data[index];
        let Some(count) = &entity.count else { return Ok(Counts::default()) };
        let CountOf::PerEntity { each, of } = &count.value else { return Ok(Counts::default()) };
        let of = &self.scenario.data[*of].name;
        if other.now.is_none() && other.end.is_none() {
            return Err(EstimateError::NoCount {
                place: ledger.place_of(count.origin),
                entity: entity.name.clone(),
                of: of.clone(),
                hint: format!("give `{of}` a `start:`, or `for: 3 years` if actions write it"),
            });
        }
        let name = format!("{} per {of}", entity.name);
        let ends = (each.low().times(), each.high().times());
        let each = ledger.input(Input::between(name, UnitName::One, ends, count.origin));
        let now = other.now.map(|other| {
            let term = ledger.term(each) * ledger.term(other);
            ledger.derive(Section::Background, format!("{} count", entity.name), UnitName::One, term)
        });
        if self.adds(index) {
            return Ok(self.grown(ledger, index, now));
        }
        let end = other.end.and_then(|other| {
            let term = ledger.term(each) * ledger.term(other);
            self.enter_end(ledger, index, term)
        });
        Ok(Counts { now, written: None, end })
    }

    /// What there is, plus what actions write, minus what is no longer kept.
    fn grown(self, ledger: &mut Ledger, index: usize, now: Option<LineId>) -> Counts {
        let entity = &self.scenario.data[index];
        let Some(written) = self.written(ledger, index) else { return Counts { now, ..Counts::default() } };
        let keep = entity.keep.map(|keep| keep.value.as_secs_f64());
        let Some(horizon) = self.horizon else {
            return Counts {
                now: now.or(self.in_balance(ledger, index, written, keep)),
                written: Some(written),
                end: None,
            };
        };
        let seconds = horizon.seconds_of_writes(ledger, self.users, keep);
        let new = ledger.term(written) * seconds;
        let left = now.map(|now| match keep {
            None => ledger.term(now),
            Some(keep) => ledger.term(now) * Term::number(horizon.share_left(keep)),
        });
        let term = match left {
            Some(left) => left + new,
            None => new,
        };
        Counts { now, written: Some(written), end: self.enter_end(ledger, index, term) }
    }

    /// Little's law for data: what is written in the time for which each is kept.
    fn in_balance(
        self,
        ledger: &mut Ledger,
        index: usize,
        written: LineId,
        keep: Option<f64>,
    ) -> Option<LineId> {
        let keep = keep?;
        let shown = ledger.write(keep, UnitName::Seconds);
        let kept = Term::constant(keep, Dimension::TIME, "time kept", &shown);
        let term = ledger.term(written) * kept;
        let name = format!("{} count", self.scenario.data[index].name);
        Some(ledger.derive(Section::Background, name, UnitName::One, term))
    }

    fn enter_end(self, ledger: &mut Ledger, index: usize, term: Term) -> Option<LineId> {
        let name = format!("{} count in {}", self.scenario.data[index].name, self.horizon?.label);
        Some(ledger.derive(Section::Background, name, UnitName::One, term))
    }

    /// Whether any action adds to this entity.
    fn adds(self, index: usize) -> bool {
        self.traffic.is_some_and(|traffic| {
            traffic.actions.iter().any(|action| {
                let writes = &self.scenario.actions[action.index].writes;
                writes.iter().any(|touch| touch.entity == index) && !self.only_edits(action.index)
            })
        })
    }

    /// How many the actions add per second, averaged over the day.
    fn written(self, ledger: &mut Ledger, index: usize) -> Option<LineId> {
        let mut terms = Vec::new();
        for action in &self.traffic?.actions {
            if self.only_edits(action.index) {
                continue;
            }
            let writing = &self.scenario.actions[action.index];
            for touch in writing.writes.iter().filter(|touch| touch.entity == index) {
                let rate = ledger.term(action.all_day);
                terms.push(
                    match touch_count(
                        ledger,
                        writing,
                        "written",
                        &self.scenario.data[index].name,
                        touch.count,
                    ) {
                        Some(count) => rate * count,
                        None => rate,
                    },
                );
            }
        }
        let name = format!("{} written", self.scenario.data[index].name);
        Some(ledger.derive(Section::Background, name, UnitName::PerSecond, Term::sum(terms)?))
    }

    /// Whether an action's requests can only change what is there (RFC 9110, section 9.3).
    fn only_edits(self, action: usize) -> bool {
        let name = &self.scenario.actions[action].name;
        let requests = self.scenario.requests.iter().find(|(of, _)| of == name);
        let mut writing = requests
            .into_iter()
            .flat_map(|(_, list)| list)
            .map(|request| request.method)
            .filter(|method| !matches!(method, Method::Get | Method::Head))
            .peekable();
        writing.peek().is_some() && writing.all(|method| method != Method::Post)
    }
}
