//! Profiles.

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, ETAG, IF_MATCH};
use axum::http::{Method, Request, StatusCode};
use serde_json::json;

use crate::forum::{Answer, Forum};

async fn change(forum: &Forum, token: &str, display_name: &str, version: Option<&str>) -> Answer {
    let mut request = Request::put("/api/v1/profile")
        .header(AUTHORIZATION, format!("Bearer {token}"))
        .header(CONTENT_TYPE, "application/json");
    if let Some(version) = version {
        request = request.header(IF_MATCH, version);
    }
    let body = json!({"display_name": display_name, "about": "Analyst."}).to_string();
    forum.send(request.body(Body::from(body)).expect("a request")).await
}

#[tokio::test]
async fn a_profile_is_seen_by_all_and_changed_by_its_owner() {
    let forum = Forum::new().await;
    let ada = forum.member("ada").await;
    let before = forum.get("/api/v1/users/1").await;
    let expected = json!({
        "id": 1, "name": "ada", "display_name": "ada", "about": "", "version": 1,
        "created_at": "2001-09-09T01:46:40.000Z",
    });
    assert_eq!((before.json(), before.header(ETAG)), (expected, "\"1\""));
    let changed = change(&forum, &ada, "Ada Lovelace", None).await;
    assert_eq!((changed.status, changed.header(ETAG)), (StatusCode::OK, "\"2\""));
    let after = forum.get("/api/v1/users/1").await;
    assert_eq!(after.json(), changed.json());
    assert_eq!(after.json()["display_name"], "Ada Lovelace");
    let own = forum.call(Method::GET, "/api/v1/profile", &ada, None).await;
    assert_eq!(own.json(), after.json());
}

#[tokio::test]
async fn a_change_made_from_an_old_version_is_refused() {
    let forum = Forum::new().await;
    let ada = forum.member("ada").await;
    for (version, status) in [
        (Some("\"1\""), 200), // now at 2
        (Some("\"1\""), 412),
        (Some("\"2\""), 200), // now at 3
        (Some("*"), 200),     // now at 4
        (None, 200),          // now at 5
        (Some("\"4\""), 412),
        (Some("W/\"5\""), 412), // a weak tag never matches in If-Match (RFC 9110, 13.1.1)
        (Some("5"), 412),
        (Some("\"5\""), 200),
    ] {
        let answer = change(&forum, &ada, "Ada", version).await;
        assert_eq!(answer.status.as_u16(), status, "{version:?} {}", answer.text);
    }
}

#[tokio::test]
async fn what_cannot_be_in_a_profile_is_refused_or_ignored() {
    let forum = Forum::new().await;
    let ada = forum.member("ada").await;
    for (body, code) in [
        (json!({"display_name": " ", "about": ""}), "display_name_empty"),
        (json!({"display_name": "x".repeat(61), "about": ""}), "display_name_too_long"),
        (json!({"display_name": "Ada", "about": "x".repeat(2001)}), "about_too_long"),
        (json!({"display_name": "Ada"}), "json_wrong_shape"),
    ] {
        let answer = forum.call(Method::PUT, "/api/v1/profile", &ada, Some(body)).await;
        assert_eq!(answer.error(), (422, code.to_owned()));
    }
    // Nobody makes himself somebody else by sending more than the form has.
    let more = json!({"display_name": "Ada", "about": "", "id": 7, "name": "root", "version": 99});
    let answer = forum.call(Method::PUT, "/api/v1/profile", &ada, Some(more)).await.json();
    assert_eq!((&answer["id"], &answer["name"], &answer["version"]), (&json!(1), &json!("ada"), &json!(2)));
    assert_eq!(forum.get("/api/v1/users/2").await.error(), (404, "not_found".to_owned()));
}
