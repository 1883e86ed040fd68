//! Decisions already taken that have numbers of their own: a cache, replicas, how users hear of news.

use std::time::Duration;

use crate::range::Range;
use crate::scenario::{Origin, Sourced};
use crate::units::{Bytes, Count, Ratio};

/// `cache: 256 MB ttl 60 s`, `cache: 90% hits`, `cache: none`, or as a map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cache {
    /// Whether there is one; `cache: none` says that there is none.
    pub is_used: bool,
    /// How large it is, or what it is to reach; `None`: not said.
    pub room: Option<Room>,
    /// How long an entry lives at most; `None`: until it makes room for another.
    pub ttl: Option<Sourced<Duration>>,
    /// Where it was said.
    pub origin: Origin,
}

/// How much a cache holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Room {
    /// So much memory.
    Size(Sourced<Range<Bytes>>),
    /// As much as it takes to answer this share of the reads.
    Hits(Sourced<Range<Ratio>>),
}

/// `replicas: 2`, `replicas: 2 lag 200 ms`, or as a map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Replicas {
    /// Read replicas beside the first database.
    pub number: Sourced<Range<Count>>,
    /// How far they are behind; `None`: not said.
    pub lag: Option<Sourced<Range<Duration>>>,
}

/// How users hear of news: `updates: websocket`, `updates: sse`, `updates: poll 10 s`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Updates {
    /// By which way.
    pub by: UpdatesBy,
    /// Where it was said.
    pub origin: Origin,
}

/// A way to hear of news.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum UpdatesBy {
    /// A connection for both directions.
    WebSocket,
    /// A connection from the server (server-sent events).
    ServerSent,
    /// Asking every so often.
    Poll(Range<Duration>),
}
