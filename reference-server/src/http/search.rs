//! Full-text search: `?q=words`, in questions or with `in=answers` in answers.
//!
//! All words must be there. The best of the newest thousand matches come first: what is not among them is better found by
//! another word.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::activity::PieceItem;
use super::input::{PageParameters, PageQuery, QueryOf, cursor_invalid};
use super::openapi::schemas;
use super::questions::Listing;
use crate::app::App;
use crate::domain::{Search, SearchKey, SearchPlace};
use crate::error::ApiError;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(search))
}

/// What is searched for, and where.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    /// One to eight words, all of which must be there.
    #[serde(default)]
    #[param(required = true, min_length = 1, max_length = 200, example = "question")]
    q: String,
    /// `questions` or `answers`; questions when not given.
    #[serde(rename = "in")]
    #[param(schema_with = schemas::place, example = "questions")]
    within: Option<String>,
}

/// Search in titles and texts
///
/// The newest thousand matches, the best first: what is not among them is better found by another word. A page may have
/// fewer items than asked for; the list ends where `next` is null.
#[utoipa::path(
    get,
    path = "/api/v1/search",
    operation_id = "search",
    tag = "questions",
    params(SearchQuery, PageParameters),
    responses((status = 200, description = "One page", body = Listing<PieceItem>)),
)]
async fn search(
    State(state): State<App>,
    QueryOf(query): QueryOf<SearchQuery>,
    page: PageQuery<String>,
) -> Result<Json<Listing<PieceItem>>, ApiError> {
    let within = query.within.as_deref().map_or(Ok(SearchPlace::default()), SearchPlace::parse)?;
    let search = Search::parse(&query.q, within)?;
    let after = match page.after {
        Some(text) => Some(SearchKey::from_cursor(&text).ok_or_else(cursor_invalid)?),
        None => None,
    };
    let page = state.store.search(search, page.limit, after).await?;
    Ok(Json(Listing {
        items: page.items.into_iter().map(PieceItem::from).collect(),
        next: page.next.map(SearchKey::cursor),
    }))
}
