//! The same estimate for people, for documents and for programs: one file per form.

pub mod explanation;
pub mod json;
pub mod markdown;
mod page;
pub mod text;
