//! Asking a question.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::form::{FormView, Sent};
use super::page::{Frame, PageError, show};
use super::tags::typed;
use super::visitor::MaybeVisitor;
use crate::app::{App, AppState};
use crate::domain::{Body, NewQuestion, Title, Visitor};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/ask", get(form).post(ask))
}

#[derive(Template)]
#[template(path = "ask.html")]
struct AskPage {
    frame: Frame,
    form: FormView,
}

#[derive(Deserialize)]
struct QuestionForm {
    #[serde(default)]
    title: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    tags: String,
}

async fn form(State(state): State<App>, MaybeVisitor(visitor): MaybeVisitor) -> Result<Response, PageError> {
    if visitor.is_none() {
        return Ok(Redirect::to("/login?next=/ask").into_response());
    }
    page(&state, StatusCode::OK, visitor, FormView::default()).await
}

async fn ask(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    Sent(form): Sent<QuestionForm>,
) -> Result<Response, PageError> {
    let view = FormView::default()
        .with("title", form.title.as_str())
        .with("body", form.body.as_str())
        .with("tags", form.tags.as_str());
    let Some(author) = visitor.as_ref().map(|visitor| visitor.user) else {
        let view = view.saying("Your session has ended. Log in in another window, then send this again.");
        return page(&state, StatusCode::UNAUTHORIZED, visitor, view).await;
    };
    // All of them, so that a person hears of everything at once.
    let (title, body, tags) = match (Title::parse(&form.title), Body::parse(form.body), typed(&form.tags)) {
        (Ok(title), Ok(body), Ok(tags)) => (title, body, tags),
        (title, body, tags) => {
            let problems = title.err().into_iter().chain(body.err()).chain(tags.err()).collect();
            let view = view.refused(problems);
            return page(&state, StatusCode::UNPROCESSABLE_ENTITY, visitor, view).await;
        }
    };
    let question = NewQuestion { author, title, body, tags, created_at: state.clock.now() };
    let id = state.store.insert_question(question).await?;
    Ok(Redirect::to(&format!("/questions/{id}")).into_response())
}

async fn page(
    state: &AppState,
    status: StatusCode,
    visitor: Option<Visitor>,
    form: FormView,
) -> Result<Response, PageError> {
    show(status, &AskPage { frame: Frame::of(state, visitor).await, form })
}
