//! The forum under faults: killed, cut off from its database, without room on its disk, overrun. What each test shows,
//! and what none of them can, is in `FAULTS.md`.

#[path = "../api/audit.rs"]
mod audit;
mod client;
mod database;
mod kills;
mod ledger;
mod outages;
mod overload;
#[path = "../api/postgres.rs"]
#[expect(dead_code, reason = "one server has one database here")]
mod postgres;
#[path = "../api/redis.rs"]
mod redis;
mod redis_away;
mod replicas;
mod room;
mod server;
mod slow;
mod writers;
