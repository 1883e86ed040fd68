//! Changing a password.

use axum::http::{Method, StatusCode};
use reference_server::store::{self, Database, SharedStore};
use serde_json::json;

use crate::forum::{Forum, PASSWORD};
use crate::postgres::Postgres;

#[tokio::test]
async fn a_password_is_changed_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::Sqlite(folder.path().join("forum.sqlite"));
    tell(store::open(&database).await.expect("a database")).await;
}

#[tokio::test]
async fn a_password_is_changed_on_postgres() {
    let Some(server) = Postgres::start() else { return };
    tell(store::open(&server.database()).await.expect("a database")).await;
}

async fn tell(store: SharedStore) {
    let forum = Forum::on(store);
    let ada = forum.member("ada").await;
    let elsewhere = forum.log_in("ada").await;
    let bob = forum.member("bob").await;
    let new = "a longer and better one";
    let change = async |token: &str, current: &str, new: &str| {
        let body = json!({"current_password": current, "new_password": new});
        forum.call(Method::PUT, "/api/v1/account/password", token, Some(body)).await
    };
    assert_eq!(change("", PASSWORD, new).await.error(), (401, "not_logged_in".to_owned()));
    for (current, new, code, field) in [
        ("not the password", new, "current_password_wrong", "current_password"),
        ("", new, "current_password_wrong", "current_password"),
        (&"x".repeat(129), new, "current_password_wrong", "current_password"),
        (PASSWORD, "short", "password_too_short", "new_password"),
        (PASSWORD, &"x".repeat(129), "password_too_long", "new_password"),
    ] {
        let refused = change(&ada, current, new).await;
        assert_eq!(refused.error(), (422, code.to_owned()));
        assert_eq!(refused.json()["error"]["field"], field);
    }
    let alive = async |token: &str| forum.call(Method::GET, "/api/v1/profile", token, None).await.status;
    assert_eq!(alive(&elsewhere).await, StatusCode::OK, "a refused change ends nothing");
    assert_eq!(change(&ada, PASSWORD, new).await.status, StatusCode::NO_CONTENT);
    assert_eq!(alive(&ada).await, StatusCode::OK);
    assert_eq!(alive(&elsewhere).await, StatusCode::UNAUTHORIZED);
    assert_eq!(alive(&bob).await, StatusCode::OK, "nobody else is concerned");
    for (password, status) in [(PASSWORD, StatusCode::UNAUTHORIZED), (new, StatusCode::CREATED)] {
        let body = json!({"name": "ada", "password": password});
        assert_eq!(forum.post("/api/v1/sessions", "", body).await.status, status);
    }
    assert_eq!(change(&ada, PASSWORD, new).await.error(), (422, "current_password_wrong".to_owned()));
}
