//! Fills an empty forum with made-up content, the same for the same seed, byte for byte.
//!
//! Sizes follow what is published of large forums: a title of 60 bytes, a question of 1,500 and an answer of
//! 1,100 on average with a long tail, 1.5 answers for each question, and few who write much beside many who
//! write once. `population` says who writes what and when, `participation` what they do with it,
//! `prose` makes the text, `tags` files it, `visitors` makes members
//! that a load test can be, and `run` brings them into the store.

mod participation;
mod population;
mod prose;
mod run;
mod tags;
mod visitors;
mod words;

pub use run::{Content, Seed, SeedError, Seeded, run};
