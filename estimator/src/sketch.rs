//! What a scenario implies for a design: the tables of its database, and the resources of its REST interface.
//!
//! Names and sizes are the file's; what only a name suggests (a key, a reference, a path) is marked as guessed. Bytes
//! and rows are the medians of the estimate, which says how they come about. How a sketch is printed is `show`'s.

mod resources;
mod tables;

use scenarios::conventions::Conventions;
use scenarios::estimate::Estimate;
use scenarios::scenario::Scenario;
use serde::Serialize;

pub use resources::Resource;
pub use tables::{Column, Reference, Table};

/// The version of the JSON form of [`Sketch`]; grows when a reader of the old form would be misled.
pub const SKETCH_SCHEMA: u32 = 1;

/// Tables and resources of one scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sketch {
    /// [`SKETCH_SCHEMA`] of the writer.
    pub schema: u32,
    /// The scenario's name.
    pub scenario: String,
    /// How its numbers are to be read.
    pub conventions: Conventions,
    /// One for each entity that is kept as rows.
    pub tables: Vec<Table>,
    /// What is kept elsewhere: `video: object storage, its key in a row`.
    pub notes: Vec<String>,
    /// One for each request, or for each action whose requests are not given.
    pub resources: Vec<Resource>,
}

/// The sketch of a scenario, with the numbers of its estimate.
#[must_use]
pub fn sketch(scenario: &Scenario, estimate: &Estimate) -> Sketch {
    let (tables, notes) = tables::tables(scenario, estimate);
    Sketch {
        schema: SKETCH_SCHEMA,
        scenario: scenario.name.clone(),
        conventions: scenario.conventions,
        tables,
        notes,
        resources: resources::resources(scenario, estimate),
    }
}

/// The median of the number of this name, if there is one.
fn median(estimate: &Estimate, name: &str) -> Option<f64> {
    estimate.quantities.iter().find(|quantity| quantity.name == name).map(|quantity| quantity.value.p50)
}
