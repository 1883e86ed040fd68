//! What a member wrote, newest first.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use super::input::{IdPath, PageQuery, cursor_invalid};
use super::questions::{AuthorItem, Listing};
use crate::app::AppState;
use crate::domain::{ActivityKey, Piece, QuestionId, Timestamp, UserId};
use crate::error::ApiError;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/users/{id}/activity", get(activity))
}

/// Something written, as programs see it: what it is itself, and the question it belongs to.
#[derive(Serialize)]
pub(super) struct PieceItem {
    kind: &'static str,
    id: i64,
    excerpt: String,
    score: i64,
    author: AuthorItem,
    created_at: Timestamp,
    question: QuestionPart,
}

#[derive(Serialize)]
struct QuestionPart {
    id: QuestionId,
    title: String,
    tags: Vec<String>,
    answer_count: u32,
}

impl From<Piece> for PieceItem {
    fn from(piece: Piece) -> Self {
        let Piece { kind, id, question, title, tags, answer_count, score, excerpt, author, created_at } =
            piece;
        let question = QuestionPart { id: question, title, tags, answer_count };
        Self { kind: kind.name(), id, excerpt, score, author: author.into(), created_at, question }
    }
}

async fn activity(
    State(state): State<AppState>,
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
