//! Serves the forum on a socket until it is told to stop.
//!
//! The caller binds the socket and says when to stop, so a test uses a free port and stops when it likes.
//! Stopping has three steps. For a moment everything is served as before, but the forum is not ready any more, and every
//! answer says that its connection ends with it: a client that is in the middle of something is not cut off, and goes
//! elsewhere for the next thing. Then no more connections are accepted and idle ones are closed. Requests under way are
//! waited for, but not for ever.
//!
//! hyper's own builder is used and not `axum::serve`, which has no time limit for the head of a request: one
//! byte every ten seconds on a few thousand connections would occupy the server for nothing.

use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::CONNECTION;
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
/// Pause between two looks at whether anybody is still here.
const LOOK_PAUSE: Duration = Duration::from_millis(10);

/// How many connections, and how long they may take.
#[derive(Clone, Copy, Debug)]
pub struct ServeLimits {
    /// Connections open at a time.
    pub connections: usize,
    /// Time to receive the head of a request, the idle time before it included.
    pub header_time: Duration,
    /// Time for which a client may read nothing of an answer.
    pub read_nothing_time: Duration,
    /// Time between the signal to stop and the end of accepting; over as soon as no connection is open.
    pub notice_time: Duration,
    /// Time for requests to finish after that.
    pub drain_time: Duration,
}

impl Default for ServeLimits {
    fn default() -> Self {
        Self {
            connections: limits::CONNECTIONS,
            header_time: limits::HEADER_TIME,
            read_nothing_time: limits::READ_NOTHING_TIME,
            notice_time: limits::NOTICE_TIME,
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
    let door = Door::new(app, limits, readiness.clone());
    // Stopping wins; a connection that was accepted in the same moment is dropped by the system, as one that came too
    // late. So it is here and below.
    tokio::select! {
        biased;
        () = stop => {}
        () = door.keep_open(&listener) => {}
    }
    readiness.stop();
    if !limits.notice_time.is_zero() {
        tokio::select! {
            biased;
            () = tokio::time::sleep(limits.notice_time) => {}
            () = door.nobody_is_here() => {}
            () = door.keep_open(&listener) => {}
        }
    }
    drop(listener);
    door.close().await
}

/// Where connections come in.
struct Door {
    app: Router,
    builder: http1::Builder,
    limits: ServeLimits,
    readiness: Readiness,
    places: Arc<Semaphore>,
    graceful: GracefulShutdown,
    tasks: TaskTracker,
}

impl Door {
    fn new(app: Router, limits: ServeLimits, readiness: Readiness) -> Self {
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(limits.header_time)
            .max_headers(limits::HEADERS)
            .max_buf_size(limits::HEAD_BYTES)
            .keep_alive(true);
        let places = Arc::new(Semaphore::new(limits.connections));
        let (graceful, tasks) = (GracefulShutdown::new(), TaskTracker::new());
        Self { app, builder, limits, readiness, places, graceful, tasks }
    }

    /// Takes connections for as long as it is asked to.
    async fn keep_open(&self, listener: &TcpListener) {
        loop {
            match accept(listener, &self.places).await {
                Ok((stream, address, place)) => self.serve(stream, address, place),
                Err(error) => {
                    tracing::error!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn serve(&self, stream: TcpStream, address: IpAddr, place: OwnedSemaphorePermit) {
        let forum = TowerToHyperService::new(self.app.clone());
        let readiness = self.readiness.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(address));
            let (answer, readiness) = (forum.call(request), readiness.clone());
            async move {
                let mut response = answer.await?;
                if readiness.stopping() {
                    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                }
                Ok::<_, Infallible>(response)
            }
        });
        let stream = Unstalled::new(stream, self.limits.read_nothing_time);
        let connection = self.graceful.watch(self.builder.serve_connection(TokioIo::new(stream), service));
        self.tasks.spawn(async move {
            let _place = place;
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended with an error");
            }
        });
    }

    /// Done when no connection is open.
    async fn nobody_is_here(&self) {
        while !self.tasks.is_empty() {
            tokio::time::sleep(LOOK_PAUSE).await;
        }
    }

    /// Ends connections after the request they are in, and waits for them.
    async fn close(self) -> Drained {
        self.tasks.close();
        let drain = async {
            self.graceful.shutdown().await;
            self.tasks.wait().await;
        };
        match tokio::time::timeout(self.limits.drain_time, drain).await {
            Ok(()) => Drained::Completely,
            Err(_) => Drained::InPart,
        }
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
