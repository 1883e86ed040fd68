//! What people and programs see of a report; every form is a function of the same value.

pub(crate) mod chart;
pub(crate) mod columns;
pub(crate) mod hlog;
pub(crate) mod html;
pub(crate) mod spark;
pub(crate) mod text;
