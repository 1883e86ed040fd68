//! From an answer to a verdict, and to what the visitor knows from then on.

use std::borrow::Cow;

use scenarios::answers::{Comparison, HeaderTest};
use serde_json::Value as Json;

use super::Session;
use super::redirect::Turn;
use crate::codec::Answer;
use crate::journey::{Operand, Plan, Request, Source, Test};

/// The longest value that is kept; tokens and cookies have some hundred bytes, and servers refuse longer headers.
const MAX_KEPT_BYTES: usize = 16 * 1024;

impl Session {
    /// Whether the answer is a good one; keeps from it what later requests need.
    pub(crate) fn judge(&mut self, plan: &Plan, request: &Request, answer: &Answer<'_>) -> bool {
        if let Some(rules) = plan.cookies.as_ref().filter(|_| request.has_cookies) {
            for field in answer.headers("set-cookie") {
                self.jar.set(field, &self.asked, rules);
            }
        }
        match self.follow(plan, request, answer) {
            Turn::Stay => {}
            Turn::Elsewhere => return true,
            Turn::Astray(place) => {
                plan.failures.count(place);
                return false;
            }
        }
        let mut json = None;
        for check in &request.checks {
            if !self.holds(plan, &check.test, answer, &mut json) {
                plan.failures.count(check.place);
                return false;
            }
        }
        for keep in &request.keep {
            let found = find(&keep.source, answer, &mut json).filter(|found| found.len() <= MAX_KEPT_BYTES);
            let Some(text) = found.as_deref().or(keep.default.as_deref()) else {
                plan.failures.count(keep.place);
                return false;
            };
            let kept = &mut self.kept[keep.slot];
            kept.is_known = true;
            kept.text.clear();
            kept.text.push_str(text);
        }
        true
    }

    fn holds(&mut self, plan: &Plan, asked: &Test, answer: &Answer<'_>, json: &mut Option<Json>) -> bool {
        match asked {
            Test::Status(statuses) => statuses.contains(answer.status),
            Test::Size(least, most) => (*least..=*most).contains(&answer.body_bytes),
            Test::Header(name, asked) => answer.headers(name).any(|value| match asked {
                HeaderTest::Exists => true,
                HeaderTest::Contains(text) => contains(value, text.as_bytes()),
                HeaderTest::Is(text) => value == text.as_bytes(),
            }),
            Test::Contains(text) => contains(answer.body, text.as_bytes()),
            Test::ContainsNot(text) => !contains(answer.body, text.as_bytes()),
            Test::Matches(pattern) => pattern.is_in(answer.body),
            Test::Exists(path) => path.find(parsed(json, answer)).is_some(),
            Test::JsonContains(path, text) => match path.find(parsed(json, answer)) {
                Some(Json::String(found)) => found.contains(text.as_str()),
                Some(Json::Array(items)) => items.iter().any(|item| is_written(item, text)),
                _ => false,
            },
            Test::Compare(path, comparison, operand) => {
                let found = path.find(parsed(json, answer));
                found.is_some_and(|found| self.compare(plan, *comparison, found, operand))
            }
        }
    }

    fn compare(&mut self, plan: &Plan, comparison: Comparison, found: &Json, with: &Operand) -> bool {
        let same = |is_same| is_same == (comparison == Comparison::Equal);
        match with {
            Operand::Number(number) => match found.as_f64() {
                Some(found) => comparison.holds(found, *number),
                None => comparison == Comparison::Unequal,
            },
            Operand::Text(text) => same(found.as_str() == Some(text)),
            Operand::Word(word) => same(!found.is_string() && is_written(found, word)),
            // What a variable holds is text, whatever it was taken from.
            Operand::Value(value) => {
                let mut text = std::mem::take(&mut self.text);
                text.clear();
                self.write_value(plan, value, &mut text);
                let holds = if comparison.is_of_order() {
                    let numbers = found.as_f64().zip(text.parse().ok());
                    numbers.is_some_and(|(found, than)| comparison.holds(found, than))
                } else {
                    same(is_written(found, &text))
                };
                self.text = text;
                holds
            }
        }
    }
}

/// Whether a plain value is written like this: text without its quotes.
fn is_written(value: &Json, text: &str) -> bool {
    match value {
        Json::String(found) => found == text,
        Json::Array(_) | Json::Object(_) => false,
        Json::Null => text == "null",
        Json::Bool(found) => text == if *found { "true" } else { "false" },
        Json::Number(number) => number.to_string().as_str() == text,
    }
}

/// What an answer has at this place, if it is text.
fn find<'a>(source: &Source, answer: &Answer<'a>, json: &'a mut Option<Json>) -> Option<Cow<'a, str>> {
    let text = |bytes: &'a [u8]| std::str::from_utf8(bytes).ok().map(Cow::Borrowed);
    match source {
        Source::Json(path) => path.text(parsed(json, answer)),
        Source::Header(name) => answer.header(name).and_then(text),
        Source::Cookie(name) => answer.cookie(name).and_then(text),
        Source::Pattern(pattern) => pattern.find(answer.body).and_then(text),
        Source::Between(after, before) => {
            let rest = &answer.body[position(answer.body, after.as_bytes())? + after.len()..];
            text(&rest[..position(rest, before.as_bytes())?])
        }
    }
}

fn parsed<'a>(json: &'a mut Option<Json>, answer: &Answer<'_>) -> &'a Json {
    json.get_or_insert_with(|| serde_json::from_slice(answer.body).unwrap_or_default())
}

fn contains(body: &[u8], text: &[u8]) -> bool {
    position(body, text).is_some()
}

fn position(body: &[u8], text: &[u8]) -> Option<usize> {
    if text.is_empty() { Some(0) } else { body.windows(text.len()).position(|window| window == text) }
}
