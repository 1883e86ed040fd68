//! The whole service without a socket.
//!
//! `router` puts the resources together and the layers around them. From outside to inside: watching (`observe`);
//! catching panics; security headers; each client's rate and the gate that
//! limits; keys of retries and what caches may do; the routes. Health, metrics and the null endpoint
//! are outside of the gate: a busy server must still say so.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware;
use axum::response::{IntoResponse, Response};

use crate::blobs::Blobs;
use crate::cache::Copies;
use crate::clock::Clock;
use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::extra_work::ExtraWork;
use crate::gate::Gate;
use crate::http_cache::HttpCache;
use crate::limits::BODY_BYTES;
use crate::observe::{self, Costs, RequestIds};
use crate::outage::Outage;
use crate::password::{Cost, Passwords};
use crate::pictures::Pictures;
use crate::rate::{Limiter, TrustedProxies};
use crate::retry::InProgress;
use crate::shared::shared;
use crate::store::SharedStore;
use crate::telemetry::Telemetry;
use crate::{http, web};

/// What handlers share; all of it is cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// Where the forum is kept.
    pub store: SharedStore,
    /// The threads that hash passwords.
    pub passwords: Passwords,
    /// The threads that decode pictures.
    pub pictures: Pictures,
    /// Where pictures are kept.
    pub blobs: Blobs,
    /// What time it is.
    pub clock: Clock,
    /// Counters.
    pub telemetry: Arc<Telemetry>,
    /// Whether new requests are welcome.
    pub readiness: Readiness,
    /// How many requests are served and may wait.
    pub gate: Gate,
    /// Copies of answers, for when the database is away or is to be spared.
    pub copies: Copies,
    /// Whether the database is there.
    pub outage: Outage,
    /// How much one client may ask for.
    pub limiter: Limiter,
    /// Whose word is taken for where a request comes from.
    pub proxies: Arc<TrustedProxies>,
    /// The keys of requests that may be sent again and are being served.
    pub in_progress: InProgress,
    /// Names for requests that bring none.
    pub request_ids: RequestIds,
    /// What answers say of their cost.
    pub costs: Costs,
    /// Whether browsers reach the server over TLS, which a proxy in front of it speaks.
    pub behind_tls: bool,
    /// What caches may do with what strangers read.
    pub http_cache: HttpCache,
    /// How all of this was set up.
    pub configuration: Configuration,
    /// Where spans go, if anywhere.
    #[cfg(feature = "opentelemetry")]
    pub traces: Option<crate::traces::Traces>,
    /// What is burnt for each request, for tests of regression checks.
    pub extra_work: ExtraWork,
}

impl AppState {
    /// A state around a store, with the usual limits of the whole and none for each client: those are for `serve` to set.
    #[must_use]
    pub fn new(store: SharedStore, clock: Clock) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            store,
            passwords: Passwords::new(cores, Cost::default()),
            pictures: Pictures::default(),
            blobs: Blobs::default(),
            clock,
            telemetry: Arc::new(Telemetry::default()),
            readiness: Readiness::default(),
            gate: Gate::default(),
            copies: Copies::default(),
            outage: Outage::default(),
            limiter: Limiter::off(),
            proxies: Arc::default(),
            in_progress: InProgress::default(),
            request_ids: RequestIds::new(),
            costs: Costs::default(),
            behind_tls: false,
            http_cache: HttpCache::default(),
            configuration: Configuration::default(),
            #[cfg(feature = "opentelemetry")]
            traces: None,
            extra_work: ExtraWork::default(),
        }
    }
}

/// The state as the service holds it: one handle, because each layer of a router is cloned for each request together with all
/// that is inside of it, and what handlers share is two dozen handles.
#[derive(Clone)]
pub(crate) struct App(Arc<AppState>);

impl Deref for App {
    type Target = AppState;

    fn deref(&self) -> &AppState {
        &self.0
    }
}

/// Whether the server wants to be sent requests: until it was told to stop.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// From now on a balancer is told to go elsewhere.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether [`Readiness::stop`] was called.
    #[must_use]
    pub fn stopping(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The service.
pub fn router(state: AppState) -> Router {
    let app = App(Arc::new(state));
    let routes = Router::new().merge(http::routes(&app)).merge(web::routes(&app));
    routes
        .fallback(nothing_here)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(shared(middleware::from_fn_with_state(app.clone(), observe::layer)))
        .with_state(app)
}

/// An address nobody knows: JSON for programs, a page for people.
async fn nothing_here(state: State<App>, request: Request) -> Response {
    if http::is_for_programs(request.uri().path()) {
        ApiError::NotFound("address").into_response()
    } else {
        web::not_found(state, request).await
    }
}
