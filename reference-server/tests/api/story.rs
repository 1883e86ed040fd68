//! A whole life of the forum, told to both databases. What one of them does otherwise is seen here.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use reference_server::domain::{
    About, AnswerId, Body, DisplayName, Limit, NewQuestion, ProfileChange, QuestionId, Title, UserId,
};
use reference_server::seed::{self, Content, Seed, SeedError};
use reference_server::store::{self, Database, Entity, SharedStore, StoreError};
use serde_json::json;

use crate::audit;
use crate::forum::Forum;
use crate::postgres::Postgres;

#[tokio::test]
async fn the_story_is_true_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::Sqlite(folder.path().join("forum.sqlite"));
    let store = store::open(&database).await.expect("a database");
    assert_eq!(store.engine(), "sqlite 3.51.3");
    tell(store).await;
    let again = store::open(&database).await.expect("the same database");
    remembered(again).await;
}

#[tokio::test]
async fn the_story_is_true_on_postgres() {
    let Some(server) = Postgres::start() else { return };
    let database = server.database();
    let store = store::open(&database).await.expect("a database");
    assert!(store.engine().starts_with("postgres "), "{}", store.engine());
    tell(store).await;
    let again = store::open(&database).await.expect("the same database");
    remembered(again).await;
}

#[tokio::test]
async fn a_database_that_went_away_is_a_reason_to_try_again() {
    let Some(server) = Postgres::start() else { return };
    let store = store::open(&server.database()).await.expect("a database");
    let forum = Forum::on(store);
    assert_eq!(forum.get("/api/v1/questions").await.status, StatusCode::OK);
    drop(server);
    for _ in 0..2 {
        // The first finds a broken connection, the second cannot make a new one.
        let refused = forum.get("/api/v1/questions").await;
        assert_eq!(refused.error(), (503, "unavailable".to_owned()));
    }
    assert_eq!(forum.get("/health/ready").await.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_seed_means_the_same_on_both_databases() {
    let Some(server) = Postgres::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let mut made = Vec::new();
    for database in [Database::Sqlite(folder.path().join("forum.sqlite")), server.database()] {
        let visitors_file = folder.path().join("visitors.csv");
        let order = Seed {
            database: database.clone(),
            questions: 60,
            seed: 7,
            content: Content::All,
            visitors: 2,
            visitors_file,
        };
        let seeded = seed::run(order.clone()).await.expect("a forum");
        audit::at_rest(&database).await;
        let rows: Vec<u64> = seeded.storage.iter().map(|part| part.rows).collect();
        let refused = seed::run(order).await.expect_err("it has questions");
        assert!(matches!(refused, SeedError::NotEmpty { questions: 60, users: 32, .. }), "{refused}");
        let store = store::open(&database).await.expect("a forum");
        let mut questions = Vec::new();
        for id in 1..=60 {
            questions
                .push(store.question(QuestionId::new(id)).await.expect("an answer").expect("a question"));
        }
        let forum = Forum::on(store.clone());
        let ada = forum.member("ada").await; // user 33, session 3
        assert_eq!(forum.ask(&ada, "The first question of a person", "body").await, 61);
        store.close().await.expect("a clean end");
        made.push((seeded.fingerprint, seeded.answers, rows, questions));
    }
    assert_eq!(made[0], made[1]);
}

async fn tell(store: SharedStore) {
    let forum = Forum::on(store.clone());
    store.ping().await.expect("an answer");
    let ada = people(&forum, &store).await;
    profiles(&store).await;
    questions(&forum, &store, &ada).await;
    refusals(&store).await;
    let storage = store.storage().await.expect("weights");
    let there = storage.iter().filter(|part| part.rows > 0);
    let rows: Vec<_> = there.map(|part| (part.entity, part.rows)).collect();
    let expected = [
        (Entity::Question, 22),
        (Entity::Answer, 32),
        (Entity::Search, 54), // a text of each
        (Entity::User, 2),
        (Entity::Session, 1),
    ];
    assert_eq!(rows, expected);
    assert!(storage.iter().all(|part| part.bytes > 0), "{storage:?}");
    assert!(store.total_bytes().await.expect("a size") > 0);
    assert!(store.statements().total() > 0);
    assert_eq!(store.write_queue_depth(), 0);
    store.close().await.expect("a clean end");
    assert!(matches!(store.ping().await, Err(StoreError::Closed)));
}

/// Two members; the second has ended every log-in.
async fn people(forum: &Forum, store: &SharedStore) -> String {
    let ada = forum.member("ada").await;
    let again = forum.post("/api/v1/accounts", "", json!({"name": "ada", "password": "another one"})).await;
    assert_eq!(again.error(), (409, "name_taken".to_owned()));
    let bob = forum.member("bob").await;
    forum.log_in("bob").await;
    let sessions = forum.call(Method::GET, "/api/v1/sessions", &bob, None).await.json();
    assert_eq!(sessions["items"].as_array().map(Vec::len), Some(2));
    // Asked for, because PostgreSQL does not give out again the number of an account that was refused.
    let profile = forum.call(Method::GET, "/api/v1/profile", &bob, None).await.json();
    let id = UserId::new(profile["id"].as_i64().expect("an identifier"));
    assert_eq!(store.delete_sessions(id).await.expect("a count"), 2);
    assert_eq!(forum.call(Method::GET, "/api/v1/profile", &bob, None).await.status, StatusCode::UNAUTHORIZED);
    // A log-in that ended by age is forgotten at the next one.
    forum.pass(Duration::from_hours(31 * 24));
    assert_eq!(forum.call(Method::GET, "/api/v1/profile", &ada, None).await.status, StatusCode::UNAUTHORIZED);
    let ada = forum.log_in("ada").await;
    assert_eq!(
        forum.call(Method::DELETE, "/api/v1/sessions/999", &ada, None).await.status,
        StatusCode::NOT_FOUND
    );
    assert!(store.credentials("nobody".to_owned()).await.expect("an answer").is_none());
    ada
}

async fn profiles(store: &SharedStore) {
    let change = |expected_version| ProfileChange {
        user: UserId::new(1),
        display_name: DisplayName::parse("Ada Lovelace").expect("a name"),
        about: About::parse("Analyst & \u{1F600}".to_owned()).expect("a text"),
        expected_version,
    };
    assert_eq!(store.update_profile(change(Some(1))).await.expect("a profile").version, 2);
    let stale = store.update_profile(change(Some(1))).await;
    assert!(matches!(stale, Err(StoreError::Stale { current: 2 })), "{stale:?}");
    assert_eq!(store.update_profile(change(None)).await.expect("a profile").version, 3);
    let missing = store.update_profile(ProfileChange { user: UserId::new(99), ..change(None) }).await;
    assert!(matches!(missing, Err(StoreError::Missing("user"))), "{missing:?}");
    let user = store.user(UserId::new(1)).await.expect("an answer").expect("a member");
    assert_eq!((user.display_name.as_str(), user.about.as_str()), ("Ada Lovelace", "Analyst & \u{1F600}"));
    assert!(store.user(UserId::new(99)).await.expect("an answer").is_none());
}

async fn questions(forum: &Forum, store: &SharedStore, ada: &str) {
    for number in 1..=22 {
        assert_eq!(forum.ask(ada, &format!("Question number {number}"), &"é ".repeat(300)).await, number);
    }
    for number in 1..=32 {
        let answer = json!({"body": format!("Answer \"{number}\"\n\\ ü")});
        let answered = forum.post("/api/v1/questions/3/answers", ada, answer).await;
        assert_eq!(answered.status, StatusCode::CREATED);
    }
    let first = store.newest_questions(Limit::default(), None).await.expect("a page");
    assert_eq!(
        (first.items.len(), first.items[0].id, first.next),
        (20, QuestionId::new(22), Some(QuestionId::new(3)))
    );
    assert_eq!(first.items[0].excerpt, format!("{}…", ["é"; 100].join(" ")));
    assert_eq!(first.items[19].answer_count, 32);
    let second = store.newest_questions(Limit::default(), first.next).await.expect("a page");
    assert_eq!((second.items.len(), second.next), (2, None));
    let before = store.statements().total();
    let question = store.question(QuestionId::new(3)).await.expect("an answer").expect("a question");
    assert_eq!(store.statements().total() - before, 2);
    assert_eq!((question.answers.items.len(), question.answers.next), (30, Some(AnswerId::new(30))));
    assert_eq!(question.answers.items[0].body, "Answer \"1\"\n\\ ü");
    assert_eq!(question.author.display_name, "Ada Lovelace");
    let rest = store.answers(question.id, question.answers.next, Limit::ANSWERS).await.expect("an answer");
    assert_eq!(rest.expect("a page").items.len(), 2);
    let none = store.answers(QuestionId::new(1), None, Limit::ANSWERS).await.expect("an answer");
    assert!(none.expect("a page").items.is_empty());
    assert!(store.answers(QuestionId::new(99), None, Limit::ANSWERS).await.expect("an answer").is_none());
    assert!(store.question(QuestionId::new(99)).await.expect("an answer").is_none());
}

/// What the domain lets through but the database does not, and what is not there.
async fn refusals(store: &SharedStore) {
    let nobody = NewQuestion {
        author: UserId::new(99),
        title: Title::parse("A question of nobody").expect("a title"),
        tags: reference_server::domain::Tags::default(),
        body: Body::parse("b".to_owned()).expect("a body"),
        created_at: reference_server::domain::Timestamp::from_unix_ms(0),
    };
    let refused = store.insert_question(nobody).await;
    assert!(matches!(refused, Err(StoreError::Constraint(_))), "{refused:?}");
    let lost = reference_server::domain::NewAnswer {
        question: QuestionId::new(99),
        author: UserId::new(1),
        body: Body::parse("b".to_owned()).expect("a body"),
        created_at: reference_server::domain::Timestamp::from_unix_ms(0),
    };
    let refused = store.insert_answer(lost).await;
    assert!(matches!(refused, Err(StoreError::Missing("question"))), "{refused:?}");
}

/// After closing and opening again everything is there.
async fn remembered(store: SharedStore) {
    let question = store.question(QuestionId::new(3)).await.expect("an answer").expect("a question");
    assert_eq!((question.title.as_str(), question.answer_count), ("Question number 3", 32));
    store.close().await.expect("a clean end");
}
