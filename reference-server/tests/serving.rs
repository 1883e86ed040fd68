//! The server on a real socket: stopping, slow clients, too many of them, too much from one.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use reference_server::app::{self, AppState, Readiness};
use reference_server::clock::Clock;
use reference_server::serve::{self, Drained, ServeLimits};
use reference_server::store::{self, Database};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

/// Longer than anything here takes; a test that waits for it has failed.
const PATIENCE: Duration = Duration::from_secs(20);

struct Serving {
    address: std::net::SocketAddr,
    readiness: Readiness,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Drained>,
}

impl Serving {
    async fn start(app: Router, limits: ServeLimits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let readiness = Readiness::default();
        let (stop, stopped) = oneshot::channel();
        let flag = readiness.clone();
        let task = tokio::spawn(async move {
            serve::run(listener, app, limits, &flag, async { drop(stopped.await) }).await
        });
        Self { address, readiness, stop, task }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("a connection")
    }
}

/// Sends a request for a path and keeps the connection.
async fn ask(stream: &mut TcpStream, path: &str) {
    let request = format!("GET {path} HTTP/1.1\r\nhost: forum.example\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("a request is sent");
}

/// Reads an answer with a `content-length`, and no further.
async fn answer(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut byte = [0];
    while !text.ends_with("\r\n\r\n") {
        let read = tokio::time::timeout(PATIENCE, stream.read(&mut byte)).await.expect("an answer in time");
        assert_eq!(read.expect("a readable answer"), 1, "the connection was closed after {text:?}");
        text.push(char::from(byte[0]));
    }
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().expect("a length"))];
    stream.read_exact(&mut body).await.expect("a body");
    text + &String::from_utf8(body).expect("text")
}

#[tokio::test]
async fn a_request_that_was_begun_is_finished_and_nothing_new_is_taken() {
    let (entered, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (in_handler, may_go) = (Arc::clone(&entered), Arc::clone(&release));
    let slow = move || {
        let (in_handler, may_go) = (Arc::clone(&in_handler), Arc::clone(&may_go));
        async move {
            in_handler.notify_one();
            may_go.notified().await;
            "done"
        }
    };
    let server = Serving::start(Router::new().route("/slow", get(slow)), ServeLimits::default()).await;
    let mut stream = server.connect().await;
    ask(&mut stream, "/slow").await;
    entered.notified().await;
    server.stop.send(()).expect("the server runs");
    while !server.readiness.stopping() {
        tokio::task::yield_now().await;
    }
    TcpStream::connect(server.address).await.expect_err("nobody listens any more");
    release.notify_one();
    let text = answer(&mut stream).await;
    assert!(text.starts_with("HTTP/1.1 200 OK") && text.ends_with("done"), "{text}");
    assert_eq!(server.task.await.expect("the server"), Drained::Completely);
}

#[tokio::test]
async fn a_request_that_never_finishes_does_not_keep_the_server_from_stopping() {
    let limits = ServeLimits { drain_time: Duration::from_millis(20), ..ServeLimits::default() };
    let entered = Arc::new(Notify::new());
    let in_handler = Arc::clone(&entered);
    let never = move || {
        in_handler.notify_one();
        pending::<()>()
    };
    let server = Serving::start(Router::new().route("/never", get(never)), limits).await;
    let mut stream = server.connect().await;
    ask(&mut stream, "/never").await;
    entered.notified().await;
    server.stop.send(()).expect("the server runs");
    assert_eq!(server.task.await.expect("the server"), Drained::InPart);
}

#[tokio::test]
async fn a_client_that_does_not_finish_its_head_is_shown_the_door() {
    let limits = ServeLimits { header_time: Duration::from_millis(20), ..ServeLimits::default() };
    let server = Serving::start(Router::new().route("/", get(|| async { "hello" })), limits).await;
    for beginning in ["", "GET / HTTP/1.1\r\nhost: fo"] {
        let mut stream = server.connect().await;
        stream.write_all(beginning.as_bytes()).await.expect("a beginning is sent");
        let mut rest = String::new();
        let closed = tokio::time::timeout(PATIENCE, stream.read_to_string(&mut rest)).await;
        closed.expect("the server closes the connection").expect("a readable end");
        assert!(rest.is_empty() || rest.starts_with("HTTP/1.1 408"), "{beginning:?}: {rest}");
    }
}

#[tokio::test]
async fn a_connection_beyond_the_limit_waits_until_another_one_ends() {
    let limits = ServeLimits { connections: 1, ..ServeLimits::default() };
    let answers = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&answers);
    let counted = move || {
        count.fetch_add(1, Ordering::SeqCst);
        async { "hello" }
    };
    let server = Serving::start(Router::new().route("/", get(counted)), limits).await;
    let mut first = server.connect().await;
    ask(&mut first, "/").await;
    answer(&mut first).await;
    let mut second = server.connect().await;
    ask(&mut second, "/").await;
    for _ in 0..10 {
        ask(&mut first, "/").await;
        answer(&mut first).await; // the server has had its chance to serve the second
    }
    assert_eq!(answers.load(Ordering::SeqCst), 11);
    drop(first);
    answer(&mut second).await;
    assert_eq!(answers.load(Ordering::SeqCst), 12);
}

#[tokio::test]
async fn a_body_that_is_far_too_large_is_refused_without_reading_it_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::Sqlite(folder.path().join("forum.sqlite"));
    let store = store::open(&database).await.expect("a database");
    let app = app::router(AppState::new(store, Clock::system()));
    let server = Serving::start(app, ServeLimits::default()).await;
    let (mut read, mut write) = server.connect().await.into_split();
    let sending = tokio::spawn(async move {
        let head =
            "POST /api/v1/accounts HTTP/1.1\r\nhost: forum.example\r\ncontent-type: application/json\r\n";
        let length = 10 * 1024 * 1024;
        write
            .write_all(format!("{head}content-length: {length}\r\n\r\n").as_bytes())
            .await
            .expect("a head is sent");
        // The server may close the door in the middle.
        drop(write.write_all(&vec![b' '; length]).await);
    });
    let mut beginning = [0; 24];
    let read =
        tokio::time::timeout(PATIENCE, read.read_exact(&mut beginning)).await.expect("an answer in time");
    read.expect("a readable answer");
    assert_eq!(&beginning, b"HTTP/1.1 413 Payload Too");
    sending.abort();
}

/// One byte at a time, until the server has enough of it; what it said.
async fn drip(mut stream: TcpStream, beginning: &str, pause: Duration) -> String {
    stream.write_all(beginning.as_bytes()).await.expect("a beginning is sent");
    let (mut read, mut write) = stream.into_split();
    let dripping = tokio::spawn(async move {
        while write.write_all(b"x").await.is_ok() {
            tokio::time::sleep(pause).await;
        }
    });
    let mut said = Vec::new();
    let closed = tokio::time::timeout(PATIENCE, read.read_to_end(&mut said)).await.expect("an end in time");
    dripping.abort();
    // The connection may be reset while a drop is under way; then what was said is lost.
    closed.map_or(String::new(), |_| String::from_utf8(said).expect("text"))
}

#[tokio::test]
async fn hundreds_of_slow_clients_do_not_keep_others_from_being_served_and_are_shown_the_door() {
    let limits = ServeLimits { header_time: Duration::from_millis(300), ..ServeLimits::default() };
    let server = Serving::start(Router::new().route("/", get(|| async { "hello" })), limits).await;
    let mut slow = tokio::task::JoinSet::new();
    for _ in 0..300 {
        // Each byte comes long before the time is over: it is the whole head that has to be there.
        slow.spawn(drip(server.connect().await, "GET / HTTP/1.1\r\nx-slow: ", Duration::from_millis(20)));
    }
    let mut quick = server.connect().await;
    for _ in 0..50 {
        ask(&mut quick, "/").await;
        assert!(answer(&mut quick).await.ends_with("hello"));
    }
    for said in slow.join_all().await {
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 408"), "{said}");
    }
}

#[tokio::test]
async fn a_client_that_reads_nothing_of_its_answers_is_given_up() {
    let limits = ServeLimits { read_nothing_time: Duration::from_millis(100), ..ServeLimits::default() };
    let large = "x".repeat(1 << 20);
    let app = Router::new().route("/", get(move || async move { large }));
    let server = Serving::start(app, limits).await;
    let mut silent = server.connect().await;
    // More than the buffers of both sides hold.
    for _ in 0..64 {
        ask(&mut silent, "/").await;
    }
    server.stop.send(()).expect("the server runs");
    let ended =
        tokio::time::timeout(Duration::from_secs(4), server.task).await.expect("no need to wait for it");
    assert_eq!(ended.expect("the server"), Drained::Completely, "the connection was ended, not left behind");
}

#[tokio::test]
async fn a_body_that_comes_slowly_is_refused_while_others_are_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::Sqlite(folder.path().join("forum.sqlite"));
    let store = store::open(&database).await.expect("a database");
    let app = app::router(AppState::new(store, Clock::system()));
    let server = Serving::start(app, ServeLimits::default()).await;
    let head = "POST /api/v1/accounts HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
                content-length: 60000\r\n\r\n\"";
    // As slow as one byte in 100 ms, which never stops: the body's time is over after 8 s all the same.
    let slow = tokio::spawn(drip(server.connect().await, head, Duration::from_millis(100)));
    let mut quick = server.connect().await;
    ask(&mut quick, "/api/v1/questions").await;
    assert!(answer(&mut quick).await.starts_with("HTTP/1.1 200 OK"));
    let said = slow.await.expect("the slow client");
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 408 Request Timeout"), "{said}");
}

#[tokio::test]
async fn a_request_whose_end_is_told_in_two_ways_is_refused() {
    let echo = Router::new().route("/", axum::routing::post(|body: String| async move { body }));
    let server = Serving::start(echo, ServeLimits::default()).await;
    for head in [
        "content-length: 4\r\ncontent-length: 5\r\n",
        "transfer-encoding: chunked, identity\r\n",
        "content-length: -1\r\n",
        "content-length: 4\r\nx y: z\r\n",
    ] {
        let mut stream = server.connect().await;
        let request = format!("POST / HTTP/1.1\r\nhost: x\r\n{head}\r\n0\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("a request is sent");
        let text = answer(&mut stream).await;
        assert!(text.starts_with("HTTP/1.1 400"), "{head:?}: {text}");
    }
}
