//! A member as others see him, with what he wrote, and one's own profile to edit.

use askama::Template;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::form::{FormView, Sent};
use super::page::{After, Frame, PageError, PageId, show};
use super::visitor::MaybeVisitor;
use crate::app::{App, AppState};
use crate::domain::{
    About, ActivityKey, DisplayName, Limit, Page, Piece, PieceKind, ProfileChange, User, UserId, Visitor,
};
use crate::error::ApiError;
use crate::session::hexadecimal;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/users/{id}", get(user)).route("/profile", get(form).post(change))
}

#[derive(Template)]
#[template(path = "user.html")]
struct UserPage {
    frame: Frame,
    user: User,
    picture: Option<String>,
    activity: Page<Piece, ActivityKey>,
    first: bool,
    own: bool,
}

#[derive(Template)]
#[template(path = "profile.html")]
struct ProfilePage {
    frame: Frame,
    form: FormView,
    picture: Option<String>,
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

/// What somebody did when he wrote something, before the title.
fn deed(piece: &Piece) -> &'static str {
    match (piece.kind, piece.answer) {
        (PieceKind::Question, _) => "asked",
        (PieceKind::Answer, _) => "answered",
        (PieceKind::Comment, None) => "commented on",
        (PieceKind::Comment, Some(_)) => "commented on an answer to",
    }
}

/// Where the picture of a member is, if he has one. The address changes with the picture, so that a browser shows the new
/// one at once.
async fn picture_of(state: &AppState, user: UserId) -> Result<Option<String>, PageError> {
    let digest = state.store.avatar_digest(user).await?;
    Ok(digest.map(|digest| format!("/api/v1/users/{user}/avatar?v={}", &hexadecimal(&digest)[..8])))
}

async fn user(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(id): PageId<UserId>,
    query: Result<Query<After>, QueryRejection>,
) -> Result<Response, PageError> {
    let after = query.ok().and_then(|Query(query)| ActivityKey::from_cursor(&query.after?));
    let user = state.store.user(id).await?.ok_or(ApiError::NotFound("user"))?;
    let picture = picture_of(&state, id).await?;
    let activity = state.store.activity(id, Limit::default(), after).await?;
    let activity = activity.ok_or(ApiError::NotFound("user"))?;
    let own = visitor.as_ref().is_some_and(|visitor| visitor.user == id);
    let frame = Frame::of(&state, visitor).await;
    let first = after.is_none();
    show(StatusCode::OK, &UserPage { frame, user, picture, activity, first, own })
}

async fn form(State(state): State<App>, MaybeVisitor(visitor): MaybeVisitor) -> Result<Response, PageError> {
    let Some(visitor) = visitor else {
        return Ok(Redirect::to("/login?next=/profile").into_response());
    };
    page(&state, StatusCode::OK, visitor, FormView::default()).await
}

async fn change(
    State(state): State<App>,
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
            return page(&state, StatusCode::UNPROCESSABLE_ENTITY, visitor, view.refused(problems)).await;
        }
    };
    let change =
        ProfileChange { user: visitor.user, display_name, about, expected_version: version.parse().ok() };
    match state.store.update_profile(change).await {
        Ok(user) => Ok(Redirect::to(&format!("/users/{}", user.id)).into_response()),
        Err(error) => {
            let error = ApiError::from(error);
            let status = error.status();
            page(&state, status, visitor, view.explaining(error)?).await
        }
    }
}

/// One's own profile to edit; a form that nobody has filled in shows what is kept.
pub(super) async fn page(
    state: &AppState,
    status: StatusCode,
    visitor: Visitor,
    form: FormView,
) -> Result<Response, PageError> {
    let form = if form.is_touched() {
        form
    } else {
        let user = state.store.user(visitor.user).await?.ok_or(ApiError::NotFound("user"))?;
        form.with("display_name", user.display_name)
            .with("about", user.about)
            .with("version", user.version.to_string())
    };
    let picture = picture_of(state, visitor.user).await?;
    let frame = Frame::of(state, Some(visitor)).await;
    show(status, &ProfilePage { frame, form, picture })
}
