//! Limits that several forums count together in Redis.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use reference_server::app::AppState;
use reference_server::link;
use reference_server::rate::{Limiter, Limits, Peer};
use serde_json::json;

use crate::forum::Forum;
use crate::redis::Redis;
use crate::sharing::metric;

/// Two forums on one database; together in Redis, or each alone.
async fn two(limits: Limits, redis: Option<&Redis>) -> [Forum; 2] {
    let first = Forum::new().await;
    let second = Forum::on(first.state.store.clone());
    let limited = |forum: Forum| {
        let limiter = match redis {
            Some(redis) => {
                let address = redis.address().parse().expect("an address");
                Limiter::sharing(limits, &address, link::WAIT_MAX).expect("a limiter")
            }
            None => Limiter::new(limits),
        };
        forum.with(|state| AppState { limiter, ..state })
    };
    let forums = [limited(first), limited(second)];
    if redis.is_some() {
        for forum in &forums {
            metric(forum, "forum_redis_up{for=\"limits\"}", 1).await;
        }
    }
    forums
}

fn reads(rate: &str) -> Limits {
    Limits { read: rate.parse().expect("a rate"), ..Limits::default() }
}

/// A request that costs the store nothing, from an address.
async fn read(forum: &Forum, address: &str) -> crate::forum::Answer {
    let peer = Peer(address.parse().expect("an address"));
    let request = Request::get("/api/v1/questions/nothing").extension(peer);
    forum.send(request.body(Body::empty()).expect("a request")).await
}

/// How many of so many requests, in turn to each forum, are let in; the others are refused, and nothing else happens.
async fn let_in(forums: &[Forum; 2], address: &str, requests: usize) -> usize {
    let mut let_in = 0;
    for number in 0..requests {
        let answer = read(&forums[number % 2], address).await;
        match answer.status {
            StatusCode::NOT_FOUND => let_in += 1,
            StatusCode::TOO_MANY_REQUESTS => assert!(!answer.header("retry-after").is_empty()),
            status => panic!("{status} {}", answer.text),
        }
    }
    let_in
}

/// 20 in a day, of 80 that are sent: the next one would come after 72 minutes.
#[tokio::test]
async fn two_forums_let_in_twice_as_much_alone_and_once_together() {
    let Some(redis) = Redis::start() else { return };
    assert_eq!(let_in(&two(reads("20/day"), None).await, "203.0.113.1", 80).await, 2 * 20);
    let together = two(reads("20/day"), Some(&redis)).await;
    assert_eq!(let_in(&together, "203.0.113.1", 80).await, 20);
    assert_eq!(let_in(&together, "203.0.113.2", 80).await, 20, "another client has his own");
    let metrics = together[0].get("/metrics").await.text;
    // Half of 60 and of 60 that were refused.
    assert!(metrics.contains("forum_rate_limited_total{class=\"read\"} 60\n"), "{metrics}");
    assert!(
        metrics.contains("forum_redis_requests_total{for=\"limits\",outcome=\"answered\"} 80\n"),
        "{metrics}"
    );
}

#[tokio::test]
async fn who_is_refused_by_both_is_told_the_same_as_by_one() {
    let Some(redis) = Redis::start() else { return };
    let forums = two(reads("2/day"), Some(&redis)).await;
    for (forum, remaining) in forums.iter().zip([1, 0]) {
        let answer = read(forum, "203.0.113.1").await;
        assert_eq!(answer.header("ratelimit-policy"), "\"read\";q=2;w=86400");
        let told = answer.header("ratelimit").to_owned();
        // Half a day for the first one, and no more than a day for both.
        let reset = told.strip_prefix(&format!("\"read\";r={remaining};t="));
        let reset: u64 = reset.and_then(|reset| reset.parse().ok()).unwrap_or_else(|| panic!("{told}"));
        let most = if remaining == 1 { 43_200 } else { 86_400 };
        assert!((most - 43_199..=most).contains(&reset), "{told}");
    }
    for forum in &forums {
        let refused = read(forum, "203.0.113.1").await;
        assert_eq!(refused.error(), (429, "too_many_requests".to_owned()));
        let wait: u64 = refused.header("retry-after").parse().expect("seconds");
        assert!((1..=43_200).contains(&wait), "{refused:?}");
        assert!(refused.header("ratelimit").starts_with("\"read\";r=0;t="), "{refused:?}");
    }
    let page = forums[0].page("/login", "").await;
    assert_eq!(page.status, StatusCode::OK, "without a socket it is another client");
}

#[tokio::test]
async fn members_and_classes_are_told_apart_in_redis() {
    let Some(redis) = Redis::start() else { return };
    let limits = Limits { write: "2/day".parse().expect("a rate"), ..Limits::default() };
    let [first, second] = two(limits, Some(&redis)).await;
    let (ada, bob) = (first.member("ada").await, second.member("bob").await);
    let question = json!({"title": "A question to count", "body": "b"});
    for token in [&ada, &bob] {
        for (forum, status) in [(&first, 201), (&second, 201), (&first, 429), (&second, 429)] {
            let answer = forum.post("/api/v1/questions", token, question.clone()).await;
            assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
        }
    }
    let vote = Some(json!({"value": 1}));
    let voted = second.call(Method::PUT, "/api/v1/questions/1/vote", &bob, vote).await;
    assert!(voted.status.is_success(), "votes have a rate of their own: {}", voted.text);
}

#[tokio::test]
async fn while_redis_is_away_each_forum_counts_alone_and_nobody_is_refused_for_it() {
    let Some(mut redis) = Redis::start() else { return };
    let forums = two(reads("20/day"), Some(&redis)).await;
    assert_eq!(let_in(&forums, "203.0.113.1", 80).await, 20);
    redis.kill();
    // Each of them begins anew: what Redis knew nobody knows.
    assert_eq!(let_in(&forums, "203.0.113.1", 80).await, 2 * 20);
    redis.start_again();
    for forum in &forums {
        metric(forum, "forum_redis_up{for=\"limits\"}", 1).await;
    }
    assert_eq!(let_in(&forums, "203.0.113.1", 80).await, 20, "together again, and anew");
}
