//! Where the rates are asked: in front of everything that costs.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use super::gcra::Table;
use super::peer::household;
use super::shared::{Client, SharedMoments};
use super::{Class, Limits, Standing};
use crate::admission;
use crate::app::AppState;
use crate::clock::Stopwatch;
use crate::context;
use crate::domain::Visitor;
use crate::error::ApiError;
use crate::link::{Address, Link};
use crate::session::Token;

/// Clients of one class that are remembered: some 5 MB at the most.
const CLIENTS: usize = 65_536;
/// Where requests without a socket come from, which only tests send.
const NOWHERE: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// The rates, and how every client stands.
#[derive(Clone, Debug, Default)]
pub struct Limiter(Option<Arc<Shared>>);

#[derive(Debug)]
struct Shared {
    since: Stopwatch,
    tables: HashMap<Class, Mutex<Table<Client>>>,
    refused: HashMap<Class, AtomicU64>,
    limits: Limits,
    /// How clients stand with all forums together, if that is counted.
    together: Option<SharedMoments>,
}

impl Limiter {
    /// No limits: for measuring, and where something in front limits already.
    #[must_use]
    pub fn off() -> Self {
        Self(None)
    }

    /// These limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self::made_of(limits, None)
    }

    /// These limits over all forums that count in the same Redis; while it is away, over this one. `wait` is how long a
    /// request waits for Redis. Needs a runtime.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub fn sharing(limits: Limits, address: &Address, wait: Duration) -> Result<Self, String> {
        let together = SharedMoments::open(address, wait);
        let together = together.map_err(|_| "the address of Redis cannot be used".to_owned())?;
        Ok(Self::made_of(limits, Some(together)))
    }

    fn made_of(limits: Limits, together: Option<SharedMoments>) -> Self {
        let table = |class: Class| (class, Mutex::new(Table::new(class, limits.of(class), CLIENTS)));
        Self(Some(Arc::new(Shared {
            since: Stopwatch::start(),
            tables: Class::ALL.map(table).into(),
            refused: Class::ALL.map(|class| (class, AtomicU64::new(0))).into(),
            limits,
            together,
        })))
    }

    /// How many requests of a class were refused.
    pub(crate) fn refused(&self, class: Class) -> u64 {
        let refused = self.0.as_ref().and_then(|shared| shared.refused.get(&class));
        refused.map_or(0, |refused| refused.load(Ordering::Relaxed))
    }

    /// The connection by which forums count together, if they do.
    pub(crate) fn link(&self) -> Option<&Link> {
        Some(self.0.as_ref()?.together.as_ref()?.link())
    }

    async fn ask(&self, class: Class, client: Client) -> Option<Standing> {
        let shared = self.0.as_ref()?;
        let standing = match &shared.together {
            Some(together) => together.ask(class, shared.limits.of(class), client).await,
            None => None,
        };
        let standing = match standing {
            Some(standing) => standing,
            None => shared.alone(class, client)?,
        };
        if standing.retry.is_some()
            && let Some(refused) = shared.refused.get(&class)
        {
            refused.fetch_add(1, Ordering::Relaxed);
        }
        Some(standing)
    }
}

impl Shared {
    /// How a client stands with this forum.
    fn alone(&self, class: Class, client: Client) -> Option<Standing> {
        let now = self.since.so_far();
        let table = self.tables.get(&class)?;
        Some(table.lock().unwrap_or_else(PoisonError::into_inner).ask(client, now))
    }
}

/// The member whose token was looked up already, kept with the request so that it is not looked up twice.
#[derive(Clone, Debug)]
pub(crate) struct KnownVisitor(pub(crate) Visitor);

/// Serves a request if its client may send it and there is room; an error is for the caller to dress. `token` is the
/// secret that came with it, if any.
pub(crate) async fn admit(
    state: &AppState,
    token: Option<Token>,
    mut request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    state.gate.knock()?;
    if state.limiter.0.is_none() {
        return admission::admit(state, request, next).await;
    }
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let class = Class::of(request.method(), route);
    let address = context::current().and_then(|context| context.address).unwrap_or(NOWHERE);
    let mut client = Client::Address(household(address));
    if class.counts_members()
        && !state.outage.is_on()
        && let Some(token) = token
        // A store that fails is for the handler to tell of.
        && let Ok(Some(visitor)) = state.store.visitor(token.hash(), state.clock.now()).await
    {
        client = Client::Member(visitor.user);
        request.extensions_mut().insert(KnownVisitor(visitor));
    }
    let Some(standing) = state.limiter.ask(class, client).await else {
        return admission::admit(state, request, next).await;
    };
    if standing.retry.is_some() {
        tracing::info!(class = class.name(), "a request was beyond its client's rate");
        return Err(ApiError::TooManyRequests(standing));
    }
    let mut response = admission::admit(state, request, next).await?;
    standing.tell(response.headers_mut());
    Ok(response)
}

impl Standing {
    /// Whole seconds until the next request may come, rounded up: who comes then is let in.
    pub(crate) fn retry_seconds(&self) -> u64 {
        let wait = self.retry.unwrap_or_default();
        wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
    }

    /// Says it in the headers of `draft-ietf-httpapi-ratelimit-headers`.
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        let name = self.class.name();
        let policy = format!("\"{name}\";q={};w={}", self.rate.requests, self.rate.window.as_secs());
        let reset = self.reset.as_secs() + u64::from(self.reset.subsec_nanos() > 0);
        let now = format!("\"{name}\";r={};t={reset}", self.remaining);
        for (name, value) in [("ratelimit-policy", policy), ("ratelimit", now)] {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}
