//! Published examples written as `quantities:` by a machine, without a thought: each figure to 1e-9 of its formula.
//!
//! `data/worked-examples.yaml` has inputs and formulas; here each becomes a line of a scenario, and the same formula is
//! worked out a second time by a calculator of a page, which knows nothing of the estimator.

use std::collections::BTreeMap;
use std::fmt::Write;

use estimator::{Options, estimate};
use scenarios::Scenario;
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    source: String,
    inputs: BTreeMap<String, f64>,
    figures: Vec<Figure>,
}

#[derive(Deserialize)]
struct Figure {
    name: String,
    published: f64,
    formula: String,
    exact: f64,
    #[serde(default)]
    suspect: String,
}

/// What a source means by a day, a month and a year, as the data's header says.
const CONVENTIONS: [(&str, f64); 4] =
    [("D", 86_400.0), ("MON", 2.5e6), ("MO30", 30.0 * 86_400.0), ("Y", 365.0)];
/// Ours against the formula, which both work out in full.
const EXACT: f64 = 1e-9;
/// The data has six digits of it or more.
const SIX_DIGITS: f64 = 1e-5;
/// Sources round before their next step: 17 % at most of the figures found.
const ROUNDED_AT_THE_SOURCE: f64 = 0.17;

/// `writes_per_month` as a name that no entity, unit or derived number has.
fn name(word: &str) -> String {
    format!("the {}", word.replace('_', " ").replace(|c: char| c.is_ascii_digit(), "n"))
}

/// A formula of the data as one of a scenario.
fn translated(formula: &str) -> String {
    let mut out = String::new();
    for token in tokens(formula) {
        let text = match token.as_str() {
            "**" => " ^ ".to_owned(),
            "*" => " x ".to_owned(),
            "+" | "-" | "/" => format!(" {token} "),
            word if word.starts_with(char::is_alphabetic) => match constant(word) {
                Some(value) => value.to_string(),
                None => name(word),
            },
            other => other.to_owned(),
        };
        out.push_str(&text);
    }
    out
}

fn constant(word: &str) -> Option<f64> {
    CONVENTIONS.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}

fn tokens(formula: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    for c in formula.chars().filter(|c| !c.is_whitespace()) {
        match tokens.last_mut() {
            Some(last) if (is_word(c) && last.ends_with(is_word)) || (c == '*' && last == "*") => {
                last.push(c);
            }
            _ => tokens.push(c.to_string()),
        }
    }
    tokens
}

/// The calculator: sums of products of powers of numbers, names and brackets.
struct Calculator<'a> {
    tokens: Vec<String>,
    at: usize,
    known: &'a BTreeMap<String, f64>,
}

impl Calculator<'_> {
    fn value(formula: &str, known: &BTreeMap<String, f64>) -> f64 {
        let mut calculator = Calculator { tokens: tokens(formula), at: 0, known };
        let value = calculator.sum();
        assert_eq!(calculator.at, calculator.tokens.len(), "{formula}");
        value
    }

    fn next_is(&mut self, sign: &str) -> bool {
        let is_next = self.tokens.get(self.at).is_some_and(|token| token == sign);
        self.at += usize::from(is_next);
        is_next
    }

    fn sum(&mut self) -> f64 {
        let mut sum = self.product();
        loop {
            if self.next_is("+") {
                sum += self.product();
            } else if self.next_is("-") {
                sum -= self.product();
            } else {
                return sum;
            }
        }
    }

    fn product(&mut self) -> f64 {
        let mut product = self.power();
        loop {
            if self.next_is("*") {
                product *= self.power();
            } else if self.next_is("/") {
                product /= self.power();
            } else {
                return product;
            }
        }
    }

    fn power(&mut self) -> f64 {
        let base = self.number();
        if self.next_is("**") { base.powf(self.power()) } else { base }
    }

    fn number(&mut self) -> f64 {
        if self.next_is("(") {
            let inside = self.sum();
            assert!(self.next_is(")"));
            return inside;
        }
        let token = self.tokens[self.at].clone();
        self.at += 1;
        let known = || constant(&token).or_else(|| self.known.get(&token).copied());
        token.parse().ok().or_else(known).unwrap_or_else(|| panic!("nobody knows {token}"))
    }
}

/// A scenario with a line for each input and each figure.
fn scenario(case: &Case) -> String {
    let mut text = format!("name: {}\nquantities:\n", case.id);
    for (input, value) in &case.inputs {
        writeln!(text, "  {}: {value}", name(input)).expect("text takes it");
    }
    for Figure { name: figure, formula, .. } in &case.figures {
        writeln!(text, "  {}: {}", name(figure), translated(formula)).expect("text takes it");
    }
    text
}

fn is_near(found: f64, expected: f64, room: f64) -> bool {
    (found - expected).abs() <= room * expected.abs()
}

#[test]
fn every_published_figure_is_reproduced_to_the_ninth_digit_of_its_formula() {
    let file: File = serde_yaml::from_str(include_str!("data/worked-examples.yaml")).unwrap();
    let mut score = 0;
    for case in &file.cases {
        let text = scenario(case);
        let scenario =
            Scenario::from_yaml(&text).unwrap_or_else(|error| panic!("{}", error.render(&case.id, &text)));
        let estimate = estimate(&scenario, &case.id, &Options::default())
            .unwrap_or_else(|error| panic!("{}", error.render(&case.id, &text, &[])));
        let mut known = case.inputs.clone();
        for Figure { name: figure, published, formula, exact, suspect } in &case.figures {
            let expected = Calculator::value(formula, &known);
            known.insert(figure.clone(), expected);
            let found = estimate.quantities.iter().find(|quantity| quantity.name == name(figure));
            let found = found.unwrap_or_else(|| panic!("{}: no {figure}", case.id)).value.p50;
            let Case { id, source, .. } = case;
            assert!(is_near(found, expected, EXACT), "{id}, {figure}: {found} for {expected} ({source})");
            assert!(is_near(expected, *exact, SIX_DIGITS), "{id}, {figure}: {expected}, noted as {exact}");
            let agrees = is_near(found, *published, ROUNDED_AT_THE_SOURCE);
            assert_eq!(
                agrees,
                suspect.is_empty(),
                "{id}, {figure}: {found}, published {published} {suspect}"
            );
            score += 1;
        }
    }
    // 36 worked, two of them wrong at their source, and 12 derived from a measured day.
    assert_eq!(score, 36 + 12);
}
