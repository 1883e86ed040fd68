//! A span for each request, sent to a collector over OTLP (OpenTelemetry protocol 1, HTTP, protobuf).
//!
//! Behind the feature `opentelemetry`: without it there is nothing here to build or to run. A span is made when its request has
//! been answered, from what is known of it by then, so that a request costs one span and no more. It continues the trace of
//! whoever asked (`traceparent`, W3C Trace Context). Attributes have the names of OpenTelemetry's semantic conventions for HTTP
//! servers where there are any; what the request spent inside the forum has names of ours. Nothing that a client sent is in a span.
//!
//! How much is kept for the collector, and which traces are sampled, is said by the standard variables (`OTEL_BSP_*`,
//! `OTEL_TRACES_SAMPLER`); a collector that is away costs spans, never requests.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::HeaderMap;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::{Span, SpanKind, Status, Tracer, TracerProvider};
use opentelemetry::{Context as Parents, KeyValue};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;

use crate::context::{Context, Part};
use crate::domain::Timestamp;
use crate::telemetry::Answered;

/// Who sends the spans.
const SERVICE: &str = "headroom-forum";
/// How long sending some may take, and how long the last ones are waited for when the server stops.
const PATIENCE: Duration = Duration::from_secs(3);
/// Where collectors listen for spans, below their address.
const PATH: &str = "/v1/traces";

/// Where spans go.
#[derive(Clone, Debug)]
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Sends spans to the collector at this address, like `http://127.0.0.1:4318`.
    ///
    /// # Errors
    /// The address is none.
    pub fn to(collector: &str) -> Result<Self, String> {
        let endpoint = format!("{}{PATH}", collector.trim_end_matches('/'));
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(endpoint)
            .with_timeout(PATIENCE)
            .build()
            .map_err(|error| error.to_string())?;
        let resource = Resource::builder().with_service_name(SERVICE).build();
        let provider =
            SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
        Ok(Self(provider))
    }

    /// Tells of a request that began then.
    pub(crate) fn tell(&self, began: Timestamp, answered: &Answered<'_>, asked: &Asked, context: &Context) {
        let Answered { route, method, status, body_bytes, took } = answered;
        let began = UNIX_EPOCH + Duration::from_millis(began.unix_ms().unsigned_abs());
        let ms = |part: Part| context.spent(part).as_secs_f64() * 1e3;
        let attributes = vec![
            KeyValue::new("http.request.method", method.to_string()),
            KeyValue::new("http.route", (*route).to_owned()),
            KeyValue::new("http.response.status_code", i64::from(status.as_u16())),
            KeyValue::new("http.response.body.size", i64::try_from(*body_bytes).unwrap_or(i64::MAX)),
            KeyValue::new("forum.request_id", asked.id.clone()),
            KeyValue::new("forum.sql_statements", i64::from(context.statements())),
            KeyValue::new("forum.database_ms", ms(Part::Store)),
            KeyValue::new("forum.write_queue_ms", ms(Part::Queue)),
            KeyValue::new("forum.password_ms", ms(Part::Hash)),
        ];
        let tracer = self.0.tracer("reference-server");
        let mut span = tracer
            .span_builder(format!("{method} {route}"))
            .with_kind(SpanKind::Server)
            .with_start_time(began)
            .with_attributes(attributes)
            .start_with_context(&tracer, &asked.parents);
        if status.is_server_error() {
            span.set_status(Status::error(status.as_u16().to_string()));
        }
        span.end_with_timestamp(ended(began, *took));
    }

    /// Sends what was not sent yet; what the collector does not take in time is lost.
    pub(crate) async fn finish(self) {
        let sent = tokio::task::spawn_blocking(move || {
            let sent = self.0.force_flush();
            sent.and(self.0.shutdown_with_timeout(PATIENCE))
        })
        .await;
        if !matches!(sent, Ok(Ok(()))) {
            tracing::warn!("the last spans could not be sent to the collector");
        }
    }
}

fn ended(began: SystemTime, took: Duration) -> SystemTime {
    began.checked_add(took).unwrap_or(began)
}

/// What a span needs of a request, kept while it is served.
pub(crate) struct Asked {
    parents: Parents,
    id: String,
}

impl Asked {
    /// Whose trace this request is part of, and its name.
    pub(crate) fn by(headers: &HeaderMap, id: &str) -> Self {
        Self { parents: TraceContextPropagator::new().extract(&Headers(headers)), id: id.to_owned() }
    }
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(axum::http::HeaderName::as_str).collect()
    }
}
