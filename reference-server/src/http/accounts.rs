//! Accounts: opening one.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::input::JsonBody;
use crate::account::{self, Registration};
use crate::app::App;
use crate::domain::UserId;
use crate::error::ApiError;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(register))
}

/// What is needed to open an account.
#[derive(Deserialize, ToSchema)]
struct AccountForm {
    /// The unique name: small letters, digits, `-` and `_`; capitals are made small.
    #[schema(min_length = 3, max_length = 30, example = "ada")]
    name: String,
    /// At least 8 characters, and not the name.
    #[schema(min_length = 8, max_length = 128, example = "correct horse battery", write_only)]
    password: String,
    /// The name to show; the unique one when not given.
    #[schema(max_length = 60, example = "Ada Lovelace")]
    display_name: Option<String>,
}

/// An account that was opened.
#[derive(Serialize, ToSchema)]
struct Account {
    id: UserId,
    #[schema(example = "ada")]
    name: String,
}

/// Open an account
#[utoipa::path(
    post,
    path = "/api/v1/accounts",
    tag = "members",
    request_body = AccountForm,
    responses((status = 201, description = "The account is open; log in next", body = Account)),
)]
async fn register(
    State(state): State<App>,
    JsonBody(form): JsonBody<AccountForm>,
) -> Result<(StatusCode, Json<Account>), ApiError> {
    let AccountForm { name, password, display_name } = form;
    let (id, name) = account::register(&state, Registration { name, password, display_name }).await?;
    Ok((StatusCode::CREATED, Json(Account { id, name: name.to_string() })))
}
