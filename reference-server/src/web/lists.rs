//! Lists of questions, page by page: all of them on the first page, and those of a tag.

use askama::Template;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::page::{Frame, PageError, show};
use super::tags::tag_address;
use super::visitor::MaybeVisitor;
use crate::app::{App, AppState};
use crate::domain::{Limit, QuestionKey, QuestionList, QuestionOrder, QuestionSummary, TagName};
use crate::error::ApiError;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/", get(all)).route("/tags/{name}", get(tagged))
}

/// Which list and where its page starts. What is none is read as none: an old or mistyped address shows the first page.
#[derive(Deserialize)]
struct ListQuery {
    sort: Option<String>,
    after: Option<String>,
}

type Asked = Result<Query<ListQuery>, QueryRejection>;

#[derive(Template)]
#[template(path = "questions.html")]
struct QuestionsPage {
    frame: Frame,
    tag: Option<String>,
    order: QuestionOrder,
    questions: Vec<QuestionSummary>,
    next: Option<String>,
    first: bool,
}

impl QuestionsPage {
    /// The first page of this list in an order.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a template hands over references")]
    fn address(&self, order: &QuestionOrder) -> String {
        let list = self.tag.as_deref().map_or_else(|| "/".to_owned(), tag_address);
        if *order == QuestionOrder::default() { list } else { format!("{list}?sort={}", order.name()) }
    }

    /// The page that starts after a key.
    fn after(&self, key: &str) -> String {
        let list = self.address(&self.order);
        let joint = if list.contains('?') { '&' } else { '?' };
        format!("{list}{joint}after={key}")
    }

    fn heading(&self) -> &'static str {
        match (self.order, self.first) {
            (QuestionOrder::Newest, true) => "Newest questions",
            (QuestionOrder::Newest, false) => "Older questions",
            (QuestionOrder::Active, _) => "Active questions",
            (QuestionOrder::Top, _) => "Top questions",
            (QuestionOrder::Unanswered, _) => "Unanswered questions",
        }
    }

    fn nothing(&self) -> &'static str {
        match (self.first, &self.tag, self.order) {
            (false, ..) => "There are no more questions.",
            (true, None, QuestionOrder::Unanswered) => "Every question has an answer.",
            (true, Some(_), QuestionOrder::Unanswered) => "Every question with this tag has an answer.",
            (true, Some(_), _) => "No question has this tag.",
            (true, None, _) => "Nobody has asked anything yet.",
        }
    }
}

/// The name of an order on its tab.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "a template hands over references")]
fn tab(order: &QuestionOrder) -> &'static str {
    match order {
        QuestionOrder::Newest => "Newest",
        QuestionOrder::Active => "Active",
        QuestionOrder::Top => "Top",
        QuestionOrder::Unanswered => "Unanswered",
    }
}

async fn all(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    asked: Asked,
) -> Result<Response, PageError> {
    let frame = Frame::of(&state, visitor).await;
    list(&state, frame, None, asked).await
}

async fn tagged(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    Path(name): Path<String>,
    asked: Asked,
) -> Result<Response, PageError> {
    let tag = TagName::parse(&name).map_err(|_| ApiError::NotFound("tag"))?;
    let frame = Frame::of(&state, visitor).await;
    list(&state, frame, Some(tag), asked).await
}

async fn list(
    state: &AppState,
    frame: Frame,
    tag: Option<TagName>,
    asked: Asked,
) -> Result<Response, PageError> {
    let (sort, after) = asked.map_or((None, None), |Query(asked)| (asked.sort, asked.after));
    let order = sort.and_then(|name| QuestionOrder::parse(&name).ok()).unwrap_or_default();
    let after = after.and_then(|text| QuestionKey::from_cursor(order, &text));
    let named = tag.as_ref().map(|tag| tag.as_str().to_owned());
    let page = state.store.questions(QuestionList { order, tag }, Limit::default(), after).await?;
    let page = QuestionsPage {
        frame,
        tag: named,
        order,
        questions: page.items,
        next: page.next.map(|key| key.cursor(order)),
        first: after.is_none(),
    };
    show(StatusCode::OK, &page)
}
