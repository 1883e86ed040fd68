//! How much the server takes on at a time. What is more is refused at once, so that what was accepted stays
//! fast.

use std::time::Duration;

/// Bytes of a request's body: the longest text, written with six bytes of JSON escape for some characters,
/// and its frame.
pub const BODY_BYTES: usize = 64 * 1024;
/// Requests being served at a time, for each core: enough for the writer to commit in large groups (14.7 of 20.6 thousand
/// rows/s at 64 waiting clients), and twice as many as passwords take (`password`), so that log-ins leave room for reading.
pub const SERVED_PER_CORE: usize = 64;
/// Requests that may wait for their turn, for each one being served.
pub const WAITING_PER_SERVED: usize = 4;
/// Time to wait for a turn: a burst of that length is served, and nobody notices.
pub const TURN_WAIT: Duration = Duration::from_millis(100);
/// Time to serve a request.
pub const REQUEST_TIME: Duration = Duration::from_secs(10);
/// Time after which a request that is not served yet makes the server look whether its database is still there: longer than
/// anything takes that goes well.
pub const SUSPECT_TIME: Duration = Duration::from_secs(2);
/// Time for the database to say that it is there; longer than the wait for a connection, so that it can say so itself.
pub const PING_TIME: Duration = Duration::from_secs(3);
/// Time to receive a body: less than [`REQUEST_TIME`], so that a slow client is told that he is slow.
pub const BODY_TIME: Duration = Duration::from_secs(8);
/// Connections open at a time; more wait in the system's queue.
pub const CONNECTIONS: usize = 4096;
/// Time to receive the head of a request, the idle time before it included.
pub const HEADER_TIME: Duration = Duration::from_secs(30);
/// Time for which a client may read nothing of an answer.
pub const READ_NOTHING_TIME: Duration = Duration::from_secs(30);
/// Headers of a request.
pub const HEADERS: usize = 64;
/// Bytes of a connection's buffer, and so of a request's head.
pub const HEAD_BYTES: usize = 32 * 1024;
/// Time during which a server that was told to stop still takes what comes, but says that it is not ready and that each
/// connection ends with its answer, so that clients and balancers go elsewhere without having met a closed door.
pub const NOTICE_TIME: Duration = Duration::from_secs(1);
/// Time for requests to finish after that: more than [`REQUEST_TIME`], so that none is cut off.
pub const DRAIN_TIME: Duration = Duration::from_secs(12);
