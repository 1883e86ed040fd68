//! A primary with two streaming replicas: who wrote sees it at once, wherever he reads; what happens without; who may read
//! elsewhere and who may not. A lag is made by holding the replay of the log (`pg_wal_replay_pause`), so that nothing here
//! depends on how fast anything is.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, COOKIE, HOST, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use reference_server::store::{self, Database, ReplicaReads, ReplicaSet, Setup};
use serde_json::json;

use crate::audit;
use crate::forum::{Answer, Forum, PLACE};
use crate::postgres::Postgres;

/// Writes, each with a read after it.
const ROUNDS: usize = 20;
const POSITION: &str = "x-log-position";

/// A primary with two replicas.
pub(crate) struct Cluster {
    pub(crate) primary: Postgres,
    pub(crate) replicas: [Postgres; 2],
}

impl Cluster {
    pub(crate) fn start() -> Option<Self> {
        let primary = Postgres::start()?;
        let replicas = [primary.replica(), primary.replica()];
        Some(Self { primary, replicas })
    }

    /// A forum that reads from both as soon as they have what was there at its start; in the database of this number.
    pub(crate) async fn forum(&self, number: u32, reads: ReplicaReads) -> Forum {
        let databases = self.replicas.iter().map(|replica| replica.numbered(number)).collect();
        let set = ReplicaSet { databases, reads };
        let opened = store::open_with_replicas(&self.primary.numbered(number), Setup::default(), &set).await;
        let forum = Forum::on(opened.expect("a database with replicas"));
        for number in 1..=2 {
            let lag = format!("forum_replica_lag_bytes{{replica=\"{number}\"}}");
            let up = format!("forum_replica_up{{replica=\"{number}\"}}");
            until(&forum, &format!("replica {number} is there"), |metrics| {
                metrics.get(&up) == 1 && metrics.get(&lag) == 0
            })
            .await;
        }
        forum
    }

    /// Nothing more is carried out on the replicas until [`Cluster::resume`].
    async fn pause(&self) {
        for replica in &self.replicas {
            audit::run(&replica.database(), "select pg_wal_replay_pause()".to_owned()).await;
            let paused =
                "select case pg_get_wal_replay_pause_state() when 'paused' then 1 else 0 end::bigint";
            while audit::number(&replica.database(), paused).await == 0 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
    }

    async fn resume(&self) {
        for replica in &self.replicas {
            audit::run(&replica.database(), "select pg_wal_replay_resume()".to_owned()).await;
        }
    }
}

/// What `/metrics` says, by series.
struct Metrics(String);

impl Metrics {
    fn get(&self, series: &str) -> u64 {
        let line = self.0.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {series} in {}", self.0)).parse().expect("a whole number")
    }

    fn of_primary(&self, why: &str) -> u64 {
        self.get(&format!("forum_reads_total{{from=\"primary\",why=\"{why}\"}}"))
    }

    fn of_replicas(&self, why: &str) -> u64 {
        let series =
            |number| format!("forum_reads_total{{from=\"replica\",replica=\"{number}\",why=\"{why}\"}}");
        self.get(&series(1)) + self.get(&series(2))
    }
}

async fn metrics(forum: &Forum) -> Metrics {
    Metrics(forum.get("/metrics").await.text)
}

/// Waits for something that comes true by itself, for a minute at the most.
async fn until(forum: &Forum, what: &str, is_so: impl Fn(&Metrics) -> bool) {
    for _ in 0..6_000 {
        if is_so(&metrics(forum).await) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not within a minute: {what}: {}", metrics(forum).await.0);
}

/// A read with a position, by a stranger if the token is empty.
async fn read_after(forum: &Forum, path: &str, token: &str, position: &str) -> Answer {
    let mut request = Request::builder().uri(path).header(POSITION, position);
    if !token.is_empty() {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    forum.send(request.body(Body::empty()).expect("a request")).await
}

async fn answer_question(forum: &Forum, token: &str) -> Answer {
    let answered = forum.post("/api/v1/questions/1/answers", token, json!({"body": "One more."})).await;
    assert_eq!(answered.status, StatusCode::CREATED, "{}", answered.text);
    answered
}

#[tokio::test]
async fn all_of_it_is_true_with_two_replicas() {
    let Some(cluster) = Cluster::start() else { return };
    for number in 1..=3 {
        cluster.primary.another(number).await;
    }
    who_wrote_sees_it_while_the_replicas_stand_still_and_without_tokens_he_does_not(&cluster, 1).await;
    a_position_is_carried_from_one_forum_to_another_and_a_made_up_one_costs_a_read_from_the_primary(
        &cluster, 2,
    )
    .await;
    a_browser_carries_its_position_in_a_cookie_until_it_logs_out(&cluster, 3).await;
}

#[expect(clippy::print_stdout, reason = "the figures are what the test is for")]
async fn who_wrote_sees_it_while_the_replicas_stand_still_and_without_tokens_he_does_not(
    cluster: &Cluster,
    number: u32,
) {
    let mut stale_by_mode = Vec::new();
    for (reads, name) in
        [(ReplicaReads::Token, "ada"), (ReplicaReads::Any, "bob"), (ReplicaReads::Off, "eve")]
    {
        let forum = cluster.forum(number, reads).await;
        let token = forum.member(name).await;
        let asked = forum.ask(&token, "Who sees it?", "b").await;
        until(&forum, "the question is everywhere", |metrics| {
            reads == ReplicaReads::Off
                || metrics.get("forum_replica_lag_bytes{replica=\"1\"}") == 0
                    && metrics.get("forum_replica_lag_bytes{replica=\"2\"}") == 0
        })
        .await;
        cluster.pause().await;
        let path = format!("/api/v1/questions/{asked}");
        let mut stale = 0;
        for round in 1..=ROUNDS {
            let body = json!({"body": format!("Answer {round}")});
            let answered = forum.post(&format!("{path}/answers"), &token, body).await;
            assert_eq!(answered.status, StatusCode::CREATED, "{}", answered.text);
            let read = forum.call(Method::GET, &path, &token, None).await;
            assert_eq!(read.status, StatusCode::OK, "{}", read.text);
            stale += usize::from(read.json()["answer_count"].as_u64() != Some(round as u64));
        }
        stale_by_mode.push(stale);
        let counted = metrics(&forum).await;
        match reads {
            ReplicaReads::Token => assert!(counted.of_primary("behind") >= 20, "{}", counted.0),
            ReplicaReads::Any => assert!(counted.of_replicas("anything") >= 20, "{}", counted.0),
            ReplicaReads::Off => assert!(counted.of_primary("off") >= 20, "{}", counted.0),
        }
        cluster.resume().await;
        if reads == ReplicaReads::Token {
            // As soon as it is there it is read there, with the same token.
            until(&forum, "the writes are seen", |metrics| {
                let seen = |number| {
                    metrics.get(&format!("forum_replica_visible_seconds_count{{replica=\"{number}\"}}"))
                };
                seen(1) >= 20 && seen(2) >= 20
            })
            .await;
            let before = metrics(&forum).await.of_replicas("reached");
            let read = forum.call(Method::GET, &path, &token, None).await;
            assert_eq!(read.json()["answer_count"], ROUNDS);
            assert!(metrics(&forum).await.of_replicas("reached") > before);
        }
        forum.state.store.close().await.expect("a clean end");
    }
    println!("stale reads of {ROUNDS}: token, any, off: {stale_by_mode:?}");
    assert_eq!(stale_by_mode, [0, ROUNDS, 0]);
}

async fn a_position_is_carried_from_one_forum_to_another_and_a_made_up_one_costs_a_read_from_the_primary(
    cluster: &Cluster,
    number: u32,
) {
    let here = cluster.forum(number, ReplicaReads::Token).await;
    let ada = here.member("ada").await;
    assert_eq!(here.ask(&ada, "Which forum is it?", "b").await, 1);
    let there = cluster.forum(number, ReplicaReads::Token).await;
    cluster.pause().await;
    let written = answer_question(&here, &ada).await;
    let position = written.header(POSITION).to_owned();
    assert!(position.contains('/'), "{:?}", written.headers);
    let count = |answer: Answer| answer.json()["answer_count"].as_u64();
    // The other forum knows nothing of it.
    assert_eq!(count(there.get("/api/v1/questions/1").await), Some(0));
    assert_eq!(count(read_after(&there, "/api/v1/questions/1", "", &position).await), Some(1));
    let read = read_after(&there, "/api/v1/questions/1", &ada, &position).await;
    assert!(read.header(POSITION).is_empty(), "a read changes nothing: {:?}", read.headers);
    assert_eq!(count(read), Some(1));
    let before = metrics(&there).await.of_primary("behind");
    assert_eq!(count(read_after(&there, "/api/v1/questions/1", "", "FFFFFFFF/FFFFFFFF").await), Some(1));
    assert!(metrics(&there).await.of_primary("behind") > before);
    for wrong in ["", "0", "x/y", "0/0/0", "0x0/0", "0/123456789"] {
        let refused = read_after(&there, "/api/v1/questions/1", "", wrong).await;
        assert_eq!(refused.error(), (422, "position_invalid".to_owned()), "{wrong:?}");
    }
    // Who is refused is told where the log is, so that he sees next what he was refused for.
    let refused = there.post("/api/v1/accounts", "", json!({"name": "ada", "password": "another one"})).await;
    assert_eq!(refused.error(), (409, "name_taken".to_owned()));
    assert!(!refused.header(POSITION).is_empty(), "{:?}", refused.headers);
    cluster.resume().await;
    here.state.store.close().await.expect("a clean end");
    there.state.store.close().await.expect("a clean end");
}

async fn a_browser_carries_its_position_in_a_cookie_until_it_logs_out(cluster: &Cluster, number: u32) {
    let here = cluster.forum(number, ReplicaReads::Token).await;
    let there = cluster.forum(number, ReplicaReads::Token).await;
    cluster.pause().await;
    let opened = here.form("/signup", "", &[("name", "ada"), ("password", "correct horse battery")]).await;
    let cookies = cookies(&opened.headers);
    assert!(cookies.contains("session=") && cookies.contains("position="), "{cookies}");
    let session = cookies.split("; ").find(|cookie| cookie.starts_with("session=")).expect("a log-in");
    // Somebody who was just made is nobody on a replica yet. Whether one is logged in is never asked there.
    assert_eq!(there.page("/users/1", session).await.status, StatusCode::NOT_FOUND);
    assert_eq!(there.page("/users/1", &cookies).await.status, StatusCode::OK);
    assert_eq!(there.page("/users/1", &format!("{session}; position=junk")).await.status, StatusCode::OK);
    let ended = here.form("/logout", &cookies, &[]).await;
    let cleared =
        ended.headers.get_all(SET_COOKIE).iter().any(|value| value.as_bytes().starts_with(b"position=;"));
    assert!(cleared, "{:?}", ended.headers);
    let request = Request::builder().uri("/profile").header(HOST, PLACE).header(COOKIE, session);
    let profile = there.send(request.body(Body::empty()).expect("a request")).await;
    assert_eq!(profile.status, StatusCode::SEE_OTHER, "a log-in that was ended is ended everywhere at once");
    cluster.resume().await;
    here.state.store.close().await.expect("a clean end");
    there.state.store.close().await.expect("a clean end");
}

/// The cookies that an answer sets, as a browser sends them.
fn cookies(headers: &HeaderMap) -> String {
    let pairs = headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok()?.split(';').next());
    pairs.collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn a_database_that_is_no_replica_of_this_primary_is_not_read() {
    let Some(primary) = Postgres::start() else { return };
    let stranger = Postgres::start().expect("another server");
    let gone = tempfile::tempdir().expect("a folder");
    let nobody = format!("postgres://postgres@localhost/postgres?host={}", gone.path().display());
    let databases =
        vec![stranger.database(), primary.database(), nobody.parse::<Database>().expect("an address")];
    let set = ReplicaSet { databases, reads: ReplicaReads::Token };
    let opened = store::open_with_replicas(&primary.database(), Setup::default(), &set).await;
    let forum = Forum::on(opened.expect("a forum: replicas may come later"));
    let ada = forum.member("ada").await;
    assert_eq!(forum.ask(&ada, "Who answers?", "b").await, 1);
    for _ in 0..ROUNDS {
        assert_eq!(forum.get("/api/v1/questions/1").await.status, StatusCode::OK);
    }
    let counted = metrics(&forum).await;
    assert_eq!(counted.of_primary("away"), ROUNDS as u64, "{}", counted.0);
    forum.state.store.close().await.expect("a clean end");
    let file = tempfile::tempdir().expect("a folder").path().join("forum.sqlite");
    let refused = store::open_with_replicas(&Database::Sqlite(file), Setup::default(), &set).await;
    let refused = refused.map(|_| ()).expect_err("a file has no replicas");
    assert!(refused.to_string().contains("a file has no replicas"), "{refused}");
}
