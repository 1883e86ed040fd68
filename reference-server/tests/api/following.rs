//! What follows from a deed elsewhere: in lists, searches, tags, a member's activity and what others are told.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};

use crate::editing::edit;
use crate::finding::ids;
use crate::forum::Forum;
use crate::searches::found;
use crate::voting::asked_and_answered;
use crate::withdrawing::{restore, take_back};

async fn own(forum: &Forum, token: &str, path: &str) -> Value {
    let answer = forum.call(Method::GET, &format!("/api/v1/{path}"), token, None).await;
    assert_eq!(answer.status.as_u16(), 200, "{path} {}", answer.text);
    answer.json()
}

async fn unread(forum: &Forum, token: &str) -> Value {
    own(forum, token, "notifications/unread").await["unread"].clone()
}

/// The identifier of the new comment.
async fn comment(forum: &Forum, token: &str, post: &str, text: &str) -> i64 {
    let made = forum.post(&format!("/api/v1/{post}/comments"), token, json!({"body": text})).await;
    assert_eq!(made.status.as_u16(), 201, "{post} {}", made.text);
    made.json()["id"].as_i64().expect("an identifier")
}

async fn accept(forum: &Forum, token: &str, answer: Option<i64>) {
    let path = "/api/v1/questions/1/accepted";
    let done = match answer {
        Some(id) => forum.call(Method::PUT, path, token, Some(json!({"answer": id}))).await,
        None => forum.call(Method::DELETE, path, token, None).await,
    };
    assert!(done.status.is_success(), "{}", done.text);
}

pub(crate) async fn a_comment_is_told_to_who_wrote_the_post_and_to_nobody_else(forum: Forum) {
    let (ada, bob) = asked_and_answered(&forum).await;
    let eve = forum.member("eve").await;
    own(&forum, &ada, "profile").await;
    // Bob's two answers.
    assert_eq!(unread(&forum, &ada).await, 2);
    comment(&forum, &eve, "questions/1", "Does it count at all?").await;
    comment(&forum, &eve, "answers/2", "Why eleven?").await;
    comment(&forum, &ada, "questions/1", "Her own question").await;
    comment(&forum, &bob, "answers/1", "His own answer").await;
    assert_eq!((unread(&forum, &ada).await, unread(&forum, &bob).await), (json!(3), json!(1)));
    assert_eq!(unread(&forum, &eve).await, 0);
    let of = |notice: &Value| {
        json!([
            notice["kind"],
            notice["actor"]["name"],
            notice["question"]["id"],
            notice["answer_id"],
            notice["comment_id"]
        ])
    };
    let ada_s = own(&forum, &ada, "notifications").await;
    let told: Vec<Value> = ada_s["items"].as_array().expect("a list").iter().map(of).collect();
    assert_eq!(
        json!(told),
        json!([["comment", "eve", 1, null, 1], ["answer", "bob", 1, 2, null], ["answer", "bob", 1, 1, null]])
    );
    let bob_s = own(&forum, &bob, "notifications").await;
    assert_eq!(of(&bob_s["items"][0]), json!(["comment", "eve", 1, 2, 2]));
}

pub(crate) async fn an_accepted_answer_is_told_to_who_wrote_it_when_it_becomes_that(forum: Forum) {
    let (ada, bob) = asked_and_answered(&forum).await;
    let mine = forum.post("/api/v1/questions/1/answers", &ada, json!({"body": "Found it myself."})).await;
    assert_eq!(mine.json()["id"], 3);
    for (answer, told) in [
        (Some(1), 1),
        (Some(1), 1), // twice is once
        (Some(2), 2), // another one
        (None, 2),
        (Some(3), 2), // her own
    ] {
        accept(&forum, &ada, answer).await;
        assert_eq!(unread(&forum, &bob).await, told, "{answer:?}");
    }
    assert_eq!(unread(&forum, &ada).await, 2, "only Bob's answers");
    let newest = own(&forum, &bob, "notifications?limit=1").await["items"][0].clone();
    assert_eq!((&newest["kind"], &newest["answer_id"]), (&json!("accept"), &json!(2)));
    assert_eq!(newest["actor"]["name"], "ada");
}

pub(crate) async fn a_member_s_activity_has_his_comments(forum: Forum) {
    let (ada, bob) = asked_and_answered(&forum).await;
    // All in the same millisecond up to here, and the comments a second later.
    forum.pass(Duration::from_secs(1));
    comment(&forum, &bob, "questions/1", "On the question").await;
    comment(&forum, &bob, "answers/1", "On an answer").await;
    comment(&forum, &ada, "answers/1", "Somebody else's").await;
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = own(&forum, "", &format!("users/2/activity?limit=1&after={after}")).await;
        let item = &page["items"][0];
        seen.push(json!([item["kind"], item["id"], item["answer_id"], item["score"], item["excerpt"]]));
        assert_eq!(item["question"]["title"], "How far can it count?");
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => break,
        }
    }
    assert_eq!(
        json!(seen),
        json!([
            ["comment", 2, 1, null, "On an answer"],
            ["comment", 1, null, null, "On the question"],
            ["answer", 2, 2, 0, "To eleven."],
            ["answer", 1, 1, 0, "Beyond."],
        ])
    );
    take_back(&forum, &bob, "comments/1").await;
    take_back(&forum, &bob, "answers/1").await;
    let rest = own(&forum, "", "users/2/activity").await;
    assert_eq!(ids(&rest), [2], "a comment went with its answer: {rest}");
    restore(&forum, &bob, "answers/1").await;
    restore(&forum, &bob, "comments/1").await;
    assert_eq!(own(&forum, "", "users/2/activity").await["items"].as_array().map(Vec::len), Some(4));
}

pub(crate) async fn what_was_taken_back_is_told_of_no_longer(forum: Forum) {
    let (ada, bob) = asked_and_answered(&forum).await;
    let remark = comment(&forum, &bob, "questions/1", "A remark").await;
    assert_eq!(unread(&forum, &ada).await, 3);
    let told = async || own(&forum, &ada, "notifications").await["items"].as_array().map(Vec::len);
    for (path, left) in [("answers/2".to_owned(), 2), (format!("comments/{remark}"), 2)] {
        take_back(&forum, &bob, &path).await;
        assert_eq!((unread(&forum, &ada).await, told().await), (json!(left), Some(2)), "{path}");
        restore(&forum, &bob, &path).await;
        assert_eq!((unread(&forum, &ada).await, told().await), (json!(3), Some(3)), "{path}");
    }
}

pub(crate) async fn an_edit_changes_the_tags_and_the_versions_keep_them(forum: Forum) {
    let (ada, _) = asked_and_answered(&forum).await;
    let text = |tags: Value| json!({"title": "How far can it count?", "body": "To ten?", "tags": tags});
    let kept = json!({"title": "How far can it count?", "body": "To twelve?"});
    let count = async |name: &str| {
        let tags = own(&forum, "", &format!("tags?prefix={name}")).await;
        tags["items"][0]["question_count"].as_i64()
    };
    for (body, rust, books, tags) in [
        (text(json!(["rust", "books"])), Some(1), Some(1), json!(["rust", "books"])),
        (kept, Some(1), Some(1), json!(["rust", "books"])), // not said, so not changed
        (text(json!(["Books"])), None, Some(1), json!(["books"])),
        (text(json!([])), None, None, json!([])),
    ] {
        let edited = edit(&forum, &ada, "questions/1", "*", &body).await;
        assert_eq!(edited.status.as_u16(), 200, "{}", edited.text);
        assert_eq!((count("rust").await, count("books").await), (rust, books), "{body}");
        assert_eq!(own(&forum, "", "questions/1").await["tags"], tags);
        assert_eq!(ids(&own(&forum, "", "questions?tag=books").await), vec![1; usize::from(books.is_some())]);
    }
    let many = text(json!(["a", "b", "c", "d", "e", "f"]));
    let refused = edit(&forum, &ada, "questions/1", "*", &many).await;
    assert_eq!(refused.error(), (422, "too_many_tags".to_owned()));
    let versions = own(&forum, "", "questions/1/revisions").await;
    let tags: Vec<&Value> =
        versions["items"].as_array().expect("a list").iter().map(|version| &version["tags"]).collect();
    assert_eq!(json!(tags), json!([[], ["books"], ["rust", "books"], ["rust", "books"], []]));
    let answer = own(&forum, "", "answers/1/revisions").await;
    assert!(answer["items"][0].get("tags").is_none(), "{answer}");
}

pub(crate) async fn lists_and_searches_leave_out_what_was_taken_back_and_bring_it_back(forum: Forum) {
    let (ada, bob) = asked_and_answered(&forum).await;
    let tagged = json!({"title": "Whither the walrus?", "body": "Over there.", "tags": ["zoo"]});
    assert_eq!(forum.post("/api/v1/questions", &ada, tagged).await.status.as_u16(), 201);
    forum.post("/api/v1/questions/2/answers", &bob, json!({"body": "Behind the iceberg."})).await;
    let lists = ["", "sort=active", "sort=top", "tag=zoo", "tag=zoo&sort=active", "tag=zoo&sort=top"];
    let shown = async || {
        let mut with = 0;
        for list in lists {
            let listed = ids(&own(&forum, "", &format!("questions?{list}")).await);
            with += usize::from(listed.contains(&2));
        }
        with += found(&forum, "walrus", "").await.len();
        with += own(&forum, "", "tags?prefix=zoo").await["items"].as_array().map_or(0, Vec::len);
        (with, found(&forum, "iceberg", "&in=answers").await.len())
    };
    assert_eq!(shown().await, (8, 1));
    take_back(&forum, &ada, "questions/2").await;
    assert_eq!(shown().await, (0, 0), "its answer went with it");
    restore(&forum, &ada, "questions/2").await;
    assert_eq!(shown().await, (8, 1));
    let unanswered = async || ids(&own(&forum, "", "questions?sort=unanswered&tag=zoo").await);
    assert_eq!(unanswered().await, Vec::<i64>::new());
    take_back(&forum, &bob, "answers/3").await;
    assert_eq!((shown().await, unanswered().await), ((8, 0), vec![2]));
    restore(&forum, &bob, "answers/3").await;
    assert_eq!((shown().await, unanswered().await), ((8, 1), vec![]));
    // A vote and an edit are seen in lists and searches at once.
    let up = json!({"value": 1});
    forum.call(Method::PUT, "/api/v1/questions/1/vote", &bob, Some(up)).await;
    assert_eq!(ids(&own(&forum, "", "questions?sort=top").await), [1, 2]);
    forum.pass(Duration::from_secs(1));
    let text = json!({"title": "How far can the walrus count?", "body": "To ten?"});
    edit(&forum, &ada, "questions/1", "*", &text).await;
    assert_eq!(ids(&own(&forum, "", "questions?sort=active").await), [1, 2]);
    let mut hits = found(&forum, "walrus", "").await;
    hits.sort_unstable();
    assert_eq!(hits, [1, 2]);
}
