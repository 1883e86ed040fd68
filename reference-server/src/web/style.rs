//! The stylesheet and the icon. Their address changes with their content, so a browser may keep them for a
//! year.

use std::sync::LazyLock;

use axum::Router;
use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::session::hexadecimal;

const STYLE: &str = include_str!("../../templates/style.css");
const ICON: &str = include_str!("../../templates/icon.svg");
/// A year: the content under this address never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// A day: the icon's address stays when it changes.
const FOR_A_DAY: &str = "public, max-age=86400";

static ADDRESS: LazyLock<String> = LazyLock::new(|| {
    let hash = hexadecimal(&Sha256::digest(STYLE));
    format!("/style.css?v={}", &hash[..16])
});

/// Where the stylesheet is.
pub(super) fn address() -> &'static str {
    &ADDRESS
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/style.css", get(style)).route("/icon.svg", get(icon))
}

fn headers(content_type: &'static str, keep: &'static str) -> [(HeaderName, &'static str); 2] {
    [(CONTENT_TYPE, content_type), (CACHE_CONTROL, keep)]
}

async fn style() -> impl IntoResponse {
    (headers("text/css; charset=utf-8", FOR_EVER), STYLE)
}

async fn icon() -> impl IntoResponse {
    (headers("image/svg+xml", FOR_A_DAY), ICON)
}
