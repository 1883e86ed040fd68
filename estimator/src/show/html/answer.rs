//! The top of the page: the answer in a line, the claims, the key numbers, the advice.

use scenarios::estimate::{Estimate, Outcome, Quantity};
use scenarios::show;
use scenarios::verdict::Finding;
use serde::Serialize;

use super::super::page::found;

/// A claim of the file and what became of it.
#[derive(Debug, Serialize)]
pub(super) struct Claim<'a> {
    word: &'static str,
    tone: &'static str,
    name: &'a str,
    figures: String,
}

/// A number that people ask for first.
#[derive(Debug, Serialize)]
pub(super) struct Key<'a> {
    name: &'a str,
    value: String,
    range: String,
}

/// A piece of advice in a line.
#[derive(Debug, Serialize)]
pub(super) struct Recommendation<'a> {
    fires: bool,
    /// As on the other pages: needed, not needed, not to be said.
    sign: &'static str,
    what: &'a str,
    because: String,
}

/// The colour of the page's head: what the claims came to.
pub(super) fn tone(estimate: &Estimate) -> &'static str {
    let any = |finding| estimate.claims.iter().any(|claim| claim.verdict == finding);
    if any(Finding::Refuted) {
        "bad"
    } else if any(Finding::CannotTell) {
        "unknown"
    } else if estimate.claims.is_empty() {
        "plain"
    } else {
        "good"
    }
}

fn tone_of(finding: Finding) -> &'static str {
    match finding {
        Finding::Confirmed => "good",
        Finding::Refuted => "bad",
        Finding::CannotTell => "unknown",
    }
}

/// What it takes, in a line: `396/s at peak, 1.81 TB in 3 years, 1 server, 293 USD/month`.
pub(super) fn answer(estimate: &Estimate) -> String {
    let middle = |quantity: &Quantity| {
        let text =
            show::value_in(quantity.value.p50, quantity.unit, quantity.shown.as_ref(), &estimate.conventions);
        text.replace(' ', "\u{a0}")
    };
    let parts: Vec<String> = key_quantities(estimate)
        .filter_map(|quantity| {
            let value = middle(quantity);
            match quantity.name.as_str() {
                "peak requests" => Some(format!("{value} at peak")),
                "total, kept" => Some(format!("{value} kept")),
                "servers" if value == "1" => Some("1\u{a0}server".to_owned()),
                "servers" => Some(format!("{value}\u{a0}servers")),
                "total cost" => Some(value),
                name => {
                    let span = name.strip_prefix("total in ")?.replace(' ', "\u{a0}");
                    Some(format!("{value} in {span}"))
                }
            }
        })
        .collect();
    if parts.is_empty() { "What it takes".to_owned() } else { format!("It takes {}", parts.join(", ")) }
}

fn key_quantities(estimate: &Estimate) -> impl Iterator<Item = &Quantity> {
    let find = |name: &String| estimate.quantities.iter().find(|quantity| quantity.name == *name);
    estimate.outlook.results.iter().filter_map(move |result| find(&result.quantity))
}

pub(super) fn keys(estimate: &Estimate) -> Vec<Key<'_>> {
    let write = |quantity: &Quantity, value| {
        show::value_in(value, quantity.unit, quantity.shown.as_ref(), &estimate.conventions)
    };
    key_quantities(estimate)
        .map(|quantity| {
            let (low, high) = (write(quantity, quantity.value.p10), write(quantity, quantity.value.p90));
            let range = if low == high { String::new() } else { format!("{low} .. {high}") };
            Key { name: &quantity.name, value: write(quantity, quantity.value.p50), range }
        })
        .collect()
}

pub(super) fn claims(estimate: &Estimate) -> Vec<Claim<'_>> {
    estimate
        .claims
        .iter()
        .map(|claim| Claim {
            word: claim.verdict.word(),
            tone: tone_of(claim.verdict),
            name: &claim.quantity,
            figures: format!("claimed {}, estimated {}", claim.claimed, found(claim, estimate)),
        })
        .collect()
}

pub(super) fn advice(estimate: &Estimate) -> Vec<Recommendation<'_>> {
    let because =
        |parts: [&str; 2]| parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
    let advice = estimate.advice.iter();
    advice
        .map(|advice| match advice.outcome() {
            Outcome::CannotSay => Recommendation {
                fires: false,
                sign: "–",
                what: &advice.rule,
                because: format!("cannot say: {}", advice.what),
            },
            Outcome::Needed | Outcome::NotNeeded => Recommendation {
                fires: advice.fires,
                sign: if advice.fires { "●" } else { "○" },
                what: &advice.what,
                because: because([&advice.because, &advice.flips]),
            },
        })
        .collect()
}
