//! Targets that speak TLS: their own authority, certificates of ours, names, and what is said when they do not fit.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod helpers;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use helpers::{Run, report};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};
use scenarios::report::Part;

/// An authority of this test's own, with its files in a folder.
struct Authority {
    folder: tempfile::TempDir,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Authority {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, "an authority of one test");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), issuer.pem()).unwrap();
        Authority { folder, issuer }
    }

    fn path(&self, name: &str) -> String {
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
    fn client(&self) -> (PathBuf, PathBuf) {
        let (certificate, key) = self.issue(&["client.example"], 2100);
        let path = |name: &str| Path::new(&self.path(name)).to_path_buf();
        std::fs::write(path("client.pem"), certificate.pem()).unwrap();
        std::fs::write(path("client.key"), key.serialize_pem()).unwrap();
        (path("client.pem"), path("client.key"))
    }
}

/// What a server wants and has.
struct Site {
    names: &'static [&'static str],
    until: i32,
    wants_client: bool,
    versions: &'static [&'static SupportedProtocolVersion],
    listen: &'static str,
    body: usize,
}

const SITE: Site = Site {
    names: &["shop.example", "127.0.0.1", "::1"],
    until: 2100,
    wants_client: false,
    versions: rustls::ALL_VERSIONS,
    listen: "127.0.0.1:0",
    body: 5,
};

const NEW: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13];
const OLD: &[&SupportedProtocolVersion] = &[&rustls::version::TLS12];

struct Served {
    url: String,
    connections: Arc<AtomicUsize>,
}

/// Serves a site for as long as the test runs.
fn serve(authority: &Authority, site: &Site) -> Served {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone());
    let builder = builder.with_protocol_versions(site.versions).unwrap();
    let builder = if site.wants_client {
        let mut roots = RootCertStore::empty();
        roots.add(authority.issuer.der().clone()).unwrap();
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        builder.with_client_cert_verifier(verifier.build().unwrap())
    } else {
        builder.with_no_client_auth()
    };
    let (certificate, key) = authority.issue(site.names, site.until);
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = builder.with_single_cert(vec![certificate.der().clone()], key).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let config = Arc::new(config);
    let listener = TcpListener::bind(site.listen).unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let (count, body) = (connections.clone(), "x".repeat(site.body));
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let (config, body) = (config.clone(), body.clone());
            count.fetch_add(1, Ordering::SeqCst);
            std::thread::spawn(move || answer(&config, stream, &body));
        }
    });
    Served { url, connections }
}

/// Answers requests with this body until the client is gone; `/once` is the last one of a connection, and `/host` is for
/// those who ask by the right name.
fn answer(config: &Arc<ServerConfig>, stream: TcpStream, body: &str) {
    let session = ServerConnection::new(config.clone()).unwrap();
    let mut stream = StreamOwned::new(session, stream);
    let mut asked = String::new();
    let mut buffer = [0u8; 4_096];
    while let Ok(read @ 1..) = stream.read(&mut buffer) {
        asked.push_str(&String::from_utf8_lossy(&buffer[..read]));
        while let Some(end) = asked.find("\r\n\r\n") {
            let request: String = asked.drain(..end + 4).collect();
            assert_eq!(stream.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
            let host = request.lines().find_map(|line| line.strip_prefix("Host: ")).unwrap_or("none");
            let status = if request.starts_with("GET /host") && host != "shop.example" { 421 } else { 200 };
            let head = format!("HTTP/1.1 {status} So\r\nContent-Length: {}\r\n\r\n", body.len());
            let is_last = request.starts_with("GET /once");
            if stream.write_all((head + body).as_bytes()).is_err() || is_last {
                stream.conn.send_close_notify();
                drop(stream.flush());
                return;
            }
        }
    }
}

fn scenario(target: &str, path: &str) -> String {
    format!(
        "name: mine\ntarget: {target}\nactions:\n  home: {{ total: 40/s }}\nrequests:\n  home: {{ GET: {path} }}\nload: {{ duration: 1s, warmup: 0s, rate: 40/s, timeout: 5s, think: 50 ms }}\n"
    )
}

const MODELS: [&[&str]; 2] = [&[], &["--closed", "--users", "5"]];

fn in_model(text: &str, model: &[&str]) -> Run {
    let text = if model.is_empty() { text.to_owned() } else { text.replace("rate: 40/s, ", "") };
    Run::new(&text).args(model.iter().copied())
}

#[test]
fn a_target_of_an_authority_of_one_s_own_is_measured_in_both_models() {
    let authority = Authority::new();
    // A body of several records of TLS, and of several reads of the engine.
    for (versions, body, version) in [(NEW, 5, "TLS 1.3"), (OLD, 300_000, "TLS 1.2")] {
        for model in MODELS {
            let served = serve(&authority, &Site { versions, body, ..SITE });
            let target = format!("{{ url: \"{}\", ca: {} }}", served.url, authority.path("ca.pem"));
            let done = in_model(&scenario(&target, "/"), model).start().finish();
            let report = report(&done);
            assert_eq!(done.code, helpers::unless_limited(&report, 0), "{done:?}");
            assert!(report.all.good > 5 && report.all.failed() == 0, "{:?}", report.all.errors);
            assert!(report.all.bytes_per_response > body as f64);
            let tls = report.target.tls.unwrap();
            assert_eq!((tls.version.as_str(), tls.insecure), (version, false));
            assert!(tls.cipher.contains("AES"), "{}", tls.cipher);
            // The connection before the run and that which finds the address carry no handshake of the run's.
            assert_eq!(tls.handshakes + tls.resumed, report.generator.connections);
            assert!(served.connections.load(Ordering::SeqCst) > 1);
            assert!(done.stdout.contains(version) && !done.stdout.contains("INSECURE"));
        }
    }
}

#[test]
fn fresh_connections_resume_the_session_of_an_earlier_one() {
    let authority = Authority::new();
    let served = serve(&authority, &SITE);
    let target = format!("{{ url: \"{}\", ca: {} }}", served.url, authority.path("ca.pem"));
    for model in MODELS {
        let report = report(&in_model(&scenario(&target, "/once"), model).start().finish());
        assert_eq!(report.all.failed(), 0, "{:?}", report.all.errors);
        // Each request opens a connection; its handshake takes time, which is not taken for connecting.
        let parts = report.all.parts.unwrap();
        for part in [Part::Connect, Part::Tls] {
            let had = parts.parts.iter().find(|found| found.part == part).map_or(0, |found| found.count);
            assert_eq!(had, parts.answered, "{part:?}: {parts:?}");
        }
        let tls = report.target.tls.unwrap();
        assert!(tls.resumed > tls.handshakes, "{tls:?}");
    }
}

#[test]
fn a_certificate_that_is_not_trusted_is_told_and_taken_when_asked_to() {
    let authority = Authority::new();
    let served = serve(&authority, &SITE);
    let text = scenario(&served.url, "/");
    let done = Run::new(&text).start().finish();
    assert_eq!(done.code, 2, "{done:?}");
    assert!(done.stderr.contains("issued by nobody that is trusted here"), "{}", done.stderr);
    assert!(done.stderr.contains("hint:") && done.stderr.contains("--insecure"), "{}", done.stderr);
    for model in MODELS {
        let done = in_model(&text, model).args(["--insecure"]).start().finish();
        let report = report(&done);
        assert!(report.all.good > 5 && report.all.failed() == 0, "{:?}", report.all.errors);
        assert!(report.target.tls.unwrap().insecure);
        assert!(done.stdout.contains("INSECURE"), "{}", done.stdout);
        let page = std::fs::read_to_string(done.results().join("report.html")).unwrap();
        assert!(page.contains("NOT checked"));
    }
}

#[test]
fn a_wrong_name_and_an_expired_certificate_are_told_apart() {
    let authority = Authority::new();
    let ca = authority.path("ca.pem");
    let elsewhere = Site { names: &["shop.example"], ..SITE };
    let old = Site { until: 2002, ..SITE };
    for (site, said, hint) in [
        (elsewhere, "its certificate is for shop.example, not for 127.0.0.1", "--host"),
        (old, "its certificate expired", "renew it"),
    ] {
        let served = serve(&authority, &site);
        let done = Run::new(&scenario(&served.url, "/")).args(["--ca", &ca]).start().finish();
        assert_eq!(done.code, 2, "{done:?}");
        assert!(done.stderr.contains(said) && done.stderr.contains(hint), "{said}: {}", done.stderr);
        assert!(!done.has_results());
    }
}

#[test]
fn the_host_is_the_name_in_tls_and_in_the_request() {
    let authority = Authority::new();
    let served = serve(&authority, &Site { names: &["shop.example"], ..SITE });
    let target =
        format!("{{ url: \"{}\", ca: {}, host: shop.example }}", served.url, authority.path("ca.pem"));
    for model in MODELS {
        let report = report(&in_model(&scenario(&target, "/host"), model).start().finish());
        assert!(report.all.good > 5 && report.all.failed() == 0, "{:?}", report.all.errors);
    }
}

#[test]
fn a_certificate_of_ours_is_shown_and_its_lack_is_told() {
    let authority = Authority::new();
    let (certificate, key) = authority.client();
    let ca = authority.path("ca.pem");
    for versions in [NEW, OLD] {
        let served = serve(&authority, &Site { wants_client: true, versions, ..SITE });
        let text = scenario(&served.url, "/");
        let done = Run::new(&text).args(["--ca", &ca]).start().finish();
        assert_eq!(done.code, 2, "{done:?}");
        assert!(
            done.stderr.contains("certificate of ours") && done.stderr.contains("--cert"),
            "{}",
            done.stderr
        );
        let ours = ["--cert", certificate.to_str().unwrap(), "--key", key.to_str().unwrap()];
        for model in MODELS {
            let done = in_model(&text, model).args(["--ca", &ca]).args(ours).start().finish();
            let report = report(&done);
            assert!(report.all.good > 5 && report.all.failed() == 0, "{:?}", report.all.errors);
        }
    }
    let served = serve(&authority, &SITE);
    let pair = ["--cert", ca.as_str(), "--key", key.to_str().unwrap()];
    let done = Run::new(&scenario(&served.url, "/")).args(["--ca", &ca]).args(pair).start().finish();
    assert!(done.code == 2 && done.stderr.contains("do not fit together"), "{}", done.stderr);
}

#[test]
fn a_target_by_its_ipv6_address_is_measured_where_the_machine_has_one() {
    if TcpListener::bind("[::1]:0").is_err() {
        eprintln!("skipped: this machine has no address ::1");
        return;
    }
    let authority = Authority::new();
    let served = serve(&authority, &Site { listen: "[::1]:0", ..SITE });
    assert!(served.url.starts_with("https://[::1]:"));
    let target = format!("{{ url: \"{}\", ca: {} }}", served.url, authority.path("ca.pem"));
    for model in MODELS {
        let report = report(&in_model(&scenario(&target, "/"), model).start().finish());
        assert!(report.all.good > 5 && report.all.failed() == 0, "{:?}", report.all.errors);
    }
}

#[test]
fn a_server_that_does_not_speak_tls_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            drop(stream.read(&mut [0u8; 1_024]));
            drop(stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"));
        }
    });
    let done = Run::new(&scenario(&url, "/")).args(["--insecure"]).start().finish();
    assert_eq!(done.code, 2, "{done:?}");
    assert!(done.stderr.contains("does not speak TLS") && done.stderr.contains("http://"), "{}", done.stderr);
}
