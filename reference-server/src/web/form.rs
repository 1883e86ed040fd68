//! A form as it is shown: values, and what is wrong with them.

use std::collections::HashMap;

use axum::extract::rejection::FormRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;

use super::page::{PageError, sentence};
use crate::domain::Rejection;
use crate::error::ApiError;
use crate::http::body_in_time;
use crate::limits::BODY_BYTES;

/// The values to show in a form, and the problems to show beside them.
#[derive(Default)]
pub(super) struct FormView {
    values: HashMap<&'static str, String>,
    problems: Vec<Rejection>,
    /// What is wrong with the form as a whole.
    pub(super) general: Option<String>,
}

impl FormView {
    /// With the value of a field.
    pub(super) fn with(mut self, field: &'static str, value: impl Into<String>) -> Self {
        self.values.insert(field, value.into());
        self
    }

    /// With what is wrong.
    pub(super) fn refused(mut self, problems: Vec<Rejection>) -> Self {
        self.problems = problems;
        self
    }

    /// With an error that is the client's: beside its field if it has one, else above the form. Other errors
    /// are not for a form.
    pub(super) fn explaining(mut self, error: ApiError) -> Result<Self, PageError> {
        match error {
            ApiError::Rejected(rejection) | ApiError::Conflict(rejection) => self.problems.push(rejection),
            ApiError::WrongCredentials
            | ApiError::Stale
            | ApiError::NotLoggedIn
            | ApiError::NotTheAuthor
            | ApiError::Busy => {
                self.general = Some(sentence(&error.to_string()));
            }
            other => return Err(PageError(other)),
        }
        Ok(self)
    }

    /// With a sentence above the form.
    pub(super) fn saying(mut self, sentence: &str) -> Self {
        self.general = Some(sentence.to_owned());
        self
    }

    /// The value of a field.
    pub(super) fn value(&self, field: &str) -> &str {
        self.values.get(field).map_or("", String::as_str)
    }

    /// What is wrong with a field.
    pub(super) fn problem(&self, field: &str) -> Option<String> {
        self.problems.iter().find(|problem| problem.field == field).map(|problem| sentence(&problem.message))
    }

    /// The attributes that tie a field to its hint and its problem, for those who do not see where these
    /// stand. `field` is one of our own names, never input.
    pub(super) fn described(&self, field: &'static str) -> String {
        match self.problem(field) {
            Some(_) => format!(" aria-invalid=\"true\" aria-describedby=\"{field}-problem {field}-hint\""),
            None => format!(" aria-describedby=\"{field}-hint\""),
        }
    }

    /// Whether somebody has filled it in already.
    pub(super) fn is_touched(&self) -> bool {
        !self.values.is_empty()
    }
}

/// A form that was sent.
pub(super) struct Sent<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Sent<T> {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        match body_in_time(axum::Form::<T>::from_request(request, state)).await? {
            Ok(axum::Form(value)) => Ok(Self(value)),
            Err(rejection) => Err(PageError(refused(&rejection))),
        }
    }
}

fn refused(rejection: &FormRejection) -> ApiError {
    let status = rejection.status();
    let (code, message) = match status {
        StatusCode::PAYLOAD_TOO_LARGE => ("body_too_large", format!("a form has at most {BODY_BYTES} bytes")),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ("form_expected", "a form was expected".to_owned()),
        _ => ("form_unreadable", "the form cannot be read".to_owned()),
    };
    ApiError::Malformed { status, code, message }
}
