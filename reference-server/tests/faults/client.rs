//! A client over a plain socket that waits for each answer: what it was told is what the server sent, and nothing is
//! tried again behind its back.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Longer than any answer may take; who waits so long has found a fault.
const PATIENCE: Duration = Duration::from_secs(20);

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A header by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut pairs = self.head.lines().filter_map(|line| line.split_once(": "));
        pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
    }
}

/// One connection, kept open.
pub(crate) struct Connection(BufReader<TcpStream>);

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends a request and reads its answer. `headers` are whole lines; `body` is JSON, or nothing.
    pub(crate) fn send(&mut self, method: &str, path: &str, headers: &str, body: &str) -> io::Result<Answer> {
        let kind = if body.is_empty() { "" } else { "content-type: application/json\r\n" };
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: forum.example\r\n{headers}{kind}content-length: {length}\r\n\r\n{body}"
        );
        self.0.get_mut().write_all(request.as_bytes())?;
        self.answer()
    }

    /// Reads an answer whose length is told.
    pub(crate) fn answer(&mut self) -> io::Result<Answer> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if self.0.read_line(&mut head)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let mut answer =
            Answer { status: status.ok_or(io::ErrorKind::InvalidData)?, head, body: String::new() };
        let length = answer.header("content-length").map_or(0, |length| length.parse().expect("a length"));
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        answer.body = String::from_utf8(body).map_err(io::Error::other)?;
        Ok(answer)
    }
}

/// One request on a connection of its own.
pub(crate) fn once(address: SocketAddr, method: &str, path: &str, headers: &str, body: &str) -> Answer {
    let mut connection = Connection::open(address).expect("a connection");
    connection.send(method, path, headers, body).expect("an answer")
}

/// The header of a member.
pub(crate) fn proof(token: &str) -> String {
    format!("authorization: Bearer {token}\r\n")
}

/// Opens an account and logs in; the token.
pub(crate) fn member(address: SocketAddr, name: &str) -> String {
    let account = format!(r#"{{"name": "{name}", "password": "correct horse battery"}}"#);
    for (path, created) in [("/api/v1/accounts", false), ("/api/v1/sessions", true)] {
        let answer = once(address, "POST", path, "", &account);
        assert_eq!(answer.status, 201, "{answer:?}");
        if created {
            return answer.json()["token"].as_str().expect("a token").to_owned();
        }
    }
    unreachable!("the second one returns");
}
