//! A small server for tests: one answer for each request, by a function.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpListener, TcpStream};

/// A request as the server sees it.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    head: String,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.split("\r\n").find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

/// Serves each connection on a thread of its own, for as long as the test runs; gives the address.
pub(crate) fn serve(answer: impl Fn(&Asked) -> String + Clone + Send + 'static) -> String {
    serve_at(Ipv4Addr::LOCALHOST.into(), answer)
}

/// The same on another address of this machine.
pub(crate) fn serve_at(ip: IpAddr, answer: impl Fn(&Asked) -> String + Clone + Send + 'static) -> String {
    let listener = TcpListener::bind((ip, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let answer = answer.clone();
            std::thread::spawn(move || speak(stream, answer));
        }
    });
    url
}

fn speak(mut stream: TcpStream, answer: impl Fn(&Asked) -> String) {
    let mut read = Vec::new();
    let mut buffer = [0u8; 4_096];
    loop {
        while let Some((asked, length)) = request(&read) {
            read.drain(..length);
            if stream.write_all(answer(&asked).as_bytes()).is_err() {
                return;
            }
        }
        match stream.read(&mut buffer) {
            Ok(count @ 1..) => read.extend_from_slice(&buffer[..count]),
            _ => return,
        }
    }
}

/// The first request, if all of it is there, and its length.
fn request(read: &[u8]) -> Option<(Asked, usize)> {
    let text = String::from_utf8_lossy(read).into_owned();
    let (head, rest) = text.split_once("\r\n\r\n")?;
    let mut first = head.split(' ').map(str::to_owned);
    let (method, path) = (first.next()?, first.next()?);
    let mut asked = Asked { method, path, head: head.to_owned(), body: String::new() };
    let length: usize = asked.header("content-length").map_or(0, |length| length.parse().unwrap());
    let body = rest.as_bytes().get(..length)?;
    asked.body = String::from_utf8_lossy(body).into_owned();
    Some((asked, head.len() + 4 + length))
}
