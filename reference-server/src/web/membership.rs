//! Signing up, logging in and out.

use askama::Template;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::form::{FormView, Sent};
use super::page::{Frame, PageError, show};
use super::visitor::{self, MaybeVisitor};
use crate::account::{self, LogIn, Registration};
use crate::app::{App, AppState};
use crate::domain::Visitor;
use crate::error::ApiError;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/signup", get(sign_up_form).post(sign_up))
        .route("/login", get(log_in_form).post(log_in))
        .route("/logout", post(log_out))
}

#[derive(Template)]
#[template(path = "signup.html")]
struct SignUpPage {
    frame: Frame,
    form: FormView,
}

#[derive(Template)]
#[template(path = "login.html")]
struct LogInPage {
    frame: Frame,
    form: FormView,
}

#[derive(Deserialize)]
struct SignUpForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    password: String,
}

#[derive(Deserialize)]
struct LogInForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct Destination {
    next: Option<String>,
}

async fn sign_up_form(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
) -> Result<Response, PageError> {
    let frame = Frame::of(&state, visitor).await;
    show(StatusCode::OK, &SignUpPage { frame, form: FormView::default() })
}

async fn sign_up(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    Sent(form): Sent<SignUpForm>,
) -> Result<Response, PageError> {
    let SignUpForm { name, display_name, password } = form;
    // The password is typed again: it must not stand in a page.
    let view = FormView::default().with("name", name.as_str()).with("display_name", display_name.as_str());
    let form = Registration { name, password, display_name: Some(display_name) };
    match account::register(&state, form).await {
        Ok((user, _)) => {
            end(&state, visitor).await?;
            Ok(welcome(&state, &account::begin_session(&state, user).await?, "/"))
        }
        Err(error) => {
            let status = error.status();
            show(
                status,
                &SignUpPage { frame: Frame::of(&state, visitor).await, form: view.explaining(error)? },
            )
        }
    }
}

async fn log_in_form(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    query: Result<Query<Destination>, QueryRejection>,
) -> Result<Response, PageError> {
    let next = query.ok().and_then(|Query(query)| query.next).unwrap_or_default();
    let form = FormView::default().with("next", next);
    show(StatusCode::OK, &LogInPage { frame: Frame::of(&state, visitor).await, form })
}

async fn log_in(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    Sent(form): Sent<LogInForm>,
) -> Result<Response, PageError> {
    let LogInForm { name, password, next } = form;
    match account::log_in(&state, &name, password).await {
        Ok(log_in) => {
            end(&state, visitor).await?;
            Ok(welcome(&state, &log_in, here(&next)))
        }
        Err(error) => {
            let status = error.status();
            let view = FormView::default().with("name", name).with("next", next).explaining(error)?;
            show(status, &LogInPage { frame: Frame::of(&state, visitor).await, form: view })
        }
    }
}

async fn log_out(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
) -> Result<Response, PageError> {
    end(&state, visitor).await?;
    Ok(([(SET_COOKIE, visitor::clear(state.behind_tls))], Redirect::to("/")).into_response())
}

/// Ends the log-in that a browser had: who logs in anew leaves no old one behind.
async fn end(state: &AppState, visitor: Option<Visitor>) -> Result<(), PageError> {
    if let Some(visitor) = visitor {
        state.store.delete_session(visitor.user, visitor.session).await?;
    }
    Ok(())
}

fn welcome(state: &AppState, log_in: &LogIn, next: &str) -> Response {
    match visitor::set(&log_in.token, state.behind_tls) {
        Some(cookie) => ([(SET_COOKIE, cookie)], Redirect::to(next)).into_response(),
        None => PageError(ApiError::internal("a token is no header value")).into_response(),
    }
}

/// A place on this site to go to; anything else would make the log-in a springboard to other sites.
pub(super) fn here(next: &str) -> &str {
    let is_path = next.starts_with('/') && !next.starts_with("//");
    let is_plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_path && is_plain { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::here;

    #[test]
    fn after_the_log_in_one_stays_on_this_site() {
        for (next, expected) in [
            ("/ask", "/ask"),
            ("/questions/7?after=3", "/questions/7?after=3"),
            ("", "/"),
            ("ask", "/"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("/a\r\nset-cookie: x", "/"),
        ] {
            assert_eq!(here(next), expected, "{next:?}");
        }
    }
}
