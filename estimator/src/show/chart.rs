//! Charts of an estimate as inline SVG: each is a finding and its picture, or nothing where there is none.
//!
//! A title states what the picture shows to be the case. Shapes carry class names; the page's style sheet gives them a
//! look in light, in dark and on paper. Everything from the file is escaped.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `frame` | the drawing: axes, bars, texts |
//! | `curves` | growth until the horizon; the hours of a day |
//! | `ranges` | distributions of the key results, and what they vary with |
//! | `bills` | what a month costs, by line |
//! | `capacity`, `fleet` | a plan: the measurement behind it; the peak, the servers and the cost over time |

mod bills;
mod capacity;
mod curves;
mod fleet;
mod frame;
mod ranges;

use scenarios::estimate::{Estimate, Quantity};
use scenarios::plan::Plan;
use serde::Serialize;

/// Distributions and tornados of more results would repeat each other.
const MOST_OF_A_KIND: usize = 4;

/// A finding and its picture.
#[derive(Debug, Serialize)]
pub(super) struct Chart {
    /// The finding, in a sentence. Plain text.
    pub(super) title: String,
    /// How to read the picture. Plain text.
    pub(super) note: String,
    /// `<svg>` with everything in it escaped.
    pub(super) svg: String,
}

/// Every chart that has something to say, in reading order.
pub(super) fn charts(estimate: &Estimate) -> Vec<Chart> {
    let numbered = |chart: fn(&Estimate, usize) -> Option<Chart>, number: usize| {
        (0..number).filter_map(move |index| chart(estimate, index)).take(MOST_OF_A_KIND)
    };
    let results = estimate.outlook.results.len();
    numbered(curves::growth, estimate.outlook.growth.len())
        .chain(numbered(ranges::tornado, results))
        .chain(numbered(ranges::distribution, results))
        .chain(bills::by_line(estimate))
        .chain(curves::day(estimate))
        .collect()
}

/// Every chart of a plan that has something to say, in reading order.
pub(super) fn plan_charts(plan: &Plan) -> Vec<Chart> {
    let all: [fn(&Plan) -> Option<Chart>; 9] = [
        fleet::peak,
        fleet::servers,
        fleet::cost,
        fleet::bill,
        capacity::attainment,
        capacity::throughput,
        capacity::law,
        capacity::foreseen,
        fleet::replaced,
    ];
    all.into_iter().filter_map(|chart| chart(plan)).collect()
}

fn quantity<'a>(estimate: &'a Estimate, name: &str) -> Option<&'a Quantity> {
    estimate.quantities.iter().find(|quantity| quantity.name == name)
}

#[cfg(test)]
mod tests;
