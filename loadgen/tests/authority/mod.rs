//! An authority of a test's own, and servers that speak TLS with certificates of its.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};

/// An authority of a test's own, with its files in a folder.
pub(crate) struct Authority {
    folder: tempfile::TempDir,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new() -> Authority {
        Authority::named("an authority of one test")
    }

    /// One that is not mistaken for another, whose signature would then be wrong.
    pub(crate) fn named(name: &str) -> Authority {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), issuer.pem()).unwrap();
        Authority { folder, issuer }
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// A certificate for these names, good until this year.
    fn issue(&self, names: &[&str], until: i32) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }

    /// Files with a certificate for a client.
    pub(crate) fn client(&self) -> (PathBuf, PathBuf) {
        let (certificate, key) = self.issue(&["client.example"], 2100);
        let path = |name: &str| Path::new(&self.path(name)).to_path_buf();
        std::fs::write(path("client.pem"), certificate.pem()).unwrap();
        std::fs::write(path("client.key"), key.serialize_pem()).unwrap();
        (path("client.pem"), path("client.key"))
    }

    /// What a server of this authority's that is like this goes by.
    pub(crate) fn config(&self, site: &Site) -> Arc<ServerConfig> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone());
        let builder = builder.with_protocol_versions(site.versions).unwrap();
        let builder = if site.wants_client {
            let mut roots = RootCertStore::empty();
            roots.add(self.issuer.der().clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        } else {
            builder.with_no_client_auth()
        };
        let (certificate, key) = self.issue(site.names, site.until);
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = builder.with_single_cert(vec![certificate.der().clone()], key).unwrap();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Arc::new(config)
    }
}

/// What a server wants and has.
pub(crate) struct Site {
    pub(crate) names: &'static [&'static str],
    pub(crate) until: i32,
    pub(crate) wants_client: bool,
    pub(crate) versions: &'static [&'static SupportedProtocolVersion],
    pub(crate) listen: &'static str,
    pub(crate) body: usize,
}

pub(crate) const SITE: Site = Site {
    names: &["shop.example", "127.0.0.1", "::1"],
    until: 2100,
    wants_client: false,
    versions: rustls::ALL_VERSIONS,
    listen: "127.0.0.1:0",
    body: 5,
};

pub(crate) const NEW: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13];
pub(crate) const OLD: &[&SupportedProtocolVersion] = &[&rustls::version::TLS12];

/// A site that is served.
pub(crate) struct Served {
    pub(crate) url: String,
    pub(crate) connections: Arc<AtomicUsize>,
    /// What it was asked, in order: method and path.
    pub(crate) asked: Arc<Mutex<Vec<String>>>,
}

/// Serves a site for as long as the test runs.
pub(crate) fn serve(authority: &Authority, site: &Site) -> Served {
    let config = authority.config(site);
    serve_each(site, move |_| config.clone())
}

/// Serves it with what is due for the connection of each number, from 0.
pub(crate) fn serve_each(
    site: &Site,
    config: impl Fn(usize) -> Arc<ServerConfig> + Send + 'static,
) -> Served {
    let listener = TcpListener::bind(site.listen).unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let served = Served { url, connections: Arc::default(), asked: Arc::default() };
    let (count, asked, body) = (served.connections.clone(), served.asked.clone(), "x".repeat(site.body));
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let config = config(count.fetch_add(1, Ordering::SeqCst));
            let (asked, body) = (asked.clone(), body.clone());
            std::thread::spawn(move || converse(&config, stream, &asked, &body));
        }
    });
    served
}

/// Answers requests until the client is gone; `/once` is the last one of a connection.
fn converse(config: &Arc<ServerConfig>, stream: TcpStream, asked: &Mutex<Vec<String>>, body: &str) {
    let session = ServerConnection::new(config.clone()).unwrap();
    let mut stream = StreamOwned::new(session, stream);
    let mut read = String::new();
    let mut buffer = [0u8; 4_096];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        read.push_str(&String::from_utf8_lossy(&buffer[..count]));
        while let Some(request) = request(&mut read) {
            assert_eq!(stream.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
            let mut words = request.split(' ');
            let line = [words.next().unwrap_or_default(), words.next().unwrap_or_default()].join(" ");
            let answer = answer(&line, &request, body);
            asked.lock().unwrap().push(line);
            if stream.write_all(answer.as_bytes()).is_err() || request.starts_with("GET /once") {
                stream.conn.send_close_notify();
                drop(stream.flush());
                return;
            }
        }
    }
}

/// Takes the first request, if all of it is there; bodies have a length.
fn request(read: &mut String) -> Option<String> {
    let head = read.find("\r\n\r\n")? + 4;
    let length = read[..head].lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().unwrap())
    });
    let end = head + length.unwrap_or_default();
    (read.len() >= end).then(|| read.drain(..end).collect())
}

/// This body for everybody, but that `/host` is for those who ask by the right name, and that seasons are opened and closed.
fn answer(line: &str, request: &str, body: &str) -> String {
    let host = request.lines().find_map(|line| line.strip_prefix("Host: ")).unwrap_or("none");
    let (status, body) = match line {
        "POST /seasons" => (201, "{\"id\":17}"),
        "DELETE /seasons/17" => (204, ""),
        "GET /host" if host != "shop.example" => (421, body),
        _ => (200, body),
    };
    format!("HTTP/1.1 {status} So\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}
