//! Puts the pages together and the layers around them: what holds for every page.

use std::any::Any;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;

use super::page::PageError;
use super::{
    ask, comments, configuration, edits, lists, logins, membership, notices, origin, picture, posts, profile,
};
use super::{question, schema, search, style, tags, visitor};
use crate::app::App;
use crate::error::ApiError;
use crate::shared::shared;
use crate::{http_cache, rate, reading_after};

/// Nothing but our own stylesheet, icon and forms; no script at all; in nobody's frame.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Headers of every page, with what they keep a browser from.
const SECURITY_HEADERS: [(HeaderName, &str); 4] = [
    (CONTENT_SECURITY_POLICY, CONTENT_POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"), // guessing that a text is a script
    (REFERRER_POLICY, "same-origin"),    // telling other sites what somebody reads here
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"), // a handle on our window
];

/// Every page.
pub(crate) fn routes(state: &App) -> Router<App> {
    let gated = Router::new()
        .merge(lists::routes())
        .merge(tags::routes())
        .merge(search::routes())
        .merge(question::routes())
        .merge(posts::routes())
        .merge(comments::routes())
        .merge(edits::routes())
        .merge(ask::routes())
        .merge(membership::routes())
        .merge(profile::routes())
        .merge(picture::routes())
        .merge(logins::routes())
        .merge(notices::routes())
        .layer(shared(middleware::from_fn_with_state(state.http_cache, http_cache::tag_layer)))
        .layer(shared(middleware::from_fn_with_state(state.clone(), admit)))
        .layer(shared(middleware::from_fn_with_state(state.http_cache, http_cache::layer)));
    let gated = match state.store.replicas() {
        Some(_) => {
            gated.layer(shared(middleware::from_fn_with_state(state.clone(), reading_after::for_people)))
        }
        None => gated,
    };
    Router::new()
        .merge(gated)
        .merge(style::routes())
        .merge(configuration::routes())
        .merge(schema::routes())
        .method_not_allowed_fallback(|| async { PageError(ApiError::MethodNotAllowed) })
        .layer(shared(middleware::from_fn(origin::same_site)))
        .layer(shared(middleware::from_fn(headers)))
        .layer(shared(CatchPanicLayer::custom(panicked)))
}

/// A page for an address nobody knows.
pub(crate) async fn not_found(_: State<App>, request: Request) -> Response {
    let mut response = PageError(ApiError::NotFound("page")).into_response();
    dress(&mut response, request.headers().contains_key(COOKIE));
    response
}

async fn admit(State(state): State<App>, request: Request, next: Next) -> Response {
    let token = visitor::token(request.headers(), state.behind_tls);
    match rate::admit(&state, token, request, next).await {
        Ok(response) => response,
        Err(error) => PageError(error).into_response(),
    }
}

async fn headers(request: Request, next: Next) -> Response {
    let personal = request.headers().contains_key(COOKIE);
    let mut response = next.run(request).await;
    dress(&mut response, personal);
    response
}

/// What was made for a person is kept nowhere; what everybody sees may be kept but must be asked for again.
/// The same address may be either, so whatever keeps pages must tell them apart by cookie.
fn dress(response: &mut Response, personal: bool) {
    let headers = response.headers_mut();
    for (name, value) in SECURITY_HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let keep = if personal { "no-store" } else { "no-cache" };
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
        headers.insert(VARY, HeaderValue::from_static("cookie"));
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands over the box")]
fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let message = crate::http::panic_message(cause.as_ref());
    PageError(ApiError::internal(format!("a page panicked: {message}"))).into_response()
}
