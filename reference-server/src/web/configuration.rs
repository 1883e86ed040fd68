//! A page that says how the server is set up.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::page::{Frame, PageError, show};
use super::visitor::MaybeVisitor;
use crate::app::App;
use crate::configuration::Setting;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/configuration", get(configuration))
}

#[derive(Template)]
#[template(path = "configuration.html")]
struct ConfigurationPage {
    frame: Frame,
    database: String,
    settings: Vec<Setting>,
}

async fn configuration(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
) -> Result<Response, PageError> {
    let (frame, settings) = (Frame::of(&state, visitor).await, state.configuration.settings().to_vec());
    let database = state.store.engine().to_owned();
    show(StatusCode::OK, &ConfigurationPage { frame, database, settings })
}
