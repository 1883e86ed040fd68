//! What a request asks for, if it is something of which copies are kept.

use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use axum::extract::{MatchedPath, Request};
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::{Method, StatusCode};

use crate::domain::{AnswerId, QuestionId};

/// A question, as a page or as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// The page for people; with the answers after this one.
    Page(QuestionId, Option<AnswerId>),
    /// The JSON for programs.
    Json(QuestionId),
}

impl Key {
    pub(super) fn question(self) -> QuestionId {
        match self {
            Self::Page(question, _) | Self::Json(question) => question,
        }
    }

    pub(super) fn is_page(self) -> bool {
        matches!(self, Self::Page(..))
    }

    /// A number from 0 to 1, the same for the same key.
    pub(super) fn spread(self) -> f64 {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(self);
        (hash >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// The key of an address that the router has recognised. An address with more in its query than this file knows of
    /// has none.
    fn of(route: &str, path: &str, query: Option<&str>) -> Option<Self> {
        let question = path.rsplit('/').next()?.parse().ok()?;
        match (route, query.filter(|query| !query.is_empty())) {
            ("/api/v1/questions/{id}", None) => Some(Self::Json(question)),
            ("/questions/{id}", None) => Some(Self::Page(question, None)),
            ("/questions/{id}", Some(query)) => {
                Some(Self::Page(question, Some(query.strip_prefix("after=")?.parse().ok()?)))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Key {
    /// What it is of its question.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page(_, None) => formatter.write_str("page"),
            Self::Page(_, Some(after)) => write!(formatter, "page after {after}"),
            Self::Json(_) => formatter.write_str("json"),
        }
    }
}

/// A request for something of which copies are kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub(super) key: Key,
    /// Whoever sends no cookie and no token is nobody in particular.
    pub(super) by_a_stranger: bool,
}

impl Wanted {
    pub(super) fn of(request: &Request) -> Option<Self> {
        if *request.method() != Method::GET {
            return None;
        }
        let route = request.extensions().get::<MatchedPath>()?;
        let key = Key::of(route.as_str(), request.uri().path(), request.uri().query())?;
        let headers = request.headers();
        let by_a_stranger = !headers.contains_key(COOKIE) && !headers.contains_key(AUTHORIZATION);
        Some(Self { key, by_a_stranger })
    }
}

/// Whether a copy of such an answer is of use; that something is missing is no comfort in an outage.
pub(super) fn is_worth_keeping(status: StatusCode, answers: bool) -> bool {
    status == StatusCode::OK || (answers && status == StatusCode::NOT_FOUND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_has_a_key_and_what_is_not_known_has_none() {
        let id = QuestionId::new;
        for (route, path, query, key) in [
            ("/questions/{id}", "/questions/7", None, Some(Key::Page(id(7), None))),
            ("/questions/{id}", "/questions/7", Some(""), Some(Key::Page(id(7), None))),
            (
                "/questions/{id}",
                "/questions/7",
                Some("after=30"),
                Some(Key::Page(id(7), Some(AnswerId::new(30)))),
            ),
            ("/api/v1/questions/{id}", "/api/v1/questions/7", None, Some(Key::Json(id(7)))),
            ("/api/v1/questions/{id}", "/api/v1/questions/7", Some("x=1"), None),
            ("/questions/{id}", "/questions/7", Some("after=30&sort=top"), None),
            ("/questions/{id}", "/questions/seven", None, None),
            ("/questions/{id}/revisions", "/questions/7/revisions", None, None),
            ("/api/v1/answers/{id}", "/api/v1/answers/7", None, None),
        ] {
            assert_eq!(Key::of(route, path, query), key, "{path} {query:?}");
        }
    }

    #[test]
    fn keys_are_spread_evenly() {
        let all: Vec<f64> = (1..=1_000).map(|id| Key::Json(QuestionId::new(id)).spread()).collect();
        assert!(all.iter().all(|spread| (0.0..1.0).contains(spread)));
        // The mean of 1,000 even draws is 0.5 with a standard error of 0.009.
        let mean = all.iter().sum::<f64>() / 1_000.0;
        assert!((mean - 0.5).abs() < 0.05, "{mean}");
    }
}
