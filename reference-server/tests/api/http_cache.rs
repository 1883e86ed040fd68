//! What caches are told: strangers' answers have a validator, nobody else's are ever kept.

use axum::body::Body;
use axum::http::header::{AGE, AUTHORIZATION, CACHE_CONTROL, COOKIE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{Request, StatusCode};
use reference_server::app::AppState;
use reference_server::cache::{Copies, Keep};

use crate::forum::{Answer, Forum};

async fn ask_again(forum: &Forum, path: &str, tag: &str) -> Answer {
    let request = Request::builder().uri(path).header(IF_NONE_MATCH, tag).body(Body::empty());
    forum.send(request.expect("a request")).await
}

fn switched(to: &str) -> impl FnOnce(AppState) -> AppState {
    let http_cache = to.parse().expect("a switch");
    move |state| AppState { http_cache, ..state }
}

#[tokio::test]
async fn what_did_not_change_is_not_sent_again_and_what_did_is() {
    let forum = Forum::new().await;
    let ada = forum.member("ada").await;
    let question = forum.ask(&ada, "Is a tag enough?", "body").await;
    for path in
        [format!("/questions/{question}"), format!("/api/v1/questions/{question}/answers"), "/".to_owned()]
    {
        let first = forum.get(&path).await;
        assert_eq!(first.status, StatusCode::OK, "{path}");
        assert_eq!(first.header(CACHE_CONTROL), "no-cache", "{path}");
        let tag = first.header(ETAG).to_owned();
        let again = ask_again(&forum, &path, &tag).await;
        assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""), "{path}");
        // What RFC 9110, 15.4.5 wants of an answer without a body.
        for header in [ETAG, CACHE_CONTROL, VARY] {
            assert_eq!(again.header(&header), first.header(&header), "{path} {header}");
        }
        let address = format!("/api/v1/questions/{question}/answers");
        forum.post(&address, &ada, serde_json::json!({"body": "It changes what is shown."})).await;
        let changed = ask_again(&forum, &path, &tag).await;
        assert_eq!(changed.status, StatusCode::OK, "{path}");
        assert_ne!(changed.header(ETAG), tag, "{path}");
    }
}

#[tokio::test]
async fn what_is_made_for_somebody_is_kept_nowhere_whatever_is_switched() {
    for switch in ["off", "revalidate", "60s"] {
        let forum = Forum::new().await.with(switched(switch));
        let token = forum.member("ada").await;
        let cookie = forum.browser("bob").await;
        let question = forum.ask(&token, "Whose page is it?", "body").await;
        let page = forum.page(&format!("/questions/{question}"), &cookie).await;
        let request = Request::builder()
            .uri(format!("/api/v1/questions/{question}"))
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .body(Body::empty());
        let answer = forum.send(request.expect("a request")).await;
        // A cookie of anybody's will do: it may be a session tomorrow.
        let request = Request::builder().uri("/").header(COOKIE, "theme=dark").body(Body::empty());
        let dark = forum.send(request.expect("a request")).await;
        for answer in [page, answer, dark] {
            assert_eq!(
                (answer.status, answer.header(CACHE_CONTROL)),
                (StatusCode::OK, "no-store"),
                "{switch}"
            );
            assert_eq!(answer.header("surrogate-key"), "", "{switch}");
        }
    }
}

#[tokio::test]
async fn a_version_for_changes_is_not_taken_for_a_validator() {
    let forum = Forum::new().await;
    let ada = forum.member("ada").await;
    let question = forum.ask(&ada, "What does a version say?", "body").await;
    let path = format!("/api/v1/questions/{question}");
    let version = forum.get(&path).await.header(ETAG).to_owned();
    let answers = format!("{path}/answers");
    forum.post(&answers, &ada, serde_json::json!({"body": "Nothing of what was answered."})).await;
    let again = ask_again(&forum, &path, &version).await;
    assert_eq!((again.status, again.header(ETAG)), (StatusCode::OK, version.as_str()));
    assert_eq!(again.json()["answer_count"], 1, "{}", again.text);
}

#[tokio::test]
async fn a_shared_cache_is_told_for_how_long_and_by_which_key_to_forget() {
    let forum = Forum::new().await.with(switched("60s"));
    let ada = forum.member("ada").await;
    let question = forum.ask(&ada, "For how long?", "body").await;
    let control = "public, max-age=0, s-maxage=60, stale-while-revalidate=60";
    for (path, key) in [
        (format!("/questions/{question}"), format!("question-{question}")),
        (format!("/api/v1/questions/{question}/answers"), format!("question-{question}")),
        ("/".to_owned(), "lists".to_owned()),
    ] {
        let answer = forum.get(&path).await;
        assert_eq!(
            (answer.header(CACHE_CONTROL), answer.header("surrogate-key")),
            (control, key.as_str()),
            "{path}"
        );
        assert_eq!(answer.header(VARY), "cookie, authorization", "{path}");
    }
    // An error is nobody's to keep.
    let missing = forum.get("/api/v1/questions/999").await;
    assert_eq!((missing.header(CACHE_CONTROL), missing.header(ETAG)), ("no-store", ""));
}

#[tokio::test]
async fn switched_off_there_is_nothing_to_ask_with() {
    let forum = Forum::new().await.with(switched("off"));
    for path in ["/", "/api/v1/questions"] {
        let answer = forum.get(path).await;
        assert_eq!((answer.header(CACHE_CONTROL), answer.header(ETAG)), ("no-cache", ""), "{path}");
    }
}

#[tokio::test]
async fn a_copy_of_the_forums_own_cache_says_the_same_as_the_answer_it_was_made_from() {
    let forum = Forum::new().await.with(|state| {
        let cache = "16MiB 60s".parse().expect("a cache");
        let http_cache = "60s".parse().expect("a switch");
        AppState { copies: Copies::new(cache, Keep::Nothing), http_cache, ..state }
    });
    let ada = forum.member("ada").await;
    let path = format!("/questions/{}", forum.ask(&ada, "Is a copy as good?", "body").await);
    let (first, copy) = (forum.get(&path).await, forum.get(&path).await);
    assert_eq!((first.header(AGE), copy.header(AGE)), ("", "0"), "the second is a copy");
    for header in [ETAG, CACHE_CONTROL, VARY] {
        assert!(!first.header(&header).is_empty(), "{header}");
        assert_eq!(first.header(&header), copy.header(&header), "{header}");
    }
    assert_eq!(first.header("surrogate-key"), copy.header("surrogate-key"));
    let again = ask_again(&forum, &path, copy.header(ETAG)).await;
    assert_eq!((again.status, again.header(AGE), again.text.as_str()), (StatusCode::NOT_MODIFIED, "0", ""));
}
