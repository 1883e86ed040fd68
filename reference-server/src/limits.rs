//! How much the server takes on at a time. What is more is refused at once, so that what was accepted stays
//! fast.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use tokio::sync::Semaphore;

use crate::error::ApiError;

/// Bytes of a request's body: the longest text, written with six bytes of JSON escape for some characters,
/// and its frame.
pub const BODY_BYTES: usize = 64 * 1024;
/// Requests being served at a time; at 1 ms each, 512,000 a second, far beyond what two cores do.
pub const REQUESTS_IN_FLIGHT: usize = 512;
/// Time to serve a request.
pub const REQUEST_TIME: Duration = Duration::from_secs(10);
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
/// Time for requests to finish after the signal to stop.
pub const DRAIN_TIME: Duration = Duration::from_secs(5);

/// The gate in front of everything that costs.
#[derive(Clone, Debug)]
pub struct Gate(Arc<Semaphore>);

impl Gate {
    /// A gate that lets `requests` in at a time.
    #[must_use]
    pub fn new(requests: usize) -> Self {
        Self(Arc::new(Semaphore::new(requests)))
    }

    /// Serves a request if there is room and time; an error is for the caller to dress.
    pub(crate) async fn admit(self, request: Request, next: Next) -> Result<Response, ApiError> {
        // Not a queue: one semaphore for all routes, and no waiting for it.
        let Ok(_permit) = self.0.try_acquire() else {
            return Err(ApiError::Busy);
        };
        tokio::time::timeout(REQUEST_TIME, next.run(request)).await.map_err(|_| ApiError::TimedOut)
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self::new(REQUESTS_IN_FLIGHT)
    }
}
