//! Pictures behind the interface of S3, at a small server of our own that keeps them in memory and looks whether requests are
//! signed. With the feature `s3` alone.
#![cfg(feature = "s3")]

#[path = "api/audit.rs"]
#[expect(dead_code, reason = "for other tests")]
mod audit;
#[path = "api/avatars.rs"]
mod avatars;
#[path = "api/forum.rs"]
#[expect(dead_code, reason = "for other tests")]
mod forum;
#[path = "api/postgres.rs"]
#[expect(dead_code, reason = "for other tests")]
mod postgres;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, ETAG, LAST_MODIFIED};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use image::ImageFormat;
use reference_server::app::AppState;
use reference_server::blobs::Blobs;

use avatars::{picture, put, tell};
use forum::Forum;

/// Who may read and write in the bucket.
const KEY: &str = "forum-test-key";

/// A bucket, named `pictures`.
#[derive(Default)]
struct Bucket {
    objects: Mutex<BTreeMap<String, Bytes>>,
    unsigned: AtomicUsize,
    /// Every answer is an error.
    broken: AtomicBool,
    /// No answer comes.
    hangs: AtomicBool,
}

/// Whether a request bears a signature of ours, of the fourth version; that it is right is the library's business.
fn is_signed(request: &Request) -> bool {
    let said = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or("");
    let signature = said.rsplit_once("Signature=").map_or("", |(_, signature)| signature);
    said.starts_with(&format!("AWS4-HMAC-SHA256 Credential={KEY}/"))
        && said.contains("/eu-central-1/s3/aws4_request")
        && said.contains("SignedHeaders=")
        && signature.len() == 64
        && signature.bytes().all(|byte| byte.is_ascii_hexdigit())
        && request.headers().contains_key("x-amz-content-sha256")
}

async fn serve(State(bucket): State<Arc<Bucket>>, request: Request) -> Response {
    if bucket.hangs.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
    if bucket.broken.load(Ordering::Relaxed) {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    if !is_signed(&request) {
        bucket.unsigned.fetch_add(1, Ordering::Relaxed);
        return StatusCode::FORBIDDEN.into_response();
    }
    let path = request
        .uri()
        .path()
        .strip_prefix("/pictures")
        .expect("the bucket")
        .trim_start_matches('/')
        .to_owned();
    let query = request.uri().query().unwrap_or("").to_owned();
    let (method, body) =
        (request.method().clone(), to_bytes(request.into_body(), 1 << 20).await.expect("a body"));
    let mut objects = bucket.objects.lock().expect("a lock");
    match method {
        Method::PUT => {
            objects.insert(path, body);
            [(ETAG, "\"1\"")].into_response()
        }
        Method::DELETE => {
            objects.remove(&path);
            StatusCode::NO_CONTENT.into_response()
        }
        Method::GET if path.is_empty() => list(&objects, &query).into_response(),
        Method::GET => match objects.get(&path) {
            Some(body) => {
                let about = [
                    (ETAG, "\"1\"".to_owned()),
                    (LAST_MODIFIED, "Mon, 30 Nov 2026 12:00:00 GMT".to_owned()),
                    (CONTENT_LENGTH, body.len().to_string()),
                ];
                (about, body.clone()).into_response()
            }
            None => StatusCode::NOT_FOUND.into_response(),
        },
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

fn list(objects: &BTreeMap<String, Bytes>, query: &str) -> String {
    let prefix =
        query.split('&').find_map(|part| part.strip_prefix("prefix=")).unwrap_or("").replace("%2F", "/");
    let mut text = format!(
        "<?xml version=\"1.0\"?><ListBucketResult><Name>pictures</Name><Prefix>{prefix}</Prefix><IsTruncated>false</IsTruncated>"
    );
    for (key, body) in objects.iter().filter(|(key, _)| key.starts_with(&prefix)) {
        write!(
            text,
            "<Contents><Key>{key}</Key><LastModified>2026-11-30T12:00:00.000Z</LastModified><ETag>\"1\"</ETag><Size>{}</Size></Contents>",
            body.len()
        )
        .expect("text");
    }
    text + "</ListBucketResult>"
}

/// Credentials come from the environment, which a program that runs does not change: so this test runs itself again in
/// another one.
#[test]
fn pictures_in_a_bucket_are_shown_as_those_in_the_database_and_refused_while_it_is_away() {
    if std::env::var("AWS_ACCESS_KEY_ID").is_ok_and(|key| key == KEY) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads");
        return runtime.block_on(story());
    }
    let program = std::env::current_exe().expect("this program");
    let name = "pictures_in_a_bucket_are_shown_as_those_in_the_database_and_refused_while_it_is_away";
    let again = Command::new(program)
        .args([name, "--exact", "--nocapture"])
        .env("AWS_ACCESS_KEY_ID", KEY)
        .env("AWS_SECRET_ACCESS_KEY", "canary")
        .output()
        .expect("this program again");
    let said = String::from_utf8_lossy(&again.stdout).into_owned() + &String::from_utf8_lossy(&again.stderr);
    assert!(again.status.success() && said.contains("1 passed"), "{said}");
    assert!(!said.contains("canary"), "{said}");
}

async fn story() {
    let bucket = Arc::new(Bucket::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let router = Router::new().fallback(serve).with_state(Arc::clone(&bucket));
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let place =
        format!("s3://pictures?endpoint=http://{address}&region=eu-central-1").parse().expect("a place");
    let blobs = Blobs::open(&place).expect("a bucket");
    let with = |forum: Forum| forum.with(|state| AppState { blobs: blobs.clone(), ..state });
    tell(with(Forum::new().await)).await;
    assert_eq!(bucket.objects.lock().expect("a lock").len(), 0, "the last one was taken away");
    let forum = with(Forum::new().await);
    let ada = forum.member("ada").await;
    for (width, height) in [(300, 200), (40, 90), (128, 128)] {
        let sent = put(&forum, &ada, "image/png", picture(width, height, ImageFormat::Png)).await;
        assert_eq!(sent.status, StatusCode::NO_CONTENT, "{}", sent.text);
        assert_eq!(bucket.objects.lock().expect("a lock").len(), 1);
    }
    assert_eq!(bucket.unsigned.load(Ordering::Relaxed), 0, "every request was signed");
    for fault in [&bucket.broken, &bucket.hangs] {
        fault.store(true, Ordering::Relaxed);
        let refused = put(&forum, &ada, "image/png", picture(40, 40, ImageFormat::Png)).await;
        assert_eq!(refused.error(), (503, "pictures_unavailable".to_owned()));
        let shown = forum.get("/api/v1/users/1/avatar").await;
        assert_eq!(shown.error(), (503, "pictures_unavailable".to_owned()));
        assert_eq!(forum.get("/users/1").await.status, StatusCode::OK, "the page is shown");
        fault.store(false, Ordering::Relaxed);
        let request = axum::http::Request::get("/api/v1/users/1/avatar").body(axum::body::Body::empty());
        assert_eq!(forum.bytes(request.expect("a request")).await.0, StatusCode::OK, "the one before");
    }
    server.abort();
}
