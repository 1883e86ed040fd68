//! The forum as its clients see it, without a socket: one program, so that it links once.

mod accounts;
mod audit;
mod avatars;
mod both;
mod commenting;
mod crowd;
mod editing;
mod errors;
mod finding;
mod forum;
mod health;
mod hostile;
mod pages;
mod passwords;
mod plans;
mod postgres;
mod profile;
mod questions;
mod searches;
mod story;
mod voting;
mod walking;
mod withdrawing;
