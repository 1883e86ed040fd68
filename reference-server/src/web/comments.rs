//! The comments on a post, and the form to comment.

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
use super::visitor::MaybeVisitor;
use crate::app::{App, AppState};
use crate::domain::{
    AnswerId, Comment, CommentId, CommentText, Limit, NewComment, Page, Post, QuestionId, Visitor,
};
use crate::error::ApiError;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/questions/{id}/comments", get(on_question).post(comment_question))
        .route("/answers/{id}/comments", get(on_answer).post(comment_answer))
}

#[derive(Template)]
#[template(path = "comments.html")]
struct CommentsPage {
    frame: Frame,
    /// What is commented on: its name, its address and that of its comments.
    what: &'static str,
    post: String,
    address: String,
    comments: Page<Comment, CommentId>,
    first: bool,
    form: FormView,
}

#[derive(Deserialize)]
struct CommentForm {
    #[serde(default)]
    body: String,
}

/// A post with its addresses.
struct Place {
    post: Post,
    what: &'static str,
    page: String,
    comments: String,
}

impl Place {
    fn question(id: QuestionId) -> Self {
        let page = format!("/questions/{id}");
        Self { post: id.into(), what: "question", comments: format!("{page}/comments"), page }
    }

    async fn answer(state: &AppState, id: AnswerId) -> Result<Self, PageError> {
        let answer = state.store.answer(id).await?.ok_or(ApiError::NotFound("answer"))?;
        let page = place(answer.question, Some(id), None);
        Ok(Self { post: id.into(), what: "answer", page, comments: format!("/answers/{id}/comments") })
    }
}

type Key = Result<Query<After>, QueryRejection>;

async fn on_question(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(id): PageId<QuestionId>,
    query: Key,
) -> Result<Response, PageError> {
    page(&state, StatusCode::OK, visitor, Place::question(id), query, FormView::default()).await
}

async fn on_answer(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(id): PageId<AnswerId>,
    query: Key,
) -> Result<Response, PageError> {
    let on = Place::answer(&state, id).await?;
    page(&state, StatusCode::OK, visitor, on, query, FormView::default()).await
}

async fn comment_question(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(id): PageId<QuestionId>,
    Sent(form): Sent<CommentForm>,
) -> Result<Response, PageError> {
    comment(&state, visitor, Place::question(id), form).await
}

async fn comment_answer(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(id): PageId<AnswerId>,
    Sent(form): Sent<CommentForm>,
) -> Result<Response, PageError> {
    let on = Place::answer(&state, id).await?;
    comment(&state, visitor, on, form).await
}

async fn comment(
    state: &AppState,
    visitor: Option<Visitor>,
    on: Place,
    form: CommentForm,
) -> Result<Response, PageError> {
    let view = FormView::default().with("body", form.body.as_str());
    let none = Ok(Query(After { after: None }));
    let Some(author) = visitor.as_ref().map(|visitor| visitor.user) else {
        let view = view.saying("Your session has ended. Log in in another window, then send this again.");
        return page(state, StatusCode::UNAUTHORIZED, visitor, on, none, view).await;
    };
    let text = match CommentText::parse(form.body) {
        Ok(text) => text,
        Err(problem) => {
            let view = view.refused(vec![problem]);
            return page(state, StatusCode::UNPROCESSABLE_ENTITY, visitor, on, none, view).await;
        }
    };
    let comment = NewComment { post: on.post, author, text, created_at: state.clock.now() };
    let id = state.store.insert_comment(comment).await?;
    // Right before the new one, so that its page is found without counting.
    let Place { comments, .. } = on;
    Ok(Redirect::to(&format!("{comments}?after={}#comment-{id}", id.get() - 1)).into_response())
}

async fn page(
    state: &AppState,
    status: StatusCode,
    visitor: Option<Visitor>,
    on: Place,
    query: Key,
    form: FormView,
) -> Result<Response, PageError> {
    let after = query.ok().and_then(|Query(query)| query.after?.parse().ok());
    let Place { post, what, page, comments: address } = on;
    let comments = state.store.comments(post, after, Limit::default()).await?;
    let comments = comments.ok_or(ApiError::NotFound(what))?;
    let frame = Frame::of(state, visitor).await;
    show(status, &CommentsPage { frame, what, post: page, address, comments, first: after.is_none(), form })
}
