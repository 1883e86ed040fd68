//! Tags: those of most questions, and those whose names begin as somebody types.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::input::{PageQuery, QueryOf, cursor_invalid};
use super::questions::Listing;
use crate::app::AppState;
use crate::domain::{Rejection, Tag, TagList, TagName, TagPrefix};
use crate::error::ApiError;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/tags", get(list))
}

/// `?prefix=ru` lists by name; without it the list is by popularity.
#[derive(Deserialize)]
struct TagQuery {
    prefix: Option<String>,
}

#[derive(Serialize)]
struct TagItem {
    name: String,
    question_count: u32,
}

impl From<Tag> for TagItem {
    fn from(Tag { id: _, name, question_count }: Tag) -> Self {
        Self { name, question_count }
    }
}

async fn list(
    State(state): State<AppState>,
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
