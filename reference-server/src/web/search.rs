//! What a search finds, page by page. What is typed stays in the box at the top of the page.

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
use crate::domain::{Limit, Piece, Search, SearchKey, SearchPlace};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/search", get(search))
}

#[derive(Deserialize, Default)]
struct SearchQuery {
    #[serde(default)]
    q: String,
    #[serde(default, rename = "in")]
    within: String,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    frame: Frame,
    within: SearchPlace,
    problem: Option<String>,
    found: Vec<Piece>,
    next: Option<SearchKey>,
    first: bool,
}

impl SearchPage {
    /// The same search in a place.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a template hands over references")]
    fn address(&self, place: &SearchPlace) -> String {
        let words: String = self.frame.query.bytes().map(encoded).collect();
        format!("/search?q={words}&in={}", place.name())
    }
}

/// A byte of what was typed, as it stands behind the question mark.
fn encoded(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

async fn search(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    query: Result<Query<SearchQuery>, QueryRejection>,
) -> Result<Response, PageError> {
    let SearchQuery { q, within, after } = query.map(|Query(query)| query).unwrap_or_default();
    let within = SearchPlace::parse(&within).unwrap_or_default();
    let after = after.as_deref().and_then(SearchKey::from_cursor);
    let mut page = SearchPage {
        frame: Frame::of(&state, visitor).await,
        within,
        problem: None,
        found: Vec::new(),
        next: None,
        first: after.is_none(),
    };
    // Not an error: the page to start from.
    if q.trim().is_empty() {
        return show(StatusCode::OK, &page);
    }
    let search = Search::parse(&q, within);
    page.frame.query = q;
    match search {
        Ok(search) => {
            let found = state.store.search(search, Limit::default(), after).await?;
            (page.found, page.next) = (found.items, found.next);
            show(StatusCode::OK, &page)
        }
        Err(problem) => {
            page.problem = Some(sentence(&problem.message));
            show(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}
