//! The pages on which members vote, comment, edit, accept and take back.

use axum::http::StatusCode;
use axum::http::header::LOCATION;

use crate::forum::Forum;

/// A question of ada's with an answer of ben's; both browsers.
async fn answered() -> (Forum, String, String) {
    let forum = Forum::new().await;
    let (ada, ben) = (forum.browser("ada").await, forum.browser("ben").await);
    let question = [("title", "How far can it count?"), ("body", "To **ten**?")];
    forum.form("/ask", &ada, &question).await;
    forum.form("/questions/1/answers", &ben, &[("body", "Beyond.")]).await;
    (forum, ada, ben)
}

#[tokio::test]
async fn votes_are_cast_changed_and_taken_back_by_buttons() {
    let (forum, ada, ben) = answered().await;
    let page = forum.page("/questions/1", &ben).await.text;
    assert!(page.contains("<form method=\"post\" action=\"/questions/1/vote\">"), "{page}");
    assert!(!page.contains("action=\"/answers/1/vote\""), "nobody votes on his own: {page}");
    for (value, score, pressed) in [("1", "1", 1), ("-1", "-1", 1), ("0", "0", 0)] {
        let voted =
            forum.form("/questions/1/vote", &ben, &[("value", value), ("next", "/questions/1")]).await;
        assert_eq!((voted.status, voted.header(LOCATION)), (StatusCode::SEE_OTHER, "/questions/1"));
        let page = forum.page("/questions/1", &ben).await.text;
        assert!(page.contains(&format!("<span class=\"score\">{score}<")), "{value}: {page}");
        assert_eq!(page.matches("aria-pressed=\"true\"").count(), pressed, "{value}: {page}");
    }
    for (cookie, value, status, location) in [
        ("", "1", StatusCode::SEE_OTHER, "/login?next=/questions/1"),
        (ada.as_str(), "1", StatusCode::FORBIDDEN, ""), // her own
        (ben.as_str(), "2", StatusCode::UNPROCESSABLE_ENTITY, ""),
    ] {
        let refused =
            forum.form("/questions/1/vote", cookie, &[("value", value), ("next", "/questions/1")]).await;
        let found = refused.headers.get(LOCATION).map_or("", |value| value.to_str().expect("an address"));
        assert_eq!((refused.status, found), (status, location), "{value}");
    }
    let elsewhere = forum.form("/answers/1/vote", &ada, &[("value", "1"), ("next", "//evil.example")]).await;
    assert_eq!(elsewhere.header(LOCATION), "/");
}

#[tokio::test]
async fn who_asked_accepts_an_answer_and_changes_his_mind() {
    let (forum, ada, ben) = answered().await;
    let next = ("next", "/questions/1#answer-1");
    assert!(!forum.page("/questions/1", &ben).await.text.contains("/questions/1/accept"));
    let accepted = forum.form("/questions/1/accept", &ada, &[("answer", "1"), next]).await;
    assert_eq!(accepted.header(LOCATION), "/questions/1#answer-1");
    assert!(forum.page("/questions/1", "").await.text.contains("Accepted: this helped who asked"));
    assert_eq!(forum.form("/questions/1/accept", &ben, &[next]).await.status, StatusCode::FORBIDDEN);
    forum.form("/questions/1/accept", &ada, &[next]).await;
    assert!(!forum.page("/questions/1", "").await.text.contains("Accepted: this helped who asked"));
    let none = forum.form("/questions/1/accept", &ada, &[("answer", "7"), next]).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn comments_are_read_written_and_taken_back() {
    let (forum, ada, ben) = answered().await;
    let empty = forum.page("/answers/1/comments", "").await.text;
    assert!(empty.contains("Nobody has commented on this answer yet."), "{empty}");
    assert!(empty.contains("<a href=\"/login?next=/answers/1/comments\">"), "{empty}");
    for address in ["/questions/1/comments", "/answers/1/comments"] {
        let short = forum.form(address, &ada, &[("body", " ")]).await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(short.text.contains("id=\"body-problem\""), "{}", short.text);
        let written = forum.form(address, &ada, &[("body", "How *far* is <that>?")]).await;
        let id = if address.starts_with("/questions") { 1 } else { 2 };
        assert_eq!(written.header(LOCATION), format!("{address}?after={}#comment-{id}", id - 1));
        let page = forum.page(address, &ada).await.text;
        assert!(page.contains("<p>How <em>far</em> is &lt;that&gt;?</p>"), "{page}");
        assert!(page.contains(&format!("action=\"/comments/{id}/delete\"")), "{page}");
        assert!(!forum.page(address, &ben).await.text.contains("/delete"), "not his");
    }
    let page = forum.page("/questions/1", "").await.text;
    assert!(page.contains("<li id=\"comment-1\">") && page.contains("1 comment<"), "{page}");
    assert_eq!(forum.form("/comments/1/delete", &ben, &[("next", "/")]).await.status, StatusCode::FORBIDDEN);
    let gone = forum.form("/comments/1/delete", &ada, &[("next", "/questions/1/comments")]).await;
    assert!(gone.text.contains("Your comment is taken back"), "{}", gone.text);
    assert!(!forum.page("/questions/1", "").await.text.contains("comment-1\""));
    let back = forum.form("/comments/1/restore", &ada, &[("next", "/questions/1/comments")]).await;
    assert_eq!(back.header(LOCATION), "/questions/1/comments");
    assert!(forum.page("/questions/1", "").await.text.contains("comment-1\""));
    assert_eq!(forum.page("/answers/9/comments", "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn edits_keep_what_was_before_and_lose_nothing_that_was_typed() {
    let (forum, ada, ben) = answered().await;
    assert_eq!(forum.page("/questions/1/edit", "").await.header(LOCATION), "/login?next=/questions/1/edit");
    assert_eq!(forum.page("/questions/1/edit", &ben).await.status, StatusCode::FORBIDDEN);
    let shown = forum.page("/questions/1/edit", &ada).await.text;
    assert!(shown.contains("name=\"version\" value=\"1\"") && shown.contains("To **ten**?"), "{shown}");
    let edit = |title, version| [("title", title), ("body", "To twelve?"), ("version", version)];
    let saved = forum.form("/questions/1/edit", &ada, &edit("How far can one count?", "1")).await;
    assert_eq!(saved.header(LOCATION), "/questions/1");
    let stale = forum.form("/questions/1/edit", &ada, &edit("How far can two count?", "1")).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    assert!(
        stale.text.contains("How far can two count?") && stale.text.contains("role=\"alert\""),
        "{}",
        stale.text
    );
    let short = forum.form("/questions/1/edit", &ada, &edit("short", "2")).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        short.text.contains("id=\"title-problem\"") && short.text.contains("To twelve?"),
        "{}",
        short.text
    );
    let ended = forum.form("/questions/1/edit", "", &edit("How far can two count?", "2")).await;
    assert_eq!(ended.status, StatusCode::UNAUTHORIZED);
    assert!(ended.text.contains("How far can two count?"), "{}", ended.text);
    let foreign = forum.form("/questions/1/edit", &ben, &edit("How far can two count?", "2")).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    assert_eq!(
        forum.form("/questions/1/edit", &ada, &edit("How far can two count?", "")).await.status,
        StatusCode::PRECONDITION_REQUIRED
    );
    let page = forum.page("/questions/1", "").await.text;
    assert!(
        page.contains("<h1>How far can one count?</h1>") && page.contains("/questions/1/revisions"),
        "{page}"
    );
    let versions = forum.page("/questions/1/revisions", "").await.text;
    for part in ["Version 2", "How far can one count?", "Version 1", "To <strong>ten</strong>?"] {
        assert!(versions.contains(part), "{part}: {versions}");
    }
    let answer = [("body", "Far beyond."), ("version", "1")];
    let saved = forum.form("/answers/1/edit", &ben, &answer).await;
    assert_eq!(saved.header(LOCATION), "/questions/1?after=0#answer-1");
    assert!(forum.page("/answers/1/revisions", "").await.text.contains("Beyond."));
}

#[tokio::test]
async fn what_is_taken_back_is_gone_until_it_is_brought_back() {
    let (forum, ada, ben) = answered().await;
    assert_eq!(forum.form("/questions/1/delete", &ben, &[("next", "/")]).await.status, StatusCode::FORBIDDEN);
    let gone = forum.form("/questions/1/delete", &ada, &[("next", "/questions/1")]).await;
    assert!(gone.text.contains("action=\"/questions/1/restore\""), "{}", gone.text);
    assert_eq!(forum.page("/questions/1", &ada).await.status, StatusCode::NOT_FOUND);
    assert!(!forum.page("/", "").await.text.contains("How far"));
    let back = forum.form("/questions/1/restore", &ada, &[("next", "/questions/1")]).await;
    assert_eq!(back.header(LOCATION), "/questions/1");
    assert_eq!(forum.page("/questions/1", "").await.status, StatusCode::OK);
}
