//! Where numbers come from and how questions lie in the database changes what reading and writing cost, and nothing of what
//! is read: told to both databases.

use axum::http::{Method, StatusCode};
use reference_server::domain::QuestionId;
use reference_server::seed::{self, Content, Seed};
use reference_server::store::{self, Counters, Database, Entity, Layout, Setup, SharedStore};
use serde_json::{Value, json};

use crate::audit;
use crate::forum::Forum;
use crate::postgres::Postgres;

/// Questions that are there before anybody writes.
const QUESTIONS: u32 = 40;

/// Every setup but the usual one.
pub(crate) fn others() -> [Setup; 3] {
    let setup = |counters, layout| Setup { counters, layout, ..Setup::default() };
    [
        setup(Counters::Counted, Layout::Rows),
        setup(Counters::Stored, Layout::Document),
        setup(Counters::Counted, Layout::Document),
    ]
}

async fn seeded(database: &Database) {
    let folder = tempfile::tempdir().expect("a folder");
    let visitors_file = folder.path().join("visitors.csv");
    let (questions, content) = (QUESTIONS, Content::All);
    seed::run(Seed { database: database.clone(), questions, seed: 7, content, visitors: 1, visitors_file })
        .await
        .expect("a forum");
}

/// All that anybody can read of posts.
async fn read(forum: &Forum) -> Vec<(String, Value)> {
    let mut paths: Vec<String> = (1..=i64::from(QUESTIONS) + 20)
        .flat_map(|id| {
            ["", "/answers", "/comments", "/revisions"].map(|part| format!("/api/v1/questions/{id}{part}"))
        })
        .collect();
    paths.extend((1..=30).map(|user| format!("/api/v1/users/{user}/activity")));
    for sort in ["newest", "active", "top", "unanswered"] {
        paths.push(format!("/api/v1/questions?sort={sort}&limit=100"));
        let mut after = String::new();
        // In pages, because a place in a list is a number that was counted or kept.
        for _ in 0..4 {
            let path = format!("/api/v1/questions?sort={sort}&limit=9{after}");
            let next = forum.get(&path).await.json()["next"].clone();
            paths.push(path);
            if next.is_null() {
                break;
            }
            after = format!("&after={}", next.as_str().map_or_else(|| next.to_string(), ToOwned::to_owned));
        }
    }
    let tags = forum.get("/api/v1/tags").await.json();
    let tag = tags["items"][0]["name"].as_str().expect("a tag").to_owned();
    for sort in ["newest", "active", "top", "unanswered"] {
        paths.push(format!("/api/v1/questions?sort={sort}&tag={tag}&limit=100"));
        paths.push(format!("/api/v1/questions?sort={sort}&tag={tag}&limit=3"));
    }
    let title = forum.get("/api/v1/questions/1").await.json()["title"].as_str().expect("a title").to_owned();
    let word = title.split_whitespace().max_by_key(|word| word.len()).expect("a word").to_owned();
    paths.push(format!("/api/v1/search?q={word}"));
    paths.push(format!("/api/v1/search?q={word}&in=answers"));
    let mut all = Vec::new();
    for path in paths {
        let answer = forum.get(&path).await;
        assert!(
            answer.status.is_success() || answer.status == StatusCode::NOT_FOUND,
            "{path}: {}",
            answer.text
        );
        all.push((path, answer.json()));
    }
    // Pages tell the names that members go by, which the interface does not.
    for id in 1..=i64::from(QUESTIONS) + 20 {
        let path = format!("/questions/{id}");
        let page = forum.page(&path, "").await.text;
        all.push((path, Value::String(page)));
    }
    all
}

fn same(one: &[(String, Value)], other: &[(String, Value)], when: &str) {
    assert_eq!(one.len(), other.len(), "{when}");
    for ((path, one), (_, other)) in one.iter().zip(other) {
        assert_eq!(one, other, "{when}: {path}");
    }
}

/// Everything that changes what a question shows, by two members whose names differ from round to round. The question.
async fn write(forum: &Forum, round: usize) -> QuestionId {
    let (ada, bob) = (forum.member(&format!("ada{round}")).await, forum.member(&format!("bob{round}")).await);
    let done = |answer: crate::forum::Answer| assert!(answer.status.is_success(), "{}", answer.text);
    let id = forum.ask(&ada, &format!("A question of round {round}"), "body").await;
    let gone = forum.ask(&ada, &format!("A question to take back in round {round}"), "body").await;
    let mut answers = Vec::new();
    // More than a page has, so that a document is not all there is.
    for number in 0..32 {
        let answer = json!({"body": format!("Answer {number}")});
        let answer = forum.post(&format!("/api/v1/questions/{id}/answers"), &bob, answer).await;
        answers.push(answer.json()["id"].as_i64().expect("an identifier"));
        done(answer);
    }
    for number in 0..12 {
        let text = json!({"body": format!("Comment {number}")});
        done(forum.post(&format!("/api/v1/questions/{id}/comments"), &bob, text).await);
    }
    done(
        forum
            .post(&format!("/api/v1/answers/{}/comments", answers[0]), &ada, json!({"body": "So it is"}))
            .await,
    );
    for (path, who) in [
        (format!("/api/v1/questions/{id}/vote"), &bob),
        (format!("/api/v1/answers/{}/vote", answers[1]), &ada),
        (format!("/api/v1/answers/{}/vote", answers[2]), &ada),
        ("/api/v1/questions/3/vote".to_owned(), &ada),
    ] {
        done(forum.call(Method::PUT, &path, who, Some(json!({"value": 1}))).await);
    }
    let down = json!({"value": -1});
    let tally =
        forum.call(Method::PUT, &format!("/api/v1/answers/{}/vote", answers[2]), &ada, Some(down)).await;
    assert_eq!(tally.json()["score"], -1, "{}", tally.text);
    let accepted = json!({"answer": answers[3]});
    done(forum.call(Method::PUT, &format!("/api/v1/questions/{id}/accepted"), &ada, Some(accepted)).await);
    for (path, who) in [
        (format!("/api/v1/answers/{}", answers[4]), &bob),
        (format!("/api/v1/answers/{}", answers[3]), &bob), // the accepted one
        (format!("/api/v1/questions/{gone}"), &ada),
    ] {
        done(forum.call(Method::DELETE, &path, who, None).await);
    }
    done(forum.post(&format!("/api/v1/answers/{}/restore", answers[4]), &bob, json!({})).await);
    let name = json!({"display_name": format!("Bob the {round}th"), "about": "Answers"});
    done(forum.call(Method::PUT, "/api/v1/profile", &bob, Some(name)).await);
    let shown = forum.get(&format!("/api/v1/questions/{id}")).await.json();
    let counts = ["answer_count", "comment_count", "score"].map(|count| shown[count].as_i64());
    // One of 32 answers was taken back for good.
    assert_eq!(counts, [Some(31), Some(12), Some(1)], "{shown}");
    assert_eq!(shown["accepted_answer"], Value::Null);
    let page = forum.page(&format!("/questions/{id}"), "").await.text;
    assert!(page.contains(&format!("Bob the {round}th")), "{page}");
    QuestionId::new(id)
}

async fn open(database: &Database, setup: Setup) -> SharedStore {
    store::open_with(database, setup).await.expect("a database")
}

/// Each setup in turn on the same database: what it wrote is read the same by the usual one and by itself again.
async fn tell(database: &Database) {
    seeded(database).await;
    let usual = open(database, Setup::default()).await;
    let mut before = read(&Forum::on(usual.clone())).await;
    usual.close().await.expect("a clean end");
    for (round, setup) in others().into_iter().enumerate() {
        let store = open(database, setup).await;
        let forum = Forum::on(store.clone());
        same(&before, &read(&forum).await, &format!("what was there, read with {setup:?}"));
        let question = write(&forum, round).await;
        let written = read(&forum).await;
        assert!(before != written, "something was written");
        documents(&store, setup, question).await;
        store.close().await.expect("a clean end");
        let usual = open(database, Setup::default()).await;
        before = read(&Forum::on(usual.clone())).await;
        same(&written, &before, &format!("what {setup:?} wrote, read as usual"));
        usual.close().await.expect("a clean end");
        audit::at_rest(database).await;
    }
}

/// A question is one statement as a document, and documents are weighed only where there are any.
async fn documents(store: &SharedStore, setup: Setup, question: QuestionId) {
    let before = store.statements().total();
    store.question(question).await.expect("an answer").expect("a question");
    let expected = if setup.layout == Layout::Document { 1 } else { 2 };
    assert_eq!(store.statements().total() - before, expected, "{setup:?}");
    let weights = store.storage().await.expect("weights");
    let rows = |entity| weights.iter().find(|part| part.entity == entity).map(|part| part.rows);
    let writes = store.document_writes();
    match setup.layout {
        Layout::Rows => assert_eq!((rows(Entity::Document), writes.documents()), (None, 0)),
        Layout::Document => {
            // One question of each round so far was taken back and has none.
            let there = rows(Entity::Document).expect("documents");
            assert!(there >= u64::from(QUESTIONS) && Some(there) < rows(Entity::Question), "{weights:?}");
            assert!(writes.documents() > 50 && writes.bytes() > 50 * writes.documents(), "{writes:?}");
        }
    }
}

#[tokio::test]
async fn whatever_the_setup_the_same_is_read_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    tell(&Database::Sqlite(folder.path().join("forum.sqlite"))).await;
}

#[tokio::test]
async fn whatever_the_setup_the_same_is_read_on_postgres() {
    let Some(server) = Postgres::start() else { return };
    tell(&server.database()).await;
}
