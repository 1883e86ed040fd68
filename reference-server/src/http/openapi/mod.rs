//! The interface, described for programs: OpenAPI 3.1, made from the same registration as the routes.
//!
//! A handler carries its description (`#[utoipa::path]`), and a resource registers it with `routes!(handler)`, which
//! takes both: a route without a description cannot be registered that way, and a test compares the router with the
//! document for who tries another one. What holds for every operation (limits, errors that anybody can cause, headers)
//! is added in one place, `every_operation`.

mod document;
mod every_operation;
#[cfg(feature = "openapi-page")]
mod page;
pub(super) mod schemas;
mod shapes;

pub(crate) use document::{beginning, routes, text};
