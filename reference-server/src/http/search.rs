//! Full-text search: `?q=words`, in questions or with `in=answers` in answers.
//!
//! All words must be there. One page of at most `limit` items, the best of the newest thousand matches; there
//! is no next page, because what is not among the best is better found by another word.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::activity::PieceItem;
use super::input::{PageQuery, QueryOf};
use crate::app::AppState;
use crate::domain::{PieceKind, Rejection, Search};
use crate::error::ApiError;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/search", get(search))
}

#[derive(Deserialize)]
struct SearchQuery {
    #[serde(default)]
    q: String,
    #[serde(rename = "in")]
    within: Option<String>,
}

#[derive(Serialize)]
struct Hits {
    items: Vec<PieceItem>,
    /// Whether there were more than are shown.
    more: bool,
}

async fn search(
    State(state): State<AppState>,
    QueryOf(query): QueryOf<SearchQuery>,
    page: PageQuery<String>,
) -> Result<Json<Hits>, ApiError> {
    let within = match query.within.as_deref() {
        None | Some("questions") => PieceKind::Question,
        Some("answers") => PieceKind::Answer,
        Some(_) => {
            let message = "a search is in questions or in answers";
            return Err(Rejection::new("in", "search_place_unknown", message).into());
        }
    };
    let search = Search::parse(&query.q, within)?;
    let found = state.store.search(search, page.limit).await?;
    Ok(Json(Hits { items: found.items.into_iter().map(PieceItem::from).collect(), more: found.more }))
}
