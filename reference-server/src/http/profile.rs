//! Profiles: one's own, which can be changed, and those of others.
//!
//! A profile has a version, sent as `ETag`. A change that names it in `If-Match` is refused when somebody
//! (the same person in another window) was faster; without the header the last change wins.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::input::{IdPath, JsonBody};
use super::precondition::{etag, expected_version};
use crate::app::AppState;
use crate::domain::{About, DisplayName, ProfileChange, Timestamp, User, UserId};
use crate::error::ApiError;
use crate::session::CurrentUser;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/profile", get(own).put(change)).route("/api/v1/users/{id}", get(of_somebody))
}

#[derive(Serialize)]
struct Profile {
    id: UserId,
    name: String,
    display_name: String,
    about: String,
    version: i64,
    created_at: Timestamp,
}

#[derive(Deserialize)]
struct ProfileForm {
    display_name: String,
    about: String,
}

type ProfileAnswer = ([(HeaderName, String); 1], Json<Profile>);

fn answer(user: User) -> ProfileAnswer {
    let User { id, name, display_name, about, version, created_at } = user;
    let profile = Profile { id, name, display_name, about, version, created_at };
    ([etag(version)], Json(profile))
}

async fn own(
    State(state): State<AppState>,
    CurrentUser(visitor): CurrentUser,
) -> Result<ProfileAnswer, ApiError> {
    state.store.user(visitor.user).await?.map(answer).ok_or(ApiError::NotFound("user"))
}

async fn of_somebody(
    State(state): State<AppState>,
    IdPath(id): IdPath<UserId>,
) -> Result<ProfileAnswer, ApiError> {
    state.store.user(id).await?.map(answer).ok_or(ApiError::NotFound("user"))
}

async fn change(
    State(state): State<AppState>,
    CurrentUser(visitor): CurrentUser,
    headers: HeaderMap,
    JsonBody(form): JsonBody<ProfileForm>,
) -> Result<ProfileAnswer, ApiError> {
    let change = ProfileChange {
        user: visitor.user,
        display_name: DisplayName::parse(&form.display_name)?,
        about: About::parse(form.about)?,
        expected_version: expected_version(&headers)?,
    };
    Ok(answer(state.store.update_profile(change).await?))
}
