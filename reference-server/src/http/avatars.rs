//! Pictures of members: giving oneself one, taking it away, and seeing somebody's.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::input::{IdPath, body_in_time};
use crate::app::App;
use crate::blobs;
use crate::domain::{Rejection, UserId};
use crate::error::{ApiError, ErrorAnswer};
use crate::pictures::{PICTURE_BYTES, PictureError};
use crate::session::{CurrentUser, hexadecimal};

/// For a minute nobody need ask again whether a picture has changed.
const KEEP: &str = "public, max-age=60";
/// Types a picture may be sent as.
const TYPES: [&str; 4] = ["image/png", "image/jpeg", "image/webp", "image/gif"];

pub(super) fn routes() -> OpenApiRouter<App> {
    // The layer before the other route, so that it is around the one that takes a picture only.
    OpenApiRouter::new()
        .routes(routes!(change, remove))
        .layer(DefaultBodyLimit::max(PICTURE_BYTES))
        .routes(routes!(show))
}

/// The bytes of a picture.
struct Picture(Bytes);

impl<S: Send + Sync> FromRequest<S> for Picture {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let sent = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        if !TYPES.iter().any(|known| sent.trim().eq_ignore_ascii_case(known)) {
            return Err(unsupported(format!("a picture is one of {}", TYPES.join(", "))));
        }
        match body_in_time(Bytes::from_request(request, state)).await? {
            Ok(bytes) => Ok(Self(bytes)),
            Err(rejection) => Err(refused(&rejection)),
        }
    }
}

fn unsupported(message: String) -> ApiError {
    ApiError::Malformed { status: StatusCode::UNSUPPORTED_MEDIA_TYPE, code: "picture_expected", message }
}

fn refused(rejection: &BytesRejection) -> ApiError {
    let too_large = rejection.status() == StatusCode::PAYLOAD_TOO_LARGE;
    ApiError::Malformed {
        status: rejection.status(),
        code: if too_large { "body_too_large" } else { "body_unreadable" },
        message: if too_large {
            format!("a picture has at most {PICTURE_BYTES} bytes")
        } else {
            rejection.body_text()
        },
    }
}

impl From<PictureError> for ApiError {
    fn from(error: PictureError) -> Self {
        let message = error.to_string();
        match error {
            PictureError::Busy => Self::Busy,
            PictureError::Format => unsupported(message),
            PictureError::TooManyPixels => {
                Rejection::new("picture", "picture_too_many_pixels", message).into()
            }
            PictureError::Unreadable(_) => Rejection::new("picture", "picture_unreadable", message).into(),
            PictureError::Internal(_) => Self::internal(message),
        }
    }
}

/// Give oneself a picture
///
/// Whatever is sent is decoded, cut to a square of 128 pixels and kept as PNG: nothing of the file itself is shown to
/// anybody.
#[utoipa::path(
    put,
    path = "/api/v1/profile/avatar",
    operation_id = "change_avatar",
    tag = "members",
    request_body(
        content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/webp"), (Vec<u8> = "image/gif")),
        description = "The file, at most 256 KiB",
    ),
    responses(
        (status = 204, description = "It is shown from now on"),
        (status = 413, description = "The file is too large", body = ErrorAnswer),
        (status = 415, description = "It is no PNG, JPEG, WebP or GIF", body = ErrorAnswer),
    ),
    security(("token" = [])),
)]
async fn change(
    State(state): State<App>,
    CurrentUser(visitor): CurrentUser,
    Picture(file): Picture,
) -> Result<StatusCode, ApiError> {
    let avatar = state.pictures.avatar(file).await?;
    blobs::give(&state, visitor.user, avatar).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take away one's own picture
///
/// Taking away what is not there is no mistake: afterwards there is none.
#[utoipa::path(
    delete,
    path = "/api/v1/profile/avatar",
    operation_id = "remove_avatar",
    tag = "members",
    responses((status = 204, description = "There is none from now on")),
    security(("token" = [])),
)]
async fn remove(State(state): State<App>, CurrentUser(visitor): CurrentUser) -> Result<StatusCode, ApiError> {
    blobs::take_away(&state, visitor.user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A member's picture
#[utoipa::path(
    get,
    path = "/api/v1/users/{id}/avatar",
    operation_id = "avatar",
    tag = "members",
    params(("id" = UserId, Path, description = "The member")),
    responses(
        (
            status = 200,
            description = "128 by 128 pixels",
            body = Vec<u8>,
            content_type = "image/png",
            headers(("etag" = String, description = "Of this very picture, for `If-None-Match`")),
        ),
        (status = 304, description = "It is still the one named in `If-None-Match`"),
    ),
)]
async fn show(
    State(state): State<App>,
    IdPath(user): IdPath<UserId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let avatar = state.store.avatar(user).await?.ok_or(ApiError::NotFound("picture"))?;
    let tag = format!("\"{}\"", hexadecimal(&avatar.digest));
    let known = is_known(&headers, &tag);
    let about: [(HeaderName, String); 2] = [(ETAG, tag), (CACHE_CONTROL, KEEP.to_owned())];
    if known {
        return Ok((StatusCode::NOT_MODIFIED, about).into_response());
    }
    // The forum made the picture itself; should a browser still see a page in it, it may do nothing.
    let kind = [(CONTENT_TYPE, "image/png"), (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox")];
    let png = blobs::bytes(&state, user, avatar).await?.ok_or(ApiError::NotFound("picture"))?;
    Ok((about, kind, png).into_response())
}

/// Whether the caller has this version already, as `If-None-Match` says (RFC 9110, 13.1.2).
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let values = headers.get_all(IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}
