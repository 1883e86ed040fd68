//! The forum as a process of its own, on a fresh database.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

pub(crate) struct Site {
    server: Child,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Site {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut server = Command::new(env!("CARGO_BIN_EXE_reference-server"))
            .args(["serve", "--listen", "127.0.0.1:0", "--format", "json", "--limits", "off", "--database"])
            .arg(folder.path().join("forum.sqlite"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a server");
        let mut line = String::new();
        BufReader::new(server.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        let said: Value = serde_json::from_str(&line).expect("JSON");
        let address = said["listening"].as_str().and_then(|text| text.parse().ok()).expect("an address");
        Self { server, address, _folder: folder }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// How many questions there are, asked beside the browser.
    pub(crate) fn questions(&self) -> usize {
        let mut stream = TcpStream::connect(self.address).expect("a connection");
        let request = "GET /api/v1/questions HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        let list: Value = serde_json::from_str(body).expect("JSON");
        list["items"].as_array().expect("questions").len()
    }

    /// Ends it, as an operator does.
    pub(crate) fn stop(mut self) {
        let told = Command::new("kill").arg(self.server.id().to_string()).status();
        assert!(told.expect("kill runs").success());
        assert!(self.server.wait().expect("an end").success());
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // Already ended where the test went well.
        drop(self.server.kill());
        drop(self.server.wait());
    }
}
