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
use super::page::{After, Frame, PageError, PageId, place, show};
use super::visitor::MaybeVisitor;
use crate::app::{App, AppState};
use crate::domain::{
    Answer, AnswerId, Body, Limit, NewAnswer, Page, Post, Question, QuestionId, Visitor, Vote,
};
use crate::error::ApiError;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/questions/{id}", get(question)).route("/questions/{id}/answers", post(answer))
}

#[derive(Template)]
#[template(path = "question.html")]
struct QuestionPage {
    frame: Frame,
    question: Question,
    answers: Page<Answer, AnswerId>,
    first: bool,
    own: OwnVotes,
    /// The address of this page, to come back to.
    address: String,
    form: FormView,
}

impl QuestionPage {
    fn place(&self) -> String {
        format!("/questions/{}", self.question.id)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a template hands over references")]
    fn is_accepted(&self, answer: &AnswerId) -> bool {
        self.question.accepted_answer == Some(*answer)
    }

    /// Where an answer stands on this page.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a template hands over references")]
    fn place_of(&self, answer: &AnswerId) -> String {
        format!("{}#answer-{answer}", self.address)
    }
}

/// What who looks thinks of the posts on the page.
#[derive(Default)]
struct OwnVotes(Vec<(Post, Vote)>);

impl OwnVotes {
    async fn read(
        state: &AppState,
        question: QuestionId,
        visitor: Option<&Visitor>,
    ) -> Result<Self, PageError> {
        match visitor {
            Some(visitor) => Ok(Self(state.store.own_votes(question, visitor.user).await?)),
            None => Ok(Self::default()),
        }
    }

    /// 1, -1, or 0 for none.
    fn on_question(&self) -> i32 {
        self.value(|post| matches!(post, Post::Question(_)))
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a template hands over references")]
    fn on_answer(&self, answer: &AnswerId) -> i32 {
        self.value(|post| *post == Post::Answer(*answer))
    }

    fn value(&self, is: impl Fn(&Post) -> bool) -> i32 {
        self.0.iter().find(|(post, _)| is(post)).map_or(0, |(_, vote)| vote.value())
    }
}

#[derive(Deserialize)]
struct AnswerForm {
    #[serde(default)]
    body: String,
}

async fn question(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(id): PageId<QuestionId>,
    query: Result<Query<After>, QueryRejection>,
) -> Result<Response, PageError> {
    let after: Option<AnswerId> = query.ok().and_then(|Query(query)| query.after?.parse().ok());
    let mut question = state.store.question(id).await?.ok_or(ApiError::NotFound("question"))?;
    let answers = if after.is_none() {
        take_answers(&mut question)
    } else {
        let page = state.store.answers(id, after, Limit::ANSWERS).await?;
        page.ok_or(ApiError::NotFound("question"))?
    };
    let own = OwnVotes::read(&state, id, visitor.as_ref()).await?;
    let address = match after {
        Some(key) => format!("/questions/{id}?after={key}"),
        None => format!("/questions/{id}"),
    };
    let (frame, form, first) = (Frame::of(&state, visitor).await, FormView::default(), after.is_none());
    show(StatusCode::OK, &QuestionPage { frame, question, answers, first, own, address, form })
}

async fn answer(
    State(state): State<App>,
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
    let address = place(id, (!on_first_page).then_some(answer), None);
    let anchor = if on_first_page { format!("#answer-{answer}") } else { String::new() };
    Ok(Redirect::to(&format!("{address}{anchor}")).into_response())
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
    let own = OwnVotes::read(state, id, visitor.as_ref()).await?;
    let (frame, address) = (Frame::of(state, visitor).await, format!("/questions/{id}"));
    show(status, &QuestionPage { frame, question, answers, first: true, own, address, form })
}

fn take_answers(question: &mut Question) -> Page<Answer, AnswerId> {
    std::mem::replace(&mut question.answers, Page { items: Vec::new(), next: None })
}
