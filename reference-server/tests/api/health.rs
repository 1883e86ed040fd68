//! Health, metrics and the null endpoint.

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use serde_json::json;

use crate::forum::Forum;

#[tokio::test]
async fn a_server_that_was_told_to_stop_is_alive_but_not_ready() {
    let forum = Forum::new().await;
    assert_eq!(forum.get("/health/ready").await.status, StatusCode::OK);
    forum.state.readiness.stop();
    assert_eq!(forum.get("/health/ready").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(forum.get("/health/live").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_null_endpoint_says_hello() {
    let forum = Forum::new().await;
    let answer = forum.get("/json").await;
    assert_eq!(
        (answer.text.as_str(), answer.header(CONTENT_TYPE)),
        ("{\"message\":\"Hello, World!\"}", "application/json")
    );
}

#[tokio::test]
async fn the_metrics_count_requests_bytes_statements_and_rows() {
    let forum = Forum::new().await;
    let ada = forum.member("ada").await; // two answers: an account, a session
    forum.ask(&ada, "A question to count", "body").await;
    forum.get("/api/v1/questions/1").await;
    forum.get("/api/v1/questions/7").await;
    forum.get("/nowhere").await;
    forum.get("/json").await;
    let before = forum.state.store.statements().total();
    let metrics = forum.get("/metrics").await;
    assert_eq!(metrics.header(CONTENT_TYPE), "text/plain; version=0.0.4; charset=utf-8");
    let statements = format!("forum_sql_statements_total {}", before + 1); // weighing is one more
    for line in [
        "forum_build_info{version=\"0.1.0\",database=\"sqlite 3.51.3\"} 1",
        "forum_requests_total{route=\"/api/v1/accounts\",method=\"POST\",status=\"2xx\"} 1",
        "forum_requests_total{route=\"/api/v1/questions/{id}\",method=\"GET\",status=\"2xx\"} 1",
        "forum_requests_total{route=\"/api/v1/questions/{id}\",method=\"GET\",status=\"4xx\"} 1",
        "forum_requests_total{route=\"unmatched\",method=\"GET\",status=\"4xx\"} 1",
        "forum_response_body_bytes_total{route=\"/json\",method=\"GET\",status=\"2xx\"} 27", // {"message":"Hello, World!"}
        "forum_write_queue_depth 0",
        "forum_sessions 1",
        "forum_rows{entity=\"question\"} 1",
        "forum_rows{entity=\"answer\"} 0",
        "forum_rows{entity=\"user\"} 1",
        "forum_rows{entity=\"session\"} 1",
        // One page of 4096 bytes for the table, and one for each index: four, two, one, two.
        "forum_storage_bytes{entity=\"question\"} 20480",
        "forum_storage_bytes{entity=\"answer\"} 12288",
        "forum_storage_bytes{entity=\"user\"} 8192",
        "forum_storage_bytes{entity=\"session\"} 12288",
        // A table without row numbers, a table with two indexes, one with two and one with none, and two tables of which the first
        // has two and the second four.
        "forum_storage_bytes{entity=\"vote\"} 4096",
        "forum_storage_bytes{entity=\"comment\"} 12288",
        "forum_storage_bytes{entity=\"notification\"} 16384",
        "forum_storage_bytes{entity=\"tag\"} 32768",
        "forum_rows{entity=\"search\"} 1",
        "forum_rows{entity=\"vote\"} 0",
        statements.as_str(),
    ] {
        assert!(metrics.text.lines().any(|found| found == line), "{line}\n{}", metrics.text);
    }
    forum.post("/api/v1/questions/1/answers", &ada, json!({"body": "b"})).await;
    let again = forum.get("/metrics").await;
    assert!(again.text.contains("forum_rows{entity=\"answer\"} 0"), "the weights are kept for a while");
}
