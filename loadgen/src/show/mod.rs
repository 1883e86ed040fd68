//! What people and programs see of a report; every form is a function of the same value.
//!
//! | module | what it makes |
//! | --- | --- |
//! | `text` | a screen of a terminal |
//! | `html`, with `chart` | a page for a browser, a phone and paper |
//! | `markdown` | a comment on a pull request |
//! | `csv`, `junit` | tables and test cases for other programs |
//! | `both` | the open model beside users who wait, for a terminal |
//! | `phases` | the phases of a shaped load, for a terminal |
//! | `hlog` | the HDR log, written while a run goes on |
//! | `selftest` | a self-test for a terminal |
//! | `capacity` | a capacity in all of its forms |
//! | `comparison`, `history` | comparisons in all of their forms, and what they become over time |
//! | `verdict` | the answer in the words that all of them use |
//! | `calendar`, `colour`, `columns`, `spark` | dates, colour for a terminal, aligned columns, a line of blocks |

pub(crate) mod both;
pub(crate) mod calendar;
pub(crate) mod capacity;
pub(crate) mod chart;
pub(crate) mod colour;
pub(crate) mod columns;
pub(crate) mod comparison;
pub(crate) mod csv;
pub(crate) mod history;
pub(crate) mod hlog;
pub(crate) mod html;
pub(crate) mod junit;
pub(crate) mod markdown;
pub(crate) mod phases;
pub(crate) mod selftest;
pub(crate) mod spark;
pub(crate) mod text;
pub(crate) mod verdict;
