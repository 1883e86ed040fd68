//! A page that draws the database: each table as a box, each relation as a line, and each index with the question it answers.

mod drawing;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::page::{Frame, PageError, show};
use super::visitor::MaybeVisitor;
use crate::app::App;
use crate::store::{Schema, reason};
use drawing::Drawing;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/schema", get(schema))
}

#[derive(Template)]
#[template(path = "schema.html")]
struct SchemaPage {
    frame: Frame,
    database: String,
    drawing: Drawing,
    schema: Schema,
    mermaid: String,
}

impl SchemaPage {
    /// Why there is an index of this name.
    fn reason(index: &str) -> &'static str {
        reason(index).unwrap_or("not said")
    }
}

async fn schema(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
) -> Result<Response, PageError> {
    let schema = state.store.schema().await?;
    let (frame, database) = (Frame::of(&state, visitor).await, state.store.engine().to_owned());
    let (drawing, mermaid) = (Drawing::of(&schema), schema.mermaid());
    show(StatusCode::OK, &SchemaPage { frame, database, drawing, schema, mermaid })
}
