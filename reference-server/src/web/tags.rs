//! The tags that questions have, and how one is written in an address and in a form.

use askama::Template;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::page::{Frame, PageError, sentence, show};
use super::visitor::MaybeVisitor;
use crate::app::App;
use crate::domain::{Limit, Rejection, Tag, TagList, TagName, TagPrefix, Tags};

/// Tags of a page: they are short.
const LIMIT: &str = "60";

pub(super) fn routes() -> Router<App> {
    Router::new().route("/tags", get(tags))
}

/// The page of a tag. Of what may be in a name only `#` means something in an address.
pub(super) fn tag_address(name: &str) -> String {
    format!("/tags/{}", name.replace('#', "%23"))
}

/// Reads tags as a person types them: with spaces, commas or both between them.
pub(super) fn typed(text: &str) -> Result<Tags, Rejection> {
    let names: Vec<&str> = text
        .split(|letter: char| letter == ',' || letter.is_whitespace())
        .filter(|name| !name.is_empty())
        .collect();
    Tags::parse(&names)
}

#[derive(Deserialize)]
struct TagQuery {
    #[serde(default)]
    prefix: String,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "tags.html")]
struct TagsPage {
    frame: Frame,
    prefix: String,
    problem: Option<String>,
    tags: Vec<Tag>,
    next: Option<String>,
    first: bool,
}

async fn tags(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    query: Result<Query<TagQuery>, QueryRejection>,
) -> Result<Response, PageError> {
    let frame = Frame::of(&state, visitor).await;
    let TagQuery { prefix, after } =
        query.map_or(TagQuery { prefix: String::new(), after: None }, |Query(query)| query);
    let parsed = match TagPrefix::parse(&prefix) {
        Ok(parsed) => parsed,
        Err(problem) => {
            let problem = Some(sentence(&problem.message));
            let page = TagsPage { frame, prefix, problem, tags: Vec::new(), next: None, first: true };
            return show(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let list = if prefix.is_empty() {
        TagList::Popular(after.as_deref().and_then(popular_key))
    } else {
        TagList::ByName(parsed, after.as_deref().and_then(|name| TagName::parse(name).ok()))
    };
    let first = matches!(list, TagList::Popular(None) | TagList::ByName(_, None));
    // Cannot fail: the constant is a limit.
    let page = state.store.tags(list, LIMIT.parse().unwrap_or_else(|_| Limit::default())).await?;
    let cursor = |last: Tag| {
        if prefix.is_empty() { format!("{}.{}", last.question_count, last.id) } else { last.name }
    };
    let next = page.next.map(cursor);
    show(StatusCode::OK, &TagsPage { frame, prefix, problem: None, tags: page.items, next, first })
}

fn popular_key(text: &str) -> Option<(u32, i64)> {
    let (count, id) = text.split_once('.')?;
    Some((count.parse().ok()?, id.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_typed_with_spaces_or_commas_between() {
        for (text, expected) in [
            ("rust, c#  .net", Ok(r#"["rust","c#",".net"]"#)),
            (" ,, ", Ok("[]")),
            ("a b c d e f", Err("too_many_tags")),
            ("über", Err("tag_invalid_character")),
        ] {
            let found = typed(text).map(|tags| tags.to_json()).map_err(|problem| problem.code);
            assert_eq!(found.as_deref().map_err(|code| *code), expected, "{text:?}");
        }
        assert_eq!(tag_address("c#"), "/tags/c%23");
    }
}
