//! The picture of who looks: a form that gives him one, and one that takes it away.

use axum::Router;
use axum::body::Bytes;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;

use super::form::FormView;
use super::page::PageError;
use super::profile;
use super::visitor::MaybeVisitor;
use crate::app::{App, AppState};
use crate::blobs;
use crate::domain::{Rejection, Visitor};
use crate::error::ApiError;
use crate::http::body_in_time;
use crate::pictures::{PICTURE_BYTES, PictureError};

/// What a browser writes around the file: borders and headers of one part.
const FRAME_BYTES: usize = 4 * 1024;
/// Parts of a form; the one of ours has one.
const PARTS: usize = 4;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/profile/avatar", post(change))
        .layer(DefaultBodyLimit::max(PICTURE_BYTES + FRAME_BYTES))
        .route("/profile/avatar/delete", post(remove))
}

/// The file of the form; its name and its type are not looked at.
struct File(Result<Bytes, Rejection>);

impl<S: Send + Sync> FromRequest<S> for File {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        let form = Multipart::from_request(request, state).await.map_err(|_| {
            PageError(ApiError::Malformed {
                status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
                code: "form_expected",
                message: "a form with a file was expected".to_owned(),
            })
        })?;
        let file = body_in_time(picture(form)).await?;
        Ok(Self(file.map_err(|error| refused(&error)).and_then(|file| file.ok_or_else(nothing))))
    }
}

async fn picture(mut form: Multipart) -> Result<Option<Bytes>, MultipartError> {
    for _ in 0..PARTS {
        let Some(part) = form.next_field().await? else { break };
        if part.name() == Some("picture") {
            let bytes = part.bytes().await?;
            return Ok((!bytes.is_empty()).then_some(bytes));
        }
    }
    Ok(None)
}

fn nothing() -> Rejection {
    Rejection::new("picture", "picture_expected", "choose a file first")
}

fn refused(error: &MultipartError) -> Rejection {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let message = format!("a picture has at most {} KiB", PICTURE_BYTES / 1024);
        Rejection::new("picture", "body_too_large", message)
    } else {
        Rejection::new("picture", "form_unreadable", "the form cannot be read; try again")
    }
}

fn log_in_first() -> Response {
    Redirect::to("/login?next=/profile").into_response()
}

async fn change(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    File(file): File,
) -> Result<Response, PageError> {
    let Some(visitor) = visitor else { return Ok(log_in_first()) };
    let file = match file {
        Ok(file) => file,
        Err(problem) => return again(&state, visitor, problem).await,
    };
    match state.pictures.avatar(file).await {
        Ok(avatar) => {
            blobs::give(&state, visitor.user, avatar).await?;
            Ok(Redirect::to("/profile#picture").into_response())
        }
        Err(PictureError::Internal(cause)) => Err(PageError(ApiError::internal(cause))),
        Err(problem @ PictureError::Busy) => {
            let problem = Rejection::new("picture", "busy", format!("{problem}; try again in a moment"));
            again(&state, visitor, problem).await
        }
        Err(problem) => {
            again(&state, visitor, Rejection::new("picture", "picture_refused", problem.to_string())).await
        }
    }
}

async fn again(state: &AppState, visitor: Visitor, problem: Rejection) -> Result<Response, PageError> {
    let form = FormView::default().refused(vec![problem]);
    profile::page(state, StatusCode::UNPROCESSABLE_ENTITY, visitor, form).await
}

async fn remove(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
) -> Result<Response, PageError> {
    let Some(visitor) = visitor else { return Ok(log_in_first()) };
    blobs::take_away(&state, visitor.user).await?;
    Ok(Redirect::to("/profile#picture").into_response())
}
