//! Several estimates side by side: each number with its ratio to the first, and the advice that differs.
//!
//! Ratios are of medians. How it is printed is for `show`.

use std::collections::HashMap;

use scenarios::conventions::Conventions;
use scenarios::estimate::{Advice, Estimate, ShownIn, Spread, UnitName};
use serde::Serialize;

/// The version of the JSON form of [`Comparison`]; grows when a reader of the old form would be misled.
pub const COMPARISON_SCHEMA: u32 = 1;

/// Numbers that differ by less, relatively, are the same.
const ROUNDING: f64 = 1e-9;

/// Estimates side by side.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// [`COMPARISON_SCHEMA`] of the writer.
    pub schema: u32,
    /// What is compared; the first is what the others are held against.
    pub sides: Vec<Side>,
    /// Every number of any side, in reading order.
    pub quantities: Vec<Compared>,
    /// The rules whose advice is not the same on all sides.
    pub advice: Vec<AdviceCompared>,
    /// The rules whose advice is.
    pub same_advice: Vec<String>,
    /// How numbers are shown: those of the first side.
    #[serde(skip)]
    pub conventions: Conventions,
}

/// One of the estimates.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Side {
    /// What the user calls it: a file, or what is set in it.
    pub label: String,
    /// The scenario's name.
    pub scenario: String,
    /// One line about its size.
    pub about: String,
}

/// A number on all sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Compared {
    /// As in the estimates.
    pub name: String,
    /// As in the estimates.
    pub section: String,
    /// Of the values.
    pub unit: UnitName,
    /// The unit in which the file wants to see it.
    #[serde(skip)]
    pub shown: Option<ShownIn>,
    /// One for each side; `None` where the estimate has no such number.
    pub values: Vec<Option<Spread>>,
    /// Medians over the first side's; `None` where one of both is missing or the first is zero.
    pub ratios: Vec<Option<f64>>,
}

impl Compared {
    /// Whether all sides have it, and the same but for the last digits of the arithmetic.
    #[must_use]
    pub fn is_same(&self) -> bool {
        let close = |left: f64, right: f64| (left - right).abs() <= ROUNDING * left.abs().max(right.abs());
        self.values.windows(2).all(|pair| match pair {
            [Some(left), Some(right)] => {
                close(left.p10, right.p10) && close(left.p50, right.p50) && close(left.p90, right.p90)
            }
            _ => false,
        })
    }

    /// The only side that has it.
    #[must_use]
    pub fn only(&self) -> Option<usize> {
        let mut having = (0..self.values.len()).filter(|side| self.values[*side].is_some());
        having.next().filter(|_| having.next().is_none())
    }
}

/// What a rule says on all sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AdviceCompared {
    /// Which rule.
    pub rule: String,
    /// One list for each side; a rule may speak several times, or not at all.
    pub said: Vec<Vec<Advice>>,
}

/// Puts estimates side by side, each with what the user calls it.
#[must_use]
pub fn compare(estimates: &[(String, Estimate)]) -> Comparison {
    let sides = estimates.iter().map(|(label, estimate)| Side {
        label: label.clone(),
        scenario: estimate.scenario.clone(),
        about: estimate.about.clone(),
    });
    let (differs, same): (Vec<AdviceCompared>, Vec<AdviceCompared>) = advice(estimates)
        .into_iter()
        .partition(|advice| advice.said.windows(2).any(|pair| gist(&pair[0]) != gist(&pair[1])));
    Comparison {
        schema: COMPARISON_SCHEMA,
        sides: sides.collect(),
        quantities: quantities(estimates),
        advice: differs,
        same_advice: same.into_iter().map(|advice| advice.rule).collect(),
        conventions: estimates.first().map(|(_, estimate)| estimate.conventions).unwrap_or_default(),
    }
}

/// What is recommended, without its figures.
fn gist(said: &[Advice]) -> Vec<(bool, &str)> {
    said.iter().map(|advice| (advice.fires, advice.what.as_str())).collect()
}

fn advice(estimates: &[(String, Estimate)]) -> Vec<AdviceCompared> {
    let mut rules: Vec<&str> = Vec::new();
    for advice in estimates.iter().flat_map(|(_, estimate)| &estimate.advice) {
        if !rules.contains(&advice.rule.as_str()) {
            rules.push(&advice.rule);
        }
    }
    let said = |rule: &str, estimate: &Estimate| -> Vec<Advice> {
        estimate.advice.iter().filter(|advice| advice.rule == rule).cloned().collect()
    };
    rules
        .into_iter()
        .map(|rule| AdviceCompared {
            rule: rule.to_owned(),
            said: estimates.iter().map(|(_, estimate)| said(rule, estimate)).collect(),
        })
        .collect()
}

fn quantities(estimates: &[(String, Estimate)]) -> Vec<Compared> {
    let mut rows: Vec<Compared> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for (side, (_, estimate)) in estimates.iter().enumerate() {
        for quantity in estimate.quantities.iter().filter(|quantity| quantity.section != crate::BACKGROUND) {
            let index = *known.entry(&quantity.name).or_insert_with(|| {
                rows.push(Compared {
                    name: quantity.name.clone(),
                    section: quantity.section.clone(),
                    unit: quantity.unit,
                    shown: quantity.shown.clone(),
                    values: vec![None; estimates.len()],
                    ratios: vec![None; estimates.len()],
                });
                rows.len() - 1
            });
            // The same name for something else is not the same number.
            if let Some(row) = rows.get_mut(index).filter(|row| row.unit == quantity.unit) {
                row.values[side] = Some(quantity.value);
            }
        }
    }
    for row in &mut rows {
        let first =
            row.values.first().copied().flatten().map(|value| value.p50).filter(|first| *first != 0.0);
        row.ratios = row.values.iter().map(|value| Some(value.as_ref()?.p50 / first?)).collect();
    }
    in_reading_order(rows)
}

/// Section by section, in the order in which the sections are first seen.
fn in_reading_order(rows: Vec<Compared>) -> Vec<Compared> {
    let mut sections: Vec<String> = Vec::new();
    for row in &rows {
        if !sections.contains(&row.section) {
            sections.push(row.section.clone());
        }
    }
    let mut rows = rows;
    rows.sort_by_key(|row| sections.iter().position(|section| *section == row.section));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, estimate};

    fn of(text: &str) -> Estimate {
        let scenario = scenarios::Scenario::from_yaml(text).unwrap();
        estimate(&scenario, "a.yaml", &Options::default()).unwrap()
    }

    #[test]
    fn each_number_is_held_against_the_first_side() {
        let small = of("name: a\ndata:\n  song: { count: 1M, size: 5 MB }\n");
        let large =
            of("name: b\ndata:\n  song: { count: 3M, size: 5 MB }\n  user: { count: 1, size: 1 KB }\n");
        let comparison = compare(&[("a".to_owned(), small), ("b".to_owned(), large)]);
        let row = |name: &str| comparison.quantities.iter().find(|row| row.name == name).unwrap();
        // 5 TB and 15 TB.
        assert_eq!(row("song").values, [Some(Spread::point(5e12)), Some(Spread::point(1.5e13))]);
        assert_eq!(row("song").ratios, [Some(1.0), Some(3.0)]);
        assert_eq!((row("user").only(), row("user").ratios[1]), (Some(1), None));
        assert!(!row("song").is_same() && row("song").only().is_none());
    }

    #[test]
    fn an_estimate_is_the_same_as_itself() {
        let one = of(
            "name: a\nusers: 1M daily\nactions:\n  read: 5..9\ndata:\n  song: { count: 1M, size: 5 MB }\n",
        );
        let comparison = compare(&[("a".to_owned(), one.clone()), ("again".to_owned(), one)]);
        assert!(comparison.quantities.iter().all(Compared::is_same));
        assert!(comparison.advice.is_empty() && !comparison.same_advice.is_empty());
    }
}
