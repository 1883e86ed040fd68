//! The way of a request from the door to its handler: its body is taken in, it waits for its turn, and it is served
//! within a limit of time.
//!
//! The body comes first. Who sends slowly would otherwise hold a place among those who are served while nothing is done
//! for him, and a few hundred such senders would keep everybody else out. What waits here is bounded by the connections
//! and by [`BODY_BYTES`] for each, or what a picture may have.

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::{MatchedPath, Request};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::LengthLimitError;

use crate::app::AppState;
use crate::cache;
use crate::error::ApiError;
use crate::http::body_in_time;
use crate::limits::{BODY_BYTES, REQUEST_TIME};
use crate::pictures::PICTURE_BYTES;

/// Serves a request when there is room and time; an error is for the caller to dress.
pub(crate) async fn admit(state: &AppState, request: Request, next: Next) -> Result<Response, ApiError> {
    let request = taken_in(request).await?;
    let _place = state.gate.enter().await?;
    let served = async {
        state.extra_work.take_turn().await;
        cache::answer(state, request, next).await
    };
    tokio::time::timeout(REQUEST_TIME, served).await.map_err(|_| ApiError::TimedOut)?
}

/// How long the body may be. Of a picture twice what is taken, so that its form can say itself that it is too long.
fn most_bytes(request: &Request) -> usize {
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    if route.ends_with("/profile/avatar") { 2 * PICTURE_BYTES } else { BODY_BYTES }
}

/// The request with all of its body.
async fn taken_in(request: Request) -> Result<Request, ApiError> {
    if request.body().is_end_stream() {
        return Ok(request);
    }
    let most = most_bytes(&request);
    let (parts, body) = request.into_parts();
    let told = body.size_hint().lower();
    let too_large = || ApiError::Malformed {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        code: "body_too_large",
        message: format!("a body has at most {most} bytes"),
    };
    if usize::try_from(told).map_or(true, |told| told > most) {
        return Err(too_large());
    }
    let bytes = body_in_time(to_bytes(body, most)).await?.map_err(|error| {
        let too_long =
            std::error::Error::source(&error).is_some_and(<dyn std::error::Error>::is::<LengthLimitError>);
        if too_long {
            too_large()
        } else {
            let message = "the body could not be read to its end".to_owned();
            ApiError::Malformed { status: StatusCode::BAD_REQUEST, code: "body_unreadable", message }
        }
    })?;
    Ok(Request::from_parts(parts, Body::from(bytes)))
}
