//! The variables of a plan: each found, or refused with what is missing.

use scenarios::answers::{Check, JsonTest, Operand, Test};
use scenarios::requests::{Body, HowMany, Json, Piece, Rows, Text, VariableSource};

use super::compile::{Compiler, PlanError};
use super::{Feeder, Popular, Table, Value};

impl<'a> Compiler<'a> {
    pub(super) fn variables(&mut self, actions: &[&str]) -> Result<(), PlanError> {
        for variable in &self.scenario.variables {
            if !self.is_needed(&variable.name, actions) {
                continue;
            }
            let value = self.value(&variable.source).map_err(|problem| PlanError::Variable {
                name: variable.name.clone(),
                line: variable.line,
                problem,
            })?;
            self.names.push((&variable.name, value));
        }
        Ok(())
    }

    /// Whether some request of these actions has this hole; variables that nothing uses need no value.
    fn is_needed(&self, name: &str, actions: &[&str]) -> bool {
        let in_text = |text: &Text| {
            text.pieces.iter().any(|piece| matches!(piece, Piece::Variable(used) if used == name))
        };
        let compared = |check: &Check| matches!(&check.test, Test::Json(_, JsonTest::Compare(_, Operand::Variable(used))) if used == name);
        let asked = self.scenario.requests.iter().filter(|(action, _)| actions.contains(&action.as_str()));
        asked.flat_map(|(_, list)| list).any(|request| {
            request.checks.iter().any(compared)
                || in_text(&request.path)
                || request.headers.iter().any(|(_, value)| in_text(value))
                || match &request.body {
                    Body::None | Body::File(_) => false,
                    Body::Form(fields) => fields.iter().any(|(_, value)| in_text(value)),
                    Body::Text(text) => in_text(text),
                    Body::Json(json) => in_json(json, &in_text),
                }
        })
    }

    fn value(&mut self, source: &VariableSource) -> Result<Value, String> {
        match source {
            VariableSource::Zipf { exponent, of } => {
                let count = match of {
                    HowMany::Number(number) => *number,
                    HowMany::Seeded(entity) => *self.material.seeded.get(entity).ok_or(format!(
                        "runs over the seeded `{entity}`, but nothing was seeded\n  hint: give a number: `zipf 1.0 of 10000`"
                    ))?,
                };
                let popular = Popular::new(count, *exponent)
                    .ok_or("there are none to choose from\n  hint: `of` needs at least 1")?;
                self.popular.push(popular);
                Ok(Value::Popular(self.popular.len() - 1))
            }
            VariableSource::Environment(name) => {
                self.material.environment.get(name).cloned().map(Value::Fixed).ok_or(format!(
                    "the environment variable {name} is not set\n  hint: export {name}=... before the run"
                ))
            }
            VariableSource::Seeded(column) => {
                let table = &self.material.visitors;
                self.column(table, column, "the seeded visitors", Rows::Random)
            }
            VariableSource::Csv { file, column, rows } => {
                let table = self.material.files.get(file).ok_or(format!("{file} was not read"))?;
                self.column(table, column, file, *rows)
            }
            VariableSource::Uniform(low, high) => Ok(Value::Number(self.drawn(high - low + 1)?, *low)),
            VariableSource::OneOf(items) => {
                Ok(Value::OneOf(self.drawn(items.len() as u64)?, items.as_slice().into()))
            }
            VariableSource::Uuid => {
                self.identifiers += 1;
                Ok(Value::Uuid(self.identifiers - 1))
            }
        }
    }

    /// One of so many, all alike.
    fn drawn(&mut self, count: u64) -> Result<usize, String> {
        self.popular.push(Popular::new(count, 0.0).ok_or("there are none to choose from")?);
        Ok(self.popular.len() - 1)
    }

    fn column(&mut self, table: &'a Table, column: &str, whose: &str, order: Rows) -> Result<Value, String> {
        let Some(index) = table.columns.iter().position(|known| known == column) else {
            let known = if table.columns.is_empty() { "none".to_owned() } else { table.columns.join(", ") };
            return Err(format!("{whose} have no column `{column}`\n  hint: the columns are {known}"));
        };
        if table.rows.is_empty() {
            return Err(format!("{whose} have no rows\n  hint: one row for each visitor is needed"));
        }
        let known = self.feeders.iter().position(|(name, _)| name == whose);
        let feeder = known.unwrap_or_else(|| {
            self.feeders.push((whose.to_owned(), Feeder { rows: table.rows.clone(), order }));
            self.feeders.len() - 1
        });
        Ok(Value::Column(feeder, index))
    }
}

/// Whether a string in it has what `in_text` looks for.
fn in_json(json: &Json, in_text: &impl Fn(&Text) -> bool) -> bool {
    match json {
        Json::Plain(_) => false,
        Json::Text(text) => in_text(text),
        Json::List(items) => items.iter().any(|item| in_json(item, in_text)),
        Json::Object(entries) => entries.iter().any(|(_, value)| in_json(value, in_text)),
    }
}
