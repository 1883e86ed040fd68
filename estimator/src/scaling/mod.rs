//! How a system scales: a table of measurements in, the law that it follows out.
//!
//! The table is text with a header, as spreadsheets and load generators write it; the report is a value that text,
//! Markdown and JSON show. The law itself and its fit are in [`crate::laws::usl`].
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`table`] | rows of numbers under a header, and why they were refused |
//! | `header`, `cell` | what a column holds and in which unit; one number |
//! | [`asked`] | what to predict: at an N, a throughput or a latency |
//! | [`mod@report`] | the law, its limit, the measurements beside it, the predictions |
//! | `notes` | what the numbers alone do not say |

pub mod asked;
mod cell;
mod header;
mod notes;
pub mod report;
pub mod table;

pub use asked::Asked;
pub use report::{ScalingReport, report};
pub use table::{Table, TableError};
