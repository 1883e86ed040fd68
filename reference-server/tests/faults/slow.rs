//! Clients that send their bodies a byte at a time, many more than are served at once: nobody else is kept waiting, and
//! they are shown the door when their time is over. (Heads, and clients that do not read: `tests/serving.rs`.)

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::client::Connection;
use crate::server::Server;

/// Slow clients: twenty times as many as are served or may wait.
const SLOW: usize = 200;
/// Requests of somebody who is quick, meanwhile.
const QUICK: usize = 200;
/// Pause between two bytes; far too short to count as silence.
const PAUSE: Duration = Duration::from_millis(200);

/// Begins a request whose body would take hours; what the server says at the end.
fn drip(mut stream: TcpStream) -> String {
    let head = "POST /api/v1/questions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 60000\r\n\r\n";
    stream.write_all(head.as_bytes()).expect("a head is sent");
    stream.set_read_timeout(Some(PAUSE)).expect("a limit");
    let mut said = [0; 32];
    loop {
        match stream.read(&mut said) {
            Ok(read) => return String::from_utf8_lossy(&said[..read]).into_owned(),
            // Nothing was said yet.
            Err(error)
                if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {}
            Err(_) => return String::new(),
        }
        if stream.write_all(b" ").is_err() {
            return String::new();
        }
    }
}

fn slow(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).expect("a connection")
}

#[test]
fn hundreds_of_slow_bodies_keep_nobody_waiting() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("forum.sqlite");
    let more = ["--shed-served", "4", "--shed-waiting", "6"];
    let server = Server::start(folder.path(), file.to_str().expect("a plain path"), &more);
    let slow: Vec<_> = (0..SLOW)
        .map(|_| {
            let stream = slow(server.address);
            std::thread::spawn(move || drip(stream))
        })
        .collect();
    let mut quick = Connection::open(server.address).expect("a connection");
    for _ in 0..QUICK {
        let answer = quick.send("GET", "/api/v1/questions", "", "").expect("an answer");
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    for said in slow {
        let said = said.join().expect("a slow client");
        // The connection may be reset while a byte is under way; then what was said is lost.
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 408 Request Timeout"), "{said}");
    }
    server.end();
}
