//! Copies that forums share in Redis: who asks the database, what a write does to them, and whose they never are.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use reference_server::app::AppState;
use reference_server::cache::{Copies, Sharing};
use reference_server::link;
use reference_server::store::{self, Database, SharedStore};
use serde_json::json;
use tokio::task::JoinSet;

use crate::caching::deeds;
use crate::forum::Forum;
use crate::postgres::Postgres;
use crate::redis::Redis;

/// A forum with copies of its own (`off` for none) in front of those in Redis.
fn sharing(store: &SharedStore, redis: &Redis, cache: &str) -> Forum {
    let Ok(Sharing::In(address, fresh)) = format!("{} 60min", redis.address()).parse() else {
        panic!("a switch")
    };
    let (cache, keep) = (cache.parse().expect("a cache"), "off".parse().expect("nothing"));
    // Longer than by default: a machine that is busy with other tests is no fault of Redis.
    let copies = Copies::sharing(cache, keep, (&address, fresh), link::WAIT_MAX, "test").expect("copies");
    Forum::on(store.clone()).with(|state| AppState { copies, ..state })
}

/// Waits until a forum has found Redis.
async fn connected(forum: &Forum) {
    metric(forum, "forum_redis_up{for=\"cache\"}", 1).await;
}

/// Waits until a metric has this value, for a minute at the most.
pub(crate) async fn metric(forum: &Forum, name: &str, value: u64) {
    let line = format!("{name} {value}");
    for _ in 0..6_000 {
        if forum.get("/metrics").await.text.lines().any(|found| found == line) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not within a minute: {line}\n{}", forum.get("/metrics").await.text);
}

struct Place {
    store: SharedStore,
    _folder: tempfile::TempDir,
}

async fn on_sqlite() -> Place {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::Sqlite(folder.path().join("forum.sqlite"));
    Place { store: store::open(&database).await.expect("a database"), _folder: folder }
}

#[tokio::test]
async fn a_cold_forum_asks_redis_where_without_it_each_asks_the_database() {
    const QUESTIONS: u64 = 20;
    let Some(redis) = Redis::start() else { return };
    let place = on_sqlite().await;
    let statements = || place.store.statements().total();
    let mut three = Vec::new();
    for _ in 0..3 {
        let forum = sharing(&place.store, &redis, "1MB 1min");
        connected(&forum).await;
        three.push(forum);
    }
    let ada = three[0].member("ada").await;
    for number in 1..=QUESTIONS {
        three[0].ask(&ada, &format!("Question number {number}"), "body").await;
    }
    for (forum, asked) in three.iter().zip([QUESTIONS, 0, 0]) {
        for again in [false, true] {
            let before = statements();
            for number in 1..=QUESTIONS {
                assert_eq!(forum.get(&format!("/questions/{number}")).await.status, StatusCode::OK);
            }
            // A question without answers is one statement; whoever has asked once has a copy of his own.
            assert_eq!(statements() - before, if again { 0 } else { asked });
        }
    }
    for (forum, [miss, shared]) in three.iter().zip([[QUESTIONS, 0], [0, QUESTIONS], [0, QUESTIONS]]) {
        let metrics = forum.get("/metrics").await.text;
        for (from, count) in [("hit", QUESTIONS), ("miss", miss), ("shared", shared), ("waited", 0)] {
            let line = format!("forum_cache_requests_total{{from=\"{from}\"}} {count}\n");
            assert!(metrics.contains(&line), "{line}{metrics}");
        }
    }
    // Each with copies of its own alone: all three ask the database.
    let before = statements();
    for _ in 0..3 {
        let copies = Copies::new("1MB 1min".parse().expect("a cache"), "off".parse().expect("nothing"));
        let alone = Forum::on(place.store.clone()).with(|state| AppState { copies, ..state });
        for number in 1..=QUESTIONS {
            alone.get(&format!("/questions/{number}")).await;
        }
    }
    assert_eq!(statements() - before, 3 * QUESTIONS);
}

#[tokio::test]
async fn a_shared_copy_says_how_old_it_is_and_is_the_same_answer() {
    let Some(redis) = Redis::start() else { return };
    let place = on_sqlite().await;
    let (first, second) = (sharing(&place.store, &redis, "off"), sharing(&place.store, &redis, "off"));
    connected(&first).await;
    connected(&second).await;
    let ada = first.member("ada").await;
    first.ask(&ada, "A question that is shared", "body").await;
    for path in ["/questions/1", "/api/v1/questions/1", "/api/v1/questions/7"] {
        let (made, copy) = (first.get(path).await, second.get(path).await);
        assert_eq!((made.status, &made.text, made.header("age")), (copy.status, &copy.text, ""), "{path}");
        assert!(copy.header("age").parse::<u64>().is_ok(), "{path} {copy:?}");
        let left =
            copy.header("cache-status").strip_prefix("forum; hit; ttl=").and_then(|left| left.parse().ok());
        // An hour, or up to a tenth less; that there is no such question is believed for 5 s.
        let life = if path.ends_with('7') { 0..=5 } else { 3_000..=3_600 };
        assert!(left.is_some_and(|left: u64| life.contains(&left)), "{path} {copy:?}");
        for header in ["content-type", "etag", "cache-control", "vary", "content-security-policy"] {
            assert_eq!(made.header(header), copy.header(header), "{path} {header}");
        }
        let timing = copy.header("server-timing");
        assert!(timing.starts_with("cache;desc=shared, redis;dur="), "{timing}");
    }
}

/// Every deed in one forum is seen by the next one who reads in another, on both databases.
#[tokio::test]
async fn a_write_makes_shared_copies_worthless_before_it_is_answered() {
    let Some(redis) = Redis::start() else { return };
    let place = on_sqlite().await;
    deeds_of_two(&place.store, &redis).await;
    let Some(postgres) = Postgres::start() else { return };
    redis.say("FLUSHALL").expect("an answer"); // another database has other questions
    let store = store::open(&postgres.database()).await.expect("a database");
    deeds_of_two(&store, &redis).await;
}

async fn deeds_of_two(store: &SharedStore, redis: &Redis) {
    let (writer, reader) = (sharing(store, redis, "1MB 60min"), sharing(store, redis, "off"));
    connected(&writer).await;
    connected(&reader).await;
    deeds(&writer, &reader).await;
}

#[tokio::test]
async fn a_write_is_heard_by_forums_with_copies_of_their_own() {
    let Some(redis) = Redis::start() else { return };
    let place = on_sqlite().await;
    let (writer, reader) = (sharing(&place.store, &redis, "off"), sharing(&place.store, &redis, "1MB 60min"));
    connected(&writer).await;
    connected(&reader).await;
    let ada = writer.member("ada").await;
    writer.ask(&ada, "A question in two places", "body").await;
    for answers in 1..=10 {
        reader.get("/api/v1/questions/1").await;
        assert!(
            reader.get("/api/v1/questions/1").await.header("server-timing").starts_with("cache;desc=hit")
        );
        writer.post("/api/v1/questions/1/answers", &ada, json!({"body": "an answer"})).await;
        // A message is on its way; nothing else would make the copy go within the hour.
        let mut looks = 0;
        while reader.get("/api/v1/questions/1").await.json()["answer_count"] != answers {
            looks += 1;
            assert!(looks < 6_000, "not heard within a minute");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_three_forums_who_ask_for_the_same_thing_one_asks_the_database() {
    let Some(redis) = Redis::start() else { return };
    let place = on_sqlite().await;
    let mut forums = Vec::new();
    for _ in 0..3 {
        let forum = sharing(&place.store, &redis, "off");
        connected(&forum).await;
        forums.push(Arc::new(forum));
    }
    let ada = forums[0].member("ada").await;
    forums[0].ask(&ada, "A question everybody reads", "body").await;
    let before = place.store.statements().total();
    let mut crowd = JoinSet::new();
    for number in 0..60 {
        let forum = Arc::clone(&forums[number % 3]);
        crowd.spawn(async move { forum.get("/questions/1").await.status });
    }
    assert!(crowd.join_all().await.iter().all(|status| *status == StatusCode::OK));
    assert_eq!(place.store.statements().total() - before, 1, "without answers it is one");
}

#[tokio::test]
async fn nothing_that_depends_on_who_asks_is_shared_or_shown_from_there() {
    let Some(redis) = Redis::start() else { return };
    let place = on_sqlite().await;
    let (first, second) = (sharing(&place.store, &redis, "off"), sharing(&place.store, &redis, "1MB 1min"));
    connected(&first).await;
    connected(&second).await;
    let cookie = first.browser("ada").await;
    let token = first.log_in("ada").await;
    first.ask(&token, "A question of her own", "body").await;
    for forum in [&first, &second] {
        let own = forum.page("/questions/1", &cookie).await;
        assert!(own.text.contains("Log out") && own.header("age").is_empty(), "{own:?}");
        let json = forum.call(Method::GET, "/api/v1/questions/1", &token, None).await;
        assert_eq!((json.status, json.header("age")), (StatusCode::OK, ""));
    }
    assert!(redis.say("KEYS *").expect("an answer").starts_with("*0\r\n"), "nothing is kept of it");
    let stranger = second.page("/questions/1", "").await;
    assert!(stranger.text.contains("Sign up"), "{stranger:?}");
    let kept = redis.say("HGETALL forum:question:1").expect("an answer");
    assert!(kept.contains("Sign up") && !kept.contains("Log out") && !kept.contains("set-cookie"), "{kept}");
    let again = first.page("/questions/1", &cookie).await;
    assert!(again.text.contains("Log out") && again.header("age").is_empty(), "{again:?}");
}

#[tokio::test]
async fn what_is_kept_of_one_question_is_bounded_and_ends_by_itself() {
    let Some(redis) = Redis::start() else { return };
    let place = on_sqlite().await;
    let forum = sharing(&place.store, &redis, "off");
    connected(&forum).await;
    let ada = forum.member("ada").await;
    forum.ask(&ada, "A question with many pages", "body").await;
    for after in 1..=100 {
        assert_eq!(forum.get(&format!("/questions/1?after={after}")).await.status, StatusCode::OK);
    }
    // Each copy is three fields; beyond 5 x 32 of them no other copy is begun.
    let said = redis.say("HLEN forum:question:1").expect("an answer");
    let fields: u64 =
        said.trim_start_matches(':').lines().next().and_then(|line| line.parse().ok()).expect("a number");
    assert!((150..=165).contains(&fields), "{said}");
    let said = redis.say("PTTL forum:question:1").expect("an answer");
    let left: i64 =
        said.trim_start_matches(':').lines().next().and_then(|line| line.parse().ok()).expect("a number");
    assert!((1..=3_600_000).contains(&left), "{said}");
}

#[tokio::test]
async fn what_was_written_while_redis_hung_is_not_hidden_by_a_copy_from_before() {
    let Some(redis) = Redis::start() else { return };
    let place = on_sqlite().await;
    let (writer, reader) = (sharing(&place.store, &redis, "1MB 60min"), sharing(&place.store, &redis, "off"));
    connected(&writer).await;
    connected(&reader).await;
    let ada = writer.member("ada").await;
    writer.ask(&ada, "A question from before", "body").await;
    writer.get("/api/v1/questions/1").await;
    redis.freeze();
    let answer = json!({"body": "an answer"});
    let answered = writer.post("/api/v1/questions/1/answers", &ada, answer).await;
    assert_eq!(answered.status, StatusCode::CREATED, "{}", answered.text);
    for forum in [&writer, &reader] {
        assert_eq!(forum.get("/api/v1/questions/1").await.json()["answer_count"], 1, "the database is asked");
        metric(forum, "forum_redis_up{for=\"cache\"}", 0).await;
    }
    metric(&writer, "forum_shared_cache_untold", 1).await;
    redis.thaw();
    connected(&reader).await;
    assert_eq!(reader.get("/api/v1/questions/1").await.json()["answer_count"], 1);
    connected(&writer).await;
    metric(&writer, "forum_shared_cache_untold", 0).await;
    // Made after the return, and used again.
    reader.get("/api/v1/questions/1").await;
    assert!(!reader.get("/api/v1/questions/1").await.header("age").is_empty());
}

#[tokio::test]
async fn without_redis_from_the_beginning_the_database_answers_and_copies_of_ones_own_do() {
    let Some(mut redis) = Redis::start() else { return };
    redis.kill();
    let place = on_sqlite().await;
    let forum = sharing(&place.store, &redis, "1MB 1min");
    let ada = forum.member("ada").await;
    forum.ask(&ada, "A question without Redis", "body").await;
    for source in ["miss", "hit"] {
        let page = forum.get("/questions/1").await;
        assert_eq!(page.status, StatusCode::OK);
        let timing = page.header("server-timing");
        assert!(timing.starts_with(&format!("cache;desc={source}, ")), "{timing}");
    }
    redis.start_again();
    connected(&forum).await;
}
