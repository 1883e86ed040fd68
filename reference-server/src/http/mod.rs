//! The interface for programs: JSON under `/api/v1`, and health, metrics and the null endpoint beside it.
//!
//! A resource is a file with its routes, its requests and answers and its handlers. A handler extracts,
//! converts, makes one call and answers; whether a value makes sense is the domain's business, and how long a
//! thing may take that of the layers put on here.

mod accepted;
mod accounts;
mod answers;
mod boundary;
mod comments;
mod configuration;
mod edits;
mod health;
mod hello;
mod input;
mod metrics;
mod openapi;
mod precondition;
mod profile;
mod questions;
mod sessions;
mod votes;
mod withdrawals;

// What helps people find things, and each other.
mod activity;
mod avatars;
mod notices;
mod search;
mod tags;

pub(crate) use boundary::{is_for_programs, panic_message, routes};
pub(crate) use input::{IdPath, body_in_time};
pub(crate) use openapi::text as openapi_text;
