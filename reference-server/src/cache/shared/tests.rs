//! Leases against a real Redis: a copy that may be older than a write is never kept.

#[path = "../../../tests/api/redis.rs"]
#[expect(dead_code, reason = "here it is neither killed nor frozen")]
mod server;

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};

use super::super::writes::Known;
use super::*;
use crate::link::WAIT_MAX;
use server::Redis;

const KEY: Key = Key::Json(QuestionId::new(1));
const LIFE: Duration = Duration::from_mins(1);

async fn cache(redis: &Redis) -> SharedCache {
    let address = redis.address().parse().expect("an address");
    let cache = SharedCache::open(&address, LIFE, WAIT_MAX, "test", Known::new()).expect("a cache");
    for _ in 0..6_000 {
        if cache.link().is_up() {
            return cache;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not connected within a minute");
}

fn answer(body: &'static str) -> Answer {
    Answer { status: StatusCode::OK, headers: HeaderMap::new(), body: Bytes::from_static(body.as_bytes()) }
}

async fn lease(cache: &SharedCache) -> Lease {
    match cache.look(KEY, TURN_WAIT).await {
        Look::Fetch(lease) => lease,
        Look::Copy(copy, ..) => panic!("{copy:?}"),
        Look::Nothing => panic!("no lease"),
    }
}

async fn body(cache: &SharedCache) -> Bytes {
    match cache.look(KEY, TURN_WAIT).await {
        Look::Copy(copy, ..) => copy.body,
        Look::Fetch(_) | Look::Nothing => panic!("no copy"),
    }
}

#[tokio::test]
async fn a_copy_that_was_read_before_a_write_is_not_kept_after_it() {
    let Some(redis) = Redis::start() else { return };
    let (reader, writer) = (cache(&redis).await, cache(&redis).await);
    let before = lease(&reader).await;
    writer.forget(KEY.question());
    writer.is_told(KEY.question()).await;
    reader.keep(&before, &answer("before"), LIFE).await;
    assert_eq!(reader.kept(), [0, 1]);
    let after = lease(&writer).await;
    reader.keep(&before, &answer("before"), LIFE).await;
    assert_eq!(reader.kept(), [0, 2], "nor in the name of who came next");
    writer.keep(&after, &answer("after"), LIFE).await;
    assert_eq!((writer.kept(), body(&reader).await), ([1, 0], Bytes::from("after")));
    // A lease is used once.
    writer.keep(&after, &answer("again"), LIFE).await;
    assert_eq!((writer.kept(), body(&reader).await), ([1, 1], Bytes::from("after")));
}

#[tokio::test]
async fn what_redis_has_thrown_away_takes_the_lease_with_it() {
    let Some(redis) = Redis::start() else { return };
    let (reader, writer) = (cache(&redis).await, cache(&redis).await);
    let before = lease(&reader).await;
    writer.forget(KEY.question());
    writer.is_told(KEY.question()).await;
    redis.say("FLUSHALL").expect("an answer");
    reader.keep(&before, &answer("before"), LIFE).await;
    assert_eq!(reader.kept(), [0, 1]);
}

#[tokio::test]
async fn who_comes_second_waits_for_the_first_and_is_given_his_copy() {
    let Some(redis) = Redis::start() else { return };
    let (first, second) = (Arc::new(cache(&redis).await), Arc::new(cache(&redis).await));
    let lease = lease(&first).await;
    let asking = Arc::clone(&second);
    let asked = tokio::spawn(async move { body(&asking).await });
    // He has looked at least once before there is anything.
    while second.link().counted(crate::link::Outcome::Answered) == 0 {
        tokio::task::yield_now().await;
    }
    first.keep(&lease, &answer("made once"), LIFE).await;
    assert_eq!(asked.await.expect("an answer"), "made once");
}

#[tokio::test]
async fn a_copy_that_is_too_long_and_one_of_another_kind_is_none() {
    let Some(redis) = Redis::start() else { return };
    let first = cache(&redis).await;
    let mut long = answer("");
    long.body = Bytes::from(vec![b'x'; BODY_BYTES_MAX]);
    first.keep(&lease(&first).await, &long, LIFE).await;
    assert_eq!(first.kept(), [0, 1]);
    let address = redis.address().parse().expect("an address");
    let other = SharedCache::open(&address, LIFE, WAIT_MAX, "other pages", Known::new()).expect("a cache");
    while !other.link().is_up() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    other.keep(&lease(&other).await, &answer("of the other kind"), LIFE).await;
    assert_eq!((other.kept(), body(&other).await), ([1, 0], Bytes::from("of the other kind")));
    assert!(!matches!(first.look(KEY, TURN_WAIT).await, Look::Copy(..)));
}

#[tokio::test]
async fn who_finds_nothing_to_keep_gives_the_turn_to_the_next() {
    let Some(redis) = Redis::start() else { return };
    let (first, second) = (cache(&redis).await, cache(&redis).await);
    let given = lease(&first).await;
    assert!(matches!(second.look(KEY, Duration::ZERO).await, Look::Nothing), "it is not his turn");
    first.give_back(&given).await;
    let taken = lease(&second).await;
    first.give_back(&given).await; // no longer his
    second.keep(&taken, &answer("made"), LIFE).await;
    assert_eq!(second.kept(), [1, 0]);
}
