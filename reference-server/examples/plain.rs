//! The least that a server of question pages can be: an axum handler that returns bytes it has, with the headers it has. What
//! it costs is what axum, hyper and the system cost; whatever the forum costs beyond it is the forum's own doing.
//!
//! `plain FORUM COUNT` asks the forum at an address for the pages of its first questions, once, and then answers
//! `/questions/1` to `/questions/COUNT` with the same bytes and the same headers. Prints where it listens.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header::{CONNECTION, CONTENT_LENGTH, DATE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::serve::ListenerExt;

/// An answer of the forum's.
struct Kept {
    headers: HeaderMap,
    body: Bytes,
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let count = |text: Option<String>| text?.parse::<usize>().ok();
    let (Some(forum), Some(count)) = (arguments.next(), count(arguments.next())) else {
        return Err(io::Error::other("plain FORUM COUNT"));
    };
    let pages: Vec<Kept> = (1..=count).map(|id| ask(&forum, id)).collect::<io::Result<_>>()?;
    let app = Router::new().route("/questions/{id}", get(page)).with_state(Arc::new(pages));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    writeln!(io::stdout(), "listening {}", listener.local_addr()?)?;
    // As the forum does.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    axum::serve(listener, app).await
}

async fn page(State(pages): State<Arc<Vec<Kept>>>, Path(id): Path<usize>) -> Response<Body> {
    let Some(kept) = id.checked_sub(1).and_then(|place| pages.get(place)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = Response::new(Body::from(kept.body.clone()));
    *response.headers_mut() = kept.headers.clone();
    response
}

/// A page as a stranger is given it, but for the headers that every server writes for itself.
fn ask(forum: &str, id: usize) -> io::Result<Kept> {
    let mut socket = TcpStream::connect(forum)?;
    write!(socket, "GET /questions/{id} HTTP/1.1\r\nHost: {forum}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer)?;
    let cannot = || io::Error::other(format!("the forum at {forum} has no page of question {id}"));
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").ok_or_else(cannot)?;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let mut lines = head.lines();
    if lines.next().is_none_or(|status| !status.starts_with("HTTP/1.1 200")) {
        return Err(cannot());
    }
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        let name: HeaderName = name.parse().map_err(io::Error::other)?;
        if ![CONNECTION, CONTENT_LENGTH, DATE].contains(&name) {
            headers.append(name, HeaderValue::from_str(value).map_err(io::Error::other)?);
        }
    }
    Ok(Kept { headers, body: Bytes::copy_from_slice(&answer[end + 4..]) })
}
