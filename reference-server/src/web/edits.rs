//! Editing a question or an answer, and the versions there were before.

use askama::Template;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::form::{FormView, Sent};
use super::home::After;
use super::page::{Frame, PageError, PageId, show};
use super::question::address_of;
use super::visitor::MaybeVisitor;
use crate::app::AppState;
use crate::domain::{
    AnswerId, Body, Contribution, Edit, Limit, NewText, Page, Post, QuestionId, Rejection, Revision, Title,
    UserId,
};
use crate::error::ApiError;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/questions/{id}/edit", get(question_form).post(edit_question))
        .route("/answers/{id}/edit", get(answer_form).post(edit_answer))
        .route("/questions/{id}/revisions", get(question_revisions))
        .route("/answers/{id}/revisions", get(answer_revisions))
}

#[derive(Template)]
#[template(path = "edit.html")]
struct EditPage {
    frame: Frame,
    what: &'static str,
    action: String,
    /// Where one goes without a change.
    back: String,
    form: FormView,
}

#[derive(Template)]
#[template(path = "revisions.html")]
struct RevisionsPage {
    frame: Frame,
    what: &'static str,
    post: String,
    address: String,
    revisions: Page<Revision, i64>,
    first: bool,
}

#[derive(Deserialize)]
struct EditForm {
    #[serde(default)]
    title: String,
    #[serde(default)]
    body: String,
    /// The version that was read.
    #[serde(default)]
    version: String,
}

async fn question_form(
    State(state): State<AppState>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(id): PageId<QuestionId>,
) -> Result<Response, PageError> {
    let Some(visitor) = visitor else {
        return Ok(Redirect::to(&format!("/login?next=/questions/{id}/edit")).into_response());
    };
    let question = state.store.question(id).await?.ok_or(ApiError::NotFound("question"))?;
    only_author(question.author.id, visitor.user)?;
    let form = FormView::default()
        .with("title", question.title)
        .with("body", question.body)
        .with("version", question.version.to_string());
    show(StatusCode::OK, &of_question(Frame::new(Some(visitor)), id, form))
}

async fn answer_form(
    State(state): State<AppState>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(id): PageId<AnswerId>,
) -> Result<Response, PageError> {
    let Some(visitor) = visitor else {
        return Ok(Redirect::to(&format!("/login?next=/answers/{id}/edit")).into_response());
    };
    let answer = state.store.answer(id).await?.ok_or(ApiError::NotFound("answer"))?;
    only_author(answer.author.id, visitor.user)?;
    let form = FormView::default().with("body", answer.body).with("version", answer.version.to_string());
    show(StatusCode::OK, &of_answer(Frame::new(Some(visitor)), answer.question, id, form))
}

/// The store keeps the rule; this only spares a form that cannot be sent.
fn only_author(author: UserId, visitor: UserId) -> Result<(), PageError> {
    if author == visitor { Ok(()) } else { Err(PageError(ApiError::NotTheAuthor)) }
}

fn of_question(frame: Frame, id: QuestionId, form: FormView) -> EditPage {
    let back = format!("/questions/{id}");
    EditPage { frame, what: "question", action: format!("{back}/edit"), back, form }
}

fn of_answer(frame: Frame, question: QuestionId, id: AnswerId, form: FormView) -> EditPage {
    let back = address_of(question, id);
    EditPage { frame, what: "answer", action: format!("/answers/{id}/edit"), back, form }
}

async fn edit_question(
    State(state): State<AppState>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(id): PageId<QuestionId>,
    Sent(form): Sent<EditForm>,
) -> Result<Response, PageError> {
    let text = match (Title::parse(&form.title), Body::parse(form.body.clone())) {
        (Ok(title), Ok(body)) => Ok(NewText::Question(id, title, body, None)),
        (title, body) => Err(title.err().into_iter().chain(body.err()).collect()),
    };
    let back = format!("/questions/{id}");
    let editor = visitor.as_ref().map(|visitor| visitor.user);
    let page = |view| of_question(Frame::new(visitor), id, view);
    edit(&state, editor, &form, text, &back, page).await
}

async fn edit_answer(
    State(state): State<AppState>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(id): PageId<AnswerId>,
    Sent(form): Sent<EditForm>,
) -> Result<Response, PageError> {
    let answer = state.store.answer(id).await?.ok_or(ApiError::NotFound("answer"))?;
    let text = match Body::parse(form.body.clone()) {
        Ok(body) => Ok(NewText::Answer(id, body)),
        Err(problem) => Err(vec![problem]),
    };
    let back = address_of(answer.question, id);
    let editor = visitor.as_ref().map(|visitor| visitor.user);
    let page = |view| of_answer(Frame::new(visitor), answer.question, id, view);
    edit(&state, editor, &form, text, &back, page).await
}

/// Carries an edit out, or shows the form again with everything that was typed.
async fn edit(
    state: &AppState,
    editor: Option<UserId>,
    form: &EditForm,
    text: Result<NewText, Vec<Rejection>>,
    back: &str,
    page: impl FnOnce(FormView) -> EditPage,
) -> Result<Response, PageError> {
    let view = FormView::default()
        .with("title", form.title.as_str())
        .with("body", form.body.as_str())
        .with("version", form.version.as_str());
    let Some(editor) = editor else {
        let view = view.saying("Your session has ended. Log in in another window, then send this again.");
        return show(StatusCode::UNAUTHORIZED, &page(view));
    };
    let text = match text {
        Ok(text) => text,
        Err(problems) => return show(StatusCode::UNPROCESSABLE_ENTITY, &page(view.refused(problems))),
    };
    // Without the version that was read nobody knows what the edit would overwrite.
    let Ok(version) = form.version.parse() else { return Err(PageError(ApiError::NoPrecondition)) };
    let wish = Edit { text, editor, expected_version: Some(version), edited_at: state.clock.now() };
    match state.store.edit(wish).await {
        Ok(_) => Ok(Redirect::to(back).into_response()),
        Err(error) => {
            let error = ApiError::from(error);
            let status = error.status();
            show(status, &page(view.explaining(error)?))
        }
    }
}

type Key = Result<Query<After>, QueryRejection>;

async fn question_revisions(
    State(state): State<AppState>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(id): PageId<QuestionId>,
    query: Key,
) -> Result<Response, PageError> {
    let post = format!("/questions/{id}");
    let address = format!("{post}/revisions");
    revisions(&state, Frame::new(visitor), id.into(), post, address, query).await
}

async fn answer_revisions(
    State(state): State<AppState>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(id): PageId<AnswerId>,
    query: Key,
) -> Result<Response, PageError> {
    let answer = state.store.answer(id).await?.ok_or(ApiError::NotFound("answer"))?;
    let address = format!("/answers/{id}/revisions");
    revisions(&state, Frame::new(visitor), id.into(), address_of(answer.question, id), address, query).await
}

async fn revisions(
    state: &AppState,
    frame: Frame,
    of: Post,
    post: String,
    address: String,
    query: Key,
) -> Result<Response, PageError> {
    let after: Option<i64> = query.ok().and_then(|Query(query)| query.after?.parse().ok());
    let what = Contribution::from(of).name();
    let revisions =
        state.store.revisions(of, after, Limit::default()).await?.ok_or(ApiError::NotFound(what))?;
    show(StatusCode::OK, &RevisionsPage { frame, what, post, address, revisions, first: after.is_none() })
}
