//! Editing a question, an answer or a comment, and the versions of posts there were before.

use askama::Template;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::form::{FormView, Sent};
use super::page::{After, Frame, PageError, PageId, place, show};
use super::tags::typed;
use super::visitor::MaybeVisitor;
use crate::app::{App, AppState};
use crate::domain::{
    AnswerId, Body, CommentId, CommentText, Contribution, Edit, Limit, NewText, Page, Post, QuestionId,
    Rejection, Revision, Title, UserId, Visitor,
};
use crate::error::ApiError;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/questions/{id}/edit", get(question_form).post(edit_question))
        .route("/answers/{id}/edit", get(answer_form).post(edit_answer))
        .route("/comments/{id}/edit", get(comment_form).post(edit_comment))
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
    #[serde(default)]
    tags: String,
    /// The version that was read.
    #[serde(default)]
    version: String,
}

async fn question_form(
    State(state): State<App>,
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
        .with("tags", question.tags.join(" "))
        .with("version", question.version.to_string());
    show(StatusCode::OK, &of_question(Frame::of(&state, Some(visitor)).await, id, form))
}

async fn answer_form(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(id): PageId<AnswerId>,
) -> Result<Response, PageError> {
    let Some(visitor) = visitor else {
        return Ok(Redirect::to(&format!("/login?next=/answers/{id}/edit")).into_response());
    };
    let answer = state.store.answer(id).await?.ok_or(ApiError::NotFound("answer"))?;
    only_author(answer.author.id, visitor.user)?;
    let form = FormView::default().with("body", answer.body).with("version", answer.version.to_string());
    show(StatusCode::OK, &of_answer(Frame::of(&state, Some(visitor)).await, answer.question, id, form))
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
    let back = place(question, Some(id), None);
    EditPage { frame, what: "answer", action: format!("/answers/{id}/edit"), back, form }
}

fn of_comment(frame: Frame, post: Post, id: CommentId, form: FormView) -> EditPage {
    let comments = match post {
        Post::Question(id) => format!("/questions/{id}/comments"),
        Post::Answer(id) => format!("/answers/{id}/comments"),
    };
    let back = format!("{comments}?after={}#comment-{id}", id.get() - 1);
    EditPage { frame, what: "comment", action: format!("/comments/{id}/edit"), back, form }
}

async fn edit_question(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(id): PageId<QuestionId>,
    Sent(form): Sent<EditForm>,
) -> Result<Response, PageError> {
    let parsed = (Title::parse(&form.title), Body::parse(form.body.clone()), typed(&form.tags));
    let text = match parsed {
        (Ok(title), Ok(body), Ok(tags)) => Ok(NewText::Question(id, title, body, Some(tags))),
        (title, body, tags) => Err(title.err().into_iter().chain(body.err()).chain(tags.err()).collect()),
    };
    edit(&state, visitor, &form, text, |frame, view| of_question(frame, id, view)).await
}

async fn edit_answer(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(id): PageId<AnswerId>,
    Sent(form): Sent<EditForm>,
) -> Result<Response, PageError> {
    let answer = state.store.answer(id).await?.ok_or(ApiError::NotFound("answer"))?;
    let text = match Body::parse(form.body.clone()) {
        Ok(body) => Ok(NewText::Answer(id, body)),
        Err(problem) => Err(vec![problem]),
    };
    edit(&state, visitor, &form, text, |frame, view| of_answer(frame, answer.question, id, view)).await
}

async fn comment_form(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(id): PageId<CommentId>,
) -> Result<Response, PageError> {
    let Some(visitor) = visitor else {
        return Ok(Redirect::to(&format!("/login?next=/comments/{id}/edit")).into_response());
    };
    let (post, comment) = state.store.comment(id).await?.ok_or(ApiError::NotFound("comment"))?;
    only_author(comment.author.id, visitor.user)?;
    let form = FormView::default().with("body", comment.text).with("version", comment.version.to_string());
    show(StatusCode::OK, &of_comment(Frame::of(&state, Some(visitor)).await, post, id, form))
}

async fn edit_comment(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(id): PageId<CommentId>,
    Sent(form): Sent<EditForm>,
) -> Result<Response, PageError> {
    let (post, _) = state.store.comment(id).await?.ok_or(ApiError::NotFound("comment"))?;
    let text = match CommentText::parse(form.body.clone()) {
        Ok(text) => Ok(NewText::Comment(id, text)),
        Err(problem) => Err(vec![problem]),
    };
    edit(&state, visitor, &form, text, |frame, view| of_comment(frame, post, id, view)).await
}

/// Carries an edit out, or shows the form again with everything that was typed.
async fn edit(
    state: &AppState,
    visitor: Option<Visitor>,
    form: &EditForm,
    text: Result<NewText, Vec<Rejection>>,
    page: impl FnOnce(Frame, FormView) -> EditPage,
) -> Result<Response, PageError> {
    let view = FormView::default()
        .with("title", form.title.as_str())
        .with("body", form.body.as_str())
        .with("tags", form.tags.as_str())
        .with("version", form.version.as_str());
    let Some(editor) = visitor.as_ref().map(|visitor| visitor.user) else {
        let view = view.saying("Your session has ended. Log in in another window, then send this again.");
        return show(StatusCode::UNAUTHORIZED, &page(Frame::for_nobody(), view));
    };
    let text = match text {
        Ok(text) => text,
        Err(problems) => {
            let frame = Frame::of(state, visitor).await;
            return show(StatusCode::UNPROCESSABLE_ENTITY, &page(frame, view.refused(problems)));
        }
    };
    // Without the version that was read nobody knows what the edit would overwrite.
    let Ok(version) = form.version.parse() else { return Err(PageError(ApiError::NoPrecondition)) };
    let wish = Edit { text, editor, expected_version: Some(version), edited_at: state.clock.now() };
    let done = state.store.edit(wish).await;
    let page = page(Frame::of(state, visitor).await, view);
    match done {
        Ok(_) => Ok(Redirect::to(&page.back).into_response()),
        Err(error) => {
            let error = ApiError::from(error);
            let status = error.status();
            show(status, &EditPage { form: page.form.explaining(error)?, ..page })
        }
    }
}

type Key = Result<Query<After>, QueryRejection>;

async fn question_revisions(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(id): PageId<QuestionId>,
    query: Key,
) -> Result<Response, PageError> {
    let post = format!("/questions/{id}");
    let address = format!("{post}/revisions");
    revisions(&state, Frame::of(&state, visitor).await, id.into(), post, address, query).await
}

async fn answer_revisions(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(id): PageId<AnswerId>,
    query: Key,
) -> Result<Response, PageError> {
    let answer = state.store.answer(id).await?.ok_or(ApiError::NotFound("answer"))?;
    let address = format!("/answers/{id}/revisions");
    revisions(
        &state,
        Frame::of(&state, visitor).await,
        id.into(),
        place(answer.question, Some(id), None),
        address,
        query,
    )
    .await
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
