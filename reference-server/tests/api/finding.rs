//! Finding things: tags, lists in several orders, search, activity and notices, told to both databases.

use axum::http::{Method, StatusCode};
use reference_server::store::{self, Database, SharedStore};
use serde_json::{Value, json};

use crate::forum::Forum;
use crate::postgres::Postgres;
use crate::searches::{found, search};

/// What a list shows, by identifier.
pub(crate) fn ids(list: &Value) -> Vec<i64> {
    let items = list["items"].as_array().unwrap_or_else(|| panic!("no list: {list}"));
    items.iter().map(|item| item["id"].as_i64().expect("an id")).collect()
}

#[tokio::test]
async fn things_are_found_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::Sqlite(folder.path().join("forum.sqlite"));
    let file = format!("sqlite:{}", folder.path().join("forum.sqlite").display());
    tell(store::open(&database).await.expect("a database"), &Outside::Sqlite(file)).await;
}

#[tokio::test]
async fn things_are_found_on_postgres() {
    let Some(server) = Postgres::start() else { return };
    let database = server.database();
    let Database::Postgres(options) = &database else { panic!("not PostgreSQL") };
    let outside = Outside::Postgres(options.clone());
    tell(store::open(&database).await.expect("a database"), &outside).await;
}

/// The database as somebody else writes to it: votes and deletions have no route of their own here, and the
/// lists must follow whoever writes.
enum Outside {
    Sqlite(String),
    Postgres(Box<sqlx::postgres::PgConnectOptions>),
}

impl Outside {
    async fn run(&self, sql: &'static str) {
        use sqlx::{ConnectOptions, Connection};
        match self {
            Self::Sqlite(file) => {
                let mut connection =
                    sqlx::sqlite::SqliteConnection::connect(file).await.expect("a connection");
                sqlx::query(sql).execute(&mut connection).await.expect(sql);
                connection.close().await.expect("a clean end");
            }
            Self::Postgres(options) => {
                let mut connection = options.connect().await.expect("a connection");
                sqlx::query(sql).execute(&mut connection).await.expect(sql);
                connection.close().await.expect("a clean end");
            }
        }
    }
}

async fn tell(store: SharedStore, outside: &Outside) {
    let forum = Forum::on(store);
    let ada = forum.member("ada").await;
    let bob = forum.member("bob").await;
    ask_everything(&forum, &ada).await;
    tags(&forum).await;
    lists(&forum, &bob, outside).await;
    search(&forum).await;
    activity(&forum).await;
    notices(&forum, &ada, &bob).await;
    deleted(&forum, &ada, outside).await;
    forum.state.store.close().await.expect("a clean end");
}

/// Six questions, a second apart.
async fn ask_everything(forum: &Forum, ada: &str) {
    for (title, body, tags) in [
        ("How to borrow a book twice", "From a library.", json!(["Rust", "books"])),
        ("What is ownership in a library", "The borrow checker says no.", json!(["rust"])),
        ("Why does it rain on Sundays", "Always!", json!(["weather", "rust", "c++", ".net", "c#"])),
        ("A question without any tag", "Of the kind (a OR b) NOT c.", json!([])),
        ("Une question d'été: naïve?", "example.com/path and foo-bar_baz", json!(["books"])),
        ("The last question of them all", "borrow borrow borrow", json!(["books", "BOOKS"])),
    ] {
        let question = json!({"title": title, "body": body, "tags": tags});
        let asked = forum.post("/api/v1/questions", ada, question).await;
        assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.text);
        forum.pass(std::time::Duration::from_secs(1));
    }
    for (tags, code) in [
        (json!(["a", "b", "c", "d", "e", "f"]), "too_many_tags"),
        (json!(["two words"]), "tag_invalid_character"),
        (json!(["x".repeat(36)]), "tag_too_long"),
        (json!([""]), "tag_empty"),
        (json!("rust"), "json_wrong_shape"),
    ] {
        let question = json!({"title": "A title that is fine", "body": "b", "tags": tags});
        assert_eq!(forum.post("/api/v1/questions", ada, question).await.error(), (422, code.to_owned()));
    }
}

async fn tags(forum: &Forum) {
    let one = forum.get("/api/v1/questions/3").await.json();
    assert_eq!(one["tags"], json!(["weather", "rust", "c++", ".net", "c#"]), "in the order they were given");
    let tag = |name: &str, count: i64| json!({"name": name, "question_count": count});
    let popular = forum.get("/api/v1/tags?limit=2").await.json();
    let mut seen = popular["items"].as_array().expect("a list").clone();
    assert!(
        seen == [tag("rust", 3), tag("books", 3)] || seen == [tag("books", 3), tag("rust", 3)],
        "{seen:?}"
    );
    let mut next = popular["next"].clone();
    while let Some(cursor) = next.as_str() {
        let page = forum.get(&format!("/api/v1/tags?limit=2&after={cursor}")).await.json();
        seen.extend(page["items"].as_array().expect("a list").iter().cloned());
        next = page["next"].clone();
    }
    let mut names: Vec<&str> = seen.iter().map(|tag| tag["name"].as_str().expect("a name")).collect();
    assert!(seen.is_sorted_by_key(|tag| -tag["question_count"].as_i64().expect("a count")), "{seen:?}");
    names.sort_unstable();
    assert_eq!(names, [".net", "books", "c#", "c++", "rust", "weather"]);
    let first = forum.get("/api/v1/tags?prefix=C&limit=1").await.json();
    assert_eq!(first, json!({"items": [tag("c#", 1)], "next": "c#"}));
    let rest = forum.get("/api/v1/tags?prefix=C&limit=1&after=c%23").await.json();
    assert_eq!(rest, json!({"items": [tag("c++", 1)], "next": null}));
    assert_eq!(forum.get("/api/v1/tags?prefix=").await.json()["items"].as_array().map(Vec::len), Some(6));
    for (query, code) in [
        ("prefix=%25", "tag_invalid_character"),
        ("after=x", "cursor_invalid"),
        ("after=1", "cursor_invalid"),
        ("prefix=a&after=%22", "cursor_invalid"),
        ("limit=0", "limit_out_of_range"),
    ] {
        let refused = forum.get(&format!("/api/v1/tags?{query}")).await;
        assert_eq!(refused.error(), (422, code.to_owned()), "{query}");
    }
}

/// Every page of a list, one question at a time.
async fn walk(forum: &Forum, query: &str) -> Vec<i64> {
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = forum.get(&format!("/api/v1/questions?limit=1&{query}&after={after}")).await.json();
        seen.extend(ids(&page));
        assert!(seen.len() < 100, "{query} does not end: {seen:?}");
        match page["next"].as_str() {
            Some(cursor) => cursor.clone_into(&mut after),
            None => return seen,
        }
    }
}

async fn lists(forum: &Forum, bob: &str, outside: &Outside) {
    for question in [2, 1] {
        let path = format!("/api/v1/questions/{question}/answers");
        let answered = forum.post(&path, bob, json!({"body": "An answer about lifetimes."})).await;
        assert_eq!(answered.status, StatusCode::CREATED, "{}", answered.text);
        forum.pass(std::time::Duration::from_secs(1));
    }
    outside.run("update questions set score = 5 where id = 3").await;
    outside.run("update questions set score = -1 where id in (4, 1)").await;
    for (query, expected) in [
        ("", vec![6, 5, 4, 3, 2, 1]),
        ("sort=newest", vec![6, 5, 4, 3, 2, 1]),
        ("sort=active", vec![1, 2, 6, 5, 4, 3]),
        ("sort=top", vec![3, 6, 5, 2, 4, 1]),
        ("sort=unanswered", vec![6, 5, 4, 3]),
        ("tag=rust", vec![3, 2, 1]),
        ("tag=RUST&sort=active", vec![1, 2, 3]),
        ("tag=rust&sort=top", vec![3, 2, 1]),
        ("tag=books&sort=top", vec![6, 5, 1]),
        ("tag=rust&sort=unanswered", vec![3]),
        ("tag=c%2B%2B", vec![3]),
        ("tag=nobody-uses-it", vec![]),
    ] {
        assert_eq!(walk(forum, query).await, expected, "{query}");
        let whole = forum.get(&format!("/api/v1/questions?{query}")).await.json();
        assert_eq!((ids(&whole), &whole["next"]), (expected, &Value::Null), "{query}");
    }
    let top = forum.get("/api/v1/questions?sort=top&limit=1").await.json();
    let item = &top["items"][0];
    assert_eq!(
        (&item["score"], &item["tags"][0], &item["answer_count"]),
        (&json!(5), &json!("weather"), &json!(0))
    );
    for (query, status, code) in [
        ("sort=best", 422, "sort_unknown"),
        ("sort=", 422, "sort_unknown"),
        ("sort=top&after=3", 422, "cursor_invalid"),
        ("sort=top&after=a1.2", 422, "cursor_invalid"),
        ("after=t1.2", 422, "cursor_invalid"),
        ("tag=two%20words", 422, "tag_invalid_character"),
        ("sort=top&sort=top", 400, "query_invalid"),
    ] {
        let refused = forum.get(&format!("/api/v1/questions?{query}")).await;
        assert_eq!(refused.error(), (status, code.to_owned()), "{query}");
    }
    let refused = forum.get("/api/v1/questions?tag=%22").await;
    assert_eq!(refused.json()["error"]["field"], "tag");
}

async fn activity(forum: &Forum) {
    let whole = forum.get("/api/v1/users/1/activity").await.json();
    assert_eq!((ids(&whole), &whole["next"]), (vec![6, 5, 4, 3, 2, 1], &Value::Null));
    let bob = forum.get("/api/v1/users/1/activity?limit=4").await.json();
    let next = bob["next"].as_str().expect("a cursor");
    let rest = forum.get(&format!("/api/v1/users/1/activity?limit=4&after={next}")).await.json();
    assert_eq!((ids(&bob), ids(&rest), &rest["next"]), (vec![6, 5, 4, 3], vec![2, 1], &Value::Null));
    for (path, status, code) in [
        ("/api/v1/users/99/activity", 404, "not_found"),
        ("/api/v1/users/1/activity?after=x", 422, "cursor_invalid"),
    ] {
        assert_eq!(forum.get(path).await.error(), (status, code.to_owned()), "{path}");
    }
}

/// Bob answered two of Ada's questions in `lists`.
async fn notices(forum: &Forum, ada: &str, bob: &str) {
    let read = async |path: &str, token: &str| forum.call(Method::GET, path, token, None).await.json();
    let put = async |path: String| forum.call(Method::PUT, &path, ada, None).await.status;
    assert_eq!(forum.get("/api/v1/notifications").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(read("/api/v1/notifications/unread", ada).await, json!({"unread": 2}));
    assert_eq!(read("/api/v1/notifications/unread", bob).await, json!({"unread": 0}));
    let first = read("/api/v1/notifications?limit=1", ada).await;
    let notice = &first["items"][0];
    assert_eq!(
        notice["question"],
        json!({"id": 1, "title": "How to borrow a book twice"}),
        "the newest first"
    );
    let actor = json!({"id": notice["actor"]["id"], "name": "bob"});
    assert_eq!(
        (&notice["kind"], &notice["actor"], &notice["answer_id"], &notice["read"]),
        (&json!("answer"), &actor, &json!(2), &json!(false))
    );
    let cursor = first["next"].as_str().expect("a cursor");
    let second =
        forum.call(Method::GET, &format!("/api/v1/notifications?after={cursor}"), ada, None).await.json();
    assert_eq!((ids(&second).len(), &second["next"]), (1, &Value::Null));
    let (newer, older) = (ids(&first)[0], ids(&second)[0]);
    // Nobody says for somebody else that he has read it.
    let path = format!("/api/v1/notifications/{older}/read");
    assert_eq!(forum.call(Method::PUT, &path, bob, None).await.error(), (404, "not_found".to_owned()));
    assert_eq!(forum.call(Method::PUT, &path, "", None).await.status, StatusCode::UNAUTHORIZED);
    for _ in 0..2 {
        assert_eq!(put(path.clone()).await, StatusCode::NO_CONTENT, "twice is no mistake");
        assert_eq!(read("/api/v1/notifications/unread", ada).await, json!({"unread": 1}));
    }
    assert_eq!(put(format!("/api/v1/notifications/{}/read", newer + 100)).await, StatusCode::NOT_FOUND);
    assert_eq!(put("/api/v1/notifications/read".to_owned()).await, StatusCode::NO_CONTENT);
    assert_eq!(read("/api/v1/notifications/unread", ada).await, json!({"unread": 0}));
    let items = read("/api/v1/notifications", ada).await;
    assert!(items["items"].as_array().expect("a list").iter().all(|notice| notice["read"] == json!(true)));
    // Who answers himself needs no notice; and the oldest are forgotten.
    forum.post("/api/v1/questions/6/answers", ada, json!({"body": "Found it myself."})).await;
    assert_eq!(read("/api/v1/notifications/unread", ada).await, json!({"unread": 0}));
    for number in 0..205 {
        let body = json!({"body": format!("Answer number {number}")});
        let answered = forum.post("/api/v1/questions/5/answers", bob, body).await;
        assert_eq!(answered.status, StatusCode::CREATED);
    }
    assert_eq!(read("/api/v1/notifications/unread", ada).await, json!({"unread": 200}));
    let missing = forum.post("/api/v1/questions/99/answers", bob, json!({"body": "b"})).await;
    assert_eq!(missing.error(), (404, "not_found".to_owned()));
    assert_eq!(read("/api/v1/notifications/unread", ada).await, json!({"unread": 200}));
}

/// What was deleted is nowhere; what was brought back is everywhere again.
async fn deleted(forum: &Forum, ada: &str, outside: &Outside) {
    outside.run("update questions set deleted_at = 1 where id in (1, 5)").await;
    for (query, expected) in [
        ("sort=newest", vec![6, 4, 3, 2]),
        ("sort=top", vec![3, 6, 2, 4]),
        ("sort=unanswered", vec![4, 3]),
        ("tag=books", vec![6]),
        ("tag=rust&sort=active", vec![2, 3]),
    ] {
        assert_eq!(walk(forum, query).await, expected, "{query}");
    }
    assert_eq!(found(forum, "twice", "").await, Vec::<i64>::new());
    assert_eq!(found(forum, "lifetimes", "&in=answers").await.len(), 1, "its answers went with it");
    let activity = forum.get("/api/v1/users/1/activity").await.json();
    assert_eq!(ids(&activity).len(), 5, "four questions and an answer of her own: {activity}");
    let unread = forum.call(Method::GET, "/api/v1/notifications/unread", ada, None).await.json();
    assert_eq!(unread, json!({"unread": 0}), "all were about a deleted question");
    let answered = forum.post("/api/v1/questions/1/answers", ada, json!({"body": "b"})).await;
    assert_eq!(answered.error(), (404, "not_found".to_owned()));
    let count = async |prefix: &str| {
        let tags = forum.get(&format!("/api/v1/tags?prefix={prefix}")).await.json();
        tags["items"][0]["question_count"].as_i64()
    };
    assert_eq!((count("books").await, count("rust").await), (Some(1), Some(2)));
    outside.run("update questions set deleted_at = 1 where id = 6").await;
    assert_eq!(count("books").await, None, "a tag of no question is not listed");
    outside.run("update questions set deleted_at = null").await;
    assert_eq!((count("books").await, count("rust").await), (Some(3), Some(3)));
    assert_eq!(walk(forum, "tag=books&sort=top").await, [6, 5, 1]);
    assert_eq!(found(forum, "twice", "").await, [1]);
    outside
        .run("update questions set tags = '[\"rain\",\"books\"]', title = 'Thunder on Mondays' where id = 3")
        .await;
    assert_eq!((count("rust").await, count("books").await, count("rain").await), (Some(2), Some(4), Some(1)));
    assert_eq!((found(forum, "thunder", "").await, found(forum, "sundays", "").await), (vec![3], vec![]));
    outside.run("update answers set deleted_at = 1, body = 'gone' where body like '%lifetimes%'").await;
    assert_eq!(found(forum, "gone", "&in=answers").await, Vec::<i64>::new());
    assert_eq!(found(forum, "lifetimes", "&in=answers").await, Vec::<i64>::new());
    outside.run("update answers set deleted_at = null").await;
    assert_eq!(found(forum, "gone", "&in=answers").await.len(), 2);
}
