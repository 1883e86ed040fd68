//! What hyper's client makes of an answer: its connection is driven by hand over bytes in memory, without a runtime, so that
//! the same bytes in the same pieces always give the same.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body_util::Empty;
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper::{Request, Response};

use crate::Answered;

/// A server that answers the first request with these pieces, one for each read.
#[derive(Default)]
struct Server {
    pieces: VecDeque<Vec<u8>>,
    asked: bool,
    closed: bool,
    reads: u64,
}

#[derive(Clone)]
struct Wire(Rc<RefCell<Server>>);

impl Read for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let mut server = self.0.borrow_mut();
        if !server.asked {
            return Poll::Pending;
        }
        match server.pieces.pop_front() {
            Some(mut piece) => {
                let rest = piece.split_off(piece.len().min(buffer.remaining()));
                buffer.put_slice(&piece);
                if !rest.is_empty() {
                    server.pieces.push_front(rest);
                }
                server.reads += 1;
                Poll::Ready(Ok(()))
            }
            None if server.closed => Poll::Ready(Ok(())),
            None => Poll::Pending,
        }
    }
}

impl Write for Wire {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.0.borrow_mut().asked = true;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Rounds in which nothing happens, after which nothing will: hyper hands on one thing in a round.
const QUIET_ROUNDS: u32 = 4;

/// How far the answer is.
enum Stage {
    Head,
    Body(Response<Incoming>, Vec<u8>),
    Complete(Response<()>, Vec<u8>),
    Refused(String),
}

/// Reads the pieces and then, if there is more to come, the end of the connection.
pub(crate) fn read(pieces: &[&[u8]], head: bool) -> Result<Answered, String> {
    let mut context = Context::from_waker(Waker::noop());
    let filled = pieces.iter().filter(|piece| !piece.is_empty());
    let server = Server { pieces: filled.map(|piece| piece.to_vec()).collect(), ..Server::default() };
    let wire = Wire(Rc::new(RefCell::new(server)));
    let Poll::Ready(shaken) = pin!(handshake(wire.clone())).poll(&mut context) else {
        unreachable!("there is nothing to wait for")
    };
    let (mut sender, mut connection): (SendRequest<Empty<Bytes>>, _) =
        shaken.map_err(|error| error.to_string())?;
    let method = if head { "HEAD" } else { "GET" };
    let request = Request::builder().method(method).uri("/").header("host", "a").body(Empty::new()).unwrap();
    let mut response = pin!(sender.try_send_request(request));
    let mut stage = Stage::Head;
    let mut is_over = false;
    for closed in [false, true] {
        if closed && !matches!(stage, Stage::Head | Stage::Body(..)) {
            break;
        }
        wire.0.borrow_mut().closed = closed;
        let mut quiet = 0;
        while quiet < QUIET_ROUNDS {
            let before = wire.0.borrow().reads;
            if !is_over {
                is_over = Pin::new(&mut connection).poll(&mut context).is_ready();
            }
            let moved;
            (stage, moved) = step(stage, response.as_mut(), &mut context);
            quiet = if moved || wire.0.borrow().reads > before { 0 } else { quiet + 1 };
        }
    }
    let (response, body) = match stage {
        Stage::Complete(response, body) => (response, body),
        Stage::Refused(error) => return Err(error),
        Stage::Head | Stage::Body(..) => return Err("it never ended".into()),
    };
    let mut fields: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for (name, value) in response.headers() {
        fields.entry(name.as_str().to_owned()).or_default().push(value.as_bytes().to_vec());
    }
    let is_closed_delimited = wire.0.borrow().closed;
    let reuse = !is_over && !is_closed_delimited && sender.is_ready();
    Ok(Answered { status: response.status().as_u16(), fields, body, reuse })
}

/// Takes what there is of the answer; whether there was anything.
fn step<E: std::fmt::Debug>(
    stage: Stage,
    response: Pin<&mut impl Future<Output = Result<Response<Incoming>, E>>>,
    context: &mut Context<'_>,
) -> (Stage, bool) {
    match stage {
        Stage::Head => match response.poll(context) {
            Poll::Pending => (Stage::Head, false),
            Poll::Ready(Ok(response)) => (Stage::Body(response, Vec::new()), true),
            Poll::Ready(Err(error)) => (Stage::Refused(format!("{error:?}")), true),
        },
        Stage::Body(mut response, mut body) => match Pin::new(response.body_mut()).poll_frame(context) {
            Poll::Pending => (Stage::Body(response, body), false),
            Poll::Ready(None) => (Stage::Complete(response.map(drop), body), true),
            Poll::Ready(Some(Ok(frame))) => {
                body.extend_from_slice(frame.data_ref().map_or(&[], |data| data));
                (Stage::Body(response, body), true)
            }
            Poll::Ready(Some(Err(error))) => (Stage::Refused(format!("{error:?}")), true),
        },
        done => (done, false),
    }
}
