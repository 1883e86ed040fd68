//! A member as others see him, and one's own profile to edit.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::form::{FormView, Sent};
use super::page::{Frame, PageError, PageId, show};
use super::visitor::MaybeVisitor;
use crate::app::AppState;
use crate::domain::{About, DisplayName, ProfileChange, User, UserId, Visitor};
use crate::error::ApiError;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/users/{id}", get(user)).route("/profile", get(form).post(change))
}

#[derive(Template)]
#[template(path = "user.html")]
struct UserPage {
    frame: Frame,
    user: User,
    own: bool,
}

#[derive(Template)]
#[template(path = "profile.html")]
struct ProfilePage {
    frame: Frame,
    form: FormView,
}

#[derive(Deserialize)]
struct ProfileForm {
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    about: String,
    #[serde(default)]
    version: String,
}

async fn user(
    State(state): State<AppState>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(id): PageId<UserId>,
) -> Result<Response, PageError> {
    let user = state.store.user(id).await?.ok_or(ApiError::NotFound("user"))?;
    let own = visitor.as_ref().is_some_and(|visitor| visitor.user == id);
    show(StatusCode::OK, &UserPage { frame: Frame::new(visitor), user, own })
}

async fn form(
    State(state): State<AppState>,
    MaybeVisitor(visitor): MaybeVisitor,
) -> Result<Response, PageError> {
    let Some(visitor) = visitor else {
        return Ok(Redirect::to("/login?next=/profile").into_response());
    };
    let user = state.store.user(visitor.user).await?.ok_or(ApiError::NotFound("user"))?;
    let form = FormView::default()
        .with("display_name", user.display_name)
        .with("about", user.about)
        .with("version", user.version.to_string());
    page(StatusCode::OK, visitor, form)
}

async fn change(
    State(state): State<AppState>,
    MaybeVisitor(visitor): MaybeVisitor,
    Sent(form): Sent<ProfileForm>,
) -> Result<Response, PageError> {
    let Some(visitor) = visitor else {
        return Ok(Redirect::to("/login?next=/profile").into_response());
    };
    let ProfileForm { display_name, about, version } = form;
    let view = FormView::default()
        .with("display_name", display_name.as_str())
        .with("about", about.as_str())
        .with("version", version.as_str());
    let (display_name, about) = match (DisplayName::parse(&display_name), About::parse(about)) {
        (Ok(display_name), Ok(about)) => (display_name, about),
        (display_name, about) => {
            let problems = display_name.err().into_iter().chain(about.err()).collect();
            return page(StatusCode::UNPROCESSABLE_ENTITY, visitor, view.refused(problems));
        }
    };
    let change =
        ProfileChange { user: visitor.user, display_name, about, expected_version: version.parse().ok() };
    match state.store.update_profile(change).await {
        Ok(user) => Ok(Redirect::to(&format!("/users/{}", user.id)).into_response()),
        Err(error) => {
            let error = ApiError::from(error);
            let status = error.status();
            page(status, visitor, view.explaining(error)?)
        }
    }
}

fn page(status: StatusCode, visitor: Visitor, form: FormView) -> Result<Response, PageError> {
    show(status, &ProfilePage { frame: Frame::new(Some(visitor)), form })
}
