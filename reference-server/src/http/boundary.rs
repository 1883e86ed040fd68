//! Puts the resources together and the layers around them: what holds for every route of the interface.

use std::any::Any;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;

use super::{accepted, comments, configuration, edits, votes, withdrawals};
use super::{accounts, answers, health, hello, metrics, openapi, profile, questions, sessions};
use super::{activity, avatars, notices, search, tags};
use crate::app::App;
use crate::error::ApiError;
use crate::session::bearer;
use crate::shared::shared;
use crate::{http_cache, rate, reading_after, retry};

/// Nothing may be loaded, run or framed.
const NO_PAGE: &str = "default-src 'none'; frame-ancestors 'none'";

/// Every route of the interface.
pub(crate) fn routes(state: &App) -> Router<App> {
    let gated = Router::from(gated())
        .layer(shared(middleware::from_fn_with_state(state.http_cache, http_cache::tag_layer)))
        .layer(shared(middleware::from_fn_with_state(state.clone(), retry::layer)))
        .layer(shared(middleware::from_fn_with_state(state.clone(), admit)))
        .layer(shared(middleware::from_fn_with_state(state.http_cache, http_cache::layer)));
    let gated = match state.store.replicas() {
        Some(_) => gated.layer(shared(middleware::from_fn(reading_after::for_programs))),
        None => gated,
    };
    Router::new()
        .merge(gated)
        .merge(always_open())
        .method_not_allowed_fallback(|| async { ApiError::MethodNotAllowed })
        .layer(shared(middleware::from_fn(headers)))
        .layer(shared(CatchPanicLayer::custom(panicked)))
}

/// What costs: a new resource is one line here.
fn gated() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(accounts::routes())
        .merge(sessions::routes())
        .merge(profile::routes())
        .merge(questions::routes())
        .merge(answers::routes())
        .merge(votes::routes())
        .merge(comments::routes())
        .merge(edits::routes())
        .merge(withdrawals::routes())
        .merge(accepted::routes())
        .merge(tags::routes())
        .merge(search::routes())
        .merge(activity::routes())
        .merge(notices::routes())
        .merge(avatars::routes())
}

/// What a busy server must still answer.
fn always_open() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(health::routes())
        .merge(metrics::routes())
        .merge(hello::routes())
        .merge(configuration::routes())
        .merge(openapi::routes())
}

/// Everything, with its description.
pub(super) fn described() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::beginning()).merge(gated()).merge(always_open())
}

/// Whether what is wrong at this address is to be said in JSON.
pub(crate) fn is_for_programs(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

async fn admit(State(state): State<App>, request: Request, next: Next) -> Response {
    let token = bearer(request.headers());
    rate::admit(&state, token, request, next).await.unwrap_or_else(IntoResponse::into_response)
}

/// What was read for a member, and any error, is nobody else's; the rest may be kept but must be asked for
/// again.
async fn headers(request: Request, next: Next) -> Response {
    let personal = request.headers().contains_key(AUTHORIZATION);
    let mut response = next.run(request).await;
    let keep = if personal || !response.status().is_success() { "no-store" } else { "no-cache" };
    let headers = response.headers_mut();
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static(keep));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Nothing here is a page, should a browser be made to open it as one; the page of the description says what it needs.
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(NO_PAGE));
    response
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands over the box")]
fn panicked(cause: Box<dyn Any + Send>) -> Response {
    ApiError::internal(format!("a handler panicked: {}", panic_message(cause.as_ref()))).into_response()
}

/// The words of a panic, if it had any.
pub(crate) fn panic_message(cause: &(dyn Any + Send)) -> &str {
    let text = cause.downcast_ref::<&str>().copied();
    text.or_else(|| cause.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::routing::get;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    async fn broken() {
        panic!("canary");
    }

    #[tokio::test]
    async fn a_panic_is_answered_and_its_words_are_not_shown() {
        let app: Router =
            Router::new().route("/", get(broken)).layer(shared(CatchPanicLayer::custom(panicked)));
        let request = Request::new(Body::empty());
        let response = app.oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), 500);
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        let expected = r#"{"error":{"code":"internal","message":"something went wrong on our side"}}"#;
        assert_eq!(body, expected);
    }
}
