//! The highest rate at which a server keeps its promises, with an interval.
//!
//! | file | what it holds |
//! | --- | --- |
//! | [`trial`] | what the search asks for, and what came of it |
//! | [`search`] | which level comes next; pure |
//! | [`timing`] | how long levels and blocks are |
//! | [`boundary`] | where a promise breaks, by one curve through all levels |
//! | [`cliff`] | the same where it breaks from one rate to the next |
//! | [`steady`] | whether all levels speak of the same server |
//! | [`mod@answer`] | what a search came to |
//! | [`foresee`] | throughput over concurrency as a law, and what it says before it is tried |
//! | [`utilisation`], `resources` | the capacity from half of it and below, by how busy what is limited is |
//! | [`limit`] | what the limit is, by the server's and the system's figures |
//! | [`measure`] | a search on a real server |
//! | `afresh`, `growth` | the same data at the beginning of each level; and what grew where they are not |
//! | `carry`, `ledger`, `beside` | one level: its load, its account, what is seen beside it |
//! | `write_up` | putting it together |

mod afresh;
pub mod answer;
mod beside;
pub mod boundary;
mod carry;
pub mod cliff;
pub mod foresee;
mod growth;
mod ledger;
pub mod limit;
pub mod measure;
mod resources;
pub mod search;
pub mod steady;
pub mod timing;
pub mod trial;
pub mod utilisation;
mod write_up;
