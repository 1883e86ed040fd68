//! How a request is read: body, address and query, each refused in JSON with a code when it makes no sense.

use std::str::FromStr;

use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use crate::domain::{Limit, Rejection};
use crate::error::ApiError;
use crate::limits::{BODY_BYTES, BODY_TIME};

/// A JSON body.
pub(super) struct JsonBody<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match body_in_time(axum::Json::<T>::from_request(request, state)).await? {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(refused(&rejection)),
        }
    }
}

/// Gives up on a body that does not arrive.
pub(crate) async fn body_in_time<T>(body: impl Future<Output = T>) -> Result<T, ApiError> {
    tokio::time::timeout(BODY_TIME, body).await.map_err(|_| ApiError::Malformed {
        status: StatusCode::REQUEST_TIMEOUT,
        code: "body_too_slow",
        message: format!("the body did not arrive within {} s", BODY_TIME.as_secs()),
    })
}

fn refused(rejection: &JsonRejection) -> ApiError {
    let (status, code) = match rejection {
        JsonRejection::JsonDataError(_) => (StatusCode::UNPROCESSABLE_ENTITY, "json_wrong_shape"),
        JsonRejection::JsonSyntaxError(_) => (StatusCode::BAD_REQUEST, "json_invalid"),
        JsonRejection::MissingJsonContentType(_) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "json_expected"),
        other if other.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let message = format!("a body has at most {BODY_BYTES} bytes");
            return ApiError::Malformed {
                status: StatusCode::PAYLOAD_TOO_LARGE,
                code: "body_too_large",
                message,
            };
        }
        _ => (StatusCode::BAD_REQUEST, "body_unreadable"),
    };
    ApiError::Malformed { status, code, message: rejection.body_text() }
}

/// The one identifier of an address. What is no identifier names nothing, so it is not found.
pub(crate) struct IdPath<T>(pub(crate) T);

impl<T: FromStr + Send, S: Send + Sync> FromRequestParts<S> for IdPath<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let nothing = || ApiError::NotFound("address");
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| nothing())?;
        text.parse().map(Self).map_err(|_| nothing())
    }
}

/// What is asked for behind the question mark.
pub(super) struct QueryOf<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for QueryOf<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|Query(value)| Self(value)).map_err(|rejection| ApiError::Malformed {
            status: StatusCode::BAD_REQUEST,
            code: "query_invalid",
            message: rejection.body_text(),
        })
    }
}

/// The answer to a cursor that was never given out, or belongs to another list.
pub(super) fn cursor_invalid() -> Rejection {
    Rejection::new("after", "cursor_invalid", "a cursor is the value of `next` on the page before")
}

/// Which page of a list, as it is asked for and described.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PageParameters {
    /// How many items; 20 when not given.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, example = 20)]
    limit: Option<String>,
    /// The value of `next` on the page before.
    after: Option<String>,
}

/// Which page of a list: `?limit=20&after=CURSOR`.
pub(super) struct PageQuery<Key> {
    pub(super) limit: Limit,
    pub(super) after: Option<Key>,
}

impl<Key: FromStr + Send, S: Send + Sync> FromRequestParts<S> for PageQuery<Key> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let QueryOf(raw) = QueryOf::<PageParameters>::from_request_parts(parts, state).await?;
        let limit = raw.limit.map_or(Ok(Limit::default()), |text| text.parse())?;
        let after = match raw.after.filter(|text| !text.is_empty()) {
            Some(text) => Some(text.parse().map_err(|_| cursor_invalid())?),
            None => None,
        };
        Ok(Self { limit, after })
    }
}
