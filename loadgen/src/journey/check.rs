//! Checks and what is kept, compiled: paths taken apart, variables found, and what of an answer they need.

use scenarios::answers::{self, Comparison, HeaderTest, JsonTest, KeepSource, Pattern, Statuses};

use crate::codec;

use super::compile::Compiler;
use super::{JsonPath, Value};

/// One thing that must hold of an answer.
#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) test: Test,
    /// Where its failures are counted.
    pub(crate) place: usize,
}

/// What it looks at.
#[derive(Debug)]
pub(crate) enum Test {
    Status(Statuses),
    Header(String, HeaderTest),
    Exists(JsonPath),
    JsonContains(JsonPath, String),
    Compare(JsonPath, Comparison, Operand),
    Size(u64, u64),
    Contains(String),
    ContainsNot(String),
    Matches(Pattern),
}

/// What a part of a JSON answer is compared with.
#[derive(Debug)]
pub(crate) enum Operand {
    Number(f64),
    Text(String),
    Word(String),
    Value(Value),
}

/// A variable that an answer gives.
#[derive(Debug)]
pub(crate) struct Keep {
    /// Which of the kept variables.
    pub(crate) slot: usize,
    pub(crate) source: Source,
    /// Taken when the answer does not have it; without one the answer is a bad one.
    pub(crate) default: Option<String>,
    /// Where it is counted that it was not there.
    pub(crate) place: usize,
}

/// Where in an answer a variable is.
#[derive(Debug)]
pub(crate) enum Source {
    Json(JsonPath),
    Header(String),
    Cookie(String),
    Between(String, String),
    Pattern(Pattern),
}

impl Test {
    /// What of an answer it needs.
    pub(crate) fn wanted(&self) -> codec::Keep {
        match self {
            Test::Status(_) | Test::Size(..) => codec::Keep::Nothing,
            Test::Header(..) => codec::Keep::Fields,
            _ => codec::Keep::Body,
        }
    }
}

impl Source {
    /// What of an answer it needs.
    pub(crate) fn wanted(&self) -> codec::Keep {
        match self {
            Source::Header(_) => codec::Keep::Fields,
            Source::Cookie(_) => codec::Keep::Cookies,
            _ => codec::Keep::Body,
        }
    }
}

impl Compiler<'_> {
    /// The checks of a request, the cheapest question first: an answer whose status is wrong is not looked into.
    pub(super) fn checks(&mut self, action: &str, asked: &[answers::Check]) -> Result<Vec<Check>, String> {
        let mut checks = Vec::new();
        if !asked.iter().any(|check| matches!(check.test, answers::Test::Status(_))) {
            let place = self.failures.add(action, "status below 400");
            checks.push(Check { test: Test::Status(Statuses::below_400()), place });
        }
        for check in asked {
            let test = self.test(&check.test)?;
            checks.push(Check { test, place: self.failures.add(action, &check.text) });
        }
        checks.sort_by_key(|check| check.test.wanted());
        Ok(checks)
    }

    fn test(&self, asked: &answers::Test) -> Result<Test, String> {
        Ok(match asked {
            answers::Test::Status(statuses) => Test::Status(statuses.clone()),
            answers::Test::Header(name, test) => Test::Header(name.clone(), test.clone()),
            answers::Test::Size(least, most) => Test::Size(*least, *most),
            answers::Test::Contains(text) => Test::Contains(text.clone()),
            answers::Test::ContainsNot(text) => Test::ContainsNot(text.clone()),
            answers::Test::Matches(pattern) => Test::Matches(pattern.clone()),
            answers::Test::Json(path, JsonTest::Exists) => Test::Exists(json_path(path)?),
            answers::Test::Json(path, JsonTest::Contains(text)) => {
                Test::JsonContains(json_path(path)?, text.clone())
            }
            answers::Test::Json(path, JsonTest::Compare(comparison, operand)) => {
                let operand = match operand {
                    answers::Operand::Number(number) => Operand::Number(*number),
                    answers::Operand::Text(text) => Operand::Text(text.clone()),
                    answers::Operand::Word(word) => Operand::Word(word.clone()),
                    answers::Operand::Variable(name) => Operand::Value(self.variable(name)?),
                };
                Test::Compare(json_path(path)?, *comparison, operand)
            }
        })
    }

    /// What is kept of the answer to a request.
    pub(super) fn keep(&mut self, action: &str, asked: &[answers::Keep]) -> Result<Vec<Keep>, String> {
        asked
            .iter()
            .map(|keep| {
                let source = match &keep.source {
                    KeepSource::Json(path) => Source::Json(json_path(path)?),
                    KeepSource::Header(name) => Source::Header(name.clone()),
                    KeepSource::Cookie(name) => Source::Cookie(name.clone()),
                    KeepSource::Between { after, before } => Source::Between(after.clone(), before.clone()),
                    KeepSource::Pattern(pattern) => Source::Pattern(pattern.clone()),
                };
                Ok(Keep {
                    slot: self.kept_slot(&keep.name),
                    source,
                    default: keep.default.clone(),
                    place: self.failures.add(action, &format!("keep {}: {}", keep.name, keep.text)),
                })
            })
            .collect()
    }
}

fn json_path(text: &str) -> Result<JsonPath, String> {
    JsonPath::parse(text)
        .ok_or(format!("`{text}` is not a path into JSON\n  hint: like `$.id` or `$.items[0].id`"))
}
