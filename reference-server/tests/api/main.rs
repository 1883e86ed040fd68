//! The forum as its clients see it, without a socket: one program, so that it links once.

mod accounts;
mod audit;
mod both;
mod caching;
mod commenting;
mod costs;
mod crowd;
mod editing;
mod errors;
mod forum;
mod health;
mod hostile;
mod logs;
mod metrics;
mod openapi;
mod pages;
mod post_pages;
mod postgres;
mod profile;
mod questions;
mod rates;
mod retries;
mod security;
mod story;
mod voting;
mod withdrawing;
