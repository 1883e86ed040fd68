//! What the server says about itself, in the text format of Prometheus.
//!
//! `names` lists every metric there is; here they are counted and read. Counters are kept by hand: a route and method
//! have one cell for each class of status, so counting a request is one short lock and a few additions. Weighing the
//! tables reads much, so its result is kept for a while: at least `STORAGE_AGE_MIN`, and so long that weighing takes
//! at most a fiftieth of the time.

mod derived;
mod exposition;
mod histogram;
pub mod names;
mod replicas;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{Method, StatusCode};

use crate::app::AppState;
use crate::blobs::Deed;
use crate::cache::{Copies, SharedCache, Source};
use crate::clock;
use crate::configuration::Setting;
use crate::gate::{Gate, Shed};
use crate::link::Outcome;
use crate::rate::Class;
use crate::store::{Entity, EntityStorage, SharedStore};
use exposition::Exposition;
pub(crate) use histogram::{Histogram, Reading};

/// The least time the weights of tables are kept.
const STORAGE_AGE_MIN: Duration = Duration::from_secs(3);
/// The weights are kept this many times as long as weighing took.
const STORAGE_AGE_FACTOR: u32 = 50;
/// How long weighing may take.
const WEIGH_TIME: Duration = Duration::from_secs(8);
/// Classes of status, 1xx to 5xx.
const CLASSES: usize = 5;
/// Bounds of durations in microseconds: from a null request to the time limit of one.
const DURATIONS: [u64; 13] =
    [250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 10_000_000];
/// Microseconds of a second.
const MICROSECONDS: f64 = 1e6;

#[derive(Clone, Copy, Default)]
struct Cell {
    requests: u64,
    body_bytes: u64,
}

struct Route {
    cells: [Cell; CLASSES],
    durations: Arc<Histogram<{ DURATIONS.len() }>>,
}

struct Weights {
    weighed_at: Instant,
    keep: Duration,
    storage: Vec<EntityStorage>,
}

/// The counters of one server.
#[derive(Default)]
pub struct Telemetry {
    /// By pattern of the route and method.
    routes: Mutex<BTreeMap<String, BTreeMap<&'static str, Route>>>,
    in_flight: AtomicU64,
    weights: tokio::sync::Mutex<Option<Weights>>,
}

/// A request that is being served, until it is dropped.
pub(crate) struct InFlight(Arc<Telemetry>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

/// An answer as it is counted.
pub(crate) struct Answered<'a> {
    /// The pattern of the route, never the address itself: addresses are without number.
    pub(crate) route: &'a str,
    pub(crate) method: &'a Method,
    pub(crate) status: StatusCode,
    pub(crate) body_bytes: u64,
    pub(crate) took: Duration,
}

impl Telemetry {
    /// Counts a request as being served.
    pub(crate) fn begin(self: &Arc<Self>) -> InFlight {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        InFlight(Arc::clone(self))
    }

    /// Counts an answer.
    pub(crate) fn count(&self, answered: &Answered<'_>) {
        let Answered { route, method, status, body_bytes, took } = answered;
        let class = usize::from(status.as_u16() / 100).clamp(1, CLASSES) - 1;
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        // Not the entry interface: it would make a string of the route for every request.
        let methods = match routes.get_mut(*route) {
            Some(methods) => methods,
            None => routes.entry((*route).to_owned()).or_default(),
        };
        let counted = methods.entry(known(method)).or_insert_with(|| Route {
            cells: [Cell::default(); CLASSES],
            durations: Arc::new(Histogram::new(DURATIONS)),
        });
        counted.cells[class].requests += 1;
        counted.cells[class].body_bytes += body_bytes;
        counted.durations.add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    /// Everything, as Prometheus reads it.
    pub(crate) async fn render(&self, state: &AppState) -> String {
        let storage = self.storage(state).await;
        let mut text = Exposition::default();
        let (version, database) = (env!("CARGO_PKG_VERSION"), state.store.engine());
        text.family(names::BUILD).sample(&[("version", version), ("database", database)], 1);
        let mut settings = text.family(names::SETTING);
        for Setting { name, value, .. } in state.configuration.settings() {
            settings.sample(&[("switch", name), ("value", value)], 1);
        }
        self.render_routes(&mut text);
        // The request that asks is one of them.
        text.family(names::IN_FLIGHT).sample(&[], self.in_flight.load(Ordering::Relaxed));
        render_gate(&mut text, &state.gate);
        let mut limited = text.family(names::RATE_LIMITED);
        for class in Class::ALL {
            limited.sample(&[("class", class.name())], state.limiter.refused(class));
        }
        render_copies(&mut text, &state.copies).await;
        render_links(&mut text, state);
        let mut blobs = text.family(names::BLOB_REQUESTS);
        for (deed, counts) in Deed::ALL.iter().filter_map(|deed| Some((deed, state.blobs.counted(*deed)?))) {
            for (outcome, count) in ["done", "failed"].into_iter().zip(counts) {
                blobs.sample(&[("deed", deed.name()), ("outcome", outcome)], count);
            }
        }
        text.family(names::DATABASE_UP).sample(&[], u8::from(!state.outage.is_on()));
        text.family(names::STATEMENTS).sample(&[], state.store.statements().total());
        replicas::render(&mut text, &state.store);
        derived::render(&mut text, &state.store, state.clock.now());
        text.family(names::QUEUE_DEPTH).sample(&[], state.store.write_queue_depth());
        text.family(names::GROUP_SIZE).histogram(&[], &state.store.write_groups().read(), 1.0);
        text.family(names::WRITE_SECONDS).sample(&[], state.store.write_groups().at_work().as_secs_f64());
        let documents = state.store.document_writes();
        text.family(names::DOCUMENTS_WRITTEN).sample(&[], documents.documents());
        text.family(names::DOCUMENT_BYTES).sample(&[], documents.bytes());
        text.family(names::HASH_QUEUE).sample(&[], state.passwords.queue_depth());
        text.family(names::SESSIONS).sample(&[], rows(&storage, Entity::Session));
        let mut weights = text.family(names::STORAGE);
        for EntityStorage { entity, bytes, .. } in &storage {
            weights.sample(&[("entity", entity.name())], bytes);
        }
        let mut counts = text.family(names::ROWS);
        for EntityStorage { entity, rows, .. } in &storage {
            counts.sample(&[("entity", entity.name())], rows);
        }
        text.family(names::PROCESSOR).sample(&[], clock::processor_time().as_secs_f64());
        text.finish()
    }

    fn render_routes(&self, text: &mut Exposition) {
        let routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        let each = || {
            let all = routes.iter().flat_map(|(route, methods)| methods.iter().map(move |it| (route, it)));
            all.map(|(route, (method, counted))| ([("route", route.as_str()), ("method", *method)], counted))
        };
        let cells = || {
            each().flat_map(|([route, method], counted)| {
                let statuses = ["1xx", "2xx", "3xx", "4xx", "5xx"].into_iter().zip(&counted.cells);
                let used = statuses.filter(|(_, cell)| cell.requests > 0);
                used.map(move |(status, cell)| ([route, method, ("status", status)], cell))
            })
        };
        let mut family = text.family(names::REQUESTS);
        for (labels, cell) in cells() {
            family.sample(&labels, cell.requests);
        }
        let mut family = text.family(names::BODY_BYTES);
        for (labels, cell) in cells() {
            family.sample(&labels, cell.body_bytes);
        }
        let mut family = text.family(names::DURATION);
        for (labels, counted) in each() {
            family.histogram(&labels, &counted.durations.read(), MICROSECONDS);
        }
    }

    /// The weights of the tables, weighed anew when they are old and the database is there: while it is away, the last ones
    /// are better than no metrics at all. The lock is held while weighing, so that two readers do not weigh twice.
    async fn storage(&self, state: &AppState) -> Vec<EntityStorage> {
        let mut kept = self.weights.lock().await;
        if let Some(weights) = kept.as_ref()
            && weights.weighed_at.elapsed() < weights.keep
        {
            return weights.storage.clone();
        }
        let started = Instant::now();
        let weighed = if state.outage.is_on() { None } else { weigh(&state.store).await };
        let Some(storage) = weighed else {
            return kept.as_ref().map(|weights| weights.storage.clone()).unwrap_or_default();
        };
        let keep = STORAGE_AGE_MIN.max(started.elapsed() * STORAGE_AGE_FACTOR);
        *kept = Some(Weights { weighed_at: Instant::now(), keep, storage: storage.clone() });
        storage
    }
}

async fn render_copies(text: &mut Exposition, copies: &Copies) {
    let mut counted = text.family(names::CACHE_REQUESTS);
    for source in Source::ALL {
        counted.sample(&[("from", source.name())], copies.counted(source));
    }
    let (evicted, entries, bytes) = copies.sizes().await;
    text.family(names::CACHE_EVICTIONS).sample(&[], evicted);
    text.family(names::CACHE_ENTRIES).sample(&[], entries);
    text.family(names::CACHE_BYTES).sample(&[], bytes);
    let mut limit = text.family(names::CACHE_LIMIT);
    if let Some((used_for, bytes)) = copies.limit() {
        limit.sample(&[("for", used_for)], bytes);
    }
    let mut kept = text.family(names::SHARED_CACHE_KEPT);
    if let Some(shared) = copies.shared() {
        for (kept_it, count) in ["yes", "no"].into_iter().zip(shared.kept()) {
            kept.sample(&[("kept", kept_it)], count);
        }
    }
    let mut untold = text.family(names::SHARED_CACHE_UNTOLD);
    if let Some(shared) = copies.shared() {
        untold.sample(&[], shared.untold());
    }
}

fn render_links(text: &mut Exposition, state: &AppState) {
    let links = [state.copies.shared().map(SharedCache::link), state.limiter.link()];
    let mut up = text.family(names::REDIS_UP);
    for link in links.iter().flatten() {
        up.sample(&[("for", link.purpose())], u8::from(link.is_up()));
    }
    let mut asked = text.family(names::REDIS_REQUESTS);
    for link in links.iter().flatten() {
        for outcome in Outcome::ALL {
            let labels = [("for", link.purpose()), ("outcome", outcome.name())];
            asked.sample(&labels, link.counted(outcome));
        }
    }
}

fn render_gate(text: &mut Exposition, gate: &Gate) {
    let (waiting, longest) = gate.waiting();
    text.family(names::WAITING).sample(&[], waiting);
    text.family(names::WAITING_MAX).sample(&[], longest);
    let mut limits = text.family(names::GATE_LIMIT);
    if let Some(shedding) = gate.shedding() {
        limits.sample(&[("of", "served")], shedding.served);
        limits.sample(&[("of", "waiting")], shedding.waiting);
    }
    let mut shed = text.family(names::SHED);
    for why in Shed::ALL {
        shed.sample(&[("why", why.name())], gate.shed(why));
    }
}

/// What the store weighs; `None` when it does not say so in time.
async fn weigh(store: &SharedStore) -> Option<Vec<EntityStorage>> {
    let weighed = tokio::time::timeout(WEIGH_TIME, store.storage()).await;
    weighed.ok()?.inspect_err(|error| tracing::error!(%error, "the store cannot be weighed")).ok()
}

/// The method as a label; whatever a client makes up is one.
fn known(method: &Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    KNOWN.into_iter().find(|name| *name == method.as_str()).unwrap_or("other")
}

fn rows(storage: &[EntityStorage], entity: Entity) -> u64 {
    storage.iter().find(|storage| storage.entity == entity).map_or(0, |storage| storage.rows)
}
