//! Tags: those of most questions, and those whose names begin as somebody types.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::input::{PageParameters, PageQuery, QueryOf, cursor_invalid};
use super::questions::Listing;
use crate::app::App;
use crate::domain::{Rejection, Tag, TagList, TagName, TagPrefix};
use crate::error::ApiError;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// `?prefix=ru` lists by name; without it the list is by popularity.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TagQuery {
    /// The beginning of a name; with it the list is by name.
    #[param(max_length = 35, example = "ru")]
    prefix: Option<String>,
}

/// A tag.
#[derive(Serialize, ToSchema)]
#[schema(as = Tag)]
struct TagItem {
    #[schema(example = "rust")]
    name: String,
    /// Questions that have it.
    question_count: u32,
}

impl From<Tag> for TagItem {
    fn from(Tag { id: _, name, question_count }: Tag) -> Self {
        Self { name, question_count }
    }
}

/// Tags that questions have
///
/// Those of most questions first, or with `prefix` those whose names begin so, by name.
#[utoipa::path(
    get,
    path = "/api/v1/tags",
    operation_id = "list_tags",
    tag = "questions",
    params(TagQuery, PageParameters),
    responses((status = 200, description = "One page", body = Listing<TagItem>)),
)]
async fn list(
    State(state): State<App>,
    QueryOf(query): QueryOf<TagQuery>,
    page: PageQuery<String>,
) -> Result<Json<Listing<TagItem>>, ApiError> {
    let by_name = query.prefix.is_some();
    let after = page.after.as_deref();
    let list = match &query.prefix {
        Some(prefix) => {
            let prefix =
                TagPrefix::parse(prefix).map_err(|rejection| Rejection { field: "prefix", ..rejection })?;
            let after = after.map(TagName::parse).transpose().map_err(|_| cursor_invalid())?;
            TagList::ByName(prefix, after)
        }
        None => TagList::Popular(after.map(|text| popular_key(text).ok_or_else(cursor_invalid)).transpose()?),
    };
    let page = state.store.tags(list, page.limit).await?;
    let cursor = |last: Tag| if by_name { last.name } else { format!("{}.{}", last.question_count, last.id) };
    Ok(Json(Listing {
        next: page.next.map(cursor),
        items: page.items.into_iter().map(TagItem::from).collect(),
    }))
}

/// Reads a cursor of the list by popularity: the count and the number of the last tag.
fn popular_key(text: &str) -> Option<(u32, i64)> {
    let (count, id) = text.split_once('.')?;
    Some((count.parse().ok()?, id.parse().ok()?))
}
