//! The real world, over the loopback interface, against a server of a few lines with a thread for each connection.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Instant,
};

use super::{super::Linux, *};

/// More than one read of the engine takes.
const LARGE_BODY: usize = 300_000;

/// Answers until the connection ends or the visit is one that ends it.
fn converse(mut stream: TcpStream) {
    let mut request = Vec::new();
    let mut piece = [0; 1024];
    loop {
        while !request.ends_with(b"\r\n\r\n") {
            match stream.read(&mut piece) {
                Ok(count) if count > 0 => request.extend_from_slice(&piece[..count]),
                _ => return,
            }
        }
        let text = String::from_utf8(std::mem::take(&mut request)).unwrap();
        let visit: u32 = text["GET /".len()..].split('/').next().unwrap().parse().unwrap();
        let (answer, stays) = match visit % 10 {
            3 => {
                ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n".to_owned(), true)
            }
            5 => ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok".to_owned(), false),
            6 => ("HTTP/1.1 200 OK\r\n\r\nuntil the end".to_owned(), false),
            7 => (String::new(), false),
            8 => ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf".to_owned(), false),
            9 => {
                let body = "x".repeat(LARGE_BODY);
                (format!("HTTP/1.1 200 OK\r\nContent-Length: {LARGE_BODY}\r\n\r\n{body}"), true)
            }
            _ => ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".to_owned(), true),
        };
        if stream.write_all(answer.as_bytes()).is_err() || !stays {
            return;
        }
    }
}

/// Runs against a server of this file; both are gone when it returns.
fn run_against(listener: &TcpListener, mut visits: Visits, settings: &Settings) -> Run {
    let address = listener.local_addr().unwrap();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for stream in listener.incoming() {
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
                let stream = stream.unwrap();
                scope.spawn(move || converse(stream));
            }
        });
        let mut world = Linux::new(address, Instant::now()).unwrap();
        let run = run_in(&mut world, &mut visits, settings, None);
        drop(world);
        is_over.store(true, Ordering::Relaxed);
        TcpStream::connect(address).unwrap();
        run
    })
}

#[test]
fn real_sockets_bring_what_the_server_sends_however_it_frames_it() {
    let addresses: [SocketAddr; 2] = [(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()];
    let listeners: Vec<TcpListener> =
        addresses.iter().filter_map(|address| TcpListener::bind(address).ok()).collect();
    assert!(!listeners.is_empty());
    for listener in &listeners {
        // As many connections as visits: however slow the machine, nothing is shed.
        let run = run_against(listener, Visits::constant(2000.0, 0.2), &settings(400));
        // Of 400 visits, 40 meet a connection that is closed without an answer and 40 one that is closed in mid-answer.
        assert_eq!(run.outcomes(), [320, 0, 0, 0, 80, 0, 0, 0], "{:?}", run.offered);
        let large = run.kept.samples.iter().filter(|sample| sample.bytes_received as usize > LARGE_BODY);
        assert_eq!(large.count(), 40);
        assert!(run.kept.samples.iter().any(|sample| sample.reused));
        assert!(run.offered.cpu > Duration::ZERO && run.offered.exhausted == 0);
    }
}

#[test]
fn spinning_sends_the_same() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let settings = Settings { spin: Duration::from_micros(20), ..settings(100) };
    let run = run_against(&listener, Visits::constant(1000.0, 0.1), &settings);
    assert_eq!(run.outcomes(), [80, 0, 0, 0, 20, 0, 0, 0], "{:?}", run.offered);
}

#[test]
fn a_port_that_nobody_listens_on_refuses_every_arrival() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let mut world = Linux::new(address, Instant::now()).unwrap();
    let run = run_in(&mut world, &mut Visits::constant(1000.0, 0.05), &settings(50), None);
    assert_eq!(run.outcomes(), [0, 0, 0, 50, 0, 0, 0, 0], "{:?}", run.offered);
    let error = run.offered.first_connect_error.unwrap();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
}

#[test]
fn a_server_that_never_answers_is_given_up() {
    // The kernel accepts on behalf of a listener that nobody asks.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let mut world = Linux::new(listener.local_addr().unwrap(), Instant::now()).unwrap();
    let settings = Settings { timeout: Duration::from_millis(30), ..settings(100) };
    let run = run_in(&mut world, &mut Visits::constant(1000.0, 0.02), &settings, None);
    assert_eq!(run.outcomes(), [0, 0, 20, 0, 0, 0, 0, 0], "{:?}", run.offered);
}
