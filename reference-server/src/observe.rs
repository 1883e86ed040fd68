//! What is seen of every request: its name, its context, its line in the log, its counters, and what is said of its cost.
//!
//! The outermost layer. A request has a name, `x-request-id`: the client's if it is well-formed (so that a trace
//! through several services has one name), else a new one. Every line logged while it is served carries it, and so
//! does the answer. What a client sends otherwise is never logged: not the address (only the pattern of the route), no
//! header, no body.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::HttpBody;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::STRICT_TRANSPORT_SECURITY;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use crate::app::App;
use crate::clock::Stopwatch;
use crate::context::{self, Context, Part};
use crate::domain::UserId;
use crate::rate::Peer;
use crate::session::Token;
use crate::telemetry::Answered;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
/// A year, for every host below as well.
const STAY_WITH_TLS: &str = "max-age=31536000; includeSubDomains";
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// Only in the test mode: how many statements a request cost.
const STATEMENTS: HeaderName = HeaderName::from_static("x-sql-statements");
/// The longest name a client may give.
const ID_MAX: usize = 64;

/// What answers say of their cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Costs {
    /// `Server-Timing`: where the time went.
    pub timing: bool,
    /// `x-sql-statements`: how many statements there were, for tests.
    pub statements: bool,
}

impl Default for Costs {
    fn default() -> Self {
        Self { timing: true, statements: false }
    }
}

/// Names for requests that bring none.
#[derive(Clone, Debug)]
pub struct RequestIds(Arc<Ids>);

#[derive(Debug)]
struct Ids {
    /// The same for all requests of one run of the server.
    beginning: String,
    next: AtomicU64,
}

impl RequestIds {
    /// Names that no other run of the server gives.
    #[must_use]
    pub fn new() -> Self {
        // Without randomness the names of two runs are alike, which is a nuisance and no more.
        let beginning = Token::random().map(|token| token.reveal()[..8].to_owned());
        Self(Arc::new(Ids { beginning: beginning.unwrap_or_default(), next: AtomicU64::new(1) }))
    }

    fn name(&self, headers: &HeaderMap) -> HeaderValue {
        let given = headers.get(REQUEST_ID).filter(|value| is_well_formed(value.as_bytes()));
        given.cloned().unwrap_or_else(|| {
            let number = self.0.next.fetch_add(1, Ordering::Relaxed);
            let name = HeaderValue::try_from(format!("{}{number:08x}", self.0.beginning));
            name.unwrap_or_else(|_| HeaderValue::from_static("unnamed"))
        })
    }
}

impl Default for RequestIds {
    fn default() -> Self {
        Self::new()
    }
}

/// Letters, digits and a few marks: nothing that means something to a log, a shell or a page.
fn is_well_formed(id: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=ID_MAX).contains(&id.len()) && id.iter().all(plain)
}

/// The layer.
pub(crate) async fn layer(State(state): State<App>, request: Request, next: Next) -> Response {
    let watch = Stopwatch::start();
    let _in_flight = state.telemetry.begin();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("unmatched", MatchedPath::as_str);
    let method = request.method().clone();
    let id = state.request_ids.name(request.headers());
    let peer = request.extensions().get::<Peer>().map(|Peer(address)| *address);
    let address = peer.map(|peer| state.proxies.client(peer, request.headers()));
    let context = Arc::new(Context::new(address));
    // At the level of errors, so that their lines carry it whatever else is logged.
    let span = tracing::error_span!("request", id = id.to_str().unwrap_or_default());
    #[cfg(feature = "opentelemetry")]
    let traced = state.traces.as_ref().map(|traces| {
        let asked = crate::traces::Asked::by(request.headers(), id.to_str().unwrap_or_default());
        (traces, asked, state.clock.now())
    });
    let served = context::within(Some(Arc::clone(&context)), next.run(request));
    let mut response = served.instrument(span.clone()).await;
    let took = watch.so_far();
    let status = response.status();
    let body_bytes = response.body().size_hint().exact().unwrap_or(0);
    let answered = Answered { route, method: &method, status, body_bytes, took };
    state.telemetry.count(&answered);
    #[cfg(feature = "opentelemetry")]
    if let Some((traces, asked, began)) = &traced {
        traces.tell(*began, &answered, asked, &context);
    }
    span.in_scope(|| {
        let (status, user) = (status.as_u16(), context.user().map(UserId::get));
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let client = address.map(tracing::field::display);
        tracing::info!(%method, route, status, micros, user, client, "answered");
    });
    say_costs(response.headers_mut(), state.costs, &context, took);
    response.headers_mut().insert(REQUEST_ID, id);
    if state.behind_tls {
        response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(STAY_WITH_TLS));
    }
    if context.replayed() {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

fn say_costs(headers: &mut HeaderMap, costs: Costs, context: &Context, took: Duration) {
    if costs.timing
        && let Ok(value) = HeaderValue::try_from(timing(context, took))
    {
        headers.insert(SERVER_TIMING, value);
    }
    if costs.statements {
        headers.insert(STATEMENTS, HeaderValue::from(context.statements()));
    }
}

/// `db;dur=0.214, total;dur=0.351`, in milliseconds. The wait for the writer is not a part of `db`. Parts that a
/// request had nothing of are left out. With a cache, `cache;desc=hit` and the like say where the answer came from.
fn timing(context: &Context, took: Duration) -> String {
    let queue = context.spent(Part::Queue);
    let parts = [
        ("turn", context.spent(Part::Turn)),
        ("redis", context.spent(Part::Redis)),
        ("db", context.spent(Part::Store).saturating_sub(queue)),
        ("queue", queue),
        ("hash", context.spent(Part::Hash)),
        ("total", took),
    ];
    let had = parts.iter().filter(|(name, time)| *name == "total" || !time.is_zero());
    let cache = context.source().map(|source| format!("cache;desc={source}"));
    let shown = had.map(|(name, time)| format!("{name};dur={:.3}", time.as_secs_f64() * 1e3));
    cache.into_iter().chain(shown).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_could_harm_a_log_is_replaced() {
        let ids = RequestIds::new();
        for (given, kept) in [
            (&b"abc-123_X.y"[..], true),
            (&[b'a'; 64], true),
            (&[b'a'; 65], false),
            (b"", false),
            (b"two words", false),
            (b"a\tb", false),
            (b"\"quoted\"", false),
            (b"{json}", false),
            (b"\xe9", false),
        ] {
            let value = HeaderValue::from_bytes(given).expect("a header value");
            let name = ids.name(&HeaderMap::from_iter([(REQUEST_ID, value.clone())]));
            assert_eq!(name == value, kept, "{given:?}");
            assert!(is_well_formed(name.as_bytes()), "{name:?}");
        }
        assert_ne!(ids.name(&HeaderMap::new()), ids.name(&HeaderMap::new()));
    }

    #[test]
    fn the_wait_for_the_writer_is_told_apart_from_the_store() {
        let context = Context::new(None);
        assert_eq!(timing(&context, Duration::from_micros(350)), "total;dur=0.350");
        context.spend(Part::Store, Duration::from_millis(5));
        context.spend(Part::Queue, Duration::from_millis(3));
        let told = timing(&context, Duration::from_millis(6));
        assert_eq!(told, "db;dur=2.000, queue;dur=3.000, total;dur=6.000");
    }
}
