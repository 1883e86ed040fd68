//! Everything that can go wrong with a request, and the answer to it.
//!
//! A client's mistake is answered with what is wrong and in which field; our own is logged with its cause and
//! answered with a fixed sentence, because a cause may hold what is nobody's business. Under `/api` the
//! answer is JSON (this file); pages show the same error as HTML (`web`).

use axum::Json;
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::Rejection;
use crate::outage::DatabaseAway;
use crate::password::PasswordError;
use crate::rate::Standing;
use crate::store::StoreError;

/// Seconds after which a client that was sent away may try again; queues here empty within a fraction of one.
const RETRY_AFTER_SECONDS: &str = "1";

/// Why a request was not served.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// A value makes no sense.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// A value is fine but somebody else has it.
    #[error("{0}")]
    Conflict(Rejection),
    /// The request as such cannot be read.
    #[error("{message}")]
    Malformed {
        /// 400, 408, 413 or 415.
        status: StatusCode,
        /// The code for programs.
        code: &'static str,
        /// What was found and expected.
        message: String,
    },
    /// There is nothing at this address.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The address exists, but not for this method.
    #[error("this address does not take this method; the header Allow says which it takes")]
    MethodNotAllowed,
    /// A log-in is needed.
    #[error("this needs a valid session; log in and send its token")]
    NotLoggedIn,
    /// Name and password do not fit; it is not said which of the two.
    #[error("the name or the password is wrong")]
    WrongCredentials,
    /// The client has sent more than he may.
    #[error("too many requests; try again in {} s", .0.retry_seconds())]
    TooManyRequests(Standing),
    /// A request with the same key is still being done.
    #[error("a request with this key is being done; try again in a moment")]
    InProgress,
    /// Another request was made with the same key.
    #[error("another request was made with this key; a new request needs a new key")]
    KeyReused,
    /// A form was sent from a page that is not ours.
    #[error("this form was sent from another site")]
    CrossSite,
    /// It was changed by somebody else in the meantime.
    #[error("it was changed in the meantime; read it again")]
    Stale,
    /// A change that does not say which version it was made from.
    #[error("a change needs the header If-Match with the ETag it was made from")]
    NoPrecondition,
    /// Only who wrote it may do this.
    #[error("only its author may do this")]
    NotTheAuthor,
    /// Nobody votes on what he wrote himself.
    #[error("nobody votes on what he wrote himself")]
    OwnPost,
    /// More requests than can be served; nothing was done.
    #[error("the server is busy; try again in a moment")]
    Busy,
    /// The database is away; it may have been done or not.
    #[error("the database cannot be reached now; try again in a moment")]
    Unavailable,
    /// The store of pictures is away; nothing was done.
    #[error("pictures cannot be reached now; try again in a moment")]
    PicturesAway,
    /// The time for a request is over; it may have been done or not.
    #[error("the server took too long; try again in a moment")]
    TimedOut,
    /// Our fault; the cause is in the log.
    #[error("something went wrong on our side")]
    Internal,
}

impl ApiError {
    /// Logs the cause and hides it.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed");
        Self::Internal
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Rejected(_) | Self::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Conflict(_) | Self::InProgress => StatusCode::CONFLICT,
            Self::Malformed { status, .. } => *status,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotLoggedIn | Self::WrongCredentials => StatusCode::UNAUTHORIZED,
            Self::TooManyRequests(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::CrossSite | Self::NotTheAuthor | Self::OwnPost => StatusCode::FORBIDDEN,
            Self::Stale => StatusCode::PRECONDITION_FAILED,
            Self::NoPrecondition => StatusCode::PRECONDITION_REQUIRED,
            Self::Busy | Self::Unavailable | Self::PicturesAway | Self::TimedOut => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Rejected(rejection) | Self::Conflict(rejection) => rejection.code,
            Self::Malformed { code, .. } => code,
            Self::NotFound(_) => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::NotLoggedIn => "not_logged_in",
            Self::WrongCredentials => "wrong_credentials",
            Self::TooManyRequests(_) => "too_many_requests",
            Self::InProgress => "in_progress",
            Self::KeyReused => "key_reused",
            Self::CrossSite => "cross_site",
            Self::Stale => "stale",
            Self::NoPrecondition => "if_match_missing",
            Self::NotTheAuthor => "not_the_author",
            Self::OwnPost => "own_post",
            Self::Busy => "busy",
            Self::Unavailable => "unavailable",
            Self::PicturesAway => "pictures_unavailable",
            Self::TimedOut => "timed_out",
            Self::Internal => "internal",
        }
    }

    /// The value that was refused, when it is one value's fault.
    #[must_use]
    pub fn rejection(&self) -> Option<&Rejection> {
        match self {
            Self::Rejected(rejection) | Self::Conflict(rejection) => Some(rejection),
            _ => None,
        }
    }

    /// Sets what every answer to this error carries besides its body, whatever the body's format.
    pub fn decorate(&self, response: &mut Response) {
        *response.status_mut() = self.status();
        if matches!(self, Self::Unavailable) {
            response.extensions_mut().insert(DatabaseAway);
        }
        match self {
            Self::Busy | Self::Unavailable | Self::PicturesAway | Self::TimedOut | Self::InProgress => {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECONDS));
            }
            Self::TooManyRequests(standing) => {
                let headers = response.headers_mut();
                headers.insert(RETRY_AFTER, HeaderValue::from(standing.retry_seconds().max(1)));
                standing.tell(headers);
            }
            Self::NotLoggedIn => {
                response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            _ => {}
        }
    }
}

/// The answer as programs read it.
#[derive(Serialize, ToSchema)]
#[schema(as = Error, example = json!({"error": {"code": "not_found", "message": "there is no such question"}}))]
pub(crate) struct ErrorAnswer {
    error: Explanation,
}

/// What went wrong.
#[derive(Serialize, ToSchema)]
pub(crate) struct Explanation {
    /// For programs: one word that does not change.
    #[schema(value_type = String)]
    code: &'static str,
    /// For people.
    message: String,
    /// The value that was refused, when it is one value's fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    field: Option<&'static str>,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let rejection = self.rejection();
        let message = rejection.map_or_else(|| self.to_string(), |rejection| rejection.message.clone());
        let field = rejection.map(|rejection| rejection.field);
        let mut response =
            Json(ErrorAnswer { error: Explanation { code: self.code(), message, field } }).into_response();
        self.decorate(&mut response);
        response
    }
}

/// What a broken rule of the database means to a client. The domain refuses all but the first before the
/// database is asked; the others are here so that a gap in the domain is still the client's error and not
/// ours.
const CONSTRAINTS: &[(&str, StatusCode, &str, &str, &str)] = &[
    ("users_name_unique", StatusCode::CONFLICT, "name", "name_taken", "this name is taken"),
    (
        "users_name_format",
        StatusCode::UNPROCESSABLE_ENTITY,
        "name",
        "name_invalid_character",
        "this name cannot be used",
    ),
    (
        "users_display_name_length",
        StatusCode::UNPROCESSABLE_ENTITY,
        "display_name",
        "display_name_too_long",
        "this display name cannot be used",
    ),
    (
        "users_about_length",
        StatusCode::UNPROCESSABLE_ENTITY,
        "about",
        "about_too_long",
        "this text is too long",
    ),
    (
        "questions_title_length",
        StatusCode::UNPROCESSABLE_ENTITY,
        "title",
        "title_too_long",
        "this title cannot be used",
    ),
    (
        "questions_body_length",
        StatusCode::UNPROCESSABLE_ENTITY,
        "body",
        "body_too_long",
        "this text cannot be used",
    ),
    (
        "tags_name_format",
        StatusCode::UNPROCESSABLE_ENTITY,
        "tags",
        "tag_invalid_character",
        "this tag cannot be used",
    ),
    (
        "answers_body_length",
        StatusCode::UNPROCESSABLE_ENTITY,
        "body",
        "body_too_long",
        "this text cannot be used",
    ),
    (
        "comments_body_length",
        StatusCode::UNPROCESSABLE_ENTITY,
        "body",
        "comment_too_long",
        "this comment cannot be used",
    ),
    ("votes_value", StatusCode::UNPROCESSABLE_ENTITY, "value", "vote_invalid", "this is no vote"),
];

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Constraint(name) => {
                match CONSTRAINTS.iter().find(|(constraint, ..)| *constraint == name) {
                    Some(&(_, status, field, code, message)) => {
                        let rejection = Rejection::new(field, code, message);
                        if status == StatusCode::CONFLICT {
                            Self::Conflict(rejection)
                        } else {
                            Self::Rejected(rejection)
                        }
                    }
                    None => Self::internal(format!("no error is known for the constraint {name}")),
                }
            }
            StoreError::KeyReused => Self::KeyReused,
            StoreError::Missing(what) => Self::NotFound(what),
            StoreError::Stale { .. } => Self::Stale,
            StoreError::NotTheAuthor => Self::NotTheAuthor,
            StoreError::OwnPost => Self::OwnPost,
            StoreError::Busy | StoreError::Closed => Self::Busy,
            StoreError::Unavailable(_) => {
                tracing::error!(cause = %error, "a request was turned away");
                Self::Unavailable
            }
            other => Self::internal(other),
        }
    }
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::Busy,
            PasswordError::Hash(_) => Self::internal(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_rule_that_input_can_break_has_its_error_on_both_databases() {
        // What only the program itself could break; then the fault is ours.
        let ours = [
            "sessions_token_hash_length",
            "sessions_token_hash_unique",
            "questions_answer_count_positive",
            "questions_comment_count_positive",
            "answers_comment_count_positive",
            "tags_question_count_positive",
            "tags_name_unique",
            "notices_kind_known",
            "outbox_kind_known",
            "avatars_digest_length",
            "avatars_png_length",
            "retries_name_length",
            "retries_request_length",
        ];
        for migration in [
            concat!(
                include_str!("store/sqlite/migrations/0001_forum.sql"),
                include_str!("store/sqlite/migrations/0002_posts.sql"),
                include_str!("store/sqlite/migrations/0003_finding.sql"),
                include_str!("store/sqlite/migrations/0004_retries.sql"),
            ),
            concat!(
                include_str!("store/postgres/migrations/0001_forum.sql"),
                include_str!("store/postgres/migrations/0002_posts.sql"),
                include_str!("store/postgres/migrations/0003_finding.sql"),
                include_str!("store/postgres/migrations/0004_retries.sql"),
            ),
        ] {
            let after = |word: &'static str| migration.split(word).skip(1);
            let rules = after("constraint ").chain(after("create unique index "));
            let names = rules.filter_map(|rest| rest.split_whitespace().next());
            let mut known = 0;
            for name in names.filter(|name| !ours.contains(name)) {
                let error = ApiError::from(StoreError::Constraint(name.to_owned()));
                assert!(error.status().is_client_error() && error.rejection().is_some(), "{name}: {error:?}");
                known += 1;
            }
            assert_eq!(known, CONSTRAINTS.len());
        }
    }

    #[test]
    fn what_is_our_fault_is_answered_with_a_fixed_sentence() {
        for error in [
            StoreError::Unreadable("canary".to_owned()),
            StoreError::Constraint("canary".to_owned()),
            StoreError::Database(sqlx::Error::Protocol("canary".to_owned())),
            StoreError::Group("canary".into()),
        ] {
            let error = ApiError::from(error);
            assert_eq!(
                (error.status(), error.to_string().as_str()),
                (StatusCode::INTERNAL_SERVER_ERROR, "something went wrong on our side")
            );
        }
    }
}
