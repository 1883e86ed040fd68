//! Spans as a collector gets them: the built program, a socket that plays the collector, and a request that is part of a trace.
#![cfg(feature = "opentelemetry")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Longer than a batch of spans is kept back (5 s) and sending takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// Takes whatever is posted, and answers that all is well.
fn collector() -> (String, Receiver<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let (send, receive) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(stream);
            let (mut head, mut length) = (String::new(), 0);
            while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).is_ok_and(|read| read > 0) {
                let line = head.lines().last().unwrap_or_default().to_lowercase();
                if let Some(value) = line.strip_prefix("content-length: ") {
                    length = value.trim().parse().expect("a length");
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).expect("a body");
            let answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            reader.get_mut().write_all(answer.as_bytes()).expect("an answer is sent");
            if send.send((head, body)).is_err() {
                break;
            }
        }
    });
    (address, receive)
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn a_collector_is_told_of_each_request_as_part_of_the_trace_it_came_from() {
    let folder = tempfile::tempdir().expect("a folder");
    let (address, spans) = collector();
    let mut server = Command::new(env!("CARGO_BIN_EXE_reference-server"))
        .args(["serve", "--listen", "127.0.0.1:0", "--format", "json", "--otlp", &address, "--database"])
        .arg(folder.path().join("forum.sqlite"))
        .stdout(Stdio::piped())
        .spawn()
        .expect("a server");
    let mut line = String::new();
    BufReader::new(server.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
    let said: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    let mut stream =
        TcpStream::connect(said["listening"].as_str().expect("an address")).expect("a connection");
    // The example of W3C Trace Context, 3.2.
    let (trace, parent) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    let request = format!(
        "GET /api/v1/questions/7?canary=1 HTTP/1.1\r\nhost: x\r\nx-request-id: the-request\r\ntraceparent: 00-{trace}-{parent}-01\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    // Told to stop, it sends what it has.
    let told = Command::new("kill").arg(server.id().to_string()).status();
    assert!(told.expect("kill runs").success());
    assert!(server.wait().expect("an end").success());
    let (head, body) = spans.recv_timeout(PATIENCE).expect("spans");
    assert!(head.starts_with("POST /v1/traces HTTP/1.1\r\n"), "{head}");
    let number = |hex: &str| u128::from_str_radix(hex, 16).expect("hexadecimal").to_be_bytes();
    assert!(contains(&body, &number(trace)), "the trace is continued");
    assert!(contains(&body, &number(parent)[8..]), "below the span that asked");
    for part in
        ["GET /api/v1/questions/{id}", "http.route", "headroom-forum", "the-request", "forum.database_ms"]
    {
        assert!(contains(&body, part.as_bytes()), "{part} is missing");
    }
    assert!(!contains(&body, b"canary"), "an address is nobody's business");
}

#[test]
fn a_collector_that_is_away_costs_spans_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let gone = { TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address") };
    let mut server = Command::new(env!("CARGO_BIN_EXE_reference-server"))
        .args(["serve", "--listen", "127.0.0.1:0", "--format", "json", "--database"])
        .arg(folder.path().join("forum.sqlite"))
        .args(["--otlp", &format!("http://{gone}")])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a server");
    let mut line = String::new();
    BufReader::new(server.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
    let said: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    let mut stream =
        TcpStream::connect(said["listening"].as_str().expect("an address")).expect("a connection");
    stream.write_all(b"GET /json HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    let told = Command::new("kill").arg(server.id().to_string()).status();
    assert!(told.expect("kill runs").success());
    let output = server.wait_with_output().expect("an end");
    assert_eq!(output.status.code(), Some(0));
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(log.contains("the last spans could not be sent"), "{log}");
}
