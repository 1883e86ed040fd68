//! What a member wrote, newest first.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::input::{IdPath, PageParameters, PageQuery, cursor_invalid};
use super::questions::{AuthorItem, Listing};
use crate::app::App;
use crate::domain::{ActivityKey, AnswerId, Piece, QuestionId, Timestamp, UserId};
use crate::error::ApiError;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(activity))
}

/// Something written, as programs see it: what it is itself, and the question it belongs to.
#[derive(Serialize, ToSchema)]
#[schema(as = Piece)]
pub(super) struct PieceItem {
    /// `question`, `answer` or `comment`.
    #[schema(example = "answer")]
    kind: &'static str,
    /// Its number among its kind.
    #[schema(example = 1)]
    id: i64,
    /// The beginning of its text, on one line.
    excerpt: String,
    /// Null for a comment.
    score: Option<i64>,
    author: AuthorItem,
    created_at: Timestamp,
    question: QuestionPart,
    /// The answer it is or belongs to.
    answer_id: Option<AnswerId>,
}

/// The question that something belongs to.
#[derive(Serialize, ToSchema)]
#[schema(as = QuestionOfPiece)]
struct QuestionPart {
    id: QuestionId,
    title: String,
    tags: Vec<String>,
    answer_count: u32,
}

impl From<Piece> for PieceItem {
    fn from(piece: Piece) -> Self {
        let Piece {
            kind,
            id,
            question,
            answer,
            title,
            tags,
            answer_count,
            score,
            excerpt,
            author,
            created_at,
        } = piece;
        let question = QuestionPart { id: question, title, tags, answer_count };
        Self {
            kind: kind.name(),
            id,
            excerpt,
            score,
            author: author.into(),
            created_at,
            question,
            answer_id: answer,
        }
    }
}

/// What a member wrote, newest first
#[utoipa::path(
    get,
    path = "/api/v1/users/{id}/activity",
    operation_id = "activity",
    tag = "members",
    params(("id" = UserId, Path, description = "The member"), PageParameters),
    responses((status = 200, description = "One page", body = Listing<PieceItem>)),
)]
async fn activity(
    State(state): State<App>,
    IdPath(user): IdPath<UserId>,
    page: PageQuery<String>,
) -> Result<Json<Listing<PieceItem>>, ApiError> {
    let after = match page.after {
        Some(text) => Some(ActivityKey::from_cursor(&text).ok_or_else(cursor_invalid)?),
        None => None,
    };
    let page = state.store.activity(user, page.limit, after).await?.ok_or(ApiError::NotFound("user"))?;
    Ok(Json(Listing {
        items: page.items.into_iter().map(PieceItem::from).collect(),
        next: page.next.map(ActivityKey::cursor),
    }))
}
