//! Serves the forum on a socket until it is told to stop.
//!
//! The caller binds the socket and says when to stop, so a test uses a free port and stops when it likes.
//! Stopping has three steps: no more connections are accepted, every connection is told to finish the request
//! it is in, and all are waited for, but not for ever.
//!
//! hyper's own builder is used and not `axum::serve`, which has no time limit for the head of a request: one
//! byte every ten seconds on a few thousand connections would occupy the server for nothing.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;

use crate::app::Readiness;
use crate::limits;
use crate::rate::Peer;
use crate::stall::Unstalled;

/// Pause after a failed `accept`: it fails when no file descriptor is free, and trying again at once would
/// only burn the processor.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How many connections, and how long they may take.
#[derive(Clone, Copy, Debug)]
pub struct ServeLimits {
    /// Connections open at a time.
    pub connections: usize,
    /// Time to receive the head of a request, the idle time before it included.
    pub header_time: Duration,
    /// Time for which a client may read nothing of an answer.
    pub read_nothing_time: Duration,
    /// Time for requests to finish after the signal to stop.
    pub drain_time: Duration,
}

impl Default for ServeLimits {
    fn default() -> Self {
        Self {
            connections: limits::CONNECTIONS,
            header_time: limits::HEADER_TIME,
            read_nothing_time: limits::READ_NOTHING_TIME,
            drain_time: limits::DRAIN_TIME,
        }
    }
}

/// How serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drained {
    /// Every connection had finished.
    Completely,
    /// The time was over and some had not.
    InPart,
}

/// Serves `app` on `listener` until `stop` is done, then drains.
pub async fn run(
    listener: TcpListener,
    app: Router,
    limits: ServeLimits,
    readiness: &Readiness,
    stop: impl Future<Output = ()>,
) -> Drained {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .max_headers(limits::HEADERS)
        .max_buf_size(limits::HEAD_BYTES)
        .keep_alive(true);
    let places = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let tasks = TaskTracker::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        // Stopping wins; a connection that was accepted in the same moment is dropped by the system, as one
        // that came too late.
        let (stream, address, place) = tokio::select! {
            biased;
            () = &mut stop => break,
            accepted = accept(&listener, &places) => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::error!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
        };
        let forum = TowerToHyperService::new(app.clone());
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(address));
            forum.call(request)
        });
        let stream = Unstalled::new(stream, limits.read_nothing_time);
        let connection = graceful.watch(builder.serve_connection(TokioIo::new(stream), service));
        tasks.spawn(async move {
            let _place = place;
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended with an error");
            }
        });
    }
    readiness.stop();
    drop(listener);
    tasks.close();
    let drain = async {
        graceful.shutdown().await;
        tasks.wait().await;
    };
    match tokio::time::timeout(limits.drain_time, drain).await {
        Ok(()) => Drained::Completely,
        Err(_) => Drained::InPart,
    }
}

/// The next connection. A place for it is taken first, so that what is beyond the limit waits in the system's
/// queue.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, IpAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, address) = listener.accept().await?;
    // An answer is one write; waiting for more to send with it would only delay it.
    stream.set_nodelay(true)?;
    Ok((stream, address.ip(), place))
}
