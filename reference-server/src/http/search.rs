//! Full-text search: `?q=words`, in questions or with `in=answers` in answers.
//!
//! All words must be there. One page of at most `limit` items, the best of the newest thousand matches; there
//! is no next page, because what is not among the best is better found by another word.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::activity::PieceItem;
use super::input::{PageQuery, QueryOf};
use crate::app::AppState;
use crate::domain::{Search, SearchPlace};
use crate::error::ApiError;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(search))
}

/// What is searched for, and where.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    /// One to eight words, all of which must be there.
    #[serde(default)]
    #[param(required = true, max_length = 200, example = "question")]
    q: String,
    /// `questions` or `answers`; questions when not given.
    #[serde(rename = "in")]
    #[param(example = "questions")]
    within: Option<String>,
}

/// What was found, the best first.
#[derive(Serialize, ToSchema)]
struct Hits {
    items: Vec<PieceItem>,
    /// Whether there were more than are shown.
    more: bool,
}

/// Search in titles and texts
///
/// The best of the newest thousand matches. There is no next page: what is not among the best is better found by
/// another word.
#[utoipa::path(
    get,
    path = "/api/v1/search",
    operation_id = "search",
    tag = "questions",
    params(
        SearchQuery,
        ("limit" = Option<u32>, Query, description = "How many items; 20 when not given", minimum = 1, maximum = 100, example = 20),
    ),
    responses((status = 200, description = "The best", body = Hits)),
)]
async fn search(
    State(state): State<AppState>,
    QueryOf(query): QueryOf<SearchQuery>,
    page: PageQuery<String>,
) -> Result<Json<Hits>, ApiError> {
    let within = query.within.as_deref().map_or(Ok(SearchPlace::default()), SearchPlace::parse)?;
    let search = Search::parse(&query.q, within)?;
    let found = state.store.search(search, page.limit).await?;
    Ok(Json(Hits { items: found.items.into_iter().map(PieceItem::from).collect(), more: found.more }))
}
