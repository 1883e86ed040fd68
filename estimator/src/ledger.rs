//! The book of all numbers: every formula goes through it, so every number has a name, a kind, a working and a source.
//!
//! A line is an input (given by the file, or a cited default) or derived from other lines by a [`Term`]. Lines that
//! are steps on the way rather than answers stand in the section `Background`: they are part of the estimate and of
//! `explain`, but a page leaves them out. Values are exact here; rounding is for `show`.

use std::collections::HashMap;

use scenarios::conventions::Conventions;
use scenarios::error::SETTING;
use scenarios::estimate::{Kind, Quantity, ShownIn, Spread, UnitName};
use scenarios::scenario::Origin;
use scenarios::show;

use crate::error::EstimateError;
use crate::input::Input;
use crate::measured::Measured;
use crate::section::Section;
use crate::term::Term;
use crate::uncertain::{Draw, Uncertain};

/// The source of a value that was set on the command line.
const FROM_SETTING: &str = "--set";

/// A line of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct LineId(usize);

/// One number with everything that is known about it.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) section: Section,
    pub(crate) value: Uncertain,
    /// Of the value; kept because finding it means sorting all samples.
    pub(crate) spread: Spread,
    pub(crate) unit: UnitName,
    /// The unit in which the file wants to see it.
    pub(crate) shown_in: Option<ShownIn>,
    pub(crate) kind: Kind,
    pub(crate) formula: String,
    pub(crate) working: String,
    pub(crate) source: String,
    /// The lines that the formula reads.
    pub(crate) inputs: Vec<LineId>,
    /// How it appears in the working of others.
    pub(crate) shown: String,
    /// Lines of the file it was read from; a derived line inherits them from its inputs.
    file_lines: Vec<usize>,
}

/// The book of all numbers.
#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) conventions: Conventions,
    file: String,
    seed: u64,
    samples: usize,
    lines: Vec<Line>,
    by_name: HashMap<String, LineId>,
    /// Inputs that several formulas share, by the name they asked for.
    shared: HashMap<String, LineId>,
    /// What a calibration puts in the place of other numbers.
    measured: Measured,
    /// The first number that could not be computed.
    fault: Option<EstimateError>,
}

impl Ledger {
    pub(crate) fn new(conventions: Conventions, file: &str, options: crate::Options) -> Ledger {
        Ledger {
            conventions,
            file: file.to_owned(),
            seed: options.seed,
            samples: usize::try_from(options.samples).unwrap_or(usize::MAX),
            lines: Vec::new(),
            by_name: HashMap::new(),
            shared: HashMap::new(),
            measured: Measured::default(),
            fault: None,
        }
    }

    /// A ledger in which measured numbers take the place of others.
    pub(crate) fn calibrated(self, measured: Measured) -> Ledger {
        Ledger { measured, ..self }
    }

    pub(crate) fn measured(&self) -> &Measured {
        &self.measured
    }

    /// Enters a value of the file or a default; or what was measured of it.
    pub(crate) fn input(&mut self, input: Input) -> LineId {
        let Input { name, section, unit, low, high, limits, origin, day_seconds } = input;
        let measured = self.measured.ends(&name, unit);
        let (low, high) = measured.unwrap_or((low, high));
        let value = Uncertain::draw(Draw { low, high, limits, samples: self.samples }, self.seed, &name);
        let (kind, source, file_lines) = match origin {
            _ if measured.is_some() => (Kind::Measured, self.measured.source().to_owned(), vec![]),
            Origin::File(line) => (Kind::Given, self.place(line), vec![line]),
            Origin::Forum => (Kind::Default, "reference forum".to_owned(), vec![]),
            Origin::Default(source) => (Kind::Default, source.to_owned(), vec![]),
        };
        let write = |value: f64| match day_seconds {
            Some(day) => format!("{}/day", show::count(value * day)),
            None => show::value(value, unit, &self.conventions),
        };
        // A range is shown by its ends, as it was written; other lines use its median.
        let working = if low < high {
            format!("{} .. {}", write(low), write(high))
        } else if day_seconds.is_some() {
            write(low)
        } else {
            String::new()
        };
        let spread = value.spread();
        let shown = write(spread.p50);
        self.enter(Line {
            name,
            section,
            value,
            spread,
            unit,
            shown_in: None,
            kind,
            formula: String::new(),
            working,
            source,
            inputs: vec![],
            shown,
            file_lines,
        })
    }

    /// Enters an input that several formulas share, at the first of them.
    pub(crate) fn shared(&mut self, input: Input) -> LineId {
        let name = input.name.clone();
        if let Some(id) = self.shared.get(&name) {
            return *id;
        }
        let id = self.input(input);
        self.shared.insert(name, id);
        id
    }

    /// Enters the value of a formula.
    pub(crate) fn derive(
        &mut self,
        section: Section,
        name: impl Into<String>,
        unit: UnitName,
        term: Term,
    ) -> LineId {
        let name = name.into();
        if self.measured.ends(&name, unit).is_some() {
            let input = Input::between(name, unit, (0.0, 0.0), Origin::Default("measured"));
            return self.input(input.section(section));
        }
        let Term { value, dimension, formula, working, inputs, .. } = term;
        debug_assert_eq!(dimension, unit.dimension(), "{name} = {formula}");
        let mut file_lines: Vec<usize> = inputs
            .iter()
            .map(|id| &self.lines[id.0])
            .filter(|line| line.section == Section::Background || line.kind == Kind::Given)
            .flat_map(|line| line.file_lines.iter().copied())
            .collect();
        file_lines.sort_unstable();
        file_lines.dedup();
        let source = self.places(&file_lines);
        let spread = value.spread();
        let shown = show::value(spread.p50, unit, &self.conventions);
        self.enter(Line {
            name,
            section,
            value,
            spread,
            unit,
            shown_in: None,
            kind: Kind::Derived,
            formula,
            working,
            source,
            inputs,
            shown,
            file_lines,
        })
    }

    /// Says where a derived line was asked for, when that says more than where its inputs were.
    pub(crate) fn set_source(&mut self, id: LineId, origin: Origin) {
        if let Origin::File(line) = origin
            && self.lines[id.0].kind != Kind::Measured
        {
            let place = self.place(line);
            let entry = &mut self.lines[id.0];
            entry.source = place;
            entry.file_lines = vec![line];
        }
    }

    /// Shows a line in the unit that the file asks for.
    pub(crate) fn show_in(&mut self, id: LineId, shown: ShownIn) {
        let line = &mut self.lines[id.0];
        line.shown = show::value_in(line.spread.p50, line.unit, Some(&shown), &self.conventions);
        line.shown_in = Some(shown);
    }

    /// Says where a derived line's constants are from.
    pub(crate) fn cite(&mut self, id: LineId, source: &str) {
        source.clone_into(&mut self.lines[id.0].source);
    }

    fn enter(&mut self, mut line: Line) -> LineId {
        let id = LineId(self.lines.len());
        if self.fault.is_none() && !line.value.is_finite() {
            let working = if line.working.is_empty() { line.shown.clone() } else { line.working.clone() };
            self.fault = Some(EstimateError::NotFinite { name: line.name.clone(), working });
        }
        // What the file defines itself has the name that the file gives it.
        if line.section == Section::Own
            && let Some(other) = self.by_name.remove(&line.name)
        {
            let name = format!("{} (built in)", line.name);
            self.lines[other.0].name.clone_from(&name);
            self.by_name.insert(name, other);
        }
        // Entities and actions are named by the file, so two lines may want the same name.
        let wanted = line.name.clone();
        let mut number = 1;
        while self.by_name.contains_key(&line.name) {
            let section = line.section.name().to_lowercase();
            line.name = if number == 1 {
                format!("{wanted} ({section})")
            } else {
                format!("{wanted} ({section} {number})")
            };
            number += 1;
        }
        self.by_name.insert(line.name.clone(), id);
        self.lines.push(line);
        id
    }

    /// A line as the beginning of a formula.
    pub(crate) fn term(&self, id: LineId) -> Term {
        let line = &self.lines[id.0];
        Term::line(id, line.value.clone(), line.unit.dimension(), &line.name, line.shown.clone())
    }

    pub(crate) fn line(&self, id: LineId) -> &Line {
        &self.lines[id.0]
    }

    /// The median of a line.
    pub(crate) fn middle(&self, id: LineId) -> f64 {
        self.lines[id.0].spread.p50
    }

    pub(crate) fn find(&self, name: &str) -> Option<LineId> {
        self.by_name.get(name).copied()
    }

    /// All lines in reading order: by section, and as they were entered within one.
    pub(crate) fn in_order(&self) -> Vec<&Line> {
        let mut lines: Vec<&Line> = self.lines.iter().collect();
        lines.sort_by_key(|line| line.section);
        lines
    }

    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|line| line.name.as_str())
    }

    /// The first number that could not be computed, if any.
    pub(crate) fn check(&self) -> Result<(), EstimateError> {
        self.fault.clone().map_or(Ok(()), Err)
    }

    /// `spotify.yaml:4`.
    pub(crate) fn place(&self, line: usize) -> String {
        if line == SETTING { FROM_SETTING.to_owned() } else { format!("{}:{line}", self.file) }
    }

    pub(crate) fn place_of(&self, origin: Origin) -> String {
        match origin {
            Origin::File(line) => self.place(line),
            Origin::Forum => "reference forum".to_owned(),
            Origin::Default(source) => source.to_owned(),
        }
    }

    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    /// `spotify.yaml:2,5`; only the first few when there are many.
    fn places(&self, lines: &[usize]) -> String {
        /// More than this many lines say no more than that it is the file.
        const MOST: usize = 3;
        let (set, lines): (Vec<usize>, Vec<usize>) = lines.iter().partition(|line| **line == SETTING);
        let numbers = match lines[..] {
            [] => String::new(),
            [first, .., last] if lines.len() > MOST => format!("{}:{first}-{last}", self.file),
            _ => {
                let numbers: Vec<String> = lines.iter().map(usize::to_string).collect();
                format!("{}:{}", self.file, numbers.join(","))
            }
        };
        let set = if set.is_empty() { "" } else { FROM_SETTING };
        [numbers.as_str(), set].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// A number as a page shows it.
    pub(crate) fn write(&self, value: f64, unit: UnitName) -> String {
        show::value(value, unit, &self.conventions)
    }

    /// The ledger as it travels.
    pub(crate) fn quantities(&self) -> Vec<Quantity> {
        let mut used = vec![false; self.lines.len()];
        // Formulas only read lines that were entered before them.
        for (index, line) in self.lines.iter().enumerate().rev() {
            if line.section != Section::Background {
                used[index] = true;
            }
            if used[index] {
                line.inputs.iter().for_each(|input| used[input.0] = true);
            }
        }
        let mut order: Vec<usize> = (0..self.lines.len()).collect();
        order.sort_by_key(|index| self.lines[*index].section);
        let travels = |index: usize| Quantity { is_idle: !used[index], ..quantity(&self.lines[index]) };
        order.into_iter().map(travels).collect()
    }
}

/// A line as it travels.
pub(crate) fn quantity(line: &Line) -> Quantity {
    Quantity {
        name: line.name.clone(),
        section: line.section.name().to_owned(),
        value: line.spread,
        unit: line.unit,
        shown: line.shown_in.clone(),
        kind: line.kind,
        formula: line.formula.clone(),
        working: line.working.clone(),
        source: line.source.clone(),
        is_idle: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger() -> Ledger {
        Ledger::new(Conventions::default(), "a.yaml", crate::Options::default())
    }

    #[test]
    fn a_derived_line_says_how_and_from_where() {
        let mut ledger = ledger();
        let given =
            |name: &str, unit, value, line| Input::between(name, unit, (value, value), Origin::File(line));
        let count = ledger.input(given("song count", UnitName::One, 1e8, 4));
        let size = ledger.input(given("song size", UnitName::Bytes, 5e6, 5));
        let term = ledger.term(count) * ledger.term(size);
        let total = ledger.derive(Section::Storage, "song", UnitName::Bytes, term);
        let line = ledger.line(total);
        assert_eq!(line.value, Uncertain::Point(5e14));
        assert_eq!(
            (line.formula.as_str(), line.working.as_str(), line.source.as_str()),
            ("song count × song size", "100 M × 5 MB", "a.yaml:4,5")
        );
    }

    #[test]
    fn names_are_unique_even_when_the_file_uses_one_twice() {
        let mut ledger = ledger();
        let one = || Term::number(1.0);
        for expected in ["answer", "answer (storage)", "answer (storage 2)"] {
            let id = ledger.derive(Section::Storage, "answer", UnitName::One, one());
            assert_eq!(ledger.line(id).name, expected);
        }
    }

    #[test]
    fn a_division_by_zero_is_noticed_where_it_happens() {
        let mut ledger = ledger();
        ledger.derive(Section::Servers, "nodes", UnitName::One, Term::number(1.0) / Term::number(0.0));
        let error = ledger.check().unwrap_err().to_string();
        assert!(error.contains("`nodes` has no finite value: 1 ÷ 0"), "{error}");
    }
}
