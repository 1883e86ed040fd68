//! What the server says about itself: counters in the text format of Prometheus.
//!
//! Counters are kept by hand: a route has one cell for each class of status, so counting a request is one
//! short lock and two additions. Weighing the tables reads much, so its result is kept for a while: at least
//! `STORAGE_AGE_MIN`, and so long that weighing takes at most a fiftieth of the time.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;

use crate::store::{Entity, EntityStorage, SharedStore, StoreError};

/// The least time the weights of tables are kept.
const STORAGE_AGE_MIN: Duration = Duration::from_secs(3);
/// The weights are kept this many times as long as weighing took.
const STORAGE_AGE_FACTOR: u32 = 50;
/// Classes of status, 1xx to 5xx.
const CLASSES: usize = 5;

#[derive(Clone, Copy, Default)]
struct Cell {
    requests: u64,
    body_bytes: u64,
}

struct Weights {
    weighed_at: Instant,
    keep: Duration,
    storage: Vec<EntityStorage>,
}

/// The counters of one server.
#[derive(Default)]
pub struct Telemetry {
    routes: Mutex<HashMap<String, [Cell; CLASSES]>>,
    weights: tokio::sync::Mutex<Option<Weights>>,
}

impl Telemetry {
    /// Counts an answer. `route` is the pattern, never the address itself: addresses are without number.
    pub fn count(&self, route: &str, status: StatusCode, body_bytes: u64) {
        let class = usize::from(status.as_u16() / 100).clamp(1, CLASSES) - 1;
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        // Not the entry interface: it would make a string of the route for every request.
        let cells = match routes.get_mut(route) {
            Some(cells) => cells,
            None => routes.entry(route.to_owned()).or_default(),
        };
        cells[class].requests += 1;
        cells[class].body_bytes += body_bytes;
    }

    /// Everything, as Prometheus reads it.
    ///
    /// # Errors
    /// When the store cannot be weighed.
    pub async fn render(&self, store: &SharedStore) -> Result<String, StoreError> {
        let storage = self.storage(store).await?;
        let mut text = String::with_capacity(4096);
        let mut line = |arguments: std::fmt::Arguments<'_>| {
            // Writing to a string cannot fail.
            let _ = text.write_fmt(arguments);
            text.push('\n');
        };
        line(format_args!(
            "# HELP forum_build_info The program and its database.\n# TYPE forum_build_info gauge"
        ));
        line(format_args!(
            "forum_build_info{{version=\"{}\",database=\"{}\"}} 1",
            env!("CARGO_PKG_VERSION"),
            store.engine()
        ));
        self.render_routes(&mut line);
        for (name, kind, help, value) in [
            ("forum_sql_statements_total", "counter", "SQL statements sent.", store.statements().total()),
            (
                "forum_write_queue_depth",
                "gauge",
                "Writes waiting for the writer.",
                store.write_queue_depth() as u64,
            ),
            ("forum_sessions", "gauge", "Log-ins kept.", rows(&storage, Entity::Session)),
        ] {
            line(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}"));
        }
        line(format_args!(
            "# HELP forum_storage_bytes Bytes of a table with its indexes.\n# TYPE forum_storage_bytes gauge"
        ));
        for EntityStorage { entity, bytes, .. } in &storage {
            line(format_args!("forum_storage_bytes{{entity=\"{}\"}} {bytes}", entity.name()));
        }
        line(format_args!("# HELP forum_rows Rows of a table.\n# TYPE forum_rows gauge"));
        for EntityStorage { entity, rows, .. } in &storage {
            line(format_args!("forum_rows{{entity=\"{}\"}} {rows}", entity.name()));
        }
        Ok(text)
    }

    fn render_routes(&self, line: &mut impl FnMut(std::fmt::Arguments<'_>)) {
        let mut routes: Vec<(String, [Cell; CLASSES])> = {
            let routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
            routes.iter().map(|(route, cells)| (route.clone(), *cells)).collect()
        };
        routes.sort_by(|a, b| a.0.cmp(&b.0));
        let cells = || {
            routes.iter().flat_map(|(route, cells)| {
                let counted = cells.iter().enumerate().filter(|(_, cell)| cell.requests > 0);
                counted.map(move |(index, cell)| (route, index + 1, cell))
            })
        };
        line(format_args!(
            "# HELP forum_requests_total Requests answered.\n# TYPE forum_requests_total counter"
        ));
        for (route, class, cell) in cells() {
            let requests = cell.requests;
            line(format_args!("forum_requests_total{{route=\"{route}\",status=\"{class}xx\"}} {requests}"));
        }
        line(format_args!(
            "# HELP forum_response_body_bytes_total Bytes of answers without their headers.\n# TYPE forum_response_body_bytes_total counter"
        ));
        for (route, class, cell) in cells() {
            let bytes = cell.body_bytes;
            line(format_args!(
                "forum_response_body_bytes_total{{route=\"{route}\",status=\"{class}xx\"}} {bytes}"
            ));
        }
    }

    /// The weights of the tables, weighed anew when they are old. The lock is held while weighing, so that
    /// two readers do not weigh twice.
    async fn storage(&self, store: &SharedStore) -> Result<Vec<EntityStorage>, StoreError> {
        let mut kept = self.weights.lock().await;
        if let Some(weights) = kept.as_ref()
            && weights.weighed_at.elapsed() < weights.keep
        {
            return Ok(weights.storage.clone());
        }
        let started = Instant::now();
        let storage = store.storage().await?;
        let keep = STORAGE_AGE_MIN.max(started.elapsed() * STORAGE_AGE_FACTOR);
        *kept = Some(Weights { weighed_at: Instant::now(), keep, storage: storage.clone() });
        Ok(storage)
    }
}

fn rows(storage: &[EntityStorage], entity: Entity) -> u64 {
    storage.iter().find(|storage| storage.entity == entity).map_or(0, |storage| storage.rows)
}
