//! Notifications that are given later: the same ones, in order, once each, whoever gives them and whatever ends meanwhile.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use reference_server::clock::Clock;
use reference_server::derived::Worker;
use reference_server::store::{self, DERIVED_BACKLOG, Database, DerivedWork, Setup, SharedStore};
use serde_json::{Value, json};
use sqlx::{ConnectOptions, PgConnection};

use crate::audit;
use crate::forum::{Answer, Forum};
use crate::postgres::Postgres;

/// Answers to each of the questions that two workers tell of.
const DEEDS: usize = 60;
/// Questions of those.
const QUESTIONS: usize = 3;

async fn open(database: &Database, derived: DerivedWork, derived_backlog: u64) -> SharedStore {
    let setup = Setup { derived, derived_backlog, ..Setup::default() };
    store::open_with(database, setup).await.expect("a database")
}

/// Does what waits; how much that was.
async fn derive_all(store: &SharedStore) -> usize {
    let mut done = 0;
    loop {
        let derived = store.derive().await.expect("work that can be done");
        if derived.done.is_empty() {
            assert_eq!((derived.waiting, derived.oldest), (0, None));
            return done;
        }
        done += derived.done.len();
    }
}

/// What a member was told, the oldest first, but for the numbers of the notices.
async fn told(forum: &Forum, token: &str) -> Vec<Value> {
    let notices = forum.call(Method::GET, "/api/v1/notifications?limit=100", token, None).await;
    assert_eq!(notices.status, StatusCode::OK, "{}", notices.text);
    let mut items = notices.json()["items"].as_array().expect("notices").clone();
    items.reverse();
    for item in &mut items {
        item.as_object_mut().expect("a notice").remove("id");
    }
    items
}

async fn answer(forum: &Forum, token: &str, question: i64) -> Answer {
    let body = json!({"body": "Like this."});
    forum.post(&format!("/api/v1/questions/{question}/answers"), token, body).await
}

/// What others do with the questions and answers of Ada and Bob; the tokens of both.
async fn deeds(forum: &Forum) -> [String; 2] {
    let (ada, bob) = (forum.member("ada").await, forum.member("bob").await);
    for title in ["The first question", "The second question"] {
        forum.ask(&ada, title, "b").await;
    }
    for (token, question) in [(&bob, 1), (&ada, 2), (&bob, 2)] {
        assert_eq!(answer(forum, token, question).await.status, StatusCode::CREATED);
    }
    let comment = json!({"body": "Really?"});
    for (path, token) in [("questions/1", &bob), ("answers/1", &ada), ("answers/3", &bob)] {
        let told = forum.post(&format!("/api/v1/{path}/comments"), token, comment.clone()).await;
        assert_eq!(told.status, StatusCode::CREATED, "{}", told.text);
    }
    let accepted = json!({"answer": 1});
    let done = forum.call(Method::PUT, "/api/v1/questions/1/accepted", &ada, Some(accepted)).await;
    assert!(done.status.is_success(), "{}", done.text);
    [ada, bob]
}

/// The same on both databases; `before` and `after` are as the clock stands still.
async fn the_same_is_told_later(now: &Database, later: &Database) {
    let at_once = Forum::on(open(now, DerivedWork::Now, DERIVED_BACKLOG).await);
    let mut expected = Vec::new();
    for token in deeds(&at_once).await {
        expected.push(told(&at_once, &token).await);
    }
    // Ada: two answers and a comment. Bob: a comment on his answer, and that it was accepted.
    assert_eq!(expected.iter().map(Vec::len).collect::<Vec<_>>(), [3, 2], "{expected:?}");
    assert_eq!(derive_all(&at_once.state.store).await, 0);
    at_once.state.store.close().await.expect("a clean end");
    let store = open(later, DerivedWork::Later, DERIVED_BACKLOG).await;
    let forum = Forum::on(store.clone());
    let tokens = deeds(&forum).await;
    for token in &tokens {
        assert_eq!(told(&forum, token).await, Vec::<Value>::new(), "not yet");
    }
    assert_eq!(store.backlog().waiting(), 7, "as many as there were deeds");
    assert_eq!(audit::number(later, "select count(*) from outbox").await, 5, "without those to oneself");
    assert_eq!(derive_all(&store).await, 5);
    for (token, expected) in tokens.iter().zip(expected) {
        assert_eq!(told(&forum, token).await, expected);
    }
    audit::told_once(later).await;
    audit::at_rest(later).await;
    store.close().await.expect("a clean end");
}

/// What was left is done after the next start, also of a forum that leaves nothing for later.
async fn what_is_left_is_done_after_the_next_start(database: &Database) {
    let forum = Forum::on(open(database, DerivedWork::Later, DERIVED_BACKLOG).await);
    let [ada, bob] = deeds(&forum).await;
    forum.state.store.close().await.expect("a clean end");
    let store = open(database, DerivedWork::Now, DERIVED_BACKLOG).await;
    Worker::start(store.clone(), Clock::system()).finish().await;
    let forum = Forum::on(store.clone());
    assert_eq!((told(&forum, &ada).await.len(), told(&forum, &bob).await.len()), (3, 2));
    audit::told_once(database).await;
    store.close().await.expect("a clean end");
}

/// A write that would add to what waits is refused, and nothing of it is done; one that adds nothing is not.
async fn beyond_its_limit_nothing_is_added(database: &Database) {
    let store = open(database, DerivedWork::Later, 2).await;
    let forum = Forum::on(store.clone());
    let (ada, bob) = (forum.member("ada").await, forum.member("bob").await);
    assert_eq!(forum.ask(&ada, "Who answers?", "b").await, 1);
    for _ in 0..2 {
        assert_eq!(answer(&forum, &bob, 1).await.status, StatusCode::CREATED);
    }
    let refused = answer(&forum, &bob, 1).await;
    assert_eq!((refused.error(), refused.header("retry-after")), ((503, "busy".to_owned()), "1"));
    let vote = forum.call(Method::PUT, "/api/v1/questions/1/vote", &bob, Some(json!({"value": 1}))).await;
    assert_eq!(vote.status, StatusCode::OK, "{}", vote.text);
    assert_eq!(forum.ask(&bob, "Another question?", "b").await, 2);
    let metrics = forum.get("/metrics").await.text;
    assert!(metrics.contains("\nforum_derived_backlog 2\n"), "{metrics}");
    let worker = Worker::start(store.clone(), Clock::system());
    worker.finish().await;
    assert_eq!(answer(&forum, &bob, 1).await.status, StatusCode::CREATED);
    let metrics = forum.get("/metrics").await.text;
    assert!(metrics.contains("\nforum_derived_visible_seconds_count 2\n"), "{metrics}");
    assert_eq!(
        audit::number(database, "select cast(answer_count as bigint) from questions where id = 1").await,
        3
    );
    assert_eq!(derive_all(&store).await, 1);
    audit::told_once(database).await;
    store.close().await.expect("a clean end");
}

#[tokio::test]
async fn notifications_are_given_later_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| Database::Sqlite(folder.path().join(name));
    the_same_is_told_later(&file("now"), &file("later")).await;
    what_is_left_is_done_after_the_next_start(&file("left")).await;
    beyond_its_limit_nothing_is_added(&file("limit")).await;
}

#[tokio::test]
async fn notifications_are_given_later_on_postgres() {
    let Some(server) = Postgres::start() else { return };
    the_same_is_told_later(&server.another(1).await, &server.another(2).await).await;
    what_is_left_is_done_after_the_next_start(&server.another(3).await).await;
    beyond_its_limit_nothing_is_added(&server.another(4).await).await;
}

/// A connection in the middle of a transaction that has carried out one statement, until it is dropped.
async fn in_the_middle(database: &Database, sql: &'static str) -> PgConnection {
    let Database::Postgres(options) = database else { panic!("{database} has one writer") };
    let mut connection: PgConnection = options.connect().await.expect("a connection");
    sqlx::query("begin").execute(&mut connection).await.expect("a transaction");
    sqlx::query(sql).execute(&mut connection).await.expect("a statement");
    connection
}

/// While another forum is giving the first notification of a question, the next ones of it wait, and those of others do not.
#[tokio::test]
async fn what_another_forum_is_giving_is_left_to_it_and_not_overtaken() {
    let Some(server) = Postgres::start() else { return };
    let database = server.database();
    let store = open(&database, DerivedWork::Later, DERIVED_BACKLOG).await;
    let forum = Forum::on(store.clone());
    let (ada, bob) = (forum.member("ada").await, forum.member("bob").await);
    for title in ["The first question", "The second question"] {
        forum.ask(&ada, title, "b").await;
    }
    for question in [1, 1, 2] {
        assert_eq!(answer(&forum, &bob, question).await.status, StatusCode::CREATED);
    }
    let first = "select id from outbox where id = (select min(id) from outbox) for update";
    let other = in_the_middle(&database, first).await;
    // It waits for nobody: the limit is only there to end a test that fails.
    let derived = tokio::time::timeout(Duration::from_secs(20), store.derive()).await.expect("no wait");
    let derived = derived.expect("work");
    assert_eq!((derived.done.len(), derived.waiting), (1, 2), "{derived:?}");
    let questions = |told: Vec<Value>| -> Vec<(Value, Value)> {
        told.iter().map(|notice| (notice["question"]["id"].clone(), notice["answer_id"].clone())).collect()
    };
    assert_eq!(questions(told(&forum, &ada).await), [(json!(2), json!(3))]);
    drop(other);
    while derive_what_can_be(&store).await > 0 {}
    let expected = [(json!(2), json!(3)), (json!(1), json!(1)), (json!(1), json!(2))];
    assert_eq!(questions(told(&forum, &ada).await), expected);
    store.close().await.expect("a clean end");
}

/// Does what can be done; how much still waits, as it does until the server has noticed that a connection is gone.
async fn derive_what_can_be(store: &SharedStore) -> u64 {
    store.derive().await.expect("work").waiting
}

/// Two forums on one database give what waits at the same time, while more is added: each notification once, and those of a
/// question in the order of its answers.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_forums_share_what_waits_and_keep_its_order() {
    let Some(server) = Postgres::start() else { return };
    let database = server.database();
    let stores = [
        open(&database, DerivedWork::Later, DERIVED_BACKLOG).await,
        open(&database, DerivedWork::Later, DERIVED_BACKLOG).await,
    ];
    let forum = Forum::on(stores[0].clone());
    let (ada, bob) = (forum.member("ada").await, forum.member("bob").await);
    for number in 1..=QUESTIONS {
        forum.ask(&ada, &format!("Question number {number}"), "b").await;
    }
    let workers = stores.clone().map(|store| {
        tokio::spawn(async move {
            let mut done = 0;
            while done < QUESTIONS * DEEDS {
                let derived = store.derive().await.expect("work");
                done += derived.done.len();
                if derived.done.is_empty() {
                    tokio::task::yield_now().await;
                }
            }
        })
    });
    for _ in 0..DEEDS {
        for question in 1..=QUESTIONS {
            let question = i64::try_from(question).expect("a small number");
            assert_eq!(answer(&forum, &bob, question).await.status, StatusCode::CREATED);
        }
    }
    while audit::number(&database, "select count(*) from outbox").await > 0 {
        tokio::task::yield_now().await;
    }
    for worker in workers {
        worker.abort();
    }
    let number = async |sql| audit::number(&database, sql).await;
    assert_eq!(
        number("select count(*) from notices").await,
        i64::try_from(QUESTIONS * DEEDS).unwrap_or_default()
    );
    audit::told_once(&database).await;
    let out_of_order = "select count(*) from notices n
                          join notices later on later.question_id = n.question_id and later.id > n.id
                         where later.answer_id < n.answer_id";
    assert_eq!(number(out_of_order).await, 0);
    for store in stores {
        store.close().await.expect("a clean end");
    }
}
