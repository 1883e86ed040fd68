//! The highest rate at which a server keeps its promises, with an interval.
//!
//! | file | what it holds |
//! | --- | --- |
//! | [`trial`] | what the search asks for, and what came of it |
//! | [`search`] | which level comes next; pure |
//! | [`timing`] | how long levels and blocks are |
//! | [`boundary`] | where a promise breaks, by one curve through all levels |
//! | [`steady`] | whether all levels speak of the same server |
//! | [`mod@answer`] | what a search came to |
//! | [`foresee`] | throughput over concurrency as a law, and what it says before it is tried |
//! | [`limit`] | what the limit is, by the server's and the system's figures |
//! | [`measure`] | a search on a real server |
//! | `carry`, `ledger`, `beside` | one level: its load, its account, what is seen beside it |
//! | `write_up` | putting it together |

pub mod answer;
mod beside;
pub mod boundary;
mod carry;
pub mod foresee;
mod ledger;
pub mod limit;
pub mod measure;
pub mod search;
pub mod steady;
pub mod timing;
pub mod trial;
mod write_up;
