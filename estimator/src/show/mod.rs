//! The same estimate for people, for documents and for programs: one file per form.

mod chart;
mod columns;
pub mod comparison;
pub mod explanation;
pub mod html;
pub mod json;
pub mod markdown;
mod page;
pub mod plan;
pub mod reference;
pub mod scaling;
pub mod sketch;
pub mod sweep;
mod table;
pub mod text;
