//! Profiles: one's own, which can be changed, and those of others.
//!
//! A profile has a version, sent as `ETag`. A change that names it in `If-Match` is refused when somebody
//! (the same person in another window) was faster; without the header the last change wins.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::input::{IdPath, JsonBody};
use super::precondition::{etag, expected_version};
use crate::app::App;
use crate::domain::{About, DisplayName, ProfileChange, Timestamp, User, UserId};
use crate::error::{ApiError, ErrorAnswer};
use crate::session::CurrentUser;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(own, change)).routes(routes!(of_somebody))
}

/// A member.
#[derive(Serialize, ToSchema)]
struct Profile {
    id: UserId,
    #[schema(example = "ada")]
    name: String,
    #[schema(example = "Ada Lovelace")]
    display_name: String,
    #[schema(example = "Analyst.")]
    about: String,
    /// Grows with each change; the same number is in `ETag`.
    #[schema(example = 1)]
    version: i64,
    created_at: Timestamp,
}

/// What a profile shall say.
#[derive(Deserialize, ToSchema)]
struct ProfileForm {
    #[schema(min_length = 1, max_length = 60, example = "Ada Lovelace")]
    display_name: String,
    #[schema(max_length = 2_000, example = "Analyst.")]
    about: String,
}

type ProfileAnswer = ([(HeaderName, String); 1], Json<Profile>);

fn answer(user: User) -> ProfileAnswer {
    let User { id, name, display_name, about, version, created_at } = user;
    let profile = Profile { id, name, display_name, about, version, created_at };
    ([etag(version)], Json(profile))
}

/// One's own profile
#[utoipa::path(
    get,
    path = "/api/v1/profile",
    operation_id = "own_profile",
    tag = "members",
    responses((
        status = 200,
        description = "The profile",
        body = Profile,
        headers(("etag" = String, description = "The version, for `If-Match`")),
    )),
    security(("token" = [])),
)]
async fn own(State(state): State<App>, CurrentUser(visitor): CurrentUser) -> Result<ProfileAnswer, ApiError> {
    state.store.user(visitor.user).await?.map(answer).ok_or(ApiError::NotFound("user"))
}

/// A member's profile
#[utoipa::path(
    get,
    path = "/api/v1/users/{id}",
    operation_id = "profile",
    tag = "members",
    params(("id" = UserId, Path, description = "The member")),
    responses((
        status = 200,
        description = "The profile",
        body = Profile,
        headers(("etag" = String, description = "The version")),
    )),
)]
async fn of_somebody(
    State(state): State<App>,
    IdPath(id): IdPath<UserId>,
) -> Result<ProfileAnswer, ApiError> {
    state.store.user(id).await?.map(answer).ok_or(ApiError::NotFound("user"))
}

/// Change one's own profile
#[utoipa::path(
    put,
    path = "/api/v1/profile",
    operation_id = "change_profile",
    tag = "members",
    params((
        "if-match" = Option<String>,
        Header,
        description = "The `ETag` of the version that is changed; without it the last change wins",
        example = "\"1\"",
    )),
    request_body = ProfileForm,
    responses(
        (
            status = 200,
            description = "The profile as it now is",
            body = Profile,
            headers(("etag" = String, description = "The new version")),
        ),
        (status = 412, description = "It was changed since that version", body = ErrorAnswer),
    ),
    security(("token" = [])),
)]
async fn change(
    State(state): State<App>,
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
