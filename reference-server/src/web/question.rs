//! A question with its answers, and the form to answer.

use askama::Template;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::form::{FormView, Sent};
use super::home::After;
use super::page::{Frame, PageError, PageId, show};
use super::visitor::MaybeVisitor;
use crate::app::AppState;
use crate::domain::{Answer, AnswerId, Body, Limit, NewAnswer, Page, Question, QuestionId, Visitor};
use crate::error::ApiError;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/questions/{id}", get(question)).route("/questions/{id}/answers", post(answer))
}

#[derive(Template)]
#[template(path = "question.html")]
struct QuestionPage {
    frame: Frame,
    question: Question,
    answers: Page<Answer, AnswerId>,
    first: bool,
    form: FormView,
}

#[derive(Deserialize)]
struct AnswerForm {
    #[serde(default)]
    body: String,
}

async fn question(
    State(state): State<AppState>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(id): PageId<QuestionId>,
    query: Result<Query<After>, QueryRejection>,
) -> Result<Response, PageError> {
    let after = query.ok().and_then(|Query(query)| query.after?.parse().ok());
    let mut question = state.store.question(id).await?.ok_or(ApiError::NotFound("question"))?;
    let answers = if after.is_none() {
        take_answers(&mut question)
    } else {
        let page = state.store.answers(id, after, Limit::ANSWERS).await?;
        page.ok_or(ApiError::NotFound("question"))?
    };
    let page = QuestionPage {
        frame: Frame::new(visitor),
        question,
        answers,
        first: after.is_none(),
        form: FormView::default(),
    };
    show(StatusCode::OK, &page)
}

async fn answer(
    State(state): State<AppState>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(id): PageId<QuestionId>,
    Sent(form): Sent<AnswerForm>,
) -> Result<Response, PageError> {
    let view = FormView::default().with("body", form.body.as_str());
    let Some(author) = visitor.as_ref().map(|visitor| visitor.user) else {
        let view = view.saying("Your session has ended. Log in in another window, then send this again.");
        return again(&state, visitor, id, StatusCode::UNAUTHORIZED, view).await;
    };
    let body = match Body::parse(form.body) {
        Ok(body) => body,
        Err(problem) => {
            let view = view.refused(vec![problem]);
            return again(&state, visitor, id, StatusCode::UNPROCESSABLE_ENTITY, view).await;
        }
    };
    let created_at = state.clock.now();
    let answer = state.store.insert_answer(NewAnswer { question: id, author, body, created_at }).await?;
    let question = state.store.question(id).await?.ok_or(ApiError::NotFound("question"))?;
    let on_first_page = question.answers.items.iter().any(|shown| shown.id == answer);
    // Right before the new answer, so that its page is found without counting.
    let page = if on_first_page { String::new() } else { format!("?after={}", answer.get() - 1) };
    Ok(Redirect::to(&format!("/questions/{id}{page}#answer-{answer}")).into_response())
}

/// The page again, with what was typed.
async fn again(
    state: &AppState,
    visitor: Option<Visitor>,
    id: QuestionId,
    status: StatusCode,
    form: FormView,
) -> Result<Response, PageError> {
    let mut question = state.store.question(id).await?.ok_or(ApiError::NotFound("question"))?;
    let answers = take_answers(&mut question);
    show(status, &QuestionPage { frame: Frame::new(visitor), question, answers, first: true, form })
}

fn take_answers(question: &mut Question) -> Page<Answer, AnswerId> {
    std::mem::replace(&mut question.answers, Page { items: Vec::new(), next: None })
}
