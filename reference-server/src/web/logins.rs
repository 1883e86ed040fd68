//! Who may be logged in as who looks: his log-ins, which he can end, and his password, which he can change.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::form::{FormView, Sent};
use super::page::{Frame, PageError, PageId, show};
use super::visitor::{self, MaybeVisitor};
use crate::account;
use crate::app::App;
use crate::domain::{Rejection, Session, SessionId};
use crate::error::ApiError;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/sessions", get(sessions))
        .route("/sessions/{id}/revoke", post(revoke))
        .route("/profile/password", get(password_form).post(change_password))
}

#[derive(Template)]
#[template(path = "sessions.html")]
struct SessionsPage {
    frame: Frame,
    sessions: Vec<Session>,
    current: SessionId,
}

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    frame: Frame,
    name: String,
    form: FormView,
    changed: bool,
}

#[derive(Deserialize)]
struct PasswordForm {
    #[serde(default)]
    current_password: String,
    #[serde(default)]
    password: String,
}

async fn sessions(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
) -> Result<Response, PageError> {
    let Some(visitor) = visitor else {
        return Ok(Redirect::to("/login?next=/sessions").into_response());
    };
    let current = visitor.session;
    let sessions = state.store.sessions(visitor.user, state.clock.now()).await?;
    let frame = Frame::of(&state, Some(visitor)).await;
    show(StatusCode::OK, &SessionsPage { frame, sessions, current })
}

/// Somebody else's log-in is not found, as one that does not exist.
async fn revoke(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(session): PageId<SessionId>,
) -> Result<Response, PageError> {
    let Some(visitor) = visitor else {
        return Ok(Redirect::to("/login?next=/sessions").into_response());
    };
    if state.store.delete_session(visitor.user, session).await? {
        Ok(Redirect::to("/sessions").into_response())
    } else {
        Err(PageError(ApiError::NotFound("session")))
    }
}

async fn password_form(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
) -> Result<Response, PageError> {
    let Some(visitor) = visitor else {
        return Ok(Redirect::to("/login?next=/profile/password").into_response());
    };
    let name = visitor.name.clone();
    let frame = Frame::of(&state, Some(visitor)).await;
    show(StatusCode::OK, &PasswordPage { frame, name, form: FormView::default(), changed: false })
}

/// The passwords are typed again after a mistake: they must not stand in a page.
async fn change_password(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    Sent(PasswordForm { current_password, password }): Sent<PasswordForm>,
) -> Result<Response, PageError> {
    let Some(visitor) = visitor else {
        return Ok(Redirect::to("/login?next=/profile/password").into_response());
    };
    let name = visitor.name.clone();
    let done = account::change_password(&state, &visitor, current_password, password).await;
    let frame = Frame::of(&state, Some(visitor)).await;
    let page = |form, changed| PasswordPage { frame, name, form, changed };
    match done {
        Ok(log_in) => {
            let cookie = visitor::set(&log_in.token, state.behind_tls)
                .ok_or_else(|| ApiError::internal("a token is no header value"))?;
            let shown = show(StatusCode::OK, &page(FormView::default(), true))?;
            Ok(([(SET_COOKIE, cookie)], shown).into_response())
        }
        Err(error) => {
            let status = error.status();
            let form = match error {
                ApiError::WrongCredentials => FormView::default().refused(vec![Rejection::new(
                    "current_password",
                    "wrong_credentials",
                    "this is not your password",
                )]),
                other => FormView::default().explaining(other)?,
            };
            show(status, &page(form, false))
        }
    }
}
